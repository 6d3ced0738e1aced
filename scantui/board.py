"""The rows as the user wants them: events of the feed in, order and filter applied; pure, no widgets.

Rule: rows are known by their scan's key, and keys sort by the time of creation, so the order of keys is that of time.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from scantui.activity import Activity, silence_ms
from scantui.filters import ScanFilter
from scantui.models import ScanSummary
from scantui.words import state_word


class Change(NamedTuple):
    """What a screen has to do: `rearranged` when rows came, went or moved, `touched` rows changed in their place."""

    rearranged: bool = False
    touched: frozenset[str] = frozenset()
    appended: int = 0

    def __or__(self, other: Change) -> Change:
        return Change(self.rearranged or other.rearranged, self.touched | other.touched, self.appended + other.appended)


class Board:
    """All scans known, and which of them are shown, from the oldest down to the newest."""

    def __init__(self) -> None:
        self.filter = ScanFilter()
        self.now_ms = 0
        self._rows: dict[str, ScanSummary] = {}
        self._gone: set[str] = set()
        self._activities: dict[str, Activity] = {}
        self._stalled: set[str] = set()
        self._keys: list[str] = []
        self._shown: list[str] = self._keys

    def __len__(self) -> int:
        return len(self._shown)

    @property
    def total(self) -> int:
        """How many scans are known, shown or not."""
        return len(self._keys)

    def key_at(self, index: int) -> str:
        return self._shown[index]

    def row_at(self, index: int) -> ScanSummary:
        return self._rows[self._shown[index]]

    def row(self, key: str) -> ScanSummary | None:
        return self._rows.get(key)

    def index_of(self, key: str) -> int:
        """Where a scan is shown; KeyError when it is not."""
        index = bisect_left(self._shown, key)
        if index == len(self._shown) or self._shown[index] != key:
            raise KeyError(key)
        return index

    def is_gone(self, key: str) -> bool:
        return key in self._gone

    def word_of(self, row: ScanSummary) -> str:
        """The word for a row's state; a scan that went away or fell silent while we were looking says so."""
        if row.key in self._gone:
            return "GONE"
        return "STALL" if row.key in self._stalled and row.is_open else state_word(row)

    def activity_of(self, key: str) -> Activity | None:
        """What was seen of an open scan's points; None when they were not looked at."""
        return self._activities.get(key)

    def newest_number(self) -> int:
        """The number of the newest scan that has one, 0 without any."""
        for key in reversed(self._keys):
            identity = self._rows[key].identity
            if identity is not None:
                return identity.number
        return 0

    def put(self, rows: Iterable[ScanSummary]) -> Change:
        """Take in scans, new ones and such as changed."""
        rows = list(rows)
        fresh = sorted({row.key for row in rows if row.key not in self._rows})
        self._gone.difference_update(row.key for row in rows)
        newest_shown = self._shown[-1] if self._shown else ""
        for row in rows:
            self._rows[row.key] = row
            self._stalled.discard(row.key)
            if not row.is_open:
                self._activities.pop(row.key, None)
        _merge(self._keys, fresh)
        if self._shown is self._keys:
            appended = len(fresh) - bisect_left(fresh, newest_shown)
            known = frozenset(row.key for row in rows) - frozenset(fresh)
            return Change(bool(fresh), known, appended)
        return self._refilter(row.key for row in rows)

    def note_progress(self, points: Mapping[str, int]) -> Change:
        """Take in how many points some of the open scans have."""
        moved = set()
        for key, count in points.items():
            row, known = self._rows.get(key), self._activities.get(key)
            if row is None or not row.is_open:
                continue
            self._activities[key] = known.after(count, self.now_ms) if known else Activity(count, self.now_ms)
            if known is None or known.points != count:
                moved.add(key)
        return self._refilter(moved) | self.tell_time(self.now_ms)

    def tell_time(self, now_ms: int) -> Change:
        """Set the server's clock, by which scans fall silent; without a word of theirs they are found out here."""
        self.now_ms = now_ms
        stalled = {key for key, activity in self._activities.items() if silence_ms(self._rows[key], activity, now_ms)}
        turned = self._stalled ^ stalled
        self._stalled = stalled
        return self._refilter(turned)

    def mark_gone(self, keys: Iterable[str]) -> Change:
        """Note that scans went away; their rows stay, and say so."""
        gone = {key for key in keys if key in self._rows}
        self._gone |= gone
        for key in gone:
            self._activities.pop(key, None)
        return self._refilter(gone)

    def set_filter(self, scan_filter: ScanFilter) -> Change:
        """Show only what passes the filter."""
        self.filter = scan_filter
        shown_before = self._shown
        if not scan_filter.terms:
            self._shown = self._keys
        else:
            self._shown = [key for key in self._keys if self._passes(key)]
        return Change(rearranged=self._shown != shown_before)

    def _passes(self, key: str) -> bool:
        row = self._rows[key]
        return self.filter.matches(row, self.word_of(row))

    def _refilter(self, keys: Iterable[str]) -> Change:
        """Show or hide these scans as the filter has it."""
        rearranged, touched, appended = False, set(), 0
        for key in sorted(keys):
            index = bisect_left(self._shown, key)
            is_shown = index < len(self._shown) and self._shown[index] == key
            passes = self._passes(key)
            if passes and is_shown:
                touched.add(key)
            elif passes:
                appended += index == len(self._shown)
                insort(self._shown, key)
            elif is_shown:
                del self._shown[index]
            rearranged |= passes is not is_shown
        return Change(rearranged, frozenset(touched), appended)


def _merge(ordered: list[str], fresh: Sequence[str]) -> None:
    """Put sorted newcomers into a sorted list; at either end, where they mostly come, it costs next to nothing."""
    if not fresh:
        return
    if not ordered or ordered[-1] < fresh[0]:
        ordered.extend(fresh)
    elif fresh[-1] < ordered[0]:
        ordered[:0] = fresh
    else:
        ordered.extend(fresh)
        ordered.sort()
