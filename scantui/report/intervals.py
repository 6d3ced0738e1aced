"""Intervals of time and what they cover together; pure, in milliseconds since 1970."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from scantui.report.spans import Span

_Item = TypeVar("_Item")
# What stands no further apart is moved as one.
_NEAR = 64


class Interval(NamedTuple):
    """From `start_ms` to `end_ms`; `key` names the scan that it is about."""

    start_ms: int
    end_ms: int
    key: str = ""


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time without overlaps, in order; each piece has the key of the interval that ends it."""
    merged: list[Interval] = []
    for interval in sorted(intervals):
        if interval.end_ms <= interval.start_ms:
            continue
        last = merged[-1] if merged else None
        if last is None or interval.start_ms > last.end_ms:
            merged.append(interval)
        elif interval.end_ms > last.end_ms:
            merged[-1] = Interval(last.start_ms, interval.end_ms, interval.key)
    return merged


def covered_ms(intervals: Iterable[Interval], span: Span) -> int:
    """How much of a span the intervals cover together."""
    pieces = (span.cut(piece.start_ms, piece.end_ms) for piece in union(intervals))
    return sum(max(0, piece.ms) for piece in pieces)


def gaps(intervals: Iterable[Interval], span: Span, shortest_ms: int) -> list[Interval]:
    """The parts of a span that no interval covers, from this length on; each has the key of what ended before it."""
    found, free_from, before = [], span.since_ms, ""
    for piece in union(intervals):
        start_ms = min(piece.start_ms, span.until_ms)
        if start_ms - free_from >= shortest_ms:
            found.append(Interval(free_from, start_ms, before))
        if piece.start_ms >= span.until_ms:
            return found
        free_from, before = max(free_from, piece.end_ms), piece.key
    if span.until_ms - free_from >= shortest_ms:
        found.append(Interval(free_from, span.until_ms, before))
    return found


def in_clusters(items: Iterable[_Item], place_of: Callable[[_Item], int]) -> list[list[_Item]]:
    """Items in order, together with those whose places among many others are near."""
    clusters: list[list[_Item]] = []
    last = 0
    for item in items:
        place = place_of(item)
        if not clusters or place - last > _NEAR:
            clusters.append([])
        clusters[-1].append(item)
        last = place
    return clusters
