"""Plots curves over one x axis, again and again while points come; pure, with memory of the last drawing.

Rule: while the x axis stays, only new points are read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from scantui.curves.axes import FARTHEST, Scale, grown, is_level, place_scale, value_scale
from scantui.curves.borders import beside, bottom_axis, label_width, left_axis, ticks_for
from scantui.curves.canvas import Layer, Upright, draw
from scantui.curves.curve import LETTERS, Curve, Pairs, derivative, extremes, pairs_of, point_at
from scantui.curves.glyphs import BLOCKS, MarkSet
from scantui.curves.legend import curve_role
from scantui.curves.lines import Line, shown
from scantui.curves.traces import Trace

BEHIND_ROLE, MARK_ROLE, INSPECTOR_ROLE = "behind", "mark", "inspector"
_COLUMNS_A_TICK = 12
# Points beyond the limits lengthen the axis in steps of one part in this many.
_PARTS = 100


class XAxis(msgspec.Struct, frozen=True, kw_only=True):
    """The x axis of a scan: its name with the unit, and the limits announced by the scan, None if there are none.

    While the scan `is_open`, an axis without limits doubles each time the points reach its end.
    """

    name: str = "index"
    limits: tuple[float, float] | None = None
    is_time: bool = False
    is_open: bool = True


class PlotOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How to draw curves; `inspector` is the index of the inspected point, `mark` an x to mark."""

    marks: MarkSet = BLOCKS
    is_log: bool = False
    is_derivative: bool = False
    has_same_scale: bool = False
    inspector: int | None = None
    mark: float | None = None


class _Prepared(msgspec.Struct, frozen=True):
    """The numbers of a curve as they are drawn, and their source."""

    curve: Curve
    pairs: Pairs
    source: tuple[object, ...]


