"""A screen with an input line, which also gets what was typed while the screen was opening."""

from __future__ import annotations

from textual import events
from textual.widgets import Input

from scantui.tui.dialogs.popup import Answer, Popup


class AskingScreen(Popup[Answer]):
    """Asks for text; keys that reach the screen itself came before its line had the keyboard, and belong to it."""

    async def on_key(self, event: events.Key) -> None:
        line = self.focused if isinstance(self.focused, Input) else next(iter(self.query(Input)), None)
        if line is not None and event.is_printable and event.character:
            event.stop()
            line.insert_text_at_cursor(event.character)
        elif line is not None and event.key == "enter" and not line.has_focus:
            event.stop()
            await line.action_submit()
