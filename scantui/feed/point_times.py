"""When the points of scans came, as far as their streams and the server show; pure.

Rule: an epoch stream is followed to its last few times; how long a stream was unused counts at the first look alone,
since others may read it afterwards.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from scantui.exceptions import StoreError
from scantui.models import PointsSeen, StreamInfo
from scantui.store.operations.ends import EndSeen
from scantui.store.operations.epochs import epochs_in

# The usual interval is known from this many of the last points.
MOST_TIMES = 8
_SPARE = 1000


class PointTimes:
    """The last times of points, by the scans that they belong to."""

    def __init__(self) -> None:
        # How many of the last entries of each stream with times are of use, by its Redis key.
        self.most_of: dict[str, int] = {}
        self._streams: dict[str, StreamInfo] = {}
        self._times: dict[str, list[float]] = {}

    def follow(self, streams: Mapping[str, StreamInfo]) -> None:
        """Note which streams hold the times of the points of scans."""
        self._streams.update(streams)
        self.most_of.update((stream.key, MOST_TIMES) for stream in streams.values())

    def keep(self, streams: Collection[str]) -> None:
        """Drop what is known of all other streams, once there are many."""
        if len(self._streams) > 2 * len(streams) + _SPARE:
            kept = frozenset(streams)
            self._streams = {scan: stream for scan, stream in self._streams.items() if stream.key in kept}
            self._times = {scan: times for scan, times in self._times.items() if scan in self._streams}
            self.most_of = {stream.key: MOST_TIMES for stream in self._streams.values()}

    def take_in(self, scan: str, streams: Sequence[str], ends: Mapping[str, EndSeen | StoreError]) -> PointsSeen:
        """What a look at the streams of a scan says of when its points came."""
        stream = self._streams.get(scan)
        looks = [look for key in streams if isinstance(look := ends.get(key), EndSeen)]
        if stream is not None and isinstance(look := ends.get(stream.key), EndSeen) and look.came:
            came = epochs_in(stream, look.came, MOST_TIMES)
            self._times[scan] = [*self._times.get(scan, ()), *came][-MOST_TIMES:]
        idle = [look.idle_seconds for look in looks if look.idle_seconds is not None]
        entries = [look.entries for look in looks if look.entries is not None]
        times = self._times.get(scan, ())
        return PointsSeen(
            last_epoch=times[-1] if times else 0.0,
            interval=max(0.0, times[-1] - times[0]) / (len(times) - 1) if len(times) > 1 else 0.0,
            idle_seconds=min(idle) if idle else None,
            may_have_grown=any(look.may_have_grown for look in looks),
            entries=sum(entries) if entries else None,
        )
