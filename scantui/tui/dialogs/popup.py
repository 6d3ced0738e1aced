"""What all screens on top of the monitor have in common."""

from __future__ import annotations

from typing import TypeVar

from textual import events
from textual.await_complete import AwaitComplete
from textual.message import Message
from textual.screen import ModalScreen

from scantui.tui.terminal import LeanScreen

Answer = TypeVar("Answer")


class Popup(ModalScreen[Answer], LeanScreen[Answer]):
    """A screen that is left once: with its answer, or with None; `HINT` says how, in the line of the hints."""

    DEFAULT_CSS = """
    Popup { align: center middle; }
    """
    HINT = "Enter:Choose ↑↓:Move Esc:Back"
    ESSENTIAL: tuple[type[Message], ...] = ()

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Leave the screen; a second Enter, typed ahead, must not take away the one below it."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def survived(self, message: Message) -> None:
        """Leave a screen that could not be built."""
        if isinstance(message, events.Compose | events.Mount):
            self.call_later(self.dismiss)
