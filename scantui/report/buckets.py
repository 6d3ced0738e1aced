"""How much of each ten minutes was covered, kept up to date interval by interval.

Rule: time that is covered twice counts once, so only what intervals newly cover is added.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress
from operator import sub

from scantui.report.intervals import Interval, gaps, in_clusters, union
from scantui.report.spans import Span

BUCKET_MS = 600_000


class CoveredTime:
    """The time that the intervals added so far cover together, in buckets of ten minutes."""

    def __init__(self) -> None:
        # Whole numbers in an array take a fifth of what they take in a list.
        self._starts = array("q")
        self._ends = array("q")
        self._buckets: Counter[int] = Counter()

    def add(self, intervals: Iterable[Interval]) -> None:
        """Cover these intervals too; one without a length covers nothing."""
        for near in in_clusters(union(intervals), lambda each: bisect_left(self._ends, each.start_ms)):
            for each in near:
                for start, end in self._uncovered(each.start_ms, each.end_ms):
                    number = start // BUCKET_MS
                    if end <= (number + 1) * BUCKET_MS:
                        self._buckets[number] += end - start
                    else:
                        self._buckets.update(_shares(start, end))
            self._merge(near)

    def buckets(self, span: Span, open_intervals: Iterable[Interval] = ()) -> list[int]:
        """Milliseconds covered in each bucket that the span touches, with those of scans that are still open."""
        first, last = span.since_ms // BUCKET_MS, (span.until_ms - 1) // BUCKET_MS
        more: Counter[int] = Counter()
        for each in union(open_intervals):
            for start_ms, end_ms in self._uncovered(each.start_ms, each.end_ms):
                more.update(_shares(start_ms, end_ms))
        return [self._buckets[number] + more[number] for number in range(first, last + 1)]

    def covered_ms(self, span: Span, open_intervals: Iterable[Interval] = ()) -> int:
        """Milliseconds of a span that are covered, with those of scans that are still open."""
        first, last = -(-span.since_ms // BUCKET_MS), span.until_ms // BUCKET_MS
        if first < last:
            edges = [Span(span.since_ms, first * BUCKET_MS), Span(last * BUCKET_MS, span.until_ms)]
        else:
            edges = [span]
        covered = sum(map(self._buckets.__getitem__, range(first, last)))
        for edge in edges:
            starts, ends = self._pieces(edge)
            covered += sum(ends) - sum(starts)
        for each in union(open_intervals):
            cut = span.cut(each.start_ms, each.end_ms)
            covered += sum(end_ms - start_ms for start_ms, end_ms in self._uncovered(*cut))
        return covered

    def gaps(self, span: Span, shortest_ms: int, open_intervals: Sequence[Interval] = ()) -> list[Interval]:
        """The parts of a span from this length on that nothing covers, neither these intervals."""
        starts, ends = self._pieces(span)
        ends.insert(0, span.since_ms)
        starts.append(span.until_ms)
        # Without a loop in Python, since a week has very many pieces.
        found = compress(zip(ends, starts, strict=True), map(shortest_ms.__le__, map(sub, starts, ends)))
        return [gap for piece in found for gap in gaps(open_intervals, Span(*piece), shortest_ms)]

    def _pieces(self, span: Span) -> tuple[array[int], array[int]]:
        """Where the pieces that are covered of a span start and end."""
        first, last = bisect_right(self._ends, span.since_ms), bisect_left(self._starts, span.until_ms)
        starts, ends = self._starts[first:last], self._ends[first:last]
        if starts:
            starts[0], ends[-1] = max(starts[0], span.since_ms), min(ends[-1], span.until_ms)
        return starts, ends

    def _uncovered(self, start_ms: int, end_ms: int) -> Iterator[tuple[int, int]]:
        index = bisect_right(self._ends, start_ms)
        while start_ms < end_ms:
            if index == len(self._starts) or self._starts[index] >= end_ms:
                yield start_ms, end_ms
                return
            if start_ms < self._starts[index]:
                yield start_ms, self._starts[index]
            start_ms = self._ends[index]
            index += 1

    def _merge(self, near: Sequence[Interval]) -> None:
        """Put in intervals that are in order, and with them the pieces that they touch or that lie between them."""
        first, last = bisect_left(self._ends, near[0].start_ms), bisect_right(self._starts, near[-1].end_ms)
        between = map(Interval, self._starts[first:last], self._ends[first:last])
        pieces = union([*between, *near])
        self._starts[first:last] = array("q", (each.start_ms for each in pieces))
        self._ends[first:last] = array("q", (each.end_ms for each in pieces))


def _shares(start_ms: int, end_ms: int) -> Mapping[int, int]:
    """The milliseconds of an interval in each bucket that it touches."""
    numbers = range(start_ms // BUCKET_MS, (end_ms - 1) // BUCKET_MS + 1)
    return {number: min(end_ms, (number + 1) * BUCKET_MS) - max(start_ms, number * BUCKET_MS) for number in numbers}
