"""How far the open scans of a session are, measured by the ends of their streams.

Rule: a scan is measured as soon as it is known to have streams, then at each look if it grows, and else at times.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from scantui.exceptions import StoreError
from scantui.feed.events import Progress
from scantui.feed.point_times import PointTimes
from scantui.feed.reading import count_closed, uncounted
from scantui.feed.stream_ends import MOST_AT_ONCE, StreamEnds
from scantui.feed.tracker import ScanTracker
from scantui.store.operations.ends import EndSeen, EndWanted
from scantui.store.operations.progress import UncountedStreams

if TYPE_CHECKING:
    from scantui.models import ScanSummary
    from scantui.store import AsyncDataStore


# Bytes of a point of a scalar stream, and with the names of its fields.
_LARGEST_NUMBER = 32


class ProgressMeter:
    """Measures the scans of a tracker in one session; times are in seconds of a clock that never jumps."""

    def __init__(self, store: AsyncDataStore, tracker: ScanTracker, looks_once: bool = False) -> None:
        self._store = store
        self._tracker = tracker
        self._ends = StreamEnds(trusts=looks_once)
        self._times = PointTimes()
        self._uncounted: dict[str, int] = {}
        tracker.measure_again()

    async def find_streams(self, rows: Sequence[ScanSummary]) -> dict[str, tuple[str, ...]]:
        """By which streams those of the scans are measured that may grow."""
        growing = self._tracker.to_be_measured(rows)
        if not growing:
            return {}
        found = await self._store.monitoring.find_progress_streams(growing)
        streams = dict(zip(growing, found, strict=True))
        self._uncounted |= uncounted(rows, streams)
        planned = {row.key: row.planned for row in rows if not row.is_sequence}
        for key, names in streams.items():
            if isinstance(names, UncountedStreams):
                self._ends.leave_unread(names)
            elif planned.get(key):
                self._ends.bound(names, _LARGEST_NUMBER * planned[key])
        return streams

    async def count_others(self, on_screen: Sequence[str]) -> list[Progress]:
        """Which open scans are not counted, and how far those on the screen came that ended early."""
        points, self._uncounted = self._uncounted, {}
        ended = self._tracker.next_to_count(on_screen)
        points |= await count_closed(self._store, ended)
        self._tracker.note_counted(ended)
        return [Progress(points)] if points else []

    async def measure_new(self, now: float) -> list[Progress]:
        """How far the next scans are that were never measured."""
        scans = self._tracker.next_unmeasured()
        if not scans:
            return []
        times = await self._store.monitoring.find_epoch_streams(scans)
        self._times.follow(times)
        self._ends.bound_like({stream.key: self._tracker.streams_of([scan]) for scan, stream in times.items()})
        self._tracker.look_also_at({scan: stream.key for scan, stream in times.items()})
        wanted = self._ends.wanted(self._tracker.streams_of(scans), self._times.most_of)
        ends = await self._store.monitoring.look_at_ends(wanted, self._ends.allowed(now))
        progress = self.progress_in(ends)
        self._tracker.put_back(scan for scan in scans if self._may_be_read_soon(scan, ends))
        return progress

    def _may_be_read_soon(self, scan: str, ends: Mapping[str, EndSeen | StoreError]) -> bool:
        """Whether none of a scan's streams was read, and that only because others took what may be read at once."""
        looks = [look for stream in self._tracker.streams_of([scan]) if isinstance(look := ends.get(stream), EndSeen)]
        waiting = [look for look in looks if look.size is not None and look.held_back <= MOST_AT_ONCE]
        return bool(waiting) and all(look.end is None for look in looks)

    def wanted(self, on_screen: Sequence[str]) -> list[EndWanted]:
        """The looks to take in this round."""
        measured = self._tracker.measured_by
        self._ends.keep(measured)
        self._times.keep(measured)
        return self._ends.wanted(self._tracker.next_streams(on_screen), self._times.most_of)

    def allowed(self, now: float) -> int:
        """How many bytes these looks may bring."""
        return self._ends.allowed(now)

    def progress_in(self, ends: Mapping[str, EndSeen | StoreError]) -> list[Progress]:
        """What looks show of the scans."""
        points = self._tracker.note_lengths(self._ends.take_in(ends))
        # One stream of a scan is filled like the others.
        self._ends.leave_unread(
            self._tracker.beside(key for key, look in ends.items() if isinstance(look, EndSeen) and look.is_too_large)
        )
        seen = {scan: self._times.take_in(scan, self._tracker.streams_of([scan]), ends) for scan in points}
        self._tracker.note_entries({scan: look.entries for scan, look in seen.items() if look.entries is not None})
        return [Progress(points, seen)] if points else []
