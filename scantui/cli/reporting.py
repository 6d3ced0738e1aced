"""What a report needs of the store: scans with their times, their points, and what can be seen of their problems.

Rule: what is read is bounded by the scans of the span; the details are read for those that ended early or are open.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from scantui.cli.finding import find_scans
from scantui.cli.targets import Asked, Targets
from scantui.exceptions import ConnectionFailed, StoreError
from scantui.export import ExportedScan
from scantui.feed import CHUNK
from scantui.feed.placing import Placer
from scantui.filters import ScanFilter
from scantui.models import ScanState
from scantui.report import Report, ReportedScan, Span, life_of, make_report, read_span
from scantui.report.reasons import reason_of
from scantui.report.scans import PROBLEM_WORDS, ran_at_all
from scantui.store.operations.progress import UncountedStreams
from scantui.store.wire.ulid import ulid_milliseconds

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

# Details cost four round trips each: so many are read, the newest first, a few at a time.
_MOST_DETAILS = 500
_DETAILS_AT_ONCE = 8


async def report_of(targets: Targets, scan_filter: ScanFilter, since: str, until: str, pause_ms: int) -> Report:
    """The report of the scans of all servers that pass a filter; raises UsageError for a span that cannot be read.

    The span is by the clock of the only server, or of this computer.
    """
    here_ms = round(time.time() * 1000)
    here = read_span(since, until, here_ms) if targets.are_many else Span(0, 0)

    async def answer(asked: Asked) -> tuple[Span, int, list[ReportedScan]]:
        now_ms = (await asked.store.monitoring.poll_status([])).server_ms
        if asked.placer is None:
            span = read_span(since, until, now_ms)
            return span, now_ms, await _scans_of(asked, scan_filter, span, now_ms, pause_ms)
        ahead_ms = asked.placer.origin.ahead_ms
        span = Span(here.since_ms + ahead_ms, here.until_ms + ahead_ms)
        scans = await _scans_of(asked, scan_filter, span, now_ms, pause_ms)
        return here, here_ms, _placed(asked.placer, scans)

    answers = await targets.ask(answer)
    span, now_ms = (answers[0][0], answers[0][1]) if answers else (here, here_ms)
    once = {scan.key: scan for _, _, scans in reversed(answers) for scan in scans}
    return make_report(targets.label, span, once.values(), now_ms, pause_ms)


async def _scans_of(
    asked: Asked, scan_filter: ScanFilter, span: Span, now_ms: int, pause_ms: int
) -> list[ReportedScan]:
    """The scans of a server, those of the span with their points and problems."""
    store = asked.store
    found = await find_scans(store, scan_filter, server=asked.target.name)
    recent = [each for each in found if each.scan.is_open or each.scan.state_ms >= span.since_ms]
    times = await store.monitoring.load_transitions([each.scan.state_stream for each in recent])
    recent_times = {each.scan.key: life for each, life in zip(recent, times, strict=True)}
    scans = [_reported(each, recent_times.get(each.scan.key, ())) for each in found]
    within = make_report("", span, scans, now_ms, pause_ms).scans
    known = await _with_points(store, within)
    for key, scan in known.items():
        if not ran_at_all(scan, recent_times.get(key, ())):
            known[key] = msgspec.structs.replace(scan, started_ms=None)
    known |= await _with_reasons(store, list(known.values()))
    return [known.get(scan.key, scan) for scan in scans]


def _placed(placer: Placer, scans: Sequence[ReportedScan]) -> list[ReportedScan]:
    """The scans of one of several servers, by the clock of all."""
    ahead_ms = placer.origin.ahead_ms
    rows = placer.rows([each.scan for each in scans])
    return [
        msgspec.structs.replace(
            each,
            scan=row,
            started_ms=each.started_ms and each.started_ms - ahead_ms,
            ended_ms=each.ended_ms and each.ended_ms - ahead_ms,
            moved_ms=each.moved_ms and each.moved_ms - ahead_ms,
        )
        for each, row in zip(scans, rows, strict=True)
    ]


def _reported(found: ExportedScan, times: Sequence[tuple[ScanState, int]]) -> ReportedScan:
    scan = found.scan
    if scan.state is None:
        # What cannot be read has no other time than that of its key.
        scan = msgspec.structs.replace(scan, created_ms=ulid_milliseconds(scan.key.rpartition(":")[2]))
    started_ms, ended_ms = life_of(scan, times)
    moved_ms = found.now_ms - found.quiet_ms if found.quiet_ms else None
    return ReportedScan(
        scan=scan, word=found.word, started_ms=started_ms, ended_ms=ended_ms, moved_ms=moved_ms, note=found.note
    )


async def _with_points(store: AsyncDataStore, scans: Sequence[ReportedScan]) -> dict[str, ReportedScan]:
    """The scans by their keys, with how many points their longest stream has."""
    known = {}
    for start in range(0, len(scans), CHUNK):
        chunk = scans[start : start + CHUNK]
        found = await store.monitoring.find_progress_streams([scan.key for scan in chunk])
        streams = [() if isinstance(names, UncountedStreams) else names for names in found]
        names = [name for each in streams for name in each]
        lengths = dict(zip(names, await store.get_stream_lengths(names), strict=True)) if names else {}
        for scan, measured in zip(chunk, streams, strict=True):
            points = [length for name in measured if isinstance(length := lengths[name], int)]
            known[scan.key] = msgspec.structs.replace(scan, points=max(points, default=None))
    return known


async def _with_reasons(store: AsyncDataStore, scans: Sequence[ReportedScan]) -> dict[str, ReportedScan]:
    """Those of the scans that are problems or open, with what their details show."""
    unclear = [scan for scan in scans if scan.word in PROBLEM_WORDS or scan.scan.is_open]
    several = asyncio.Semaphore(_DETAILS_AT_ONCE)

    async def explained(scan: ReportedScan) -> ReportedScan:
        async with several:
            try:
                details = await store.load_details(scan.key)
            except ConnectionFailed:
                raise
            except StoreError:
                return scan  # it expired meanwhile, or cannot be read, as its word shows
        reason = reason_of(details)
        points = scan.points if scan.points is not None else reason.points
        return msgspec.structs.replace(scan, reason=reason, points=points)

    return {scan.key: scan for scan in await asyncio.gather(*map(explained, unclear[-_MOST_DETAILS:]))}
