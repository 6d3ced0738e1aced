"""The scans that were closed, in the order of their ends; pure."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable
from itertools import compress
from operator import attrgetter, itemgetter

from scantui.report.intervals import Interval, in_clusters
from scantui.report.spans import Span


class EndedScans:
    """When scans ended, and their keys: two arrays take a sixth of pairs and of a set."""

    def __init__(self) -> None:
        self._ends = array("q")
        self._keys: list[str] = []

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, intervals: Iterable[Interval]) -> list[Interval]:
        """Take in when scans ran; returns those that were not known, by their ends."""
        fresh = {each.key: each for each in intervals if not self._holds(each)}
        ordered = sorted(fresh.values(), key=attrgetter("end_ms"))
        # From the last ones on, so that the places of those before stay right.
        for near in reversed(in_clusters(ordered, lambda each: bisect_right(self._ends, each.end_ms))):
            first = bisect_right(self._ends, near[0].end_ms)
            last = bisect_right(self._ends, near[-1].end_ms)
            known = zip(self._ends[first:last], self._keys[first:last], strict=True)
            both = sorted([*known, *((each.end_ms, each.key) for each in near)], key=itemgetter(0))
            self._ends[first:last] = array("q", (end_ms for end_ms, _ in both))
            self._keys[first:last] = [key for _, key in both]
        return ordered

    def _holds(self, ended: Interval) -> bool:
        first, last = bisect_left(self._ends, ended.end_ms), bisect_right(self._ends, ended.end_ms)
        return ended.key in self._keys[first:last]

    def keep(self, keys: Collection[str]) -> None:
        """Forget all scans but these."""
        kept = [key in keys for key in self._keys]
        self._ends, self._keys = array("q", compress(self._ends, kept)), list(compress(self._keys, kept))

    def within(self, span: Span) -> list[str]:
        """The scans that ended within a span."""
        return self._keys[bisect_right(self._ends, span.since_ms) : bisect_left(self._ends, span.until_ms)]

    def after(self, span: Span) -> list[str]:
        """The scans that ended with the end of a span, or later."""
        return self._keys[bisect_left(self._ends, span.until_ms) :]

    def last_before(self, at_ms: int) -> str:
        """The scan that ended last until a moment, "" without any."""
        before = bisect_right(self._ends, at_ms) - 1
        return self._keys[before] if before >= 0 else ""
