"""What a report needs of the store: scans with their times, their points, and what can be seen of their problems.

Rule: what is read is bounded by the scans of the span; the details are read for those that ended early or are open.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from scantui.cli.finding import find_scans
from scantui.exceptions import ConnectionFailed, StoreError
from scantui.export import ExportedScan
from scantui.feed import CHUNK
from scantui.filters import ScanFilter
from scantui.models import ScanState
from scantui.report import Report, ReportedScan, life_of, make_report, read_span
from scantui.report.reasons import reason_of
from scantui.report.scans import PROBLEM_WORDS, ran_at_all
from scantui.store.operations.progress import UncountedStreams
from scantui.store.wire.ulid import ulid_milliseconds

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

# Details cost four round trips each: so many are read, the newest first, a few at a time.
_MOST_DETAILS = 500
_DETAILS_AT_ONCE = 8


async def report_of(
    store: AsyncDataStore, server: str, scan_filter: ScanFilter, since: str, until: str, pause_ms: int
) -> Report:
    """The report of the scans that pass a filter; raises UsageError for a span that cannot be read."""
    now_ms = (await store.monitoring.poll_status([])).server_ms
    span = read_span(since, until, now_ms)
    found = await find_scans(store, scan_filter)
    recent = [each for each in found if each.scan.is_open or each.scan.state_ms >= span.since_ms]
    times = await store.monitoring.load_transitions([each.scan.state_stream for each in recent])
    recent_times = {each.scan.key: life for each, life in zip(recent, times, strict=True)}
    scans = [_reported(each, recent_times.get(each.scan.key, ())) for each in found]
    within = make_report(server, span, scans, now_ms, pause_ms).scans
    known = await _with_points(store, within)
    for key, scan in known.items():
        if not ran_at_all(scan, recent_times.get(key, ())):
            known[key] = msgspec.structs.replace(scan, started_ms=None)
    known |= await _with_reasons(store, list(known.values()))
    return make_report(server, span, [known.get(scan.key, scan) for scan in scans], now_ms, pause_ms)


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
