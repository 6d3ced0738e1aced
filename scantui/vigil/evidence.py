"""What a report needs of the store beside the rows: points, what can be seen of problems, peaks and curves.

Rule: what is read is bounded: the details of problems and of open scans, and the curves of the newest scans.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

import msgspec

from scantui.curves.axes import number_text, place_text
from scantui.curves.choice import INDEX, choose
from scantui.curves.curve import Pairs, pairs_of
from scantui.curves.figure import span_of
from scantui.curves.scan_figure import ScanFigure
from scantui.curves.shapes import shapes_of
from scantui.curves.svg import svg_of
from scantui.exceptions import ConnectionFailed, StoreError
from scantui.feed import CHUNK
from scantui.feed.reading import count_closed
from scantui.models import Scan
from scantui.report import Report, ReportedScan
from scantui.report.reasons import reason_of
from scantui.report.scans import PROBLEM_WORDS
from scantui.report.shift import with_children
from scantui.text import printable

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

# Details cost four round trips each: so many are read, the newest first, a few at a time. So are curves.
_MOST_DETAILS = _MOST_CURVES = 500
_AT_ONCE = 8
_FEWEST_POINTS, _MOST_POINTS = 3, 20_000
Found = TypeVar("Found")


async def with_evidence(store: AsyncDataStore, report: Report) -> tuple[Report, dict[str, str]]:
    """A report with all that the store shows of its scans, and their curves as SVG by their keys."""
    known = {scan.key: scan for scan in report.scans}
    known |= await with_points(store, report.scans)
    known |= await with_reasons(store, list(known.values()))
    peaks, curves = await with_curves(store, list(known.values()))
    known |= peaks
    return msgspec.structs.replace(report, scans=tuple(with_children(known.values()))), curves


async def with_points(store: AsyncDataStore, scans: Sequence[ReportedScan]) -> dict[str, ReportedScan]:
    """The scans by their keys, with how many points they have."""
    known: dict[str, ReportedScan] = {}
    for start in range(0, len(scans), CHUNK):
        chunk = scans[start : start + CHUNK]
        points = await count_closed(store, [scan.key for scan in chunk])
        known |= {scan.key: msgspec.structs.replace(scan, points=points.get(scan.key)) for scan in chunk}
    return known


async def with_reasons(store: AsyncDataStore, scans: Sequence[ReportedScan]) -> dict[str, ReportedScan]:
    """Those of the scans that are problems or open, with what their details show."""
    unclear = [scan for scan in scans if scan.word in PROBLEM_WORDS or scan.scan.is_open]

    async def explained(scan: ReportedScan) -> ReportedScan:
        try:
            details = await store.load_details(scan.key)
        except ConnectionFailed:
            raise
        except StoreError:
            return scan  # it expired meanwhile, or cannot be read, as its word shows
        reason = reason_of(details)
        points = scan.points if scan.points is not None else reason.points
        return msgspec.structs.replace(scan, reason=reason, points=points)

    return {scan.key: scan for scan in await _few_at_once(explained, unclear[-_MOST_DETAILS:])}


async def with_curves(
    store: AsyncDataStore, scans: Sequence[ReportedScan]
) -> tuple[dict[str, ReportedScan], dict[str, str]]:
    """The scans that have a curve with the peak of its first counter, and the curves as SVG, both by their keys."""
    curved = [scan for scan in scans if _FEWEST_POINTS <= (scan.points or 0) <= _MOST_POINTS and not _is_sequence(scan)]

    async def drawn(scan: ReportedScan) -> tuple[ReportedScan, str]:
        try:
            return await _drawn(store, scan, await store.load_scan(scan.key))
        except ConnectionFailed:
            raise
        except StoreError:
            return scan, ""

    found = await _few_at_once(drawn, curved[-_MOST_CURVES:])
    return {scan.key: scan for scan, _ in found}, {scan.key: svg for scan, svg in found if svg}


async def _drawn(store: AsyncDataStore, scan: ReportedScan, document: Scan) -> tuple[ReportedScan, str]:
    choice = choose(document.info, document.streams)
    counters = choice.candidates if choice.kind == "spectrum" else choice.counters
    if not counters:
        return scan, ""
    name = counters[0]
    # What a mesh measured is drawn point by point.
    x = INDEX if choice.kind == "mesh" else choice.x
    figure = ScanFigure(scan.key, msgspec.structs.replace(choice, kind="curve", counters=(name,), x=x))
    for wanted in figure.wanted:
        if wanted in document.streams:
            points = await store.read_points(document, wanted)
            figure.series(wanted).lose(points.start)
            figure.series(wanted).add_points(points)
    pairs = pairs_of(figure.curve(name))
    label = choice.channel(name).label
    x_label = "point" if x == INDEX else choice.channel(x).label
    return (
        msgspec.structs.replace(scan, peak=_peak_text(figure, pairs, label, has_place=x != INDEX)),
        svg_of(pairs, label, x_label),
    )


def _peak_text(figure: ScanFigure, pairs: Pairs, label: str, *, has_place: bool) -> str:
    """`i0 10026 at 0.5`; empty for a curve without a peak."""
    peak = shapes_of(*pairs).peak
    if peak is None:
        return ""
    place = f" at {place_text(peak[0], span_of(figure.x_axis(), pairs))}" if has_place else ""
    return printable(f"{label} {number_text(peak[1])}{place}")


async def _few_at_once(
    look: Callable[[ReportedScan], Awaitable[Found]], scans: Iterable[ReportedScan]
) -> Sequence[Found]:
    several = asyncio.Semaphore(_AT_ONCE)

    async def looked(scan: ReportedScan) -> Found:
        async with several:
            return await look(scan)

    return await asyncio.gather(*map(looked, scans))


def _is_sequence(scan: ReportedScan) -> bool:
    return bool(scan.scan.is_sequence)
