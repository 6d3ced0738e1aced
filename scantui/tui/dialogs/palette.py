"""The command palette: every key's action by its name, and `:42` for the scan with that number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from scantui.tui.dialogs.asking import AskingScreen
from scantui.tui.widgets.inputs import CleanInput

_KEY_WIDTH = 10
# No scan has more digits, and Python makes no number of thousands of them.
_LONGEST_NUMBER = 18


class PaletteEntry(NamedTuple):
    """Something that a key does: the key, what it does in words, and the action's name."""

    key: str
    description: str
    action: str


class Palette(AskingScreen[str | int | None]):
    """Dismissed with the action that was chosen, with a scan's number, or with None."""

    DEFAULT_CSS = """
    Palette { align: left bottom; }
    #palette { height: auto; width: 100%; background: $panel; }
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

    def __init__(self, commands: Sequence[PaletteEntry]) -> None:
        super().__init__()
        self._commands = commands
        self._found: list[PaletteEntry] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="palette"):
            yield OptionList(compact=True)
            with Horizontal():
                yield Label(":", markup=False)
                yield CleanInput(placeholder="the number of a scan, or what you want to do", compact=True)

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self._offer("")

    @on(Input.Changed)
    def _find(self, event: Input.Changed) -> None:
        self._offer(event.value)

    def _offer(self, wanted: str) -> None:
        words = wanted.lower().split()
        self._found = [
            command for command in self._commands if all(word in command.description.lower() for word in words)
        ]
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(
            [Option(Text(f"{command.key:<{_KEY_WIDTH}}{command.description}")) for command in self._found]
            or [Option(f"Enter goes to scan {wanted.strip()}" if _is_number(wanted) else "no key does that")]
        )
        options.highlighted = 0

    @on(Input.Submitted)
    def _choose(self, event: Input.Submitted) -> None:
        highlighted = self.query_one(OptionList).highlighted or 0
        if _is_number(event.value):
            self.dismiss(int(event.value))
        elif self._found:
            self.dismiss(self._found[highlighted].action)

    @on(OptionList.OptionSelected)
    def _click(self, event: OptionList.OptionSelected) -> None:
        if self._found:
            self.dismiss(self._found[event.option_index].action)

    def action_step(self, lines: int) -> None:
        options = self.query_one(OptionList)
        options.action_cursor_down() if lines > 0 else options.action_cursor_up()

    def action_cancel(self) -> None:
        self.dismiss(None)


def _is_number(text: str) -> bool:
    return text.strip().isascii() and text.strip().isdigit() and len(text.strip()) <= _LONGEST_NUMBER
