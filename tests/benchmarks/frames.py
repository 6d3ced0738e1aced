"""Frames of curves, maps and spectra without a screen: what drawing one takes, and the bytes that it writes."""

from __future__ import annotations

import math
import random
import statistics
import time
from array import array
from collections.abc import Callable, Iterator

from rich.color import ColorSystem
from rich.segment import Segment

from scantui.curves.curve import Curve
from scantui.curves.curve_plot import PlotOptions, XAxis
from scantui.curves.figure import CurveFigure, Size, mesh_figure, spectrum_figure
from scantui.curves.glyphs import MARK_SETS, MarkSet
from scantui.curves.lines import Line
from scantui.curves.mesh import Mesh
from scantui.curves.series import Series
from scantui.tui.curves.styles import MANY, style_of
from scantui.tui.terminal.cells import StyleCodes
from scantui.tui.terminal.image import Image
from tests.benchmarks.measure import Figure, Goal
from tests.benchmarks.stores import Bench

_POINTS, _POINTS_A_FRAME = 2000, 20
_PLOT, _MAP, _SPECTRUM = Size(60, 15), Size(60, 19), Size(70, 13)
_COLUMNS, _ROWS, _CHANNELS = 40, 30, 1024
_MOST_BYTES, _MOST_SECONDS = 150, 0.005
Draw = Callable[[int], list[Line]]


def frames(bench: Bench) -> Iterator[Figure]:
    """The budget of a frame: the seconds of a processor that it takes, and its bytes, beside a frame written whole."""
    # Whole scans, also in a quick run: the first frames of a curve are the dearest.
    count = _POINTS // _POINTS_A_FRAME
    taken: list[float] = []
    anew: list[float] = []
    growing = _growing(MARK_SETS["blocks"])
    for number in range(count):
        taken.append(_seconds(growing, number))
        # The same points in a figure that knows nothing of the frame before.
        anew.append(_seconds(_growing(MARK_SETS["blocks"], before=number * _POINTS_A_FRAME), 0))
    yield Figure(
        row="curves",
        what="processor time of a frame of a curve, 60x15",
        ours=taken,
        baseline_name="drawn anew",
        baseline=anew,
        goal=Goal(_MOST_SECONDS, "p90", relative=False),
    )
    for name, marks in MARK_SETS.items():
        yield _bytes(f"a curve in {name}, 60x15", _growing(marks), count, Goal(_MOST_BYTES, relative=False))
    yield _bytes(f"a map of {_COLUMNS}x{_ROWS} points", _map(), bench.sized(60, 10))
    yield _bytes(f"a spectrum of {_CHANNELS} channels, 70x13", _spectrum(), bench.sized(60, 10))


def _seconds(draw: Draw, number: int) -> float:
    started = time.thread_time()
    draw(number)
    return time.thread_time() - started


def _bytes(what: str, draw: Draw, count: int, goal: Goal | None = None) -> Figure:
    """The mean of what frames write after the first one, which is written whole."""
    image, looks, written = Image(), StyleCodes(ColorSystem.EIGHT_BIT), list[int]()
    for number in range(count):
        lines = [[Segment(text, style_of(*look, MANY, False)) for text, *look in line] for line in draw(number)]
        image.want_all(list(map(looks.line_of, lines)))
        written.append(len(image.changes().encode()))
    mean = statistics.mean(written[1:])
    return Figure(
        row="curves",
        what=f"mean of a frame of {what}",
        ours=[mean],
        baseline_name="written whole",
        baseline=[float(written[0])],
        unit="bytes",
        goal=goal,
    )


def _growing(marks: MarkSet, before: int = 0) -> Draw:
    """A curve to which each frame adds points; `before` are there already."""
    series, figure = Series(), CurveFigure()
    curve = Curve(key="diode", label="diode", y=series)
    axis, options = XAxis(limits=(0.0, float(_POINTS))), PlotOptions(marks=marks)

    def draw(_: int) -> list[Line]:
        start = series.stop
        stop = start + (before if not start and before else 0) + _POINTS_A_FRAME
        values = [1000 * math.sin(place / 150) + 20 * math.sin(place * 7.3) for place in range(start, stop)]
        series.add(array("d", values), start)
        figure.measure([curve], axis, options)
        return figure.draw("loopscan", [curve], axis, _PLOT, options)

    return draw


def _map() -> Draw:
    """A map to which each frame adds points."""
    mesh = Mesh(_COLUMNS, _ROWS, (0.0, 1.0), (0.0, 1.0))
    axis = XAxis(name="samx (mm)", limits=(0.0, 1.0))

    def draw(number: int) -> list[Line]:
        for place in range(number * _POINTS_A_FRAME, (number + 1) * _POINTS_A_FRAME):
            x, y = place % _COLUMNS / (_COLUMNS - 1), place // _COLUMNS / (_ROWS - 1)
            mesh.add([x], [y], [1000 * math.exp(-(((x - 0.4) / 0.2) ** 2) - ((y - 0.6) / 0.3) ** 2)])
        return mesh_figure("amesh", mesh, "diode", axis, axis, _MAP)

    return draw


def _spectrum() -> Draw:
    """Spectra of counts with a line, each of them noisy in its own way."""
    odd = random.Random(1)  # noqa: S311 - no secret

    def counts(channel: int) -> float:
        expected = 20 * math.exp(-channel / 300) + 300 * math.exp(-(((channel - 430) / 8) ** 2))
        return max(0.0, round(odd.gauss(expected, math.sqrt(expected))))

    def draw(number: int) -> list[Line]:
        values = [counts(channel) for channel in range(_CHANNELS)]
        return spectrum_figure("loopscan", "mca", values, f"spectrum {number}", _SPECTRUM)

    return draw
