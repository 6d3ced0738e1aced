"""Figures have their exact size for any content, and describe it."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.curves.curve import Curve, index_of_peak, point_at
from scantui.curves.curve_plot import PlotOptions, XAxis
from scantui.curves.figure import CurveFigure, Size, mesh_figure, spectrum_figure, values_figure
from scantui.curves.glyphs import ASCII, BLOCKS, MARK_SETS, MarkSet
from scantui.curves.lines import Line, text_of, width_of
from scantui.curves.mesh import Mesh
from scantui.curves.series import Series
from tests.test_text import HOSTILE, is_harmless

ANY = st.floats() | st.just(1e308) | st.floats(0, 1)
SIZES = st.builds(Size, st.integers(1, 130), st.integers(1, 40))
OPTIONS = st.builds(
    PlotOptions,
    marks=st.sampled_from([*MARK_SETS.values()]),
    is_log=st.booleans(),
    is_derivative=st.booleans(),
    has_same_scale=st.booleans(),
    inspector=st.none() | st.integers(-3, 30),
    mark=st.none() | ANY,
)
AXES = st.builds(
    XAxis,
    name=HOSTILE,
    limits=st.none() | st.tuples(st.floats(-1e300, 0), st.floats(1, 1e300)),
    is_time=st.booleans(),
    is_open=st.booleans(),
)
ENERGY = XAxis(name="energy (keV)", limits=(7.08, 7.2))
PANE = Size(80, 14)


def series_of(values: Sequence[float]) -> Series:
    series = Series()
    series.add(array("d", values), 0)
    return series


def peak(count: int = 121) -> Curve:
    """A Gaussian over an axis from 7.08 to 7.2, as far as so many points."""
    xs = [7.08 + place * 0.001 for place in range(count)]
    ys = [100 * math.exp(-(((x - 7.118) / 0.008) ** 2) / 2) for x in xs]
    return Curve(key="1 fluo", label="fluo", x=series_of(xs), y=series_of(ys))


def texts(lines: Sequence[Line]) -> list[str]:
    return [text_of(line) for line in lines]


def drawn(curves: Sequence[Curve], axis: XAxis = ENERGY, size: Size = PANE, **options: object) -> list[str]:
    return texts(CurveFigure().draw("RUN 7", curves, axis, size, msgspec.structs.replace(PlotOptions(), **options)))


def fits(lines: Sequence[Line], size: Size, marks: MarkSet) -> None:
    """So many lines, each so wide, without what a terminal obeys, and plain where they have to be."""
    assert [width_of(line) for line in lines] == [size.columns] * size.lines
    text = "".join(span.text for line in lines for span in line)
    assert is_harmless(text.replace("\u2800", ""))
    assert text.isascii() or not marks.ascii_only
    assert not marks.ascii_only or "?" not in text


@given(st.lists(st.tuples(HOSTILE, HOSTILE, st.lists(st.tuples(ANY, ANY))), max_size=4), AXES, SIZES, OPTIONS, HOSTILE)
def test_every_figure_of_curves_has_its_size(
    curves: list[tuple[str, str, list[tuple[float, float]]]], axis: XAxis, size: Size, options: PlotOptions, title: str
) -> None:
    made = [
        Curve(
            key=str(number),
            label=label.replace("?", ""),
            unit=unit.replace("?", ""),
            x=series_of([x for x, _ in points]) if number != 1 else None,
            y=series_of([y for _, y in points]),
            is_behind=number == 2,
        )
        for number, (label, unit, points) in enumerate(curves)
    ]
    axis = msgspec.structs.replace(axis, name=axis.name.replace("?", ""))
    fits(CurveFigure().draw(title.replace("?", ""), made, axis, size, options), size, options.marks)


@given(
    st.integers(0, 40),
    st.integers(0, 40),
    st.lists(st.tuples(st.floats(-0.2, 1.2), ANY, ANY)),
    SIZES,
    st.sampled_from([BLOCKS, ASCII]),
    st.sampled_from(["many", "sixteen", "none"]),
)
def test_every_mesh_has_its_size(
    columns: int, rows: int, points: list[tuple[float, float, float]], size: Size, marks: MarkSet, colours: str
) -> None:
    mesh = Mesh(columns, rows, (0, 1), (0, 1))
    mesh.add(*zip(*points, strict=True)) if points else None
    axis = XAxis(name="samx (\u00b5m)")
    fits(mesh_figure("mesh", mesh, "\x1b[2J", axis, axis, size, marks, colours), size, marks)


@given(st.lists(ANY), SIZES, st.sampled_from([BLOCKS, ASCII]), st.booleans())
def test_every_spectrum_has_its_size(values: list[float], size: Size, marks: MarkSet, is_log: bool) -> None:
    fits(spectrum_figure("mca", "\x1b]0;det0\x07", values, "1 of 39 spectra", size, marks, is_log), size, marks)


def test_a_curve_is_drawn_with_both_axes_and_its_features() -> None:
    assert drawn([peak(78)], marks=ASCII) == [
        " RUN 7",
        " a fluo 0.00069081  peak 7.118  com 7.118  cen 7.118  fwhm 0.0188",
        "100+                      .''..",
        "   |                     :    '.",
        "   |                    :      :",
        "   |                   :        '.",
        "   |                  :          :",
        " 50+                 :            :",
        "   |                .'             :",
        "   |               .'               :",
        "   |            ..'                  ':.",
        "  0+...........''                       ':...........a",
        "   ++------------+-----------+------------+-----------+-------------------------",
        "  7.08          7.1        7.12         7.14        7.16            energy (keV)",
    ]


def test_a_plot_that_grows_keeps_its_frame() -> None:
    figure = CurveFigure()
    curve = peak(60)
    before = texts(figure.draw("RUN 7", [curve], ENERGY, PANE))
    assert curve.x is not None
    whole = peak()
    assert whole.x is not None
    curve.x.add(whole.x.values[60:], 60)
    curve.y.add(whole.y.values[60:], 60)
    after = texts(figure.draw("RUN 7", [curve], ENERGY, PANE))
    changed = [place for place, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
    assert 0 < len(changed) <= 5
    assert before[-2:] == after[-2:]
    fresh = CurveFigure()
    assert after[2:] == texts(fresh.draw("RUN 7", [whole], ENERGY, PANE))[2:]


def test_other_curves_have_scales_of_their_own_and_say_so() -> None:
    other = Curve(key="1 it", label="it", unit="V", x=peak().x, y=series_of([5.0 + place for place in range(121)]))
    lines = drawn([peak(), other])
    assert "b it 125 V (own scale)" in lines[1]
    assert lines[2].endswith("b") or lines[3].endswith("b")
    assert "own scale" not in drawn([peak(), other], has_same_scale=True)[1]


def test_the_same_counter_of_another_scan_shares_the_scale() -> None:
    half = Curve(key="2 fluo", label="fluo", x=peak().x, y=series_of([value / 2 for value in peak().y.values]))
    lines = drawn([peak(), half], size=Size(120, 30))
    assert "own scale" not in lines[2]
    assert [line.count("max") for line in lines[1:3]] == [1, 1]


def test_what_follows_a_value_in_the_legend_stays_where_it_is_while_values_get_shorter() -> None:
    figure, series = CurveFigure(), Series()
    curve = Curve(key="1 fluo", label="fluo", unit="kcps", y=series)
    places = []
    for index, value in enumerate((98.357, -877.81, 4.92, -474.0, 0.5)):
        series.add(array("d", [value]), index)
        figure.measure([curve], ENERGY, PlotOptions())
        legend = texts(figure.draw("", [curve], ENERGY, PANE))[1]
        assert f" {value:g} kcps" in legend
        places.append(legend.index("kcps"))
    assert len(set(places[1:])) == 1


def test_a_curve_behind_has_neither_letter_nor_legend() -> None:
    behind = msgspec.structs.replace(peak(), key="behind", label="before", is_behind=True)
    lines = CurveFigure().draw("RUN 7", [behind, peak(30)], ENERGY, PANE)
    assert "before" not in "".join(texts(lines))
    assert {"behind", "curve0"} <= {span.role for line in lines for span in line}


@pytest.mark.parametrize(
    ("values", "note"),
    [
        ([1, math.nan, 3, math.inf, 2], "1 NaN, 1 inf"),
        ([4, 4, 4, 4, 4, 4], "flat"),
        ([-1, 0, 1, 2], "2 not above 0"),
    ],
)
def test_what_cannot_be_drawn_is_counted(values: list[float], note: str) -> None:
    curve = Curve(key="k", label="diode", y=series_of(values))
    assert f"({note})" in drawn([curve], XAxis(), is_log=note.startswith("2"))[1]


def test_lost_points_are_counted() -> None:
    curve = Curve(key="k", label="diode", y=Series(), note="1 in 417 points")
    curve.y.add(array("d", [1, 2, 3]), 40)
    assert "(40 lost, 1 in 417 points)" in drawn([curve], XAxis())[1]


def test_a_flat_curve_is_a_line_in_the_middle() -> None:
    lines = drawn([Curve(key="k", label="diode", y=series_of([4.0] * 10))], XAxis(limits=(0, 9)), Size(80, 15))
    (row,) = [place for place, line in enumerate(lines) if line.endswith("a")]
    assert row == 2 + 11 // 2
    assert lines[row].startswith("4┤")


def test_a_derivative_peaks_at_the_edge() -> None:
    edge = Curve(key="k", label="it", x=peak().x, y=series_of([math.atan(place - 60.0) for place in range(121)]))
    legend = drawn([edge], is_derivative=True)[1]
    assert "peak 7.1395" in legend or "peak 7.1405" in legend
    assert "(derivative)" in legend


def test_the_inspector_shows_a_point_and_all_values_there() -> None:
    curve = peak()
    assert index_of_peak(curve) == 38
    lines = CurveFigure().draw("RUN 7", [curve], ENERGY, PANE, PlotOptions(inspector=38))
    assert texts(lines)[1] == " energy (keV) 7.118  a fluo 100  (point 38)"
    assert "inspector" in {span.role for span in lines[8]}
    assert point_at(curve, 38) == pytest.approx((7.118, 100.0))
    assert index_of_peak(Curve(key="k", label="", y=series_of([math.nan]))) is None


def test_an_x_axis_without_limits_doubles_while_the_scan_runs() -> None:
    figure = CurveFigure()
    curve = Curve(key="k", label="diode", y=Series())
    frames = set()
    for index in range(200):
        curve.y.add(array("d", [float(index % 3)]), index)
        frames.add(texts(figure.draw("", [curve], XAxis(), PANE))[-1])
    assert len(frames) < 12
    closed = texts(figure.draw("", [curve], XAxis(is_open=False), PANE))
    assert any(len(line) == 80 and line.endswith("a") for line in closed)


def test_an_x_that_overshoots_its_range_is_still_drawn() -> None:
    curve = Curve(key="k", label="diode", x=series_of([0, 0.5, 1.004]), y=series_of([1, 2, 3]))
    figure = CurveFigure()
    figure.draw("", [curve], XAxis(limits=(0, 1)), PANE)
    assert figure.plot.left_out == {"k": 0}
    assert figure.plot.x_span == pytest.approx(1.01)


def test_with_little_room_the_legend_is_of_one_curve_and_y_has_no_figures() -> None:
    other = Curve(key="1 it", label="it", x=peak().x, y=peak().y)
    lines = drawn([peak(), other], size=Size(50, 12))
    assert "it" not in lines[1]
    assert lines[2].startswith("│")
    assert "energy (keV)" in lines[-1]


def test_in_the_smallest_room_there_is_a_sparkline() -> None:
    lines = drawn([peak(40)], size=Size(38, 9))
    assert lines[1].startswith(" a fluo 99.222 ▁▁")
    assert "█" in lines[1]
    assert lines[2:] == [""] * 7


def test_a_spectrum_shows_its_largest_channel_and_which_it_is() -> None:
    values = [1.0] * 100
    values[40] = 800
    lines = texts(spectrum_figure("mca", "det0", values, "1 of 39 spectra (n)", PANE))
    assert lines[1] == " det0  max 800  at 40  sum 899  1 of 39 spectra (n)"
    assert lines[2].startswith("800┤")
    assert "channel" in lines[-1]


def test_a_mesh_shows_where_its_largest_value_lies() -> None:
    mesh = Mesh(5, 4, (0, 1), (10, 13))
    mesh.add([0, 0.25, 0.5], [10, 10, 11], [1, 9, 3])
    lines = texts(mesh_figure("amesh", mesh, "fluo", XAxis(name="samx"), XAxis(name="samy"), PANE, ASCII))
    assert lines[1] == " fluo  max 9 at 0.25, 10  com 0.3, 10.2"
    assert "x samx  y samy" in lines[-3]


def test_both_axes_of_a_wide_mesh_keep_their_names() -> None:
    mesh = Mesh(20, 15, (0, 1), (10, 13))
    axes = XAxis(name="samx (mm)"), XAxis(name="samy (mm)")
    *_, rule, figures = filter(None, texts(mesh_figure("amesh", mesh, "fluo", *axes, Size(60, 14), ASCII)))
    assert rule.endswith("  y samy (mm)") and figures.endswith("  x samx (mm)")


def test_values_stand_in_a_line_each() -> None:
    curves = [
        Curve(key="1", label="diode", unit="V", decimals=2, y=series_of([0.3749])),
        Curve(key="2", label="i0", y=Series()),
    ]
    lines = texts(values_figure("ct", curves, Size(40, 4)))
    assert lines == [" ct", " diode          0.37 V", " i0                -", ""]


def test_a_long_name_of_a_value_is_cut_in_ascii_too() -> None:
    curve = Curve(key="1", label="a" * 30, y=Series())
    assert texts(values_figure("ct", [curve], Size(40, 2), ASCII))[1].split() == ["a" * 19 + "~", "-"]
