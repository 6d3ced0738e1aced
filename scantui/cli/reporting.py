"""What a report needs of the store: scans with their times, and what the store shows of them besides.

Rule: what is read is bounded by the scans of the span.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from scantui.cli.finding import find_scans
from scantui.export import ExportedScan
from scantui.filters import ScanFilter
from scantui.models import ScanState
from scantui.report import Report, ReportedScan, life_of, make_report, read_span
from scantui.report.scans import ran_at_all
from scantui.report.shift import with_children
from scantui.store.wire.ulid import ulid_milliseconds
from scantui.vigil.evidence import with_curves, with_points, with_reasons

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore


class MadeReport(NamedTuple):
    """A report, and the curves of its scans as SVG, by their keys."""

    report: Report
    curves: Mapping[str, str]


async def report_of(
    store: AsyncDataStore, server: str, scan_filter: ScanFilter, since: str, until: str, pause_ms: int
) -> MadeReport:
    """The report of the scans that pass a filter; raises UsageError for a span that cannot be read."""
    now_ms = (await store.monitoring.poll_status([])).server_ms
    span = read_span(since, until, now_ms)
    found = await find_scans(store, scan_filter)
    recent = [each for each in found if each.scan.is_open or each.scan.state_ms >= span.since_ms]
    times = await store.monitoring.load_transitions([each.scan.state_stream for each in recent])
    recent_times = {each.scan.key: life for each, life in zip(recent, times, strict=True)}
    scans = [_reported(each, recent_times.get(each.scan.key, ())) for each in found]
    within = make_report(server, span, scans, now_ms, pause_ms).scans
    known = await with_points(store, within)
    for key, scan in known.items():
        if not ran_at_all(scan, recent_times.get(key, ())):
            known[key] = msgspec.structs.replace(scan, started_ms=None)
    known |= await with_reasons(store, list(known.values()))
    peaks, curves = await with_curves(store, list(known.values()))
    known |= peaks
    known |= {scan.key: scan for scan in with_children(known.values())}
    report = make_report(server, span, [known.get(scan.key, scan) for scan in scans], now_ms, pause_ms)
    return MadeReport(report, curves)


def _reported(found: ExportedScan, times: Sequence[tuple[ScanState, int]]) -> ReportedScan:
    scan = found.scan
    if scan.state is None:
        # What cannot be read has no other time than that of its key.
        scan = msgspec.structs.replace(scan, created_ms=ulid_milliseconds(scan.key.rpartition(":")[2]))
    started_ms, ended_ms = life_of(scan, times)
    return ReportedScan(
        scan=scan,
        word=found.word,
        started_ms=started_ms,
        ended_ms=ended_ms,
        moved_ms=found.now_ms - found.quiet_ms if found.quiet_ms else None,
        note=found.note,
    )
