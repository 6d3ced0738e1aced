"""The message line: what came unseen, and the last sentence; a long one takes up to three lines."""

from __future__ import annotations

from textual.content import Content

from scantui.text import printable
from scantui.tui.terminal.text_lines import TextLines

_MOST_LINES = 3


class MessageLine(TextLines):
    """One sentence, in the style of an error if it is one."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._sentence = ""
        self._news = ""
        self._tip = ""
        self._shown = ""

    def show(self, text: str, is_error: bool = False) -> None:
        """Show a sentence in place of the last one."""
        self._sentence = printable(text)
        self.set_class(is_error, "-error")
        self._show()

    def forget(self) -> None:
        """Remove the result of an earlier command; an error stays until another sentence replaces it."""
        if self._sentence and not self.has_class("-error"):
            self.show("")

    def show_tip(self, tip: str) -> None:
        """Show a tip while there is nothing else to show; an empty one ends it."""
        if tip != self._tip:
            self._tip = tip
            self._show()

    def show_news(self, news: str) -> None:
        """Show before the sentence what came while the rows are held."""
        if news != self._news:
            self._news = news
            self._show()

    def on_resize(self) -> None:
        self._show(is_resized=True)

    def _show(self, is_resized: bool = False) -> None:
        text = f"{self._news}  {self._sentence}".strip() or self._tip
        if text == self._shown and not is_resized:
            return
        self._shown = text
        # Only another number of lines moves what is above.
        self.update(text, layout=_lines(text, self.size.width) != self.size.height)


def _lines(text: str, width: int) -> int:
    """How many lines a text takes when its words are wrapped, up to the limit."""
    return max(1, min(_MOST_LINES, Content(text).get_height({}, width))) if width else 1
