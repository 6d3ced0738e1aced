"""Which rows are shown, in which order, and when they may move.

Rule: while the view is held no row that stands moves. A row comes only above the first or below the last one, else it
waits; one that should leave stays, stale. `settle` makes good for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import partial

from scantui.board.knowledge import Arrivals, Knowledge
from scantui.board.long_lists import differences, put_among
from scantui.board.moves import Change, Moves, Noting
from scantui.board.order import BY_TIME, OLDEST_FIRST, SORT_COLUMNS, Order, Sorting, SortValue, ValuesOf
from scantui.board.orphans import Orphans, known_parent_of
from scantui.board.preparation import SLICE, Preparation, SortPreparation, slice_for
from scantui.filters import ScanFilter, Scans

# This many rows pass a filter and become an outline in a short turn.
_CHOSEN_AT_ONCE = 800
# A filter that depends on the time rechecks unchanged rows; this many a second do not delay keys.
_CHECKED_AT_ONCE = 4_000

# How many rows of scans that went away are kept, and how many while nothing may move; then the oldest are dropped.
MOST_GONE, MOST_GONE_HELD, _SPARE_GONE = 1000, 5000, 100


class View:
    """The keys shown of what is known; `known` may be exchanged, `take_in` then returns what became different."""

    def __init__(self, known: Knowledge) -> None:
        self.known = known
        self.filter = ScanFilter()
        self.marks: dict[str, None] = {}
        self.only_marked = False
        self.order = Order(OLDEST_FIRST, self._values_by(OLDEST_FIRST), known.ranks)
        self.held = False
        self.stale: set[str] = set()
        self.waiting: set[str] = set()
        self.came: set[str] = set()
        self.came_matching: set[str] = set()
        self._newest_when_held = ""
        self._checked = 0
        # Only kept while an outline is made of the rows; outlines of other rows get to know what changes.
        self.moves: Moves | None = None
        self.outlines: tuple[Noting, ...] = ()
        # Whether sequences are filtered out of which scans are shown; as long as rows are held that stays as it was.
        self.hides_parents = False
        self._orphans = Orphans()
        self.cleared_gone = 0
        # Scans that stand turned out to be older or newer than it seemed.
        self.is_out_of_order = False
        self._prepared: Preparation | None = None
        self._prepared_sort: SortPreparation | None = None

    def prepare(self, scan_filter: ScanFilter) -> bool:
        """Find out of some rows whether they pass; True once changing to this filter takes only a short turn."""
        if not scan_filter.terms or len(self.known.keys) <= min(slice_for(scan_filter), _CHOSEN_AT_ONCE):
            return True
        if self._prepared is None or self._prepared.filter != scan_filter:
            passing, rank_of = partial(self._passing_by, scan_filter), lambda key: self.known.ranks[key]
            self._prepared = Preparation(
                scan_filter, self.known.keys, passing, rank_of, partial(known_parent_of, self.known)
            )
        self._prepared.go_on()
        return self._prepared.is_done

    def passing_prepared(self, scan_filter: ScanFilter) -> Sequence[str]:
        """The rows of a filter that was prepared, if they can be an outline."""
        prepared = self._done_for(scan_filter)
        if prepared is None:
            return () if scan_filter.terms else self.known.keys
        return () if prepared.orphans else prepared.passed()

    def _done_for(self, scan_filter: ScanFilter) -> Preparation | None:
        prepared = self._prepared
        return prepared if prepared is not None and prepared.is_done and prepared.filter == scan_filter else None

    def prepare_sort(self, sorting: Sorting) -> bool:
        """Sort some of the rows; True once sorting all takes only a short turn."""
        if sorting.column == BY_TIME or len(self.order) <= SLICE:
            return True
        if self._prepared_sort is None or self._prepared_sort.sorting != sorting:
            self._prepared_sort = SortPreparation(sorting, self.wanted(), self._values_by(sorting))
        if not self._prepared_sort.is_done:
            self._prepared_sort.go_on()
        return self._prepared_sort.is_done

    def passing(self, keys: Sequence[str]) -> Sequence[str]:
        """Those rows, in their order, that the user wants to see."""
        return self._passing_by(self.filter, self._marked_of(keys))

    def _passing_by(self, scan_filter: ScanFilter, keys: Sequence[str]) -> Sequence[str]:
        known = self.known
        scans = Scans(known.rows, known.words, known.texts, known.now_ms, known.notes, known.server)
        return scan_filter.passing(keys, scans)

    def _marked_of(self, keys: Sequence[str]) -> Sequence[str]:
        return [key for key in keys if key in self.marks] if self.only_marked else keys

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
        self.is_out_of_order |= bool(news.moved)
        for prepared in (self._prepared, self._prepared_sort, *self.outlines):
            if prepared is not None:
                prepared.note(news.changed.union(news.fresh))
        change = self._take_in(news)
        self._orphans.note(news.changed.union(news.fresh), self.known, self.order)
        if not self.held:
            self.hides_parents = bool(self._orphans)
        if self.is_out_of_order and not self.held:
            change |= self.sort(self.order.sorting)
        return change

    def _take_in(self, news: Arrivals) -> Change:
        shows_all = not (self.filter.terms or self.only_marked or self.stale or self.waiting)
        coming = list(news.fresh if shows_all else self.passing(news.fresh))
        if self.held:
            came = {key for key in news.fresh if self.known.ranks[key] > self._newest_when_held}
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

    def toggle_marks(self, keys: Iterable[str]) -> Change:
        """Mark known scans, or take their marks away if all of them are marked."""
        known = [key for key in keys if key in self.known.rows]
        if all(key in self.marks for key in known):
            for key in known:
                del self.marks[key]
        else:
            self.marks.update(dict.fromkeys(known))
        return self.take_in(Arrivals(changed=frozenset(known)))

    def clear_marks(self) -> Change:
        """Take all marks away, and show others than marked rows again."""
        marked = frozenset(self.marks)
        self.marks.clear()
        return self.show_only_marked(False) | self.take_in(Arrivals(changed=marked))

    def show_only_marked(self, only_marked: bool) -> Change:
        """Show of what passes the filter only the marked rows, or all."""
        if only_marked is self.only_marked:
            return Change()
        self.only_marked = only_marked
        return self.lay_out()

    def clear_oldest_gone(self) -> Change:
        """Drop the oldest rows of scans that went away, once there are very many."""
        most = MOST_GONE_HELD if self.held else MOST_GONE
        if len(self.known.gone) <= most + _SPARE_GONE:
            return Change()
        cleared = self.known.forget_gone(most)
        self.cleared_gone += len(cleared)
        return self.drop(cleared)

    def drop(self, keys: frozenset[str]) -> Change:
        """Choose again without rows that are known no longer, and without their marks."""
        self.came -= keys
        self._prepared = self._prepared_sort = None
        for key in keys:
            self.marks.pop(key, None)
        return self.lay_out()

    def hold(self) -> None:
        """From now on nothing that is shown moves."""
        if not self.held:
            self.held, self._newest_when_held = True, self.known.newest_rank

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
        if self.is_out_of_order or not self.order.sorting.is_by_time:
            return self.sort(self.order.sorting)
        coming, leaving = self.waiting, self.stale
        self.waiting, self.stale = set(), set()
        appended = self._admit(coming, leaving)
        self._orphans.note((*coming, *leaving), self.known, self.order)
        self.hides_parents = bool(self._orphans)
        return Change(bool(leaving) or appended is not None, appended=appended or 0)

    def lay_out(self) -> Change:
        """Choose again from all that is known."""
        touched, self.stale, self.waiting = self.stale, set(), set()
        if not self.filter.terms:
            # Kept from one key stroke to the next, while words are looked for.
            self.known.texts.forget()
        prepared = self._done_for(self.filter)
        keys = self.passing(self.known.keys) if prepared is None else self._marked_of(prepared.passed())
        noted = None if prepared is None or self.only_marked else prepared.noted
        if prepared is not None:
            self._orphans.take(prepared.orphans)
            self._prepared = None if self.filter.depends_on_time else prepared
        change = self._show(keys, self.order.sorting, noted)
        self.came_matching = {key for key in self.came if key in self.order}
        return change._replace(touched=frozenset(key for key in touched if key in self.order))

    def sort(self, sorting: Sorting) -> Change:
        """Sort again, by the values that rows have now; what waits comes in, and what is stale leaves."""
        keys, prepared, moving = self.wanted(), self._prepared_sort, self.waiting | self.stale
        self.waiting, self.stale, self._prepared_sort = set(), set(), None
        if prepared is None or not prepared.is_done or prepared.sorting != sorting or self.is_out_of_order:
            return self._show(keys, sorting, moving)
        order = Order(sorting, self._values_by(sorting), self.known.ranks, prepared.ordered, prepared.values)
        # Of very many rows few differ; looking at all of them again would delay keys.
        rank_of = self.known.ranks.__getitem__
        left, came = differences(prepared.keys, keys, rank_of, rank_of, len(prepared.keys) + len(keys)) or ((), ())
        changed = {key for key in prepared.changed if key in prepared.values}
        order.remove(changed.union(left))
        order.add(changed.difference(left).union(came), self.known.ranks)
        return self._show_order(order, moving)

    def wanted(self) -> Sequence[str]:
        """The rows to be shown once they may move, in the order of time."""
        keys, order = self.known.keys, self.order
        if not (self.waiting or self.stale or len(order) < len(keys)):
            return keys
        if self.is_out_of_order or not order.sorting.is_by_time:
            wanted = self.waiting.union(order.keys) - self.stale
            return [key for key in keys if key in wanted]
        stands = [key for key in order.keys if key not in self.stale] if self.stale else list(order.keys)
        put_among(stands, self.known.in_order(self.waiting), self.known.ranks.__getitem__)
        return stands

    def _show(self, keys: Sequence[str], sorting: Sorting, differing: Iterable[str] | None = None) -> Change:
        self.is_out_of_order = False
        return self._show_order(Order(sorting, self._values_by(sorting), self.known.ranks, keys), differing)

    def _show_order(self, order: Order, differing: Iterable[str] | None) -> Change:
        """Show rows; with `differing`, all but these have their sequences or lack them as is known."""
        shown, self.order = self.order.keys, order
        if differing is None:
            self._orphans.find(self.known, order)
        else:
            self._orphans.note(differing, self.known, order)
        self.hides_parents = bool(self._orphans)
        if self.moves is not None:
            self.moves.choose_anew(shown)
        return Change(rearranged=order.keys != shown)

    def _values_by(self, sorting: Sorting) -> ValuesOf:
        column = SORT_COLUMNS[sorting.column]

        def values_of(keys: Sequence[str]) -> dict[str, SortValue | None]:
            rows = list(map(self.known.rows.__getitem__, keys))
            return dict(zip(keys, column(self.known, rows), strict=True))

        return values_of

    def _admit(self, coming: Collection[str], leaving: Collection[str], only_at_ends: bool = False) -> int | None:
        """Add and remove rows; returns how many were appended, None when none came."""
        self.order.remove(leaving)
        left_out, appended = self.order.add(coming, self.known.ranks, only_at_ends)
        self.waiting.difference_update(coming)
        self.waiting.update(left_out)
        if self.moves is not None:
            self.moves.note(set(coming).difference(left_out), leaving)
        return appended if len(left_out) < len(coming) else None
