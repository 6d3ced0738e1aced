"""A report: what ran in a span, the pauses, the counts and the problems; pure.

Rule 1: times that ran are the union of the top-level scans from STARTED to CLOSED; children lie in their parent.
Rule 2: a pause is a time without an open scan that moves. Both are cut to the span.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from scantui.report.intervals import Interval, covered_ms, gaps
from scantui.report.scans import ReportedScan
from scantui.report.spans import Span
from scantui.words import STATE_WORDS

PAUSE_MS = 300_000


class Pause(msgspec.Struct, frozen=True):
    """A time without a scan that moves, in milliseconds since 1970; `after` is the last scan that moved before it."""

    since_ms: int
    until_ms: int
    after: ReportedScan | None = None

    @property
    def seconds(self) -> float:
        return (self.until_ms - self.since_ms) / 1000


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What scans did in a span on a server; `scans` are those that ran in it, oldest first, with their children.

    `servers` are the names of several servers, by which their scans name them; empty for one.
    """

    server: str
    servers: tuple[str, ...] = ()
    span: Span
    now_ms: int
    ran_ms: int
    pauses: tuple[Pause, ...]
    scans: tuple[ReportedScan, ...]

    @property
    def problems(self) -> list[ReportedScan]:
        return [scan for scan in self.scans if scan.is_problem]

    @property
    def counts(self) -> dict[str, int]:
        """How many scans there are of each word, in the order of the words."""
        counted = Counter(scan.word for scan in self.scans)
        return {word: counted[word] for word in STATE_WORDS if counted[word]}

    @property
    def share(self) -> float:
        """The part of the span in which a scan ran, from 0 to 1."""
        return self.ran_ms / self.span.ms if self.span.ms > 0 else 0.0

    @property
    def top_level(self) -> list[ReportedScan]:
        """The scans whose parent is not in the report."""
        return top_level(self.scans)

    @property
    def of_servers(self) -> list[Report]:
        """What ran on each of several servers, without the pauses of each."""
        return [_of_server(self, name) for name in self.servers]

    @property
    def longest(self) -> ReportedScan | None:
        closed = [scan for scan in self.top_level if scan.seconds]
        return max(closed, key=lambda scan: scan.seconds or 0.0, default=None)

    @property
    def overhead(self) -> float | None:
        """Of all closed scans whose points and count time are known: 1 - counted time / duration, from 0 to 1."""
        known = [scan for scan in self.scans if scan.overhead is not None]
        took = sum(scan.seconds or 0.0 for scan in known)
        counted = sum((scan.points or 0) * (scan.scan.count_time or 0.0) for scan in known)
        return min(1.0, max(0.0, 1 - counted / took)) if took else None

    @property
    def worst_overhead(self) -> ReportedScan | None:
        known = [scan for scan in self.scans if scan.overhead is not None]
        return max(known, key=lambda scan: scan.overhead or 0.0, default=None)


def _of_server(report: Report, name: str) -> Report:
    scans = tuple(scan for scan in report.scans if scan.scan.server == name)
    ran_ms = covered_ms((scan.ran(report.now_ms) for scan in top_level(scans)), report.span)
    return msgspec.structs.replace(report, server=name, servers=(), scans=scans, ran_ms=ran_ms, pauses=())


def make_report(
    server: str,
    span: Span,
    scans: Iterable[ReportedScan],
    now_ms: int,
    pause_ms: int = PAUSE_MS,
    servers: Sequence[str] = (),
) -> Report:
    """The report of a span; `scans` may hold others too, of which one may be named as the last before a pause.

    A scan belongs to the span if it ran at any moment of it, one that never started if its last move lies in it.
    """
    every = sorted(scans, key=lambda scan: (scan.begin_ms, scan.key))
    within = [scan for scan in every if belongs(scan, span, now_ms)]
    by_key = {scan.key: scan for scan in every}
    pauses = [
        Pause(gap.start_ms, gap.end_ms, by_key.get(gap.key))
        for gap in gaps(_moves(every, now_ms), span, max(1, pause_ms))
    ]
    return Report(
        server=server,
        servers=tuple(servers),
        span=span,
        now_ms=now_ms,
        ran_ms=covered_ms((scan.ran(now_ms) for scan in top_level(within)), span),
        pauses=tuple(pauses),
        scans=tuple(within),
    )


def with_children(scans: Iterable[ReportedScan]) -> list[ReportedScan]:
    """The scans, of which sequences count those of their scans that are listed, and name those with problems."""
    listed = list(scans)
    children: dict[str, list[ReportedScan]] = {}
    for scan in listed:
        if scan.scan.parent:
            children.setdefault(scan.scan.parent, []).append(scan)
    return [_counting(scan, children[scan.key]) if scan.key in children else scan for scan in listed]


def _counting(sequence: ReportedScan, children: Sequence[ReportedScan]) -> ReportedScan:
    failed = tuple(f"{each.word} {each.number}" for each in children if each.is_problem and each.number is not None)
    reason = msgspec.structs.replace(
        sequence.reason,
        points=max(len(children), sequence.reason.points or 0),
        planned=sequence.reason.planned or sequence.scan.planned,
        unit="scans",
        failed=failed,
    )
    return msgspec.structs.replace(sequence, reason=reason)


def top_level(scans: Sequence[ReportedScan]) -> list[ReportedScan]:
    """The scans of a list whose parent is not in it."""
    keys = {scan.key for scan in scans}
    return [scan for scan in scans if scan.scan.parent not in keys]


def belongs(scan: ReportedScan, span: Span, now_ms: int) -> bool:
    """Whether a scan ran at any moment of a span, or moved last in it."""
    ran = scan.ran(now_ms)
    if ran.end_ms <= ran.start_ms:
        return span.since_ms <= ran.start_ms < span.until_ms
    return ran.start_ms < span.until_ms and ran.end_ms > span.since_ms


def _moves(scans: Iterable[ReportedScan], now_ms: int) -> list[Interval]:
    """When scans moved; a sequence moves no longer than the last of its scans once that hangs."""
    hanging = [scan for scan in scans if scan.word == "STALL" and scan.scan.parent]
    stalled = {scan.scan.parent: scan.moved(now_ms).end_ms for scan in hanging}
    moves = []
    for scan in scans:
        moved = scan.moved(now_ms)
        if scan.ended_ms is None and scan.key in stalled:
            moved = moved._replace(end_ms=max(moved.start_ms, min(moved.end_ms, stalled[scan.key])))
        moves.append(moved)
    return moves
