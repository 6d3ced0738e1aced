"""What a report needs of the store: scans with their times, and what the store shows of them besides.

Rule: what is read is bounded by the scans of the span.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from scantui.cli.finding import find_scans
from scantui.cli.targets import Asked, Targets
from scantui.export import ExportedScan
from scantui.feed.placing import Placer
from scantui.filters import ScanFilter
from scantui.models import ScanState
from scantui.report import Report, ReportedScan, Span, life_of, make_report
from scantui.report.scans import ran_at_all
from scantui.report.shift import with_children
from scantui.report.span_words import read_span
from scantui.store.wire.ulid import ulid_milliseconds
from scantui.vigil.evidence import with_curves, with_points, with_reasons


class MadeReport(NamedTuple):
    """A report, and the curves of its scans as SVG, by their keys."""

    report: Report
    curves: Mapping[str, str]


async def report_of(targets: Targets, scan_filter: ScanFilter, since: str, until: str, pause_ms: int) -> MadeReport:
    """The report of the scans of all servers that pass a filter; raises UsageError for a span that cannot be read.

    The span is by the clock of the only server, or of this computer.
    """
    here_ms = round(time.time() * 1000)
    here = read_span(since, until, here_ms) if targets.are_many else Span(0, 0)

    async def answer(asked: Asked) -> _Answer:
        now_ms = (await asked.store.monitoring.poll_status([])).server_ms
        if asked.placer is None:
            span = read_span(since, until, now_ms)
            name = asked.target.name_at(asked.store.label)
            return _Answer(name, span, now_ms, *await _scans_of(asked, scan_filter, span, now_ms, pause_ms))
        ahead_ms = asked.placer.origin.ahead_ms
        span = Span(here.since_ms + ahead_ms, here.until_ms + ahead_ms)
        scans, curves = await _scans_of(asked, scan_filter, span, now_ms, pause_ms)
        return _Answer(asked.target.name, here, here_ms, _placed(asked.placer, scans), curves)

    answers = await targets.ask(answer)
    span, now_ms = (answers[0].span, answers[0].now_ms) if answers else (here, here_ms)
    label = targets.label if targets.are_many else answers[0].name
    once = {scan.key: scan for each in reversed(answers) for scan in each.scans}
    curves = {key: svg for each in answers for key, svg in each.curves.items()}
    servers = [each.name for each in answers] if targets.are_many else []
    return MadeReport(make_report(label, span, once.values(), now_ms, pause_ms, servers), curves)


class _Answer(NamedTuple):
    """What one server has for a report, and what it is called now."""

    name: str
    span: Span
    now_ms: int
    scans: Sequence[ReportedScan]
    curves: Mapping[str, str]


async def _scans_of(
    asked: Asked, scan_filter: ScanFilter, span: Span, now_ms: int, pause_ms: int
) -> tuple[list[ReportedScan], Mapping[str, str]]:
    """The scans of a server, those of the span with all that the store shows of them, and their curves."""
    store = asked.store
    found = await find_scans(store, scan_filter, server=asked.target.name, ran_since_ms=span.since_ms)
    recent = [each for each in found if each.scan.is_open or each.scan.state_ms >= span.since_ms]
    times = await store.monitoring.load_transitions([each.scan.state_stream for each in recent])
    recent_times = {each.scan.key: life for each, life in zip(recent, times, strict=True)}
    scans = [_reported(each, recent_times.get(each.scan.key, ())) for each in found]
    within = make_report("", span, scans, now_ms, pause_ms).scans
    known = await with_points(store, within)
    for key, scan in known.items():
        if not ran_at_all(scan, recent_times.get(key, ())):
            known[key] = msgspec.structs.replace(scan, started_ms=None)
    known |= await with_reasons(store, list(known.values()))
    peaks, curves = await with_curves(store, list(known.values()))
    known |= peaks
    known |= {scan.key: scan for scan in with_children(known.values())}
    return [known.get(scan.key, scan) for scan in scans], curves


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
        scan = scan.replaced(created_ms=ulid_milliseconds(scan.key.rpartition(":")[2]))
    started_ms, ended_ms = life_of(scan, times)
    return ReportedScan(
        scan=scan,
        word=found.word,
        started_ms=started_ms,
        ended_ms=ended_ms,
        moved_ms=found.now_ms - found.quiet_ms if found.quiet_ms else None,
        quiet_ms=found.quiet_ms,
        note=found.note,
    )
