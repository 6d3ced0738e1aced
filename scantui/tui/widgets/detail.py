"""The pane with the details of one scan: lines to walk through, links to follow, info to unfold; all by keyboard.

Rule: what changes is repainted where it stands. Cursor, scroll position and folds survive every refresh of the same
scan, and the folds go along to the next one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import on
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from scantui.text import printable
from scantui.tui.commands.command import Place
from scantui.tui.commands.keys import bindings_of
from scantui.tui.commands.table import commands_at
from scantui.tui.looks import style_name
from scantui.tui.messages import DetailsLoaded, OpenScan
from scantui.tui.terminal import LeanDisplay, SurvivingWidget
from scantui.tui.terminal.survival import error_sentence
from scantui.tui.widgets.detail_info import CHILDREN_AT_ONCE, DetailLine, TreePath, info_lines
from scantui.tui.widgets.detail_lines import detail_lines, no_name
from scantui.tui.widgets.wrapping import wrapped
from scantui.tui.workers import follow_details

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore
    from scantui.store.operations.details import ScanDetails
    from scantui.tui.curves.counters import ScanCounters

_AGES_MS = 10_000
_LEAST_WIDTH = 8
_LOADING, _COUNTING = "details", "counters"
_STREAMS = ("streams",)


class _Row(NamedTuple):
    """One row of the screen: a line, or a part of one that is too long; `line` is its index."""

    line: int
    text: Text


class DetailPane(SurvivingWidget, ScrollView, can_focus=True, inherit_bindings=False):
    """Shows one scan, and loads it again each second while it is open.

    `name_of` gives the text of a link to a scan's key, `word_of` the state of a scan that the table shows, `note_of`
    what a user wrote about it, `server_of` its server if there are several; all may be "". `now_ms` is the server's
    time in milliseconds since 1970.
    """

    DEFAULT_CSS = """
    DetailPane { overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1; }
    DetailPane > .detail--cursor { text-style: reverse; }
    """
    COMPONENT_CLASSES = {"detail--cursor"}
    PLACE = Place.DETAILS
    BINDINGS = bindings_of(commands_at(PLACE))

    def __init__(
        self,
        name_of: Callable[[str], str] = no_name,
        word_of: Callable[[str], str] = no_name,
        now_ms: Callable[[], int] = int,
        note_of: Callable[[str], str] = no_name,
        figures_of: Callable[[str], str] = no_name,
        progress_of: Callable[[str], str] = no_name,
        server_of: Callable[[str], str] = no_name,
    ) -> None:
        super().__init__()
        self.shown_key: str | None = None
        self._name_of = name_of
        self._word_of = word_of
        self._note_of, self._figures_of, self._progress_of = note_of, figures_of, progress_of
        self._server_of = server_of
        self._server_ms = now_ms
        self._content: ScanDetails | str | None = None
        self._now_ms = 0
        self._word = ""
        self._lines: list[DetailLine] = []
        self._rows: list[_Row] = []
        # How rows looked when they were last seen: the pane is opened again and again.
        self._painted: dict[int, tuple[_Row, Style, int, Strip]] = {}
        self._cursor = 0
        self._store: AsyncDataStore | None = None
        self._counters: ScanCounters | None = None
        self._unfolded: dict[TreePath, int] = {}

    # What is to be shown

    def follow(self, store: AsyncDataStore, key: str) -> None:
        """Load a scan and show it, again each second while it is open."""
        if key != self.shown_key:
            self.workers.cancel_group(self, _COUNTING)
        self.shown_key, self._store = key, store
        work = follow_details(store, key, self.post_message)
        self.run_worker(work, group=_LOADING, exclusive=True, exit_on_error=False)

    def rest(self) -> None:
        """Stop loading."""
        self.workers.cancel_group(self, _LOADING)
        self.workers.cancel_group(self, _COUNTING)

    def show_problem(self, key: str | None, sentence: str) -> None:
        """Show why there are no details of a scan."""
        self.shown_key = key
        self.show(sentence)

    def worker_failed(self, group: str, error: BaseException) -> None:
        """Show that the details cannot be loaded."""
        self.show(error_sentence(error))

    @on(DetailsLoaded)
    def _show_loaded(self, message: DetailsLoaded) -> None:
        if message.key == self.shown_key and self.display:
            self._count(message.details)
            self.show(message.details, self._server_ms(), self._word_of(message.key))

    def _count(self, details: ScanDetails | str) -> None:
        """Read the points of the counters, anew when the scan has another state."""
        if isinstance(details, str) or self._store is None:
            return
        # Imported when the first details are there: what they show does not wait for their counters.
        from scantui.tui.curves.counters import ScanCounters

        self._counters = self._counters or ScanCounters()
        if self._counters.is_new(details.scan):
            work = self._counters.follow(self._store, self.post_message)
            self.run_worker(work, group=_COUNTING, exclusive=True, exit_on_error=False)

    def _take_in_counted(self, message: Message) -> None:
        """Show what the worker of the counters brought."""
        message.stop()
        if self._counters is not None and self._counters.take_in(message) and self.display:
            self._rebuild()

    # Named after the messages, whose classes are not imported before they come.
    on_scan_read = on_points_came = on_samples_came = on_curves_problem = on_curves_complete = _take_in_counted

    def show(self, content: ScanDetails | str | None, now_ms: int = 0, word: str = "") -> None:
        """Show a scan at the server's time, or a sentence on what is wrong with it, or with None nothing.

        `word` is the state that the table shows, when it knows better than the document (STALL, GONE).
        """
        is_another = _key_of(content) != _key_of(self._content)
        self._content, self._now_ms, self._word = content, now_ms, word
        if not self.is_mounted:
            return  # the first resize calls this again
        if is_another:
            self._cursor = 0
        self._rebuild()
        if is_another:
            self.scroll_to(y=0, animate=False)

    def tell_time(self, now_ms: int, word: str) -> None:
        """Keep the ages of a scan that is no longer loaded up to date, and show that it went away."""
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
        painted = self._painted.get(index)
        if painted is not None and painted[:3] == (row, base, self.size.width):
            return painted[3]
        # Text.render leaves out the style of the whole text when no part has one of its own.
        own = base + self.app.console.get_style(row.text.style, default=Style.null())
        segments = [
            Segment(text, own + (style or Style.null())) for text, style, _ in row.text.render(self.app.console)
        ]
        strip = Strip(segments).adjust_cell_length(self.size.width, base)
        self._painted[index] = row, base, self.size.width, strip
        return strip

    def _rebuild(self) -> None:
        """Rebuild the lines, repaint those that changed, and keep the cursor's line where it is on the screen."""
        self._painted.clear()
        rows_before, place = self._rows, self._lines[self._cursor].place if self._lines else None
        above = self._first_row(self._cursor) - self.scroll_offset.y
        self._lines = list(self._made_lines())
        at_place = (index for index, line in enumerate(self._lines) if line.place == place)
        self._cursor = next(at_place, max(0, min(self._cursor, len(self._lines) - 1)))
        width = max(_LEAST_WIDTH, self.scrollable_content_region.width)
        self._rows = [
            _Row(index, text)
            for index, line in enumerate(self._lines)
            for text in wrapped(line.text, line.indent, width)
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
            key = self._content.scan.key
            seen = self._word, self._name_of, self._note_of(key), self._figures_of, self._progress_of(key)
            for line in detail_lines(self._content, self._now_ms, *seen, server=self._server_of(key)):
                if line.place == _STREAMS:
                    yield from self._counter_lines()
                yield line
            yield from info_lines(self._content.scan.info, self._unfolded)
        elif self._content is not None:
            yield DetailLine(Text(printable(self._content), style=style_name("wrong")), ("problem",))

    def _counter_lines(self) -> list[DetailLine]:
        sight = None if self._counters is None else self._counters.sight
        if sight is None or sight.figure.key != _key_of(self._content):
            return []
        from scantui.tui.curves.styles import marks_of
        from scantui.tui.widgets.detail_counters import counter_lines

        ascii_only = isinstance(self.app, LeanDisplay) and self.app.ascii_only
        return counter_lines(sight, marks_of(os.environ, "", ascii_only))

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
