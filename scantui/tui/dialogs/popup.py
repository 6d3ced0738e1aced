"""What all screens on top of the monitor have in common."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.message import Message
from textual.screen import ModalScreen

from scantui.tui.terminal import LeanScreen

Answer = TypeVar("Answer")


class Popup(ModalScreen[Answer], LeanScreen[Answer]):
    """A screen that is left once, with its answer or with None; `HINT` is what the hint line shows meanwhile."""

    DEFAULT_CSS = """
    Popup { align: center middle; }
    """
    HINT = "Enter:Choose ↑↓:Move Esc:Back"
    ESSENTIAL: tuple[type[Message], ...] = ()

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Leave the screen; a second Enter, typed ahead, must not take away the one below it."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def on_mount(self) -> None:
        """Leave a screen that an internal error kept from being built."""
        if not self.children:
            self.call_later(self._leave)

    def _leave(self) -> None:
        # Textual would wait for what is returned, and the screen cannot wait for its own end.
        self.dismiss()
