"""The command palette: every command by what it does, and `:42` for the scan with that number."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from scantui.tui.commands.command import KeyCommand
from scantui.tui.commands.keys import shown_keys
from scantui.tui.commands.listed import palette_commands
from scantui.tui.dialogs.asking import AskingScreen
from scantui.tui.widgets.inputs import CleanInput

_KEY_WIDTH = 15
# No scan has more digits, and Python makes no number of thousands of them.
_LONGEST_NUMBER = 18


class Palette(AskingScreen[str | int | None]):
    """Dismissed with the name of the chosen command, with a scan's number, or with None."""

    DEFAULT_CSS = """
    Palette { align: left bottom; }
    #palette { height: auto; width: 100%; background: $panel; }
    #palette OptionList { height: auto; max-height: 10; border: none; }
    #palette Horizontal { height: 1; }
    #palette Input { width: 1fr; }
    #palette .title { padding: 0 1; text-style: bold; }
    """
    AUTO_FOCUS = "Input"
    BINDINGS = [
        Binding("escape", "cancel", "Back"),
        Binding("down", "step(1)", show=False),
        Binding("up", "step(-1)", show=False),
    ]

    def __init__(self, commands: Sequence[KeyCommand]) -> None:
        super().__init__()
        self._commands = palette_commands(commands)
        self._found: list[KeyCommand] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="palette"):
            yield Static("Commands", classes="title", markup=False)
            yield OptionList(compact=True)
            with Horizontal():
                yield Label(":", markup=False)
                yield CleanInput(placeholder="a command, or the number of a scan", compact=True)

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self._offer("")

    @on(Input.Changed)
    def _find(self, event: Input.Changed) -> None:
        self._offer(event.value)

    def _offer(self, wanted: str) -> None:
        words = wanted.lower().split()
        self._found = [command for command in self._commands if all(word in command.help.lower() for word in words)]
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(
            [Option(Text(f"{shown_keys(command):<{_KEY_WIDTH}}{command.help}")) for command in self._found]
            or [Option(f"Enter: go to scan {wanted.strip()}" if _is_number(wanted) else "No such command")]
        )
        options.highlighted = 0

    @on(Input.Submitted)
    def _choose(self, event: Input.Submitted) -> None:
        highlighted = self.query_one(OptionList).highlighted or 0
        if _is_number(event.value):
            self.dismiss(int(event.value))
        elif self._found:
            self.dismiss(self._found[highlighted].name)

    @on(OptionList.OptionSelected)
    def _click(self, event: OptionList.OptionSelected) -> None:
        if self._found:
            self.dismiss(self._found[event.option_index].name)

    def action_step(self, lines: int) -> None:
        options = self.query_one(OptionList)
        options.action_cursor_down() if lines > 0 else options.action_cursor_up()

    def action_cancel(self) -> None:
        self.dismiss(None)


def _is_number(text: str) -> bool:
    return text.strip().isascii() and text.strip().isdigit() and len(text.strip()) <= _LONGEST_NUMBER
