"""What the feed told of the scans so far; nothing here knows what is shown.

Rule: what takes something in returns the keys of the rows that may look different from now on.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from scantui.activity import Activity, silence_ms
from scantui.filters import Texts
from scantui.models import Note, ScanSummary
from scantui.words import duration, state_word

NEW_MS = 3_000


class Arrivals(NamedTuple):
    """Keys of scans that came, from the oldest to the newest, and of such that were known and may have changed."""

    fresh: Sequence[str] = ()
    changed: frozenset[str] = frozenset()


class Knowledge:
    """All scans known, with the word for the state of each and what was seen of its points."""

    def __init__(self) -> None:
        self.now_ms = 0
        self.rows: dict[str, ScanSummary] = {}
        self.words: dict[str, str] = {}
        # How long the closed ones took: worked out as they come, since for all at once a key would have to wait.
        self.took: dict[str, float | None] = {}
        self.texts = Texts(self.rows)
        self.keys: list[str] = []
        self.activities: dict[str, Activity] = {}
        self.gone: set[str] = set()
        self.notes: Mapping[str, Note] = {}
        # The keys of scans as they were closed, for what counts them.
        self.closed: list[str] = []
        self._stalled: set[str] = set()
        self._arrived_ms: dict[str, int] = {}

    def copy(self) -> Knowledge:
        """What is known now; the copy stays as it is, since the values are frozen."""
        copy = Knowledge()
        copy.now_ms, copy.words, copy.keys = self.now_ms, dict(self.words), list(self.keys)
        copy.rows.update(self.rows)
        copy.took, copy.notes = dict(self.took), self.notes
        copy.activities, copy.gone, copy._stalled = dict(self.activities), set(self.gone), set(self._stalled)
        copy._arrived_ms = dict(self._arrived_ms)
        return copy

    @property
    def newest_key(self) -> str:
        return self.keys[-1] if self.keys else ""

    def look_of(self, key: str) -> tuple[ScanSummary, str, int | None, Note | None]:
        """What a row shows apart from the time: two looks that are equal look the same."""
        activity = self.activities.get(key)
        return self.rows[key], self.words[key], activity.points if activity else None, self.notes.get(key)

    def is_new(self, key: str, now_ms: int) -> bool:
        arrived = self._arrived_ms.get(key)
        return arrived is not None and now_ms - arrived < NEW_MS

    def put(self, rows: Iterable[ScanSummary]) -> Arrivals:
        latest = {row.key: row for row in rows}
        fresh = sorted(key for key in latest if key not in self.rows)
        self._note_arrivals(fresh, latest)
        self.rows.update(latest)
        self.gone.difference_update(latest)
        self._stalled.difference_update(latest)
        self.texts.forget(latest)
        for key, row in latest.items():
            self.words[key] = state_word(row)
            if row.is_open:
                self.took.pop(key, None)
            else:
                self.took[key] = duration(row, self.now_ms)
                self.closed.append(key)
                self.activities.pop(key, None)
        _merge(self.keys, fresh)
        return Arrivals(fresh, frozenset(latest).difference(fresh))

    def note_progress(self, points: Mapping[str, int]) -> Arrivals:
        moved = set()
        for key, count in points.items():
            row, known = self.rows.get(key), self.activities.get(key)
            if row is None or not row.is_open or key in self.gone:
                continue
            self.activities[key] = known.after(count, self.now_ms) if known else Activity(count, self.now_ms)
            if known is None or known.points != count:
                moved.add(key)
        return Arrivals(changed=frozenset(moved | self._find_silent()))

    def tell_time(self, now_ms: int) -> Arrivals:
        """Set the server's clock: scans fall silent, and new ones are new no longer."""
        self.now_ms = now_ms
        grown = [key for key in self._arrived_ms if not self.is_new(key, now_ms)]
        for key in grown:
            del self._arrived_ms[key]
        return Arrivals(changed=frozenset(self._find_silent().union(grown)))

    def put_notes(self, notes: Mapping[str, Note]) -> Arrivals:
        """Know these notes, and no others."""
        before, self.notes = self.notes, notes
        keys = before.keys() | notes.keys()
        return Arrivals(changed=frozenset(k for k in keys if k in self.rows and before.get(k) != notes.get(k)))

    def mark_gone(self, keys: Iterable[str]) -> Arrivals:
        gone = frozenset(key for key in keys if key in self.rows)
        self.gone |= gone
        self._stalled -= gone
        for key in gone:
            self.activities.pop(key, None)
            self.words[key] = "GONE"
        return Arrivals(changed=gone)

    def forget_gone(self) -> frozenset[str]:
        """Know nothing any more of the scans that went away; returns their keys."""
        gone, self.gone = frozenset(self.gone), set()
        self.texts.forget(gone)
        for key in gone:
            del self.rows[key], self.words[key]
            self.took.pop(key, None)
            self._arrived_ms.pop(key, None)
        self.keys = [key for key in self.keys if key in self.rows]
        return gone

    def _note_arrivals(self, fresh: Sequence[str], rows: Mapping[str, ScanSummary]) -> None:
        """A scan arrives if it is newer than all that are known and, by the server's clock, has moved just now.

        The writer's clock may be wrong, and what is loaded was there before.
        """
        if self.now_ms:
            for key in fresh[bisect_left(fresh, self.newest_key) :]:
                if self.now_ms - rows[key].state_ms < NEW_MS:
                    self._arrived_ms[key] = rows[key].state_ms

    def _find_silent(self) -> set[str]:
        """Find out which scans are stalled by now; returns those that turned."""
        stalled = {
            key for key, activity in self.activities.items() if silence_ms(self.rows[key], activity, self.now_ms)
        }
        turned = self._stalled ^ stalled
        self._stalled = stalled
        for key in turned:
            self.words[key] = "STALL" if key in stalled else state_word(self.rows[key])
        return turned


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
