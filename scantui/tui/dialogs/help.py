"""The help screen, made from the commands in force."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input, Static

from scantui import filters
from scantui.tui.commands.command import KeyCommand
from scantui.tui.commands.keys import shown_keys
from scantui.tui.commands.listed import sections
from scantui.tui.dialogs.asking import AskingScreen
from scantui.tui.widgets.inputs import CleanInput
from scantui.tui.widgets.scan_table import WORD_STYLES
from scantui.words import STATE_WORDS

_KEY_WIDTH = 16


class HelpScreen(AskingScreen[None]):
    """Lists keys, state words and the filter's grammar; typing leaves only the lines that hold the text."""

    DEFAULT_CSS = """
    #help { width: 76; max-width: 100%; height: 100%; padding: 0 1; background: $surface; scrollbar-size-vertical: 1; }
    #help VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; }
    #help Static { height: auto; }
    """
    HINT = "↑↓:Move Esc:Back"
    BINDINGS = [
        Binding("escape,f1", "dismiss", "Back"),
        Binding("down", "scroll_by(1)", show=False),
        Binding("up", "scroll_by(-1)", show=False),
        Binding("pagedown", "scroll_by(15)", show=False),
        Binding("pageup", "scroll_by(-15)", show=False),
    ]

    def __init__(self, commands: Sequence[KeyCommand]) -> None:
        super().__init__()
        self._commands = commands

    def compose(self) -> ComposeResult:
        with Vertical(id="help"):
            yield CleanInput(placeholder="type to find a key or a word; Esc: back", compact=True)
            with VerticalScroll(can_focus=False):
                yield Static(self._text(""))

    @on(Input.Changed)
    def _find(self, event: Input.Changed) -> None:
        self.query_one(Static).update(self._text(event.value))

    def action_scroll_by(self, lines: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def _text(self, wanted: str) -> Text:
        text = Text()
        for title, lines in self._chapters():
            found = [line for line in lines if wanted.lower() in line.plain.lower()]
            if found:
                text.append(f"{title}\n", style="bold")
                text.append_text(Text("\n").join(found)).append("\n\n")
        return text if text.plain else Text("Nothing found")

    def _chapters(self) -> Iterator[tuple[str, list[Text]]]:
        for title, commands in sections(self._commands):
            yield title, [Text(f"  {shown_keys(command):<{_KEY_WIDTH}}{command.help}") for command in commands]
        yield (
            "States",
            [
                Text.assemble((f"  {word:<{_KEY_WIDTH}}", WORD_STYLES[word]), meaning)
                for word, meaning in STATE_WORDS.items()
            ],
        )
        grammar = (filters.__doc__ or "").partition("\n\n")[2].partition("\n\n")[2]
        yield "Filter", [Text(f"  {line.strip()}") for line in grammar.splitlines()]
