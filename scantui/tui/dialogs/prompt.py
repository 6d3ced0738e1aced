"""A line that asks for one text: the number of a scan, the name of a file."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Input, Label

from scantui.tui.dialogs.asking import AskingScreen
from scantui.tui.widgets.inputs import CleanInput


class Prompt(AskingScreen[str | None]):
    """Dismissed with the text that was typed, or with None."""

    DEFAULT_CSS = """
    Prompt { align: left bottom; }
    #prompt { height: 1; width: 100%; background: $panel; }
    #prompt Input { width: 1fr; }
    """
    HINT = "Enter OK  Esc Back"
    BINDINGS = [Binding("escape", "cancel", "Back")]

    def __init__(self, question: str, value: str = "") -> None:
        super().__init__()
        self._question = question
        self._value = value

    def compose(self) -> ComposeResult:
        with Horizontal(id="prompt"):
            yield Label(f"{self._question} ", markup=False)
            yield CleanInput(self._value, compact=True)

    @on(Input.Submitted)
    def _answer(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())

    def action_cancel(self) -> None:
        self.dismiss(None)
