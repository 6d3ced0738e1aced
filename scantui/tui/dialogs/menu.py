"""A small menu: a few choices, some with a letter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.text import Text
from textual import events, on
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


# In columns: of a menu, and of its edges with the blanks beside them.
_WIDTH, _EDGES = 48, 4


class Menu(Popup[str | None]):
    """Dismissed with the value of the choice made, or with None when nothing was chosen."""

    DEFAULT_CSS = """
    #menu { width: 48; max-width: 100%; height: auto; max-height: 100%; }
    #menu OptionList { height: auto; max-height: 16; border: none; }
    """
    BINDINGS = [
        Binding("escape,q", "cancel", "Back"),
        Binding("j", "step(1)", show=False),
        Binding("k", "step(-1)", show=False),
    ]

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        current: str = "",
        preview: Callable[[str], object] | None = None,
    ) -> None:
        """`current` is the value in force, which is marked; `preview` shows the value under the cursor."""
        super().__init__()
        self._title = title
        self._choices = choices
        self._current = current
        self._preview = preview

    def compose(self) -> ComposeResult:
        with box(self._title, "menu"):
            yield ChoiceList(*(Option(self._line(choice)) for choice in self._choices), compact=True)

    def _line(self, choice: Choice) -> Text:
        mark = "● " if choice.value == self._current else "  " if self._current else ""
        letter = f"{choice.letter:<3}" if any(each.letter for each in self._choices) else ""
        room = min(_WIDTH, self.app.size.width) - _EDGES - len(letter) - len(mark)
        # A value never breaks across lines, and both its ends count.
        label = cut_to(printable(choice.label), room, "middle")
        return Text.assemble((letter, style_name("key")), (mark, style_name("key")), label, no_wrap=True)

    def on_mount(self) -> None:
        values = [choice.value for choice in self._choices]
        for options in self.query(OptionList) if self._current in values else ():
            options.highlighted = values.index(self._current)

    @on(OptionList.OptionHighlighted)
    def _show_preview(self, event: OptionList.OptionHighlighted) -> None:
        if self._preview is not None:
            self._preview(self._choices[event.option_index].value)
            # The preview may have changed the colours.
            for index, choice in enumerate(self._choices):
                event.option_list.replace_option_prompt_at_index(index, self._line(choice))

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
