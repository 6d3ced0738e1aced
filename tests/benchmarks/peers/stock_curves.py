"""The curves of a running scan in a stock Textual app: the same figure, painted anew once a second."""

from __future__ import annotations

import math
import sys
from array import array

from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.strip import Strip
from textual.widget import Widget

from scantui.curves.curve import Curve
from scantui.curves.curve_plot import PlotOptions, XAxis
from scantui.curves.figure import CurveFigure, Size
from scantui.curves.lines import Line
from scantui.curves.series import Series

_POINTS_A_FRAME = 20


class StockCurves(Widget):
    """Two curves that grow; `count` is the number of points that they will have."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._figure = CurveFigure()
        self._series = [Series(), Series()]
        self._axis = XAxis(limits=(0.0, float(count)))
        self._lines: list[Line] = []

    def on_mount(self) -> None:
        self.set_interval(1.0, self._grow)

    def _grow(self) -> None:
        first = self._series[0].stop
        for place, series in enumerate(self._series, 2):
            values = [
                1000 * math.sin(number / 150 / place) + 20 * math.sin(number * 7.3)
                for number in range(first, first + _POINTS_A_FRAME)
            ]
            series.add(array("d", values), first)
        names = ("chan2", "chan3")
        curves = [Curve(key=name, label=name, y=series) for name, series in zip(names, self._series, strict=True)]
        self._figure.measure(curves, self._axis, PlotOptions())
        self._lines = self._figure.draw("loopscan", curves, self._axis, Size(*self.size))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        if y >= len(self._lines):
            return Strip.blank(self.size.width)
        return Strip([Segment(piece.text) for piece in self._lines[y]])


class StockApp(App[None]):
    """The baseline of what a frame of curves writes."""

    def compose(self) -> ComposeResult:
        yield StockCurves(int(sys.argv[1]))


if __name__ == "__main__":
    StockApp().run(mouse=False)
