"""Reads one stream for the curves: where each look begins, and how much it may bring; pure.

Rule: what came last is read before what is older.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence

import msgspec

from scantui.models import StreamInfo
from scantui.points import Points
from scantui.store.operations.looks import (
    MOST_BYTES,
    MOST_ENTRIES,
    PointsRead,
    PointsWanted,
    StreamSize,
    is_regular,
    point_bytes,
)

MOST_STREAMS_A_LOOK = 6
# The end of any stream, whose newest points are read first.
NEWEST = 2**64 - 1
# Entries that may have come since a stream was measured.
_SPARE = 16


class StreamReader:
    """One stream: where the next look begins, and how many entries it may bring.

    `older` are the first and the end index of points that are still to be read, after the newest ones.
    """

    def __init__(self, stream: StreamInfo, since: int, is_last: bool = False) -> None:
        self.stream, self.since, self.is_last = stream, since, is_last
        self.most, self.left = MOST_ENTRIES, 0
        self.older: tuple[int, int] | None = None
        self.is_done = self.is_in_file = False
        # What was read before takes at least this much of the stream's memory.
        self.known = StreamSize(since * (point_bytes(stream) or 0), 0)
        self.total = StreamSize()

    @property
    def is_behind(self) -> bool:
        """Whether points are there that were not read."""
        return self.left > 0 or self.older is not None

    @property
    def has_small_entries(self) -> bool:
        """Whether single entries may be read anywhere in the stream."""
        return is_regular(self.stream, self.total)

    def looks(self) -> list[PointsWanted]:
        """The next look: at what came last, and at what is still to be read before."""
        if self.is_last:
            return [PointsWanted(stream=self.stream, since=self.since, known=self.known, is_last=True)]
        looks = [PointsWanted(stream=self.stream, since=self.since, most=self.most, known=self.known)]
        if self.older is not None:
            first, until = self.older
            older = PointsWanted(stream=self.stream, since=first, most=self.most, until=until)
            looks = [older] if until == NEWEST else [older, *looks]
        return looks

    def took(self, seen: PointsRead, points: Points) -> None:
        """Note what a look at the last points brought."""
        self.since = points.stop
        self.known = seen.size or self.known
        self.left = seen.left
        self.total = StreamSize(self.known.memory, self.known.entries + self.left)
        if seen.size is None and points.values:
            # The user may not measure: let a look bring more, as long as it is not too large.
            came = len(points.values) * (points.values.itemsize if isinstance(points.values, array) else 1)
            self.most = max(1, min(MOST_ENTRIES, int(self.most * min(4.0, MOST_BYTES / MOST_STREAMS_A_LOOK / came))))

    def took_older(self, seen: PointsRead, points: Points) -> Points:
        """Note what a look at older points brought; returns them, with the number of those that are trimmed."""
        first, until = self.older or (0, 0)
        if until == NEWEST:
            self.since, self.known = points.stop, seen.size or self.known
        elif not len(points):
            points = msgspec.structs.replace(points, lost=until - first)
        self.older = (first, points.start) if len(points) and points.start > first else None
        return points

    def went_on_to(self, index: int, length: int) -> None:
        """Pass over the points before an index, of which samples were read; there were `length` points."""
        entries = self.total.entries
        # About what is still to be read; too much does no harm.
        rest = min(entries, 2 * math.ceil((length - index) / length * entries) + _SPARE)
        self.known = StreamSize(int(self.total.mean * (entries - rest)), entries - rest)
        self.since, self.left, self.older = index, 0, None


def looks_of(streams: Sequence[StreamReader]) -> list[tuple[StreamReader, PointsWanted]]:
    """The looks at streams that are taken together."""
    return [(each, look) for each in streams for look in each.looks()]
