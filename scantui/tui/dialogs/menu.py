"""A small menu: a few choices, some with a letter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from scantui.text import printable
from scantui.tui.dialogs.popup import Popup

if TYPE_CHECKING:
    from scantui.tui.dialogs.choice import Choice


class Menu(Popup[str | None]):
    """Dismissed with the value of the choice made, or with None when nothing was chosen."""

    DEFAULT_CSS = """
    #menu { width: 44; max-width: 100%; height: auto; max-height: 100%; padding: 0 1; background: $surface; }
    #menu OptionList { height: auto; max-height: 16; border: none; }
    """
    BINDINGS = [
        Binding("escape,q", "cancel", "Back"),
        Binding("j", "step(1)", show=False),
        Binding("k", "step(-1)", show=False),
    ]

    def __init__(self, title: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._title = title
        self._choices = choices

    def compose(self) -> ComposeResult:
        with Vertical(id="menu"):
            yield Static(printable(self._title), classes="title", markup=False)
            yield OptionList(
                *(Option(Text(f"{choice.letter:<3}{printable(choice.label)}")) for choice in self._choices),
                compact=True,
            )

    def on_key(self, event: events.Key) -> None:
        for choice in self._choices:
            if choice.letter and event.character == choice.letter:
                event.stop()
                self.dismiss(choice.value)
                return

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[event.option_index].value)

    def action_step(self, lines: int) -> None:
        options = self.query_one(OptionList)
        options.action_cursor_down() if lines > 0 else options.action_cursor_up()

    def action_cancel(self) -> None:
        self.dismiss(None)
