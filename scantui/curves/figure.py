"""Whole figures: title, legend, plot and axes, for a given size.

Rule: a figure has exactly the requested size; in little room it leaves out what matters least.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from scantui.curves.axes import number_text, place_scale, place_text, tick_texts
from scantui.curves.borders import beside, bottom_axis, label_width, left_axis, ticks_for
from scantui.curves.curve import Curve, Pairs, derivative, pairs_of, thinned
from scantui.curves.curve_plot import CurvePlot, PlotOptions, XAxis
from scantui.curves.glyphs import BLOCKS, MarkSet
from scantui.curves.legend import (
    NOTE_ROLE,
    LegendEntry,
    curve_role,
    inspected,
    last_text,
    legend_entry,
    long_legend,
    short_legend,
    value_text,
)
from scantui.curves.lines import Line, Piece, columns_of, cut, fitted, shown, width_of
from scantui.curves.mesh import RAMPS, Mesh, colour_bar, heat_map
from scantui.curves.shapes import NOTHING, Shapes, shapes_of
from scantui.curves.sparkline import sparkline
from scantui.curves.spectrum import bars, spectrum_scale

TITLE_ROLE = "title"
# Below NARROW columns, plots have no labels at the y axis and only the first curve in the legend. Below
# SMALL_COLUMNS or SMALL_LINES, they are sparklines.
NARROW = 60
SMALL_COLUMNS, SMALL_LINES = 40, 6
_LONG_LEGEND_COLUMNS, _LONG_LEGEND_LINES = 90, 24
_SPARK_CELLS = 24
# Longer curves are thinned before their features are computed, more so while they change each second.
_MOST_FOR_SHAPES, _MOST_WHILE_OPEN = 8_192, 1_024


class Size(msgspec.Struct, frozen=True):
    """The size of a figure."""

    columns: int
    lines: int

    @property
    def is_small(self) -> bool:
        return self.columns < SMALL_COLUMNS or self.lines < SMALL_LINES


class CurveFigure:
    """Curves with their legend; `measure` computes the legend, which takes longer than drawing."""

    def __init__(self) -> None:
        self.plot = CurvePlot()
        self.entries: list[LegendEntry] = []
        self._shapes: dict[str, tuple[tuple[object, ...], Shapes]] = {}
        # The columns that the last value of each curve took at most.
        self._widths: dict[str, int] = {}

    def measure(self, curves: Sequence[Curve], axis: XAxis, options: PlotOptions) -> None:
        """Compute the legend from the current points: last values, extremes and features."""
        front = [curve for curve in curves if not curve.is_behind]
        self.entries = [self._entry(curve, number, front, axis, options) for number, curve in enumerate(front)]

    def _entry(
        self, curve: Curve, number: int, front: Sequence[Curve], axis: XAxis, options: PlotOptions
    ) -> LegendEntry:
        pairs = pairs_of(curve)
        if options.is_derivative:
            pairs = derivative(pairs)
        notes = ["derivative"] if options.is_derivative else []
        if options.is_log and not options.is_derivative:
            hidden = sum(value <= 0 for value in pairs.ys)
            notes += [f"{hidden} not above 0"] if hidden else []
        if number and not options.has_same_scale and curve.label != front[0].label:
            notes.append("own scale")
        shapes = NOTHING if curve.y.is_flat else self._shapes_of(curve, pairs, axis, options)
        span = span_of(axis, pairs)
        width = self._widths[curve.key] = max(len(last_text(curve)), self._widths.get(curve.key, 0))
        return legend_entry(curve, number, shapes, span, axis.is_time, notes, width)

    def _shapes_of(self, curve: Curve, pairs: Pairs, axis: XAxis, options: PlotOptions) -> Shapes:
        """The features of a curve, computed again only after new points."""
        reached = (curve.x and curve.x.stop, curve.y.stop, curve.y.start)
        source = (id(curve.x), id(curve.y), *reached, options.is_derivative, axis.is_open)
        known = self._shapes.get(curve.key)
        if known is None or known[0] != source:
            most = _MOST_WHILE_OPEN if axis.is_open else _MOST_FOR_SHAPES
            known = self._shapes[curve.key] = source, shapes_of(*thinned(pairs, most))
        return known[1]

    def draw(
        self, title: str, curves: Sequence[Curve], axis: XAxis, size: Size, options: PlotOptions | None = None
    ) -> list[Line]:
        """Return the lines of the figure, with the legend of the last `measure`."""
        options = options or PlotOptions()
        front = [curve for curve in curves if not curve.is_behind]
        if len(self.entries) != len(front):
            self.measure(curves, axis, options)
        head = _title(title, options.marks)
        if size.is_small:
            return _exactly([head, *self._small(front, size, options)], size, options.marks)
        legend = self._legend(front, axis, size, options)
        rows = size.lines - 1 - len(legend)
        plot = self.plot.draw(curves, axis, size.columns, rows, options, has_labels=size.columns >= NARROW)
        return _exactly([head, *legend, *plot], size, options.marks)

    def _legend(self, front: Sequence[Curve], axis: XAxis, size: Size, options: PlotOptions) -> list[Line]:
        ascii_only = options.marks.ascii_only
        if options.inspector is not None and front:
            span = self.plot.x_span or span_of(axis, pairs_of(front[0]))
            return [inspected(front, options.inspector, axis.name, span, axis.is_time, ascii_only)]
        if size.columns >= _LONG_LEGEND_COLUMNS and size.lines >= _LONG_LEGEND_LINES:
            return long_legend(self.entries, size.columns, ascii_only)
        entries = self.entries if size.columns >= NARROW else self.entries[:1]
        return [short_legend(entries, size.columns, ascii_only)]

    def _small(self, front: Sequence[Curve], size: Size, options: PlotOptions) -> list[Line]:
        """A line for each curve, with its value and a sparkline."""
        lines: list[Line] = []
        for curve, entry in zip(front, self.entries, strict=True):
            legend = short_legend([entry], size.columns, options.marks.ascii_only)[:3]
            free = size.columns - sum(columns_of(span.text) for span in legend) - 2
            line = sparkline(curve.y.values, min(_SPARK_CELLS, free), options.marks)
            lines.append([*legend, Piece(" "), Piece(line, entry.role)])
        return lines


def mesh_figure(
    title: str, mesh: Mesh, label: str, x: XAxis, y: XAxis, size: Size, marks: MarkSet = BLOCKS, colours: str = "many"
) -> list[Line]:
    """Draw a mesh as a map with a colour bar; the legend gives its largest value and centre of mass."""
    ramp = RAMPS["ascii" if marks.ascii_only else colours]
    legend = _mesh_legend(mesh, label, x, y, marks)
    head = [_title(title, marks), legend]
    scale = mesh.scale()
    if size.is_small:
        room = size.lines - len(head)
        lines = heat_map(mesh, max(1, size.columns - 1), room, ramp, scale).lines if room > 0 else []
        return _exactly([*head, *([Piece(" "), *line] for line in lines)], size, marks)
    limits = tick_texts((scale.low, scale.high), scale.high - scale.low)
    rows = size.lines - len(head) - 2
    y_scale = place_scale(*mesh.y, ticks_for(rows))
    indent = label_width(y_scale) if size.columns >= NARROW else 0
    bar_width = 3 + max(map(len, limits))
    picture = heat_map(mesh, max(1, size.columns - indent - 1 - bar_width), rows, ramp, scale)
    high = len(picture.lines)
    bar = colour_bar(high, ramp)
    texts = {high - 1: limits[0], 0: limits[1]}
    lines = [
        [*line, Piece(" "), bar[row], Piece(f" {texts.get(row, '')}", NOTE_ROLE)]
        for row, line in enumerate(picture.lines)
    ]
    edge_x, edge_y = 0.5 / mesh.columns, 0.5 / mesh.rows
    # The map may have fewer lines than there is room for.
    y_scale = place_scale(*mesh.y, ticks_for(high))
    left = left_axis(y_scale, high, marks, indent, edge_y, 1 - edge_y)
    x_scale = place_scale(*mesh.x, max(2, picture.columns // 10))
    below = bottom_axis(x_scale, picture.columns, marks, indent, "", edge_x, 1 - edge_x)
    x_name, y_name = (f"  {letter} {shown(axis.name, marks.ascii_only)}" for letter, axis in (("x", x), ("y", y)))
    if width_of(below[1]) + columns_of(x_name + y_name) <= size.columns:
        x_name, y_name = x_name + y_name, ""
    # Where there is little room, the name of y stands one line higher.
    below[0], below[1] = [*below[0], Piece(y_name, "name")], [*below[1], Piece(x_name, "name")]
    return _exactly([*head, *beside(left, lines), *below], size, marks)


def _mesh_legend(mesh: Mesh, label: str, x: XAxis, y: XAxis, marks: MarkSet) -> Line:
    line: Line = [Piece(f" {shown(label, marks.ascii_only)}", curve_role(0))]
    largest, centre = mesh.largest(), mesh.centre_of_mass()
    spans = mesh.x[1] - mesh.x[0], mesh.y[1] - mesh.y[0]
    if largest is None:
        return line
    places = [(f"  max {number_text(largest.value)} at ", largest[:2])]
    if centre is not None:
        places.append(("  com ", centre))
    for words, place in places:
        text = ", ".join(place_text(value, abs(span)) for value, span in zip(place, spans, strict=True))
        line += [Piece(words, NOTE_ROLE), Piece(text)]
    if mesh.least == mesh.greatest:
        line.append(Piece(" (flat)", NOTE_ROLE))
    if mesh.left_out:
        line.append(Piece(f" ({mesh.left_out} left out)", NOTE_ROLE))
    return line


def spectrum_figure(
    title: str,
    label: str,
    values: Sequence[float],
    note: str,
    size: Size,
    marks: MarkSet = BLOCKS,
    is_log: bool = False,
) -> list[Line]:
    """Draw one spectrum as bars over its channels; `note` gives its number, such as `1 of 39 spectra (n)`."""
    finite = [value for value in values if math.isfinite(value)]
    legend: Line = [Piece(f" {shown(label, marks.ascii_only)}", curve_role(0))]
    if finite:
        figures = (("max", max(finite)), ("at", float(values.index(max(finite)))), ("sum", float(sum(finite))))
        for name, figure in figures:
            legend += [Piece(f"  {name} ", NOTE_ROLE), Piece(number_text(figure))]
    if note:
        legend.append(Piece(f"  {shown(note, marks.ascii_only)}", NOTE_ROLE))
    head = [_title(title, marks), legend]
    if size.is_small or not values:
        line = sparkline(values, max(0, size.columns - 2), marks)
        return _exactly([*head, [Piece(f" {line}", curve_role(0))]], size, marks)
    rows = size.lines - len(head) - 2
    scale = spectrum_scale(values, ticks_for(rows), None, is_log)
    indent = label_width(scale) if size.columns >= NARROW else 0
    columns = size.columns - indent - 1
    lines = [[Piece(text, curve_role(0))] for text in bars(values, columns, rows, marks, scale)]
    x_scale = place_scale(0.0, float(max(1, len(values) - 1)), max(2, columns // 12))
    below = bottom_axis(x_scale, columns, marks, indent, "channel")
    return _exactly([*head, *beside(left_axis(scale, rows, marks, indent), lines), *below], size, marks)


def values_figure(title: str, curves: Sequence[Curve], size: Size, marks: MarkSet = BLOCKS) -> list[Line]:
    """List counters with their last value and unit."""
    plain = marks.ascii_only
    names = [cut(shown(curve.label, plain), max(1, size.columns // 2), plain) for curve in curves]
    width = max(map(columns_of, names), default=0)
    lines: list[Line] = [_title(title, marks)]
    for name, curve in zip(names, curves, strict=True):
        value = value_text(curve.y.last, curve.decimals) if curve.y.stop else "-"
        unit = shown(curve.unit, marks.ascii_only)
        fill = " " * (width - columns_of(name))
        lines.append([Piece(f" {name}{fill}", NOTE_ROLE), Piece(f"  {value:>12}"), Piece(f" {unit}", NOTE_ROLE)])
    return _exactly(lines, size, marks)


def _title(title: str, marks: MarkSet) -> Line:
    return [Piece(f" {shown(title, marks.ascii_only)}", TITLE_ROLE)]


def span_of(axis: XAxis, pairs: Pairs) -> float:
    """Return the extent of the x axis, which decides how positions are rounded."""
    if axis.limits is not None and axis.limits[0] != axis.limits[1]:
        return abs(axis.limits[1] - axis.limits[0])
    xs = pairs.xs
    if not xs or math.isfinite(sum(xs)):
        return max(xs) - min(xs) if xs else 0.0
    finite = [x for x in xs if math.isfinite(x)]
    return max(finite) - min(finite) if finite else 0.0


def _exactly(lines: Sequence[Line], size: Size, marks: MarkSet) -> list[Line]:
    """The lines, cut or filled up to the size."""
    filled = [fitted(line, size.columns, marks.ascii_only) for line in lines[: size.lines]]
    blank = [[Piece(" " * size.columns)] for _ in range(size.lines - len(filled))]
    return filled + blank
