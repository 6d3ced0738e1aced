"""The help screen, made from the commands in force."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from scantui import filters
from scantui.tui.commands.command import KeyCommand
from scantui.tui.commands.keys import shown_keys
from scantui.tui.commands.listed import sections
from scantui.tui.dialogs.asking import AskingScreen
from scantui.tui.dialogs.popup import box
from scantui.tui.looks import style_name
from scantui.tui.widgets.inputs import CleanInput
from scantui.tui.widgets.wrapping import wrapped
from scantui.words import STATE_WORDS

_KEY_WIDTH, _INDENT = 16, 18
_TWO_COLUMNS = 100
# The edge, the padding and the scroll bar.
_AROUND = 5


class HelpScreen(AskingScreen[None]):
    """Lists keys, state words and the filter's grammar; typing leaves only the lines that hold the text."""

    DEFAULT_CSS = """
    #help { width: 78; max-width: 100%; height: 100%; }
    HelpScreen.-columns #help { width: 100%; }
    #help VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; }
    #help Static { height: auto; }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-roomy"), (_TWO_COLUMNS, "-columns")]
    HINT = "↑↓ Move  Esc Back"
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
        with box("Help", "help"):
            yield CleanInput(placeholder="type to find a key or a word; Esc: back", compact=True)
            with VerticalScroll(can_focus=False):
                yield Static()

    @on(Input.Changed)
    def _find(self, event: Input.Changed) -> None:
        self._show(event.value)

    def action_scroll_by(self, lines: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def on_resize(self) -> None:
        # Without an input line the screen could not be built, and is about to be left.
        for line in self.query(Input):
            self._show(line.value)

    def _show(self, wanted: str) -> None:
        self.query_one(Static).update(self._text(wanted))

    def _text(self, wanted: str) -> Text:
        found = []
        for title, lines in self._chapters():
            matching = [line for line in lines if wanted.lower() in line.plain.lower()]
            if matching:
                found.append([Text.assemble((title, "bold")), *matching, Text("")])
        if not found:
            return Text("Nothing found")
        if self.app.size.width >= _TWO_COLUMNS:
            return Text("\n").join(side_by_side(found, (self.app.size.width - _AROUND) // 2))
        return Text("\n").join(line for lines in found for line in lines)

    def _chapters(self) -> Iterator[tuple[str, list[Text]]]:
        for title, commands in sections(self._commands):
            yield title, [_line(command) for command in commands]
        yield (
            "States",
            [
                Text.assemble("  ", (word, style_name(word)), " " * (_KEY_WIDTH - len(word)), meaning)
                for word, meaning in STATE_WORDS.items()
            ],
        )
        grammar = (filters.__doc__ or "").partition("\n\n")[2].partition("\n\n")[2]
        yield "Filter", [Text(f"  {line.strip()}") for line in grammar.splitlines()]


def _line(command: KeyCommand) -> Text:
    return Text.assemble((f"  {shown_keys(command):<{_KEY_WIDTH}}", style_name("key")), command.help)


def side_by_side(chapters: Sequence[Sequence[Text]], width: int) -> list[Text]:
    """The lines of chapters in two columns of this width and of about the same length."""
    fitting = [[part for line in lines for part in wrapped(line, _INDENT, width - 1)] for lines in chapters]
    half, left, right = sum(map(len, fitting)) / 2, list[Text](), list[Text]()
    for lines in fitting:
        (right if right or len(left) + len(lines) / 2 > half else left).extend(lines)
    pairs = zip_longest(left, right, fillvalue=Text(""))
    return [_padded(one, width).append_text(other) for one, other in pairs]


def _padded(line: Text, width: int) -> Text:
    line = line.copy()
    line.pad_right(max(1, width - line.cell_len))
    return line
