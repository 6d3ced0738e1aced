"""A filter that is applied and rows that are sorted in slices, so that keys have their turn between them; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from scantui.board.long_lists import put_among
from scantui.board.order import Sorting, SortValue, Values, ValuesOf, in_order_of, is_value_before
from scantui.filters import ScanFilter

# So many rows take some 6 ms, also when the texts to look in are put together for the first time; with a filter of more
# letters than usual they are fewer.
SLICE = 2_000
_USUAL_LETTERS = 30
# The sequences of this many rows are looked up in a few milliseconds.
_PARENTS_AT_ONCE = 10_000
_SMALLEST_SLICE = 100
Passing = Callable[[Sequence[str]], Sequence[str]]


def slice_for(scan_filter: ScanFilter) -> int:
    """How many rows a filter looks at between two turns of the keys."""
    letters = max(_USUAL_LETTERS, len(scan_filter.text))
    return min(SLICE, max(_SMALLEST_SLICE, SLICE * _USUAL_LETTERS // letters))


class Preparation:
    """Which of the known rows pass a filter; `passing` chooses from some, in their order, which is that of ranks.

    `parent_of` is the sequence of a scan, if that is known; `orphans` are the rows that pass without theirs. Rows that
    come or change meanwhile, which are `noted`, are looked at when the filter is used.
    """

    def __init__(
        self,
        scan_filter: ScanFilter,
        keys: Sequence[str],
        passing: Passing,
        rank_of: Callable[[str], str],
        parent_of: Callable[[str], str | None],
    ) -> None:
        self.filter = scan_filter
        self._keys = list(keys)
        self._passing = passing
        self._rank_of = rank_of
        self._parent_of = parent_of
        self.orphans, self.noted = set[str](), set[str]()
        self._found: tuple[set[str], list[str]] = set(), []
        self._looked_at = 0
        self._slice = slice_for(scan_filter)
        self._next = 0
        self._passed: list[str] = []
        self._changed: set[str] = set()

    @property
    def is_done(self) -> bool:
        return self._next >= len(self._keys) and self._looked_at >= len(self._found[1])

    def go_on(self) -> None:
        """Look at the next slice, and then for the sequences of those that passed."""
        there, found = self._found
        if self._next < len(self._keys):
            passed = self._passing(self._keys[self._next : self._next + self._slice])
            self._next += self._slice
            self._passed += passed
            there.update(passed)
            found += passed
            return
        for key in found[self._looked_at : self._looked_at + _PARENTS_AT_ONCE]:
            parent = self._parent_of(key)
            if parent is not None and parent not in there:
                self.orphans.add(key)
        self._looked_at += _PARENTS_AT_ONCE

    def note(self, keys: Iterable[str]) -> None:
        """These rows came or changed, so that what was found out of them counts no longer."""
        self._changed.update(keys)
        self.noted.update(keys)

    def passed(self) -> list[str]:
        """Which of all rows, as they are known now, pass."""
        if self._changed:
            changed, self._changed = self._changed, set()
            self._passed = [key for key in self._passed if key not in changed]
            put_among(self._passed, self._passing(sorted(changed, key=self._rank_of)), self._rank_of)
        return self._passed


class SortPreparation:
    """Rows in the order of a column: slices are sorted, and then merged two by two.

    `keys` are in the order of time. Rows that change meanwhile, which are `changed`, have to be inserted again.
    """

    def __init__(self, sorting: Sorting, keys: Sequence[str], values_of: ValuesOf) -> None:
        self.sorting = sorting
        self.keys = list(keys)
        self.values: Values = {}
        self.changed: set[str] = set()
        self._values_of = values_of
        self._next = 0
        self._runs: list[list[str]] = []
        self._without: list[str] = []
        self._merged = 0
        # What the next two runs have become so far, and how much of each is in it.
        self._merging: list[str] = []
        self._taken = (0, 0)

    @property
    def is_done(self) -> bool:
        return self._next >= len(self.keys) and len(self._runs) <= 1

    @property
    def ordered(self) -> list[str]:
        """All of them, once it is done; those without a value last."""
        return list(chain(*self._runs, self._without))

    def go_on(self) -> None:
        """Sort the next slice, or go on with merging the next two."""
        if self._next < len(self.keys):
            piece = self.keys[self._next : self._next + SLICE]
            self._next += SLICE
            values = self._values_of(piece)
            self.values.update(values)
            self._without += [key for key in piece if values[key] is None]
            self._runs.append(self._in_order([key for key in piece if values[key] is not None]))
            return
        if self._merged + 1 >= len(self._runs):
            self._merged = 0
        place = self._merged
        if self._has_merged(*self._runs[place : place + 2]):
            self._runs[place : place + 2] = [self._merging]
            self._merging, self._taken = [], (0, 0)
            self._merged += 1

    def _has_merged(self, first: list[str], second: list[str]) -> bool:
        """Merge the next part of two neighbours, the ties of the first one first; returns whether that was all."""
        start, other = self._taken
        some, others = first[start : start + SLICE], second[other : other + SLICE]
        if some and others:
            # What comes after the end of either part may still have to come before the rest of the other one.
            if self._count_before(self.values[some[-1]], others, ties=False) < len(others):
                others = others[: self._count_before(self.values[some[-1]], others, ties=False)]
            else:
                some = some[: self._count_before(self.values[others[-1]], some, ties=True)]
        self._merging += self._in_order(some + others)
        self._taken = (start + len(some), other + len(others))
        return self._taken == (len(first), len(second))

    def _count_before(self, bound: SortValue | None, keys: Sequence[str], ties: bool) -> int:
        """How many of some keys in order come before a value; with `ties` also those that have it."""
        low, high = 0, len(keys)
        while low < high:
            middle = (low + high) // 2
            value = self.values[keys[middle]]
            if (ties and value == bound) or is_value_before(value, bound, self.sorting.descending):
                low = middle + 1
            else:
                high = middle
        return low

    def note(self, keys: Iterable[str]) -> None:
        """These rows came or changed."""
        self.changed.update(keys)

    def _in_order(self, keys: list[str]) -> list[str]:
        return in_order_of(self.values, keys, self.sorting.descending)
