"""The command palette: every command by what it does, and where to go: a scan by number or key, a dataset."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from scantui.text import printable
from scantui.tui.commands.command import KeyCommand
from scantui.tui.commands.keys import shown_keys
from scantui.tui.commands.listed import palette_commands
from scantui.tui.commands.targets import Target, read_target
from scantui.tui.dialogs.asking import AskingScreen
from scantui.tui.dialogs.choice_list import ChoiceList
from scantui.tui.dialogs.popup import box
from scantui.tui.looks import style_name
from scantui.tui.widgets.inputs import CleanInput

_KEY_WIDTH = 15


class Palette(AskingScreen[str | Target | None]):
    """Dismissed with the name of the chosen command, with where to go, or with None."""

    DEFAULT_CSS = """
    Palette { align: left bottom; }
    #palette { height: auto; width: 100%; }
    #palette OptionList { height: auto; max-height: 10; border: none; }
    #palette Horizontal { height: 1; }
    #palette Input { width: 1fr; }
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
        with box("Commands", "palette"):
            yield ChoiceList(compact=True)
            with Horizontal():
                yield Label(":", markup=False)
                yield CleanInput(placeholder="a command, 42 (scan), @sample (dataset), or a key", compact=True)

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
            [Option(_line(command)) for command in self._found] or [Option(Text(_otherwise(read_target(wanted))))]
        )
        options.highlighted = 0

    @on(Input.Submitted)
    def _choose(self, event: Input.Submitted) -> None:
        highlighted = self.query_one(OptionList).highlighted or 0
        if self._found:
            self.dismiss(self._found[highlighted].name)
        elif (target := read_target(event.value)) is not None:
            self.dismiss(target)

    @on(OptionList.OptionSelected)
    def _click(self, event: OptionList.OptionSelected) -> None:
        if self._found:
            self.dismiss(self._found[event.option_index].name)

    def action_step(self, lines: int) -> None:
        options = self.query_one(OptionList)
        options.action_cursor_down() if lines > 0 else options.action_cursor_up()

    def action_cancel(self) -> None:
        self.dismiss(None)


def _line(command: KeyCommand) -> Text:
    return Text.assemble((f"{shown_keys(command):<{_KEY_WIDTH}}", style_name("key")), command.help)


def _otherwise(target: Target | None) -> str:
    return f"Enter: go to {printable(target.name)}" if target else "No such command"
