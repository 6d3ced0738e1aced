"""The figure of one scan: the streams that it needs, and the drawing of their points; pure, with memory.

Rule: the pane and the command line draw only through this module, so that both show the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from scantui.curves.choice import INDEX, PlotChoice
from scantui.curves.curve import Curve
from scantui.curves.curve_plot import PlotOptions, XAxis
from scantui.curves.figure import CurveFigure, Size, mesh_figure, spectrum_figure, values_figure
from scantui.curves.lines import Line
from scantui.curves.mesh import Mesh
from scantui.curves.series import Series

_FEWEST_TO_DRAW = 3


class ScanFigure:
    """The figure of the scan with this key; `choice` and `is_open` may change while points come.

    Add the points of each stream in `wanted` to `series(name)`, then call `draw`. Call `measure` to update the legend,
    which takes longer: at most once a second.
    """

    def __init__(self, key: str, choice: PlotChoice, is_open: bool = True) -> None:
        self.key, self.is_open = key, is_open
        self._choice = choice
        self._series: dict[str, Series] = {}
        self._curves = CurveFigure()
        self._mesh: tuple[tuple[object, ...], Mesh] | None = None
        self._spectrum: tuple[str, list[float], str] = ("", [], "")

    @property
    def choice(self) -> PlotChoice:
        return self._choice

    @choice.setter
    def choice(self, choice: PlotChoice) -> None:
        if (choice.x, choice.y, choice.kind) != (self._choice.x, self._choice.y, self._choice.kind):
            # The remembered limits belong to another axis.
            self._curves, self._mesh = CurveFigure(), None
        self._choice = choice

    @property
    def wanted(self) -> tuple[str, ...]:
        """The streams to follow: the axes, then the counters. For a spectrum it is empty: see `show_spectrum`."""
        choice = self._choice
        if choice.kind == "spectrum":
            return ()
        axes = (choice.x, choice.y) if choice.kind != "values" else ()
        counters = choice.counters[:1] if choice.kind == "mesh" else choice.counters
        return tuple(dict.fromkeys(name for name in (*axes, *counters) if name != INDEX))

    def series(self, name: str) -> Series:
        """Return the points of a stream, empty at first."""
        return self._series.setdefault(name, Series())

    def forget(self, name: str) -> None:
        """Drop the points of a stream, to start again."""
        before = self.series(name)
        self._series[name] = Series()
        # What is remembered of the dropped points must not be taken for the new ones.
        self._series[name].revision = before.revision + 1

    def reached(self) -> dict[str, int]:
        """Return the index after the last point of each stream with points."""
        return {name: series.stop for name, series in self._series.items() if series.stop}

    def show_spectrum(self, name: str, values: Sequence[float], index: int, count: int) -> None:
        """Set the spectrum to draw: the one at `index` of `count`."""
        self._spectrum = name, list(values), f"{index + 1} of {count} spectra (n)" if count > 1 else ""

    def x_axis(self) -> XAxis:
        """Return the chosen x axis."""
        return self._axis(self._choice.x, self._choice.x_range)

    def curve(self, name: str, note: str = "") -> Curve:
        """Return a counter over the x axis of this scan; another figure can draw it too, in `others`."""
        channel = self._choice.channel(name)
        x, y = self._choice.x, self.series(name)
        notes = [note, f"1 in {y.sampled} points" if y.sampled > 1 else ""]
        return Curve(
            key=f"{self.key} {name}",
            label=channel.label,
            unit=channel.unit,
            decimals=channel.decimals,
            x=None if x == INDEX else self.series(x),
            y=y,
            note=", ".join(filter(None, notes)),
        )

    def curves(self, others: Sequence[Curve] = ()) -> list[Curve]:
        """Return all curves of the figure: those of the scan, then the others."""
        return [*map(self.curve, self._choice.counters), *others]

    def measure(self, options: PlotOptions, others: Sequence[Curve] = ()) -> None:
        """Update the legend from the current points."""
        if self._choice.kind == "curve":
            self._curves.measure(self.curves(others), self.x_axis(), options)

    def draw(
        self, title: str, size: Size, options: PlotOptions, colours: str = "many", others: Sequence[Curve] = ()
    ) -> list[Line]:
        """Return the lines of the figure, exactly of this size; `colours` is "many", "sixteen" or "none"."""
        choice, marks = self._choice, options.marks
        if choice.kind == "spectrum":
            name, values, note = self._spectrum
            label = choice.channel(name or choice.counters[0]).label
            return spectrum_figure(title, label, values, note, size, marks, options.is_log)
        if choice.kind == "mesh":
            axes = self._axis(choice.x, None), self._axis(choice.y, None)
            label = choice.channel(choice.counters[0]).label
            return mesh_figure(title, self._mesh_now(), label, *axes, size, marks, colours)
        curves = self.curves(others)
        if choice.kind == "values" or (not self.is_open and all(each.y.stop < _FEWEST_TO_DRAW for each in curves)):
            return values_figure(title, curves, size, marks)
        return self._curves.draw(title, curves, self.x_axis(), size, options)

    def _axis(self, name: str, limits: tuple[float, float] | None) -> XAxis:
        channel = self._choice.channel(name)
        text = f"{channel.label} ({channel.unit})" if channel.unit and not channel.is_time else channel.label
        return XAxis(name=text, limits=limits, is_time=channel.is_time, is_open=self.is_open)

    def _mesh_now(self) -> Mesh:
        """The mesh with all points; a new one after the points of a stream were joined."""
        choice = self._choice
        x, y, values = (self.series(name) for name in (choice.x, choice.y, choice.counters[0]))
        source = (choice.counters[0], x.revision, y.revision, values.revision)
        if self._mesh is None or self._mesh[0] != source:
            columns, rows = (choice.channel(name).axis_points or 1 for name in (choice.x, choice.y))
            self._mesh = source, Mesh(columns, rows, self._limits(choice.x, x), self._limits(choice.y, y))
        mesh = self._mesh[1]
        mesh.add(*(each.values[mesh.added :] for each in (x, y, values)))
        return mesh

    def _limits(self, name: str, series: Series) -> tuple[float, float]:
        """The limits of an axis, from its channel or else from its points."""
        channel = self._choice.channel(name)
        if channel.start is not None and channel.stop is not None:
            return min(channel.start, channel.stop), max(channel.start, channel.stop)
        return (series.least, series.greatest) if series.least <= series.greatest else (0.0, 1.0)
