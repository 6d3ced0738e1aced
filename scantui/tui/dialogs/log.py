"""The log view: what the monitor did, its errors, and the history of the connection."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from scantui.text import printable
from scantui.tui.dialogs.popup import Popup, box


class LogScreen(Popup[None]):
    """Shows the last records, the newest at the bottom; any of its keys closes it."""

    DEFAULT_CSS = """
    #log { width: 100%; height: 100%; }
    #log VerticalScroll { scrollbar-size-vertical: 1; }
    #log Static { height: auto; }
    """
    HINT = "jk↑↓ Move  Esc Back"
    BINDINGS = [
        Binding("escape,q,L", "dismiss", "Back"),
        Binding("j", "scroll_by(1)", show=False),
        Binding("k", "scroll_by(-1)", show=False),
    ]

    def __init__(self, log_lines: Callable[[], Sequence[object]]) -> None:
        super().__init__()
        self._log_lines = log_lines

    def compose(self) -> ComposeResult:
        with box("scantui's log", "log"), VerticalScroll():
            yield Static(self._text())

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).scroll_end(animate=False)

    def action_scroll_by(self, lines: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def _text(self) -> Text:
        lines = [printable(line) for record in self._log_lines() for line in str(record).splitlines()]
        return Text("\n".join(lines) or "The log is empty")