class CurvePlot:
    """A plot that keeps its limits from one drawing to the next; make a new one for another scan or x axis."""

    def __init__(self) -> None:
        self.left_out: dict[str, int] = {}
        self._limits: tuple[float, float] | None = None
        self._x_scale: Scale | None = None
        self._scales: dict[str, Scale] = {}
        self._traces: dict[str, tuple[tuple[object, ...], Trace]] = {}

    @property
    def x_span(self) -> float:
        """The extent of the x axis in the last drawing."""
        return self._limits[1] - self._limits[0] if self._limits else 0.0

    def draw(
        self,
        curves: Sequence[Curve],
        axis: XAxis,
        columns: int,
        rows: int,
        options: PlotOptions,
        has_labels: bool = True,
    ) -> list[Line]:
        """Return the lines of the plot with both axes, `rows` in all and at most `columns` wide.

        The y axis is that of the first curve; the others have their own scales unless `has_same_scale` is set.
        """
        rows = max(1, rows - 2)
        prepared = [self._prepared(curve, options) for curve in curves]
        scales = self._value_scales(prepared, ticks_for(rows), options)
        first = next((scale for scale, each in zip(scales, prepared, strict=True) if not each.curve.is_behind), None)
        y_scale = first or value_scale(0.0, 1.0, 2)
        indent = label_width(y_scale) if has_labels else 0
        width = max(1, columns - indent - 1)
        low, high = self._limits = self._new_limits(prepared, axis)
        x_scale = place_scale(low, high, max(2, width // _COLUMNS_A_TICK), axis.is_time)
        layers = self._layers(prepared, scales, x_scale, width * options.marks.across, options)
        uprights = _uprights(curves, x_scale, options)
        left = left_axis(y_scale, rows, options.marks, indent)
        name = shown(axis.name, options.marks.ascii_only)
        plot = beside(left, draw(width, rows, options.marks, layers, uprights))
        return [*plot, *bottom_axis(x_scale, width, options.marks, indent, name)]

    def _prepared(self, curve: Curve, options: PlotOptions) -> _Prepared:
        x_source = (curve.x.revision, curve.x.start) if curve.x else ()
        source = (id(curve.y), id(curve.x), curve.y.revision, curve.y.start, *x_source)
        pairs = pairs_of(curve)
        return _Prepared(curve, derivative(pairs) if options.is_derivative else pairs, (source, options.is_derivative))

    def _new_limits(self, prepared: Sequence[_Prepared], axis: XAxis) -> tuple[float, float]:
        """The limits of the x axis; they stay as long as they hold the points."""
        found = [_x_extent(each) for each in prepared if not each.curve.is_behind]
        least = max(-FARTHEST, min((low for low, _ in found), default=math.inf))
        greatest = min(FARTHEST, max((high for _, high in found), default=-math.inf))
        if not least <= greatest:
            least, greatest = axis.limits or (0.0, 1.0)
        if axis.limits is not None:
            low, high = axis.limits
            part = (high - low) / _PARTS
            if least < low:
                low -= math.ceil((low - least) / part) * part if part else low - least
            if greatest > high:
                high += math.ceil((greatest - high) / part) * part if part else greatest - high
        elif axis.is_open:
            low, high = grown(*(self._limits or (least, least)), least, greatest)
        else:
            low, high = least, greatest
        scale = place_scale(low, high, 1)
        return (scale.low, scale.high) if is_level(low, high) else (low, high)

    def _value_scales(self, prepared: Sequence[_Prepared], most: int, options: PlotOptions) -> list[Scale]:
        """The scale of each curve; curves with the same label share one, as the same counter of several scans does."""
        extents: dict[str, tuple[float, float]] = {}
        names = ["" if options.has_same_scale else each.curve.label for each in prepared]
        for name, each in zip(names, prepared, strict=True):
            low, high = _y_extent(each, options)
            least, greatest = extents.get(name, (math.inf, -math.inf))
            extents[name] = min(least, low), max(greatest, high)
        for name, (least, greatest) in extents.items():
            kept = f"{name} {options.is_derivative}"
            self._scales[kept] = value_scale(least, greatest, most, self._scales.get(kept), options.is_log)
        return [self._scales[f"{name} {options.is_derivative}"] for name in names]

    def _layers(
        self, prepared: Sequence[_Prepared], scales: Sequence[Scale], x_scale: Scale, dots: int, options: PlotOptions
    ) -> list[Layer]:
        layers: list[Layer] = []
        behind: list[Layer] = []
        traces: dict[str, tuple[tuple[object, ...], Trace]] = {}
        for each, scale in zip(prepared, scales, strict=True):
            curve = each.curve
            source = (each.source, x_scale.low, x_scale.high, dots, options.is_log)
            known = self._traces.get(curve.key)
            if known is not None and known[0] == source:
                trace = known[1]
            else:
                trace = Trace(x_scale.low, x_scale.high, dots, 0.0 if options.is_log else -FARTHEST)
            trace.add(each.pairs.xs[trace.added :], each.pairs.ys[trace.added :])
            traces[curve.key] = source, trace
            if curve.is_behind:
                behind.append(Layer(trace=trace, scale=scale, role=BEHIND_ROLE))
            else:
                number = len(layers)
                letter = LETTERS[number % len(LETTERS)]
                layers.append(Layer(trace=trace, scale=scale, role=curve_role(number), letter=letter))
        self._traces = traces
        self.left_out = {key: trace.left_out for key, (_, trace) in traces.items()}
        return layers + behind


def _x_extent(each: _Prepared) -> tuple[float, float]:
    x, y = each.curve.x, each.curve.y
    if x is not None:
        return x.least, x.greatest
    return (float(y.start), float(y.stop - 1)) if y.stop > y.start else (math.inf, -math.inf)


def _y_extent(each: _Prepared, options: PlotOptions) -> tuple[float, float]:
    if options.is_log or options.is_derivative:
        return extremes(each.pairs.ys, 0.0 if options.is_log else -math.inf)
    return each.curve.y.least, each.curve.y.greatest


def _uprights(curves: Sequence[Curve], x_scale: Scale, options: PlotOptions) -> list[Upright]:
    places = []
    if options.inspector is not None and curves:
        places.append((point_at(curves[0], options.inspector)[0], INSPECTOR_ROLE))
    if options.mark is not None:
        places.append((options.mark, MARK_ROLE))
    return [Upright(share=x_scale.share(x), role=role) for x, role in places if x_scale.low <= x <= x_scale.high]
