"""How rows are sorted: a value of each row for each column, and keys in the order of those values; pure.

Rule: a row keeps the place that its value gave it until the rows are sorted anew, so nothing moves by itself.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from scantui.activity import share
from scantui.board.knowledge import Knowledge
from scantui.models import ScanSummary
from scantui.titles import sorting_name
from scantui.words import STATE_WORDS, duration

# All values of a column are of one kind; a row that has none comes last, whichever way the others are sorted.
SortValue: TypeAlias = str | int | float
Values: TypeAlias = "dict[str, SortValue | None]"
ValuesOf: TypeAlias = Callable[[Sequence[str]], Values]
# The values of many rows at once: calling a function for each of 50 000 would delay the user.
Column: TypeAlias = Callable[[Knowledge, Sequence[ScanSummary]], Sequence["SortValue | None"]]

BY_TIME = "time"
# Up to this many keys are inserted or removed one by one; for more, the whole list is rebuilt.
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

    @property
    def is_chronological(self) -> bool:
        """Whether rows stand in the order of time, either way."""
        return self.column == BY_TIME


OLDEST_FIRST = Sorting()


def _states(known: Knowledge, rows: Sequence[ScanSummary]) -> list[int]:
    return [_RANKS[known.words[row.key]] for row in rows]


def _names(_: Knowledge, rows: Sequence[ScanSummary]) -> list[str | None]:
    return [sorting_name(row) or None for row in rows]


def _numbers(_: Knowledge, rows: Sequence[ScanSummary]) -> list[int | None]:
    return [row.number for row in rows]


def _users(_: Knowledge, rows: Sequence[ScanSummary]) -> list[str | None]:
    return [row.user_name.casefold() if row.user_name else None for row in rows]


def _ages(_: Knowledge, rows: Sequence[ScanSummary]) -> list[int | None]:
    """The youngest first, as their ages count up."""
    return [-row.born_ms if row.born_ms else None for row in rows]


def _durations(known: Knowledge, rows: Sequence[ScanSummary]) -> list[float | None]:
    if not known.now_ms:
        return [None] * len(rows)
    now_ms = known.now_ms
    return [duration(row, now_ms) for row in rows]


def _progress(known: Knowledge, rows: Sequence[ScanSummary]) -> list[float | None]:
    looks = [known.activities.get(row.key) for row in rows]
    return [share(row, look) for row, look in zip(rows, looks, strict=True)]


def _notes(known: Knowledge, rows: Sequence[ScanSummary]) -> list[str | None]:
    """The verdict comes first, as on the screen."""
    notes = [known.notes.get(row.key) for row in rows]
    return [f"{note.verdict} {note.text}".strip().casefold() or None if note else None for note in notes]


def _servers(_: Knowledge, rows: Sequence[ScanSummary]) -> list[str | None]:
    return [row.server.casefold() if row.server else None for row in rows]


def _of_identity(field: str) -> Column:
    text_of = attrgetter(field)

    def texts(_: Knowledge, rows: Sequence[ScanSummary]) -> list[str | None]:
        found = [text_of(row.numberless) if row.numberless else None for row in rows]
        return [text.casefold() if text else None for text in found]

    return texts


SORT_COLUMNS: dict[str, Column] = {
    BY_TIME: lambda known, rows: [known.ranks[row.key] for row in rows],
    "state": _states,
    "server": _servers,
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
    """Keys in their order; `values_of` is asked once for each key as it comes in.

    `ranks` are texts in the order of time, which any key has. They may be shared: those of keys that stand do not
    change. The keys to begin with are in that order, unless their values are given: then they are in that of those.
    """

    def __init__(
        self,
        sorting: Sorting,
        values_of: ValuesOf,
        ranks: Mapping[str, str],
        keys: Sequence[str] = (),
        values: Values | None = None,
    ) -> None:
        self.sorting = sorting
        self._by_time = sorting.column == BY_TIME
        self._values_of = values_of
        # In the order of time the rank is the value, and nothing else need be kept.
        self._values = {} if values is None else values
        self._shared, self._own_ranks = ranks, dict[str, str]()
        self._rank_of = ranks.__getitem__
        self.keys = self._by_value(keys) if values is None else list(keys)

    def __len__(self) -> int:
        return len(self.keys)

    def __contains__(self, key: str) -> bool:
        if not self._by_time:
            return key in self._values
        return self._stands_at(key, self._place_of(key))

    def index_of(self, key: str) -> int:
        """Where a key stands; KeyError when it does not."""
        if key not in self:
            raise KeyError(key)
        return self._place_of(key)

    def _stands_at(self, key: str, index: int) -> bool:
        return index < len(self.keys) and self.keys[index] == key

    def add(self, keys: Collection[str], ranks: Mapping[str, str], only_at_ends: bool = False) -> tuple[list[str], int]:
        """Put newcomers at their places, `only_at_ends` but where no key that stands would have to move for them.

        Returns those that found no place, and how many stand after all that stood before.
        """
        if ranks is not self._shared:
            self._own_ranks.update((key, ranks[key]) for key in keys)
            self._rank_of = self._own_or_shared_rank
        newcomers = self._by_value(sorted(keys, key=self._rank_of))
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

    def _own_or_shared_rank(self, key: str) -> str:
        return self._own_ranks[key] if key in self._own_ranks else self._shared[key]

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
        first, last = places[0][0], places[-1][0]
        between, taken = list[str](), first
        for place, key in places:
            between += stood[taken:place]
            between.append(key)
            taken = place
        stood[first:last] = between
        return left_out, appended

    def _by_value(self, by_time: Sequence[str]) -> list[str]:
        """Keys that are in the order of time, in that of their values."""
        if self._by_time:
            return list(reversed(by_time) if self.sorting.descending else by_time)
        values = self._values_of(by_time)
        self._values.update(values)
        known, without = by_time, []
        if None in values.values():
            without = [key for key, value in values.items() if value is None]
            known = [key for key in by_time if values[key] is not None]
        return in_order_of(values, known, self.sorting.descending) + without

    def _place_of(self, key: str) -> int:
        """Where a key stands, or would stand."""
        keys, rank_of, descending = self.keys, self._rank_of, self.sorting.descending
        rank = rank_of(key)
        if self._by_time and not descending:
            return bisect_left(keys, rank, key=rank_of)
        value_of = rank_of if self._by_time else self._values.__getitem__
        value, low, high = value_of(key), 0, len(keys)
        while low < high:
            middle = (low + high) // 2
            if _is_before(value_of(other := keys[middle]), rank_of(other), value, rank, descending):
                low = middle + 1
            else:
                high = middle
        return low


def in_order_of(values: Values, keys: Sequence[str], descending: bool) -> list[str]:
    """Keys that have values, in the order of these; ties stay in the order given, also backwards."""
    return sorted(keys, key=values.__getitem__, reverse=descending)  # type: ignore[arg-type]


def _is_before(value: SortValue | None, rank: str, other: SortValue | None, other_rank: str, descending: bool) -> bool:
    return rank < other_rank if value == other else is_value_before(value, other, descending)


def is_value_before(value: SortValue | None, other: SortValue | None, descending: bool) -> bool:
    """Whether rows with a value come before those with another one; those without any come last."""
    if value is None or other is None:
        return value is not other and other is None
    return value > other if descending else value < other  # type: ignore[operator]
