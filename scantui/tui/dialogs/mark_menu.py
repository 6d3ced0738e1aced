"""A menu in which one entry is chosen, or several are marked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from scantui.fitting import cut_to
from scantui.text import printable
from scantui.tui.dialogs.choice_list import ChoiceList
from scantui.tui.dialogs.popup import Popup, box
from scantui.tui.looks import style_name

if TYPE_CHECKING:
    from scantui.tui.dialogs.choice import Choice


# In columns: of the menu, and of its edges with the blanks beside them.
_WIDTH, _EDGES = 64, 4


class MarkMenu(Popup[list[str] | None]):
    """Dismissed with the values of the marked entries once a mark was changed, else with that of the one chosen."""

    DEFAULT_CSS = """
    #marks { width: 64; max-width: 100%; height: auto; max-height: 100%; }
    #marks OptionList { height: auto; max-height: 16; border: none; }
    """
    HINT = "Enter Choose  Space Mark  ↑↓ Move  Esc Back"
    BINDINGS = [
        Binding("escape,q", "cancel", "Back"),
        Binding("space", "mark", "Mark", priority=True),
        Binding("j", "step(1)", show=False),
        Binding("k", "step(-1)", show=False),
    ]

    def __init__(self, title: str, choices: Sequence[Choice], marked: Collection[str], current: str) -> None:
        """`current` is the value of the entry under the cursor."""
        super().__init__()
        self._title = title
        self._choices = choices
        self._marked = {choice.value for choice in choices if choice.value in marked}
        self._current = current
        self._has_changed = False

    def compose(self) -> ComposeResult:
        with box(self._title, "marks"):
            yield ChoiceList(*(Option(self._line(choice)) for choice in self._choices), compact=True)

    def _line(self, choice: Choice) -> Text:
        mark = "x " if choice.value in self._marked else "  "
        room = min(_WIDTH, self.app.size.width) - _EDGES - len(mark)
        return Text.assemble((mark, style_name("key")), cut_to(printable(choice.label), room, "middle"), no_wrap=True)

    def on_mount(self) -> None:
        values = [choice.value for choice in self._choices]
        if self._current in values:
            self._options.highlighted = values.index(self._current)

    @property
    def _options(self) -> OptionList:
        return self.query_one(OptionList)

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        marked = [choice.value for choice in self._choices if choice.value in self._marked]
        self.dismiss(marked if self._has_changed and marked else [self._choices[event.option_index].value])

    def action_mark(self) -> None:
        index = self._options.highlighted
        if index is not None:
            choice = self._choices[index]
            self._marked ^= {choice.value}
            self._has_changed = True
            self._options.replace_option_prompt_at_index(index, self._line(choice))

    def action_step(self, lines: int) -> None:
        self._options.action_cursor_down() if lines > 0 else self._options.action_cursor_up()

    def action_cancel(self) -> None:
        self.dismiss(None)
