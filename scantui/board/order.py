"""How rows are sorted: a value of each row for each column, and keys in the order of those values; pure.

Rule: a row keeps the place that its value gave it until the rows are sorted anew, so nothing moves by itself.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from scantui.board.knowledge import Knowledge
from scantui.models import ScanSummary
from scantui.words import STATE_WORDS, duration

# All values of a column are of one kind; a row that has none comes last, whichever way the others are sorted.
SortValue: TypeAlias = str | int | float
ValuesOf: TypeAlias = Callable[[Sequence[str]], "dict[str, SortValue | None]"]
# The values of many rows at once: a function called for each of 50 000 would be felt.
Column: TypeAlias = Callable[[Knowledge, Sequence[ScanSummary]], Sequence["SortValue | None"]]

BY_TIME = "time"
# So many keys are put in or taken out one by one; for more the whole list is made anew.
_FEW = 32
_RANKS = {word: rank for rank, word in enumerate(STATE_WORDS)}


class Sorting(NamedTuple):
    """By which column rows are sorted; rows with equal values stand in the order of time, either way."""

    column: str = BY_TIME
    descending: bool = False

    @property
    def is_by_time(self) -> bool:
        """Whether the newest scan is the last row, as it must be to be followed."""
        return self == OLDEST_FIRST


OLDEST_FIRST = Sorting()


def _states(known: Knowledge, rows: Sequence[ScanSummary]) -> list[int]:
    return [_RANKS[known.words[row.key]] for row in rows]


def _names(_: Knowledge, rows: Sequence[ScanSummary]) -> list[str | None]:
    names = [row.title or (row.identity.name if row.identity else row.problem) for row in rows]
    return [name.casefold() or None for name in names]


def _numbers(_: Knowledge, rows: Sequence[ScanSummary]) -> list[int | None]:
    return [row.identity.number if row.identity else None for row in rows]


def _users(_: Knowledge, rows: Sequence[ScanSummary]) -> list[str | None]:
    return [row.user_name.casefold() if row.user_name else None for row in rows]


def _ages(_: Knowledge, rows: Sequence[ScanSummary]) -> list[int | None]:
    """The youngest first, as their ages count up."""
    return [-row.created_ms if row.created_ms else None for row in rows]


def _durations(known: Knowledge, rows: Sequence[ScanSummary]) -> list[float | None]:
    if not known.now_ms:
        return [None] * len(rows)
    took, now_ms = known.took, known.now_ms
    return [took[row.key] if row.key in took else duration(row, now_ms) for row in rows]


def _progress(known: Knowledge, rows: Sequence[ScanSummary]) -> list[float | None]:
    looks = [known.activities.get(row.key) for row in rows]
    return [
        look.points / row.npoints if look and row.npoints and row.is_open else None
        for row, look in zip(rows, looks, strict=True)
    ]


def _notes(known: Knowledge, rows: Sequence[ScanSummary]) -> list[str | None]:
    """The verdict comes first, as on the screen."""
    notes = [known.notes.get(row.key) for row in rows]
    return [f"{note.verdict} {note.text}".strip().casefold() or None if note else None for note in notes]


def _of_identity(field: str) -> Column:
    text_of = attrgetter(field)

    def texts(_: Knowledge, rows: Sequence[ScanSummary]) -> list[str | None]:
        found = [text_of(row.identity) if row.identity else None for row in rows]
        return [text.casefold() if text else None for text in found]

    return texts


SORT_COLUMNS: dict[str, Column] = {
    BY_TIME: lambda _, rows: [row.key for row in rows],
    "state": _states,
    "number": _numbers,
    "name": _names,
    "dataset": _of_identity("dataset"),
    "collection": _of_identity("collection"),
    "proposal": _of_identity("proposal"),
    "session": _of_identity("session"),
    "user": _users,
    "age": _ages,
    "duration": _durations,
    "progress": _progress,
    "note": _notes,
    "path": _of_identity("path"),
}


class Order:
    """Keys in their order; `values_of` is asked once for each key, when it comes in."""

    def __init__(self, sorting: Sorting, values_of: ValuesOf, keys: Iterable[str] = ()) -> None:
        self.sorting = sorting
        self._values_of = values_of
        # In the order of time a key is its own value, and nothing need be kept.
        self._values: dict[str, SortValue | None] = {}
        self.keys = self._sorted(keys)

    def __len__(self) -> int:
        return len(self.keys)

    def __contains__(self, key: str) -> bool:
        if not self.sorting.is_by_time:
            return key in self._values
        index = bisect_left(self.keys, key)
        return index < len(self.keys) and self.keys[index] == key

    def index_of(self, key: str) -> int:
        """Where a key stands; KeyError when it does not."""
        if key not in self:
            raise KeyError(key)
        return self._place_of(key)

    def add(self, keys: Iterable[str], only_at_ends: bool = False) -> tuple[list[str], int]:
        """Put newcomers at their places, `only_at_ends` but where no key that stands would have to move for them.

        Returns those that found no place, and how many stand after all that stood before.
        """
        newcomers = self._sorted(keys)
        if not newcomers:
            return [], 0
        first, last = self._place_of(newcomers[0]), self._place_of(newcomers[-1])
        if first == len(self.keys):
            self.keys.extend(newcomers)
            return [], len(newcomers)
        if last == 0:
            self.keys[:0] = newcomers
            return [], 0
        return self._add_between(newcomers, only_at_ends)

    def remove(self, keys: Collection[str]) -> None:
        """Take out keys that stand."""
        if len(keys) > _FEW:
            removed = set(keys)
            self.keys = [key for key in self.keys if key not in removed]
        else:
            for key in keys:
                del self.keys[self.index_of(key)]
        for key in keys:
            self._values.pop(key, None)

    def _add_between(self, newcomers: Sequence[str], only_at_ends: bool) -> tuple[list[str], int]:
        stood = self.keys
        places = [(self._place_of(key), key) for key in newcomers]
        left_out = [key for place, key in places if 0 < place < len(stood)] if only_at_ends else []
        if left_out:
            places = [(place, key) for place, key in places if place in (0, len(stood))]
            for key in left_out:
                self._values.pop(key, None)
        appended = sum(place == len(stood) for place, _ in places)
        if len(places) <= _FEW:
            for place, key in reversed(places):
                stood.insert(place, key)
            return left_out, appended
        self.keys, taken = [], 0
        for place, key in places:
            self.keys += stood[taken:place]
            self.keys.append(key)
            taken = place
        self.keys += stood[taken:]
        return left_out, appended

    def _sorted(self, keys: Iterable[str]) -> list[str]:
        by_time = sorted(keys)
        if self.sorting.is_by_time:
            return by_time
        values = self._values_of(by_time)
        self._values.update(values)
        known, without = by_time, []
        if None in values.values():
            without = [key for key, value in values.items() if value is None]
            known = [key for key in by_time if values[key] is not None]
        # Sorting is stable, also backwards, so that ties stay in the order of time.
        known = sorted(known, key=values.__getitem__, reverse=self.sorting.descending)  # type: ignore[arg-type]
        return known + without

    def _place_of(self, key: str) -> int:
        """Where a key stands, or would stand."""
        keys = self.keys
        if self.sorting.is_by_time:
            return bisect_left(keys, key)
        values, descending = self._values, self.sorting.descending
        value, low, high = values[key], 0, len(keys)
        while low < high:
            middle = (low + high) // 2
            if _is_before(values[keys[middle]], keys[middle], value, key, descending):
                low = middle + 1
            else:
                high = middle
        return low


def _is_before(value: SortValue | None, key: str, other: SortValue | None, other_key: str, descending: bool) -> bool:
    if value == other:
        return key < other_key
    if value is None or other is None:
        return other is None
    return value > other if descending else value < other  # type: ignore[operator]
