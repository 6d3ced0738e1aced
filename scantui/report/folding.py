"""Rows for people: children under their sequence, and runs of equal neighbours as one row; pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from scantui.models import ScanSummary
from scantui.report.scans import ReportedScan

SHORTEST_RUN = 5
Item = TypeVar("Item")


class ReportRow(NamedTuple):
    """A run of equal scans, mostly of one, and how deep it stands under its sequences."""

    scans: Sequence[ReportedScan]
    depth: int

    @property
    def first(self) -> ReportedScan:
        return self.scans[0]


def likeness(scan: ScanSummary, word: str, has_note: bool) -> Hashable | None:
    """What scans have in common that fold into one row; None for one that never folds: only plain success does."""
    if word != "DONE" or has_note or scan.numberless is None:
        return None
    return (scan.server, scan.numberless.name, scan.title, scan.numberless.dataset, scan.parent)


def runs(items: Iterable[Item], likeness_of: Callable[[Item], Hashable | None]) -> Iterator[list[Item]]:
    """Neighbours that are alike, at least five of them, as one list; each other item as a list of its own."""
    run: list[Item] = []
    like: Hashable | None = None
    for item in items:
        here = likeness_of(item)
        if run and (here is None or here != like):
            yield from _folded(run)
            run = []
        run.append(item)
        like = here
    yield from _folded(run)


def report_rows(scans: Sequence[ReportedScan]) -> list[ReportRow]:
    """The scans as rows, each child below its parent where that is among them."""
    keys = {scan.key for scan in scans}
    children: dict[str | None, list[ReportedScan]] = {}
    for scan in scans:
        # A scan that names itself, or a descendant, as its parent would never be reached.
        parent = scan.scan.parent if scan.scan.parent in keys and scan.scan.parent != scan.key else None
        children.setdefault(parent, []).append(scan)
    rows: list[ReportRow] = []
    waiting = [(run, 0) for run in reversed(list(_runs(children.pop(None, []), children)))]
    while waiting:
        run, depth = waiting.pop()
        rows.append(ReportRow(run, depth))
        below = children.pop(run[0].key, []) if len(run) == 1 else []
        waiting += [(each, depth + 1) for each in reversed(list(_runs(below, children)))]
    rows += [ReportRow([scan], 0) for below in children.values() for scan in below]
    return rows


def _runs(
    scans: Sequence[ReportedScan], children: dict[str | None, list[ReportedScan]]
) -> Iterator[list[ReportedScan]]:
    def likeness_of(scan: ReportedScan) -> Hashable | None:
        return None if scan.key in children else likeness(scan.scan, scan.word, scan.note is not None)

    return runs(scans, likeness_of)


def _folded(run: list[Item]) -> Iterator[list[Item]]:
    if len(run) >= SHORTEST_RUN:
        yield run
    else:
        yield from ([item] for item in run)
