"""The board that a screen shows: what is known, the view on it, the pause, and the marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from scantui.board.glance import Glance
from scantui.board.knowledge import Arrivals, Knowledge
from scantui.board.lines import Lines
from scantui.board.missed import Missed
from scantui.board.moves import Change
from scantui.board.order import SORT_COLUMNS, Sorting
from scantui.board.questions import count_created, count_words, nearest, newest_number, values_seen, writer_ahead
from scantui.board.view import View
from scantui.exceptions import UsageError
from scantui.filters import ScanFilter
from scantui.models import Note, PointsSeen, ScanSummary

if TYPE_CHECKING:
    from scantui.board.shift import ShiftBook


class Board:
    """All scans known, and which of them are shown, at first from the oldest down to the newest.

    What changes it returns the Change to show. While it is paused, rows are as they were; `resume` shows the news.
    `server` is the name of the only server; rows of several name theirs.
    """

    def __init__(self, server: str = "") -> None:
        self.server = server
        self._known = Knowledge(server)
        self._view = View(self._known)
        self.lines = Lines(self._view)
        self._missed = Missed()
        self._paused_ms: int | None = None
        self._counts: dict[str, int] | None = None
        # A screen sets which of several servers do not answer, curves of running scans, and why others ended early.
        self.silent_servers: set[str] = set()
        self.curves, self.counters, self.reasons = dict[str, str](), dict[str, str](), dict[str, str]()

    @cached_property
    def shift(self) -> ShiftBook:
        """What ran when; imported when it is first needed, since the first frame does not wait."""
        from scantui.board.shift import ShiftBook

        return ShiftBook(self._known)

    def __len__(self) -> int:
        return len(self._view.order)

    def key_at(self, index: int) -> str:
        return self._view.order.keys[index]

    def row_at(self, index: int) -> ScanSummary:
        return self._view.known.rows[self._view.order.keys[index]]

    def index_of(self, key: str) -> int:
        """Where a scan is shown; KeyError when it is not."""
        return self._view.order.index_of(key)

    def is_shown(self, key: str) -> bool:
        return key in self._view.order

    def is_stale(self, key: str) -> bool:
        """Whether a row no longer passes the filter, and stays only because nothing may move."""
        return key in self._view.stale

    @property
    def now_ms(self) -> int:
        """The server's clock, as it is shown."""
        return self._view.known.now_ms

    @property
    def total(self) -> int:
        """How many scans are known, shown or not."""
        return len(self._view.known.keys)

    @property
    def known_keys(self) -> Sequence[str]:
        """The keys of all scans known, oldest first."""
        return self._view.known.keys

    def row(self, key: str) -> ScanSummary | None:
        return self._view.known.rows.get(key)

    def is_gone(self, key: str) -> bool:
        return key in self._view.known.gone

    def word_of(self, row: ScanSummary) -> str:
        """The word for a row's state; a scan that went away or fell silent while we were looking says so."""
        return self._view.known.words.get(row.key) or row.word

    def progress_of(self, row: ScanSummary) -> str:
        """How far a scan is; empty when its points were not looked at."""
        return self._view.known.progress_of(row)

    def quiet_ms(self, row: ScanSummary) -> int:
        """For how long an open scan has done nothing, in milliseconds, if that is unusually long; else 0."""
        return self._view.known.quiet_ms(row)

    @property
    def glance(self) -> Glance:
        return Glance(self._view.known, self._view.order)

    def note_of(self, key: str) -> Note | None:
        """What a user wrote about a scan."""
        return self._view.known.notes.get(key)

    def is_new(self, key: str, now_ms: int) -> bool:
        """Whether a scan was created while we were looking, within the last three seconds by the server's clock."""
        return self._view.known.is_new(key, now_ms)

    def newest_number(self, server: str | None = None) -> int:
        """The number of the newest scan that has one, on one of several servers; 0 without any; also while paused."""
        return newest_number(self._known, server)

    @property
    def writer_ahead(self) -> tuple[int, str]:
        """How far the clock of a writer is ahead of its server's, in milliseconds, and that server's name."""
        return writer_ahead(self._view.known)

    def put(self, rows: Iterable[ScanSummary]) -> Change:
        """Take in scans, new or changed."""
        return self._take_in(self._known.put(rows))

    def note_progress(self, points: Mapping[str, int], seen: Mapping[str, PointsSeen] = {}) -> Change:
        """Take in how many points some of the open scans have, and when these came where that was seen."""
        return self._take_in(self._known.note_progress(points, seen))

    def tell_time(self, now_ms: int) -> Change:
        """Set the server's clock, by which scans fall silent; without a word of theirs they are found out here."""
        change = self._take_in(self._known.tell_time(now_ms))
        return change if self.is_paused else change | self._take_in(self._view.turned_with_time())

    def put_notes(self, notes: Mapping[str, Note]) -> Change:
        """Take in all notes by the keys of scans; those that were known and are not among them are gone."""
        return self._take_in(self._known.put_notes(notes))

    def mark_gone(self, keys: Iterable[str]) -> Change:
        """Note that scans went away; their rows stay, and say so."""
        change = self._take_in(self._known.mark_gone(keys))
        return change if self.is_paused else change | self._changed(self._view.clear_oldest_gone())

    def forget_gone(self) -> Change:
        """Drop the rows of scans that went away, and their marks; frozen rows all stay."""
        return Change() if self.is_paused else self._changed(self._view.drop(self._known.forget_gone()))

    @property
    def cleared_gone(self) -> int:
        """How many rows of scans that went away were dropped since there were too many."""
        return self._view.cleared_gone

    def _take_in(self, news: Arrivals) -> Change:
        if self.is_paused:
            self._missed.note(news)
            return Change()
        return self._changed(self._view.take_in(news))

    @property
    def filter(self) -> ScanFilter:
        return self._view.filter

    def prepare(self, scan_filter: ScanFilter) -> bool:
        """Look at the next rows for a filter; True once set_filter takes a short turn, also with very many rows."""
        return self._view.prepare(scan_filter) and self.lines.prepare_for(scan_filter)

    def set_filter(self, scan_filter: ScanFilter) -> Change:
        """Show only what passes the filter; the same filter again shows what passes it now."""
        self._view.filter = scan_filter
        return self._changed(self._view.lay_out())

    @property
    def sorting(self) -> Sorting:
        return self._view.order.sorting

    def prepare_sort(self, column: str, descending: bool = False) -> bool:
        """Sort the next rows; True once sort_by takes only a short turn, also with very many rows."""
        return self._view.prepare_sort(Sorting(column, descending))

    def sort_by(self, column: str, descending: bool = False) -> Change:
        """Sort by a column of SORT_COLUMNS; a row keeps the place that it gets until rows are sorted again."""
        if column not in SORT_COLUMNS:
            raise UsageError(f"Rows cannot be sorted by {column!r}: give one of {', '.join(SORT_COLUMNS)}.")
        return self._changed(self._view.sort(Sorting(column, descending)))

    @property
    def held(self) -> bool:
        return self._view.held

    def set_held(self, held: bool) -> Change:
        """Keep all rows where they are, or let them move again."""
        if held:
            self.lines.keep_up()
            self._view.hold()
            return Change()
        return self._changed(self._view.release())

    def settle(self) -> Change:
        """Bring all rows to where they belong, also while held, because the user asked for it."""
        return self._changed(self._view.settle())

    @property
    def new(self) -> int:
        """How many scans were created while held, whether they pass the filter or not."""
        return len(self._view.came)

    @property
    def new_matching(self) -> int:
        """How many of the new ones pass the filter."""
        return len(self._view.came_matching)

    @property
    def waiting(self) -> int:
        """How many rows pass the filter and are not shown, since others would have to move."""
        return len(self._view.waiting)

    @property
    def is_paused(self) -> bool:
        return self._paused_ms is not None

    @property
    def paused_ms(self) -> int | None:
        """When the rows were frozen, by the server's clock; None when they are not."""
        return self._paused_ms

    @property
    def paused_new(self) -> int:
        """How many scans came while paused."""
        return len(self._missed.fresh)

    @property
    def paused_changed(self) -> int:
        """How many rows look different from what is shown of them."""
        return self._missed.count_different(self._known, self._view.known)

    def pause(self, now_ms: int) -> None:
        """Freeze all rows as they are, while news are taken in unseen."""
        if not self.is_paused:
            self._paused_ms, self._view.known = now_ms, self._known.copy()

    def resume(self) -> Change:
        """Show all that happened while paused."""
        if not self.is_paused:
            return Change()
        self._paused_ms, self._view.known = None, self._known
        missed, self._missed = self._missed.arrivals(self._known), Missed()
        return self._take_in(missed) | self._changed(self._view.clear_oldest_gone())

    @property
    def marks(self) -> tuple[str, ...]:
        """The keys that are marked, in the order in which they were."""
        return tuple(self._view.marks)

    def is_marked(self, key: str) -> bool:
        return key in self._view.marks

    def toggle_marks(self, keys: Iterable[str]) -> Change:
        """Mark known scans, or take their marks away if all of them are marked."""
        return self._changed(self._view.toggle_marks(keys))

    def clear_marks(self) -> Change:
        """Take all marks away, and show others than marked rows again."""
        return self._changed(self._view.clear_marks())

    @property
    def only_marked(self) -> bool:
        return self._view.only_marked

    def show_only_marked(self, only_marked: bool) -> Change:
        """Show of what passes the filter only the marked rows, or all."""
        return self._changed(self._view.show_only_marked(only_marked))

    # Where to go: each wraps round, and is None only when there is no such row
    def nearest_mark(self, key: str | None, backwards: bool = False) -> str | None:
        return nearest(self._view.order, key, self.is_marked, self._view.marks, backwards)

    def nearest_problem(self, key: str | None, backwards: bool = False) -> str | None:
        known = self._view.known
        return nearest(self._view.order, key, known.has_unjudged_problem, known.tally.problems, backwards)

    def values_of(self, field: str) -> list[str]:
        """The values of a field that were seen, those that come often first."""
        return values_seen(self._view.known, field)

    def counts(self) -> dict[str, int]:
        """How many of the rows shown have each word."""
        if self._counts is None:
            self._counts = count_words(self._view.known, self._view.order)
        return dict(self._counts)

    def activity_strip(self, buckets: int, span_ms: int, now_ms: int) -> list[int]:
        """How many of the rows shown were created in each part of the last `span_ms`, the oldest part first."""
        return count_created(self._view.known, self._view.order, buckets, span_ms, now_ms)

    def _changed(self, change: Change) -> Change:
        self._counts = self._counts if change == Change() else None
        return change
