"""The message line: what came unseen, and the last thing that was said; a long sentence takes more lines."""

from __future__ import annotations

from rich.cells import cell_len
from textual.reactive import reactive
from textual.widgets import Static

from scantui.text import printable

_MOST_LINES = 3


class MessageLine(Static):
    """One line of words; an error is shown as one."""

    news: reactive[str] = reactive("", repaint=False)

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._said = ""

    def say(self, text: str, is_error: bool = False) -> None:
        self._said = printable(text)
        self.set_class(is_error, "-error")
        self._show()

    def watch_news(self) -> None:
        self._show()

    def _show(self) -> None:
        text = f"{self.news}  {self._said}".strip()
        lines = min(_MOST_LINES, -(-cell_len(text) // (self.size.width or 1)) or 1)
        # Only another number of lines moves what is above.
        self.update(text, layout=lines != self.size.height)
