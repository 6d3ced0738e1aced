"""The figure of a scan as BLISS published it, from its info to its lines."""

from __future__ import annotations

import math
from array import array

import msgspec
import pytest

from scantui.curves.choice import ELAPSED, EPOCH, INDEX, choose
from scantui.curves.curve_plot import PlotOptions
from scantui.curves.figure import Size
from scantui.curves.glyphs import ASCII
from scantui.curves.lines import text_of
from scantui.curves.scan_figure import ScanFigure
from tests.curves.test_choice import DIODE, GAUSS, document

PANE = Size(80, 14)
PLAIN = PlotOptions(marks=ASCII)


def figure_of(kind: str, *wanted: str, x: str | None = None, is_open: bool = True) -> ScanFigure:
    return ScanFigure("esrf:scan:1", choose(*document(kind), wanted=wanted, x=x), is_open)


def fill(figure: ScanFigure, name: str, *values: float) -> None:
    series = figure.series(name)
    series.add(array("d", values), series.stop)


def lines_of(figure: ScanFigure, size: Size = PANE) -> list[str]:
    return [text_of(line) for line in figure.draw("DONE 1", size, PLAIN)]


def test_an_ascan_needs_its_axis_and_its_counters() -> None:
    figure = figure_of("ascan")
    assert list(figure.wanted) == ["axis:samx", DIODE, GAUSS]
    assert (figure.x_axis().name, figure.x_axis().limits) == ("samx (mm)", (0.0, 1.0))
    fill(figure, "axis:samx", *(place / 10 for place in range(11)))
    fill(figure, DIODE, *(math.exp(-((place - 4) ** 2) / 4) for place in range(11)))
    fill(figure, GAUSS, 1, 2, 3)
    lines = lines_of(figure)
    assert lines[1].startswith(" a diode 0.00012341  peak 0.4")
    assert "samx (mm)" in lines[-1]
    assert sum("a" in line for line in lines[2:-1]) == sum("b" in line for line in lines[2:-1]) == 1


def test_the_frame_stands_before_the_first_point() -> None:
    lines = lines_of(figure_of("ascan"))
    assert lines[1].startswith(" a diode -")
    assert "0.2" in lines[-1]


def test_the_legend_changes_when_it_is_measured() -> None:
    figure = figure_of("ascan")
    lines_of(figure)
    fill(figure, "axis:samx", 0)
    fill(figure, DIODE, 7)
    assert "7" not in lines_of(figure)[1]
    figure.measure(PLAIN)
    assert lines_of(figure)[1].startswith(" a diode 7")


def test_another_axis_begins_a_new_frame() -> None:
    figure = figure_of("ascan")
    fill(figure, ELAPSED, 0, 1, 2)
    fill(figure, DIODE, 1, 2, 3)
    lines_of(figure)
    figure.choice = choose(*document("ascan"), x=ELAPSED)
    assert list(figure.wanted) == [ELAPSED, DIODE, GAUSS]
    assert "elapsed_time (s)" in lines_of(figure)[-1]
    figure.choice = choose(*document("ascan"), x=INDEX)
    assert list(figure.wanted) == [DIODE, GAUSS]
    assert "index" in lines_of(figure)[-1]
    figure.choice = choose(*document("ascan"), x=EPOCH)
    assert figure.x_axis().is_time


def test_a_mesh_needs_both_axes_and_one_counter() -> None:
    figure = figure_of("amesh")
    assert figure.wanted == ("axis:samx", "axis:samy", DIODE)
    for index in range(7):
        fill(figure, "axis:samx", index % 5 / 4)
        fill(figure, "axis:samy", index // 5 / 3)
        fill(figure, DIODE, 10 + index)
        lines = lines_of(figure)
    assert "max 16 at 0.25, 0.333" in lines[1]
    assert "x samx (mm)  y samy (mm)" in lines[-2] + lines[-1] + lines[-3]


def test_a_mesh_waits_for_the_counter_that_is_behind() -> None:
    figure = figure_of("amesh")
    fill(figure, "axis:samx", 0, 0.25, 0.5)
    fill(figure, "axis:samy", 0, 0, 0)
    fill(figure, DIODE, 4)
    assert "max 4 at 0, 0" in lines_of(figure)[1]
    fill(figure, DIODE, 9)
    assert "max 9 at 0.25, 0" in lines_of(figure)[1]


def test_a_spectrum_is_the_one_that_was_given() -> None:
    figure = figure_of("mca", "spectrum_det1")
    assert figure.wanted == ()
    assert lines_of(figure)[1] == " spectrum_det1"
    figure.show_spectrum("simu_mca:spectrum_det1", [0, 5, 1], 38, 39)
    assert lines_of(figure)[1] == " spectrum_det1  max 5  at 1  sum 6  39 of 39 spectra (n)"


def test_a_count_is_shown_as_values() -> None:
    figure = figure_of("ct")
    assert len(figure.wanted) == 2
    fill(figure, figure.wanted[0], 0.37)
    assert lines_of(figure, Size(40, 3))[1].split() == [figure.choice.channel(figure.wanted[0]).label, "0.37"]


def test_a_closed_scan_of_two_points_is_shown_as_values() -> None:
    figure = figure_of("ascan", is_open=False)
    fill(figure, DIODE, 1, 2)
    assert lines_of(figure)[1].split() == ["diode", "2"]


def test_a_sequence_shows_its_title_alone() -> None:
    assert lines_of(figure_of("sequence")) == [" DONE 1", *[""] * 13]


@pytest.mark.parametrize("is_behind", [True, False])
def test_the_curve_of_another_scan_is_drawn_as_well(is_behind: bool) -> None:
    other, figure = figure_of("ascan"), figure_of("ascan", "diode")
    other.key = "esrf:scan:2"
    for each in (other, figure):
        fill(each, "axis:samx", 0, 0.5, 1)
    fill(other, DIODE, 3, 2, 1)
    fill(figure, DIODE, 1, 2, 3)
    curve = msgspec.structs.replace(other.curve(DIODE, "scan 2"), is_behind=is_behind)
    lines = [text_of(line) for line in figure.draw("RUN 7", PANE, PLAIN, others=[curve])]
    assert ("b diode 1 (scan 2)" in lines[1]) is not is_behind
    assert sum(line.endswith("b") for line in lines) == (not is_behind)
