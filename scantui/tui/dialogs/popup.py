"""What all screens on top of the monitor have in common."""

from __future__ import annotations

from typing import TypeVar

from textual import events, on
from textual.await_complete import AwaitComplete
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen

from scantui.text import printable
from scantui.tui.commands.keys import hint_for_letter
from scantui.tui.terminal import LeanScreen

Answer = TypeVar("Answer")


def box(title: str, name: str) -> Vertical:
    """A container with an edge and a title, in which a screen over the monitor stands."""
    container = Vertical(classes="box", id=name)
    # As content it is no markup.
    container.border_title = Content(printable(title))
    return container


class Popup(ModalScreen[Answer], LeanScreen[Answer]):
    """A screen that is left once, with its answer or with None; `HINT` is what the hint line shows meanwhile."""

    DEFAULT_CSS = """
    Popup { align: center middle; }
    Popup .box { border: round $primary; border-title-style: bold; border-title-color: $foreground; padding: 0 1; }
    Popup .box { background: $surface; }
    Popup.-narrow .box { width: 100%; }
    Popup OptionList:ansi > .option-list--option-highlighted,
    Popup OptionList:ansi:focus > .option-list--option-highlighted {
        background: ansi_white; color: ansi_black; text-style: none;
    }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-roomy")]
    HINT = "Enter Choose  ↑↓ Move  Esc Back"
    ESSENTIAL: tuple[type[Message], ...] = ()

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Leave the screen; a second Enter, typed ahead, must not take away the one below it."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def on_mount(self) -> None:
        """Leave a screen that an internal error kept from being built."""
        if not self.children:
            self.call_later(self._leave)

    @on(events.Key)
    def _hint_for_letter(self, event: events.Key) -> None:
        """Show on the lower edge what to do when the keyboard types letters of another alphabet."""
        hint = hint_for_letter(event.character or "", can_be_bound=False)
        for container in self.query(".box") if hint and event.key not in self.active_bindings else ():
            container.border_subtitle = Content(hint)

    def _leave(self) -> None:
        # Textual would wait for what is returned, and the screen cannot wait for its own end.
        self.dismiss()
