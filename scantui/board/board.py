"""The board that a screen shows: what is known, the view on it, the pause, and the marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from scantui.activity import Activity
from scantui.board.knowledge import Arrivals, Knowledge
from scantui.board.lines import Lines
from scantui.board.order import SORT_COLUMNS, Sorting
from scantui.board.questions import count_created, count_words, nearest, newest_number, newest_with_number, values_seen
from scantui.board.view import Change, View
from scantui.exceptions import UsageError
from scantui.filters import ScanFilter
from scantui.models import Note, ScanSummary
from scantui.words import state_word

if TYPE_CHECKING:
    from scantui.board.shift import ShiftBook

PROBLEM_WORDS = frozenset({"FAIL", "ABRT", "LOST", "STALL", "BAD"})


class Board:
    """All scans known, and which of them are shown, at first from the oldest down to the newest.

    What changes it returns the Change that a screen has to show. While it is paused, all that it says of rows is as
    it was; the feed's news are taken in, and shown by `resume`.
    """

    def __init__(self) -> None:
        self._known = Knowledge()
        self._view = View(self._known)
        self.lines = Lines(self._view)
        self._missed_fresh, self._missed_changed = set[str](), set[str]()
        self._paused_ms: int | None = None
        self._counts: dict[str, int] | None = None

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

    # What is known

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
        """The keys of all scans known, shown or not, oldest first."""
        return self._view.known.keys

    def row(self, key: str) -> ScanSummary | None:
        return self._view.known.rows.get(key)

    def is_gone(self, key: str) -> bool:
        return key in self._view.known.gone

    def word_of(self, row: ScanSummary) -> str:
        """The word for a row's state; a scan that went away or fell silent while we were looking says so."""
        return self._view.known.words.get(row.key) or state_word(row)

    def activity_of(self, key: str) -> Activity | None:
        """What was seen of an open scan's points; None when they were not looked at."""
        return self._view.known.activities.get(key)

    def note_of(self, key: str) -> Note | None:
        """What a user wrote about a scan."""
        return self._view.known.notes.get(key)

    def is_new(self, key: str, now_ms: int) -> bool:
        """Whether a scan was created while we were looking, within the last three seconds by the server's clock."""
        return self._view.known.is_new(key, now_ms)

    def newest_number(self) -> int:
        """The number of the newest scan that has one, 0 without any; also while paused that of the newest there is."""
        return newest_number(self._known)

    # What the feed tells

    def put(self, rows: Iterable[ScanSummary]) -> Change:
        """Take in scans, new ones and such as changed."""
        return self._take_in(self._known.put(rows))

    def note_progress(self, points: Mapping[str, int]) -> Change:
        """Take in how many points some of the open scans have."""
        return self._take_in(self._known.note_progress(points))

    def tell_time(self, now_ms: int) -> Change:
        """Set the server's clock, by which scans fall silent; without a word of theirs they are found out here."""
        change = self._take_in(self._known.tell_time(now_ms))
        return change if self.is_paused else change | self._take_in(self._view.turned_with_time())

    def put_notes(self, notes: Mapping[str, Note]) -> Change:
        """Take in all notes by the keys of scans; those that were known and are not among them are gone."""
        return self._take_in(self._known.put_notes(notes))

    def mark_gone(self, keys: Iterable[str]) -> Change:
        """Note that scans went away; their rows stay, and say so."""
        return self._take_in(self._known.mark_gone(keys))

    def forget_gone(self) -> Change:
        """Drop the rows of scans that went away, and their marks; frozen rows all stay."""
        return Change() if self.is_paused else self._changed(self._view.drop(self._known.forget_gone()))

    def _take_in(self, news: Arrivals) -> Change:
        if self.is_paused:
            self._missed_fresh.update(news.fresh)
            self._missed_changed |= news.changed
            return Change()
        return self._changed(self._view.take_in(news))

    # What the user wants: filter, order, hold, pause

    @property
    def filter(self) -> ScanFilter:
        return self._view.filter

    def set_filter(self, scan_filter: ScanFilter) -> Change:
        """Show only what passes the filter; also the same filter shows anew what passes it now."""
        self._view.filter = scan_filter
        return self._changed(self._view.lay_out())

    @property
    def sorting(self) -> Sorting:
        return self._view.order.sorting

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
        """Bring all rows to where they belong, also while held: the user asked for it."""
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
        return len(self._missed_fresh)

    @property
    def paused_changed(self) -> int:
        """How many rows look different from what is shown of them."""
        shown = self._view.known
        return sum(self._known.look_of(k) != shown.look_of(k) for k in self._missed_changed - self._missed_fresh)

    def pause(self, now_ms: int) -> None:
        """Freeze all rows as they are, while news are taken in unseen."""
        if not self.is_paused:
            self._paused_ms, self._view.known = now_ms, self._known.copy()

    def resume(self) -> Change:
        """Show all that happened while paused."""
        if not self.is_paused:
            return Change()
        self._paused_ms, self._view.known = None, self._known
        missed = Arrivals(sorted(self._missed_fresh), frozenset(self._missed_changed - self._missed_fresh))
        self._missed_fresh, self._missed_changed = set(), set()
        return self._take_in(missed)

    @property
    def marks(self) -> tuple[str, ...]:
        """The keys that are marked, in the order in which they were."""
        return tuple(self._view.marks)

    def is_marked(self, key: str) -> bool:
        return key in self._view.marks

    def toggle_marks(self, keys: Iterable[str]) -> Change:
        """Mark known scans, or take their marks away if all of them are marked."""
        known = [key for key in keys if key in self._view.known.rows]
        if all(map(self.is_marked, known)):
            for key in known:
                del self._view.marks[key]
        else:
            self._view.marks.update(dict.fromkeys(known))
        return self._changed(self._view.take_in(Arrivals(changed=frozenset(known))))

    def clear_marks(self) -> Change:
        """Take all marks away, and show others than marked rows again."""
        marked = frozenset(self._view.marks)
        self._view.marks.clear()
        return self.show_only_marked(False) | self._changed(self._view.take_in(Arrivals(changed=marked)))

    @property
    def only_marked(self) -> bool:
        return self._view.only_marked

    def show_only_marked(self, only_marked: bool) -> Change:
        """Show of what passes the filter only the marked rows, or all."""
        if only_marked is self._view.only_marked:
            return Change()
        self._view.only_marked = only_marked
        return self._changed(self._view.lay_out())

    # Where to go: each wraps round, and is None only when there is no such row

    def nearest_mark(self, key: str | None, backwards: bool = False) -> str | None:
        return nearest(self._view.order, key, self.is_marked, backwards)

    def nearest_problem(self, key: str | None, backwards: bool = False) -> str | None:
        return nearest(self._view.order, key, self._is_problem, backwards)

    def find_number(self, number: int) -> str | None:
        """The newest scan shown that has this number."""
        return newest_with_number(self._view.known, number, self._view.order)

    def _is_problem(self, key: str) -> bool:
        """Whether a scan has a problem without a verdict."""
        note = self._view.known.notes.get(key)
        return self._view.known.words[key] in PROBLEM_WORDS and not (note and note.verdict)

    def values_of(self, field: str) -> list[str]:
        """The values of a field that were seen, those that come often first."""
        return values_seen(self._view.known, field)

    def counts(self) -> dict[str, int]:
        """How many of the rows shown bear each word."""
        if self._counts is None:
            self._counts = count_words(self._view.known, self._view.order)
        return dict(self._counts)

    def activity_strip(self, buckets: int, span_ms: int, now_ms: int) -> list[int]:
        """How many of the rows shown were created in each part of the last `span_ms`, the oldest part first."""
        return count_created(self._view.known, self._view.order, buckets, span_ms, now_ms)

    def _changed(self, change: Change) -> Change:
        if change != Change():
            self._counts = None
        return change
