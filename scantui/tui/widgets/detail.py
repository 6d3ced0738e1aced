"""The pane with the details of one scan: lines to walk through, links to follow, info to unfold; all by keyboard.

Rule: it is given values and asks for nothing. What changes is repainted where it stands; cursor, scroll position and
folds survive every refresh of the same scan, and the folds go along to the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import chop_cells
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.binding import Binding
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from scantui.text import printable
from scantui.tui.messages import OpenScan
from scantui.tui.widgets.detail_info import CHILDREN_AT_ONCE, DetailLine, Place, info_lines
from scantui.tui.widgets.detail_lines import detail_lines, no_name

if TYPE_CHECKING:
    from scantui.store.operations.details import ScanDetails

_AGES_MS = 10_000
_LEAST_WIDTH = 8


class _Row(NamedTuple):
    """One row of the screen: a line, or a part of one that is too long; `line` is its index."""

    line: int
    text: Text


class DetailPane(ScrollView, can_focus=True):
    """Shows one scan; `name_of` tells what a link says of a scan's key, and may be empty."""

    DEFAULT_CSS = """
    DetailPane { overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1; }
    DetailPane > .detail--cursor { text-style: reverse; }
    """
    COMPONENT_CLASSES = {"detail--cursor"}
    BINDINGS = [
        Binding("j,down", "step(1)", "Details: down", show=False, key_display="j ↓"),
        Binding("k,up", "step(-1)", "Details: up", show=False, key_display="k ↑"),
        Binding("pagedown", "page(1)", "Details: page down", show=False, key_display="PgDn"),
        Binding("pageup", "page(-1)", "Details: page up", show=False, key_display="PgUp"),
        Binding("g,home", "edge(0)", "Details: top", show=False, key_display="g Home"),
        Binding("G,end", "edge(-1)", "Details: end", show=False, key_display="G End"),
        Binding("enter", "choose", "Details: open the link, fold or unfold", show=False, key_display="Enter"),
        Binding("space", "fold", "Details: fold or unfold", show=False, key_display="Space"),
        Binding("l,right", "fold(True)", "Details: unfold", show=False, key_display="l →"),
        Binding("h,left", "fold(False)", "Details: fold", show=False, key_display="h ←"),
    ]

    def __init__(self, name_of: Callable[[str], str] = no_name, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._name_of = name_of
        self._content: ScanDetails | str | None = None
        self._now_ms = 0
        self._word = ""
        self._lines: list[DetailLine] = []
        self._rows: list[_Row] = []
        self._cursor = 0
        self._unfolded: dict[Place, int] = {}

    def show(self, content: ScanDetails | str | None, now_ms: int = 0, word: str = "") -> None:
        """Show a scan at the server's time, or the problem that there is with it, or with None nothing.

        `word` is the state that the table shows, when it knows better than the document (STALL, GONE).
        """
        is_another = _key_of(content) != _key_of(self._content)
        self._content, self._now_ms, self._word = content, now_ms, word
        if not self.is_mounted:
            return  # its first resize comes to it
        if is_another:
            self._cursor = 0
        self._rebuild()
        if is_another:
            self.scroll_to(y=0, animate=False)

    def tell_time(self, now_ms: int, word: str) -> None:
        """Let the ages of a scan that is not loaded any more go on, and show that it went away."""
        if self._content is None or isinstance(self._content, str):
            return
        if word != self._word or now_ms // _AGES_MS != self._now_ms // _AGES_MS:
            self.show(self._content, now_ms, word)

    def on_resize(self) -> None:
        self._rebuild()

    def on_focus(self) -> None:
        self._refresh_cursor()

    def on_blur(self) -> None:
        self._refresh_cursor()

    # Keys

    def action_step(self, lines: int) -> None:
        self._go_to(self._cursor + lines)

    def action_page(self, pages: int) -> None:
        row = self._first_row(self._cursor) + pages * max(1, self.size.height - 1)
        if self._rows:
            self._go_to(self._rows[min(max(0, row), len(self._rows) - 1)].line)

    def action_edge(self, line: int) -> None:
        self._go_to(line % len(self._lines) if self._lines else 0)

    def action_choose(self) -> None:
        if self._lines and self._lines[self._cursor].opens:
            self.post_message(OpenScan(self._lines[self._cursor].opens))
        else:
            self.action_fold()

    def action_fold(self, unfold: bool | None = None) -> None:
        """Unfold what stands under the cursor, or fold it; the line of a cut list shows more of it."""
        place = self._lines[self._cursor].folds if self._lines else None
        if place is None:
            return
        is_open = place in self._unfolded
        if self._lines[self._cursor].place != place:
            self._unfolded[place] += CHILDREN_AT_ONCE
        elif is_open and unfold is not True:
            del self._unfolded[place]
        elif not is_open and unfold is not False:
            self._unfolded[place] = CHILDREN_AT_ONCE
        self._rebuild()

    # What is shown

    def render_line(self, y: int) -> Strip:
        index = y + self.scroll_offset.y
        base = self.rich_style
        if index >= len(self._rows):
            return Strip.blank(self.size.width, base)
        row = self._rows[index]
        if row.line == self._cursor and self.has_focus:
            base += self.get_component_rich_style("detail--cursor")
        # Text.render leaves out the style of the whole text when no part has one of its own.
        own = base + self.app.console.get_style(row.text.style, default=Style.null())
        segments = [
            Segment(text, own + (style or Style.null())) for text, style, _ in row.text.render(self.app.console)
        ]
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def _rebuild(self) -> None:
        """Make the lines anew, repaint those that changed, and keep the cursor's line where it is on the screen."""
        rows_before, place = self._rows, self._lines[self._cursor].place if self._lines else None
        above = self._first_row(self._cursor) - self.scroll_offset.y
        self._lines = list(self._made_lines())
        at_place = (index for index, line in enumerate(self._lines) if line.place == place)
        self._cursor = next(at_place, max(0, min(self._cursor, len(self._lines) - 1)))
        width = max(_LEAST_WIDTH, self.scrollable_content_region.width)
        self._rows = [
            _Row(index, text)
            for index, line in enumerate(self._lines)
            for text in _wrapped(line.text, line.indent, width)
        ]
        if len(self._rows) != len(rows_before) or width != self.virtual_size.width:
            self.virtual_size = Size(width, len(self._rows))
            self.scroll_to(y=self._first_row(self._cursor) - above, animate=False)
            self.refresh()
            return
        for y, (before, row) in enumerate(zip(rows_before, self._rows, strict=True)):
            if before.text.style != row.text.style or before != row:
                self.refresh_line(y)

    def _made_lines(self) -> Iterator[DetailLine]:
        if self._content is not None and not isinstance(self._content, str):
            yield from detail_lines(self._content, self._now_ms, self._word, self._name_of)
            yield from info_lines(self._content.scan.info, self._unfolded)
        elif self._content is not None:
            yield DetailLine(Text(printable(self._content), style="bold red"), ("problem",))

    def _first_row(self, line: int) -> int:
        """The row on which a line begins."""
        return next((y for y, row in enumerate(self._rows) if row.line == line), 0)

    def _go_to(self, line: int) -> None:
        self._refresh_cursor()
        self._cursor = max(0, min(line, len(self._lines) - 1))
        self._refresh_cursor()
        first, height = self._first_row(self._cursor), max(1, self.size.height)
        last = max((y for y, row in enumerate(self._rows) if row.line == self._cursor), default=0)
        top = self.scroll_offset.y
        self.scroll_to(y=min(first, max(top, last - height + 1)), animate=False)

    def _refresh_cursor(self) -> None:
        for y, row in enumerate(self._rows):
            if row.line == self._cursor:
                self.refresh_line(y)


def _key_of(content: ScanDetails | str | None) -> str | None:
    return content if content is None or isinstance(content, str) else content.scan.key


def _wrapped(text: Text, indent: int, width: int) -> list[Text]:
    """A line in as many rows as it needs, broken between words if one ends near; all but the first are indented."""
    if text.cell_len <= width:
        return [text]
    indent = min(indent, width // 2)
    plain, ends, start = text.plain, list[int](), 0
    while start < len(plain):
        room = width - indent if ends else width
        part = chop_cells(plain[start : start + room], room)[0]
        blank = part.rfind(" ", room // 2) if start + len(part) < len(plain) else -1
        start += blank + 1 if blank > 0 else len(part)
        ends.append(start)
    pieces = list(text.divide(ends[:-1]))
    return [pieces[0], *(Text(" " * indent) + piece for piece in pieces[1:])]
