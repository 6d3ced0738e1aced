"""Which rows are shown, in which order, and when they may move.

Rule: while the view is held no row that stands moves. A row comes only above the first or below the last one, else it
waits; one that should leave stays, stale. `settle` makes good for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from scantui.board.knowledge import Arrivals, Knowledge
from scantui.board.order import OLDEST_FIRST, SORT_COLUMNS, Order, Sorting, SortValue
from scantui.filters import ScanFilter, Scans

# A filter that depends on the time has to check rows that did not change; so many a second do not delay the keys.
_CHECKED_AT_ONCE = 4_000


class Change(NamedTuple):
    """What a screen has to do: `rearranged` when rows came, went or moved, `touched` rows changed in their place.

    `appended` of the rows that came are below all that were there before.
    """

    rearranged: bool = False
    touched: frozenset[str] = frozenset()
    appended: int = 0

    def __or__(self, other: Change) -> Change:
        return Change(self.rearranged or other.rearranged, self.touched | other.touched, self.appended + other.appended)


class Moves:
    """Which rows came, left or look different since the last look; `anew` when all were chosen anew."""

    def __init__(self) -> None:
        self.came: set[str] = set()
        self.left: set[str] = set()
        self.touched: set[str] = set()
        self.anew = False

    @classmethod
    def of(cls, came: Iterable[str]) -> Moves:
        """Only rows that came."""
        moves = cls()
        moves.came.update(came)
        return moves

    def note(self, came: Iterable[str], left: Iterable[str]) -> None:
        """Note the rows that came and left; each is in one set at most."""
        for key in left:
            self.came.discard(key)
            self.left.add(key)
        for key in came:
            self.left.discard(key)
            self.came.add(key)


class View:
    """The keys shown of what is known; `known` may be exchanged, what became different is then told by `take_in`."""

    def __init__(self, known: Knowledge) -> None:
        self.known = known
        self.filter = ScanFilter()
        self.marks: dict[str, None] = {}
        self.only_marked = False
        self.order = self._order_of((), OLDEST_FIRST)
        self.held = False
        self.stale: set[str] = set()
        self.waiting: set[str] = set()
        self.came: set[str] = set()
        self.came_matching: set[str] = set()
        self._newest_when_held = ""
        self._checked = 0
        # Only kept while an outline is made of the rows.
        self.moves: Moves | None = None

    def passing(self, keys: Sequence[str]) -> Sequence[str]:
        """Those rows, in their order, that the user wants to see."""
        if self.only_marked:
            keys = [key for key in keys if key in self.marks]
        known = self.known
        scans = Scans(known.rows, known.words, known.texts, known.now_ms, known.took, known.notes)
        return self.filter.passing(keys, scans)

    def turned_with_time(self) -> Arrivals:
        """Which of the next few rows pass the filter no longer, or do now, because time went on."""
        if not self.filter.depends_on_time:
            return Arrivals()
        start = self._checked if self._checked < len(self.known.keys) else 0
        self._checked = start + _CHECKED_AT_ONCE
        return Arrivals(changed=self._out_of_place(self.known.keys[start : self._checked]))

    def _out_of_place(self, keys: Sequence[str]) -> frozenset[str]:
        """Those rows that are shown but should not be, or the other way round, and are not yet moved."""
        shown = {key for key in keys if (key in self.order or key in self.waiting) and key not in self.stale}
        return frozenset(shown.symmetric_difference(self.passing(keys)))

    def take_in(self, news: Arrivals) -> Change:
        """Show or hide what came or changed."""
        if self.moves is not None:
            self.moves.touched |= news.changed
        shows_all = not (self.filter.terms or self.only_marked or self.stale or self.waiting)
        coming = list(news.fresh if shows_all else self.passing(news.fresh))
        if self.held:
            came = {key for key in news.fresh if key > self._newest_when_held}
            self.came |= came
            self.came_matching.update(came.intersection(coming))
        if shows_all:
            appended = self._admit(coming, (), only_at_ends=self.held)
            return Change(appended is not None, news.changed, appended or 0)
        touched, leaving = set(), []
        passing = frozenset(self.passing(tuple(news.changed)))
        for key in news.changed:
            passes, is_shown = key in passing, key in self.order
            if key in self.came:
                (self.came_matching.add if passes else self.came_matching.discard)(key)
            if is_shown and (passes or self.held):
                touched.add(key)
                (self.stale.discard if passes else self.stale.add)(key)
            elif is_shown:
                leaving.append(key)
            elif passes:
                coming.append(key)
            else:
                self.waiting.discard(key)
        appended = self._admit(coming, leaving, only_at_ends=self.held)
        return Change(bool(leaving) or appended is not None, frozenset(touched), appended or 0)

    def drop(self, keys: frozenset[str]) -> Change:
        """Choose anew without rows that are known no longer, and without their marks."""
        self.came -= keys
        for key in keys:
            self.marks.pop(key, None)
        return self.lay_out()

    def hold(self) -> None:
        """From now on nothing that is shown moves."""
        if not self.held:
            self.held, self._newest_when_held = True, self.known.newest_key

    def release(self) -> Change:
        """Let rows move again."""
        if not self.held:
            return Change()
        self.held = False
        self.came.clear()
        self.came_matching.clear()
        return self.settle()

    def settle(self) -> Change:
        """Bring all rows to where they belong: those that wait in, stale ones out, and all in their order."""
        if not self.order.sorting.is_by_time:
            return self.sort(self.order.sorting)
        coming, leaving = self.waiting, self.stale
        self.waiting, self.stale = set(), set()
        appended = self._admit(coming, leaving)
        return Change(bool(leaving) or appended is not None, appended=appended or 0)

    def lay_out(self) -> Change:
        """Choose anew from all that is known."""
        touched, self.stale, self.waiting = self.stale, set(), set()
        if not self.filter.terms:
            # Kept from one key stroke to the next, while words are looked for.
            self.known.texts.forget()
        change = self._show(self.passing(self.known.keys), self.order.sorting)
        self.came_matching = {key for key in self.came if key in self.order}
        return change._replace(touched=frozenset(key for key in touched if key in self.order))

    def sort(self, sorting: Sorting) -> Change:
        """Sort anew, by the values that rows have now; what waits comes in, and what is stale leaves."""
        keys = self.known.keys
        if self.waiting or self.stale or len(self.order) < len(keys):
            wanted = self.waiting.union(self.order.keys) - self.stale
            keys = [key for key in keys if key in wanted]
        self.waiting, self.stale = set(), set()
        return self._show(keys, sorting)

    def _show(self, keys: Iterable[str], sorting: Sorting) -> Change:
        shown = self.order.keys
        self.order = self._order_of(keys, sorting)
        if self.moves is not None:
            self.moves.anew = True
        return Change(rearranged=self.order.keys != shown)

    def _order_of(self, keys: Iterable[str], sorting: Sorting) -> Order:
        column = SORT_COLUMNS[sorting.column]

        def values_of(keys: Sequence[str]) -> dict[str, SortValue | None]:
            rows = list(map(self.known.rows.__getitem__, keys))
            return dict(zip(keys, column(self.known, rows), strict=True))

        return Order(sorting, values_of, keys)

    def _admit(self, coming: Collection[str], leaving: Collection[str], only_at_ends: bool = False) -> int | None:
        """Add and remove rows; returns how many were appended, None when none came."""
        self.order.remove(leaving)
        left_out, appended = self.order.add(coming, only_at_ends)
        self.waiting.difference_update(coming)
        self.waiting.update(left_out)
        if self.moves is not None:
            self.moves.note(set(coming).difference(left_out), leaving)
        return appended if len(left_out) < len(coming) else None
