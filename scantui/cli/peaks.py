"""Where the peak of a counter is, for `scantui peak` and for the command of `scantui wait --exec`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scantui.cli.figures import choice_of, fill_figure
from scantui.curves.choice import INDEX, PlotChoice
from scantui.curves.curve import pairs_of
from scantui.curves.figure import span_of
from scantui.curves.scan_figure import ScanFigure
from scantui.curves.shapes import NOTHING, Shapes, shapes_of
from scantui.exceptions import UsageError
from scantui.models import Scan
from scantui.text import printable

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore


class FoundPeak(msgspec.Struct, frozen=True, kw_only=True):
    """The peak of one counter: full stream names, the number of points, and the features of the curve.

    `x` is None if the points have no axis but their index; `x_span` is the extent of x. `remarks` explain where the
    points come from, or why some are missing.
    """

    counter: str | None = None
    x: str | None = None
    points: int = 0
    x_span: float = 0.0
    shapes: Shapes = NOTHING
    remarks: tuple[str, ...] = ()


async def find_peak(store: AsyncDataStore, scan: Scan, counter: str | None = None) -> FoundPeak:
    """Find the peak of a counter over the x axis of its scan; without a counter, of the first one that plot draws.

    Raises UsageError for a counter that the scan does not have, or that has no curve.
    """
    choice = choice_of(scan, [] if counter is None else [counter])
    if counter is not None and (choice.kind == "spectrum" or not choice.counters):
        raise UsageError(f"{printable(counter)} does not have one number per point")
    if choice.kind == "spectrum":
        choice = msgspec.structs.replace(choice, counters=choice.candidates)
    if not choice.counters:
        return FoundPeak()
    return await _peak_of(store, scan, msgspec.structs.replace(choice, kind="curve", counters=choice.counters[:1]))


async def _peak_of(store: AsyncDataStore, scan: Scan, choice: PlotChoice) -> FoundPeak:
    figure = ScanFigure(scan.key, choice)
    remarks = await fill_figure(store, scan, figure)
    (name,) = choice.counters
    pairs = pairs_of(figure.curve(name))
    return FoundPeak(
        counter=name,
        x=None if choice.x == INDEX else choice.x,
        points=figure.series(name).stop - figure.series(name).lost,
        x_span=span_of(figure.x_axis(), pairs),
        shapes=shapes_of(*pairs),
        remarks=tuple(remarks),
    )
