"""The help screen, made from the bindings that are in force, so that it cannot lie."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from scantui import filters
from scantui.tui.scan_table import WORD_STYLES
from scantui.words import STATE_WORDS

_KEY_WIDTH = 16


def described(bindings: Sequence[object], hidden: bool = False) -> list[tuple[str, str]]:
    """Keys and what they do, of those bindings that the hint line shows; with `hidden` of all that have a word."""
    return [
        (binding.key_display or binding.key, binding.description)
        for binding in bindings
        if isinstance(binding, Binding) and binding.description and (hidden or binding.show)
    ]


class HelpScreen(ModalScreen[None]):
    """Lists keys, state words and the filter's grammar; any of its keys closes it."""

    BINDINGS = [
        Binding("escape,q,question_mark,f1", "dismiss", "Back"),
        Binding("j", "scroll_down", show=False),
        Binding("k", "scroll_up", show=False),
    ]

    def __init__(self, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help"):
            yield Static(self._text())

    def action_scroll_down(self) -> None:
        self.query_one(VerticalScroll).scroll_down(animate=False)

    def action_scroll_up(self) -> None:
        self.query_one(VerticalScroll).scroll_up(animate=False)

    def _text(self) -> Text:
        text = Text("Keys\n", style="bold")
        for keys, description in self._keys:
            text.append(f"  {keys:<{_KEY_WIDTH}}{description}\n", style="not bold")
        text.append("\nStates\n", style="bold")
        for word, meaning in STATE_WORDS.items():
            text.append(f"  {word:<{_KEY_WIDTH}}", style=f"not bold {WORD_STYLES[word]}")
            text.append(f"{meaning}\n", style="not bold")
        text.append("\nFilter\n", style="bold")
        grammar = (filters.__doc__ or "").partition("\n\n")[2]
        for line in grammar.partition("\n\n")[2].splitlines():
            text.append(f"  {line.strip()}\n", style="not bold")
        return text
