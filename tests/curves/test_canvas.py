"""Curves are drawn where their points are, in any order and direction."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.curves.axes import Scale
from scantui.curves.canvas import Layer, Upright, dot_columns, draw
from scantui.curves.glyphs import ASCII, BLOCKS, DOTS, MARK_SETS, MarkSet
from scantui.curves.lines import text_of
from scantui.curves.traces import Trace

UNIT = Scale(low=0.0, high=1.0)
ANY = st.floats(width=32)
POINTS = st.lists(st.tuples(ANY, ANY) | st.tuples(st.floats(0, 1), st.floats(0, 1)))


def layer(
    points: Sequence[tuple[float, float]], dots: int, scale: Scale = UNIT, letter: str = "", above: float = -1e300
) -> Layer:
    trace = Trace(0.0, 1.0, dots, above)
    trace.add([x for x, _ in points], [y for _, y in points])
    return Layer(trace=trace, scale=scale, role="curve0", letter=letter)


def picture(
    points: Sequence[tuple[float, float]], columns: int, rows: int, marks: MarkSet = BLOCKS, letter: str = ""
) -> list[str]:
    return [
        text_of(line) for line in draw(columns, rows, marks, [layer(points, columns * marks.across, letter=letter)])
    ]


def test_a_line_goes_from_point_to_point() -> None:
    diagonal = [(0.0, 0.0), (1.0, 1.0)]
    assert picture(diagonal, 4, 4) == ["   ▞", "  ▞", " ▞", "▞"]
    assert picture(diagonal, 4, 4, ASCII) == ["  .'", "  :", " :", ":"]
    assert picture(diagonal, 2, 1, DOTS) == ["⡠⠊"]


def test_backwards_it_is_the_same_line() -> None:
    hill = [(place / 7, (3 - abs(place - 3)) / 7) for place in range(8)]
    assert picture(hill, 8, 4, ASCII) == picture(hill[::-1], 8, 4, ASCII) == ["", "", "  .'.", ".'   '.."]


def test_a_zigzag_is_drawn_as_it_is() -> None:
    zigzag = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    assert picture(zigzag, 3, 2) == ["▀▀▜", "▄▄▟"]


def test_nan_breaks_the_line() -> None:
    broken = [(0.0, 0.5), (0.25, 0.5), (0.5, math.nan), (0.75, 0.5), (1.0, 0.5)]
    assert picture(broken, 9, 1, ASCII) == ["...   ..."]
    assert layer(broken, 9).trace.left_out == 1


def test_points_beyond_the_x_axis_are_left_out_and_counted() -> None:
    drawn = layer([(-1.0, 0.5), (0.5, 0.5), (2.0, 0.5), (math.inf, 0.5)], 9)
    assert (drawn.trace.left_out, len(drawn.trace.runs())) == (3, 1)


def test_a_logarithmic_axis_leaves_out_what_is_not_positive() -> None:
    scale = Scale(low=1.0, high=100.0, is_log=True)
    drawn = layer([(0.0, 1.0), (0.5, 10.0), (0.75, 0.0), (1.0, 100.0)], 3, scale, above=0.0)
    assert drawn.trace.left_out == 1
    assert dot_columns(drawn.trace, scale, 3) == [0b100, 0b010, 0b001]


def test_a_column_shows_the_least_and_the_greatest_of_its_points() -> None:
    spike = [(place / 10_000, float(place == 4_321)) for place in range(10_000)]
    assert picture(spike, 5, 3, ASCII) == ["  :", "  :", "..:.."]


def test_the_last_point_bears_its_letter() -> None:
    assert picture([(0.0, 0.0), (0.5, 0.0)], 5, 2, ASCII, "a") == ["", "...a"]
    assert picture([(0.0, 0.0), (1.0, 0.0)], 5, 2, ASCII, "a") == ["", "....a"]


def test_letters_that_would_meet_stand_one_above_the_other() -> None:
    points = [(0.0, 0.0), (1.0, 0.0)]
    lines = draw(5, 3, ASCII, [layer(points, 5, letter="a"), layer(points, 5, letter="b")])
    assert [text_of(line) for line in lines] == ["", "    b", "....a"]


def test_a_cell_has_the_role_of_the_first_curve_and_the_dots_of_all() -> None:
    over, under = layer([(0.0, 1.0), (0.4, 1.0)], 2), layer([(0.0, 0.0), (1.0, 0.0)], 2)
    lines = draw(2, 1, ASCII, [over, Layer(trace=under.trace, scale=UNIT, role="curve1")])
    assert [(span.text, span.role) for span in lines[0]] == [(":", "curve0"), (".", "curve1")]


def test_an_upright_goes_through_empty_cells() -> None:
    flat = layer([(0.0, 0.0), (1.0, 0.0)], 3)
    lines = draw(3, 2, ASCII, [flat], [Upright(share=0.5, role="inspector", letter="p")])
    assert [text_of(line) for line in lines] == [" p", "..."]
    assert [span.role for span in lines[0]] == ["", "inspector", ""]


@given(POINTS, st.lists(st.integers(0, 9)), st.integers(1, 40))
def test_points_that_come_later_are_drawn_as_if_they_had_come_at_once(
    points: list[tuple[float, float]], sizes: list[int], dots: int
) -> None:
    whole = layer(points, dots).trace
    trace, begin = Trace(0.0, 1.0, dots), 0
    for size in [*sizes, len(points)]:
        part = points[begin : begin + size]
        trace.add([x for x, _ in part], [y for _, y in part])
        begin += size
    assert trace.runs() == whole.runs()
    assert (trace.added, trace.left_out) == (whole.added, whole.left_out) == (len(points), whole.left_out)


@given(POINTS, st.integers(1, 30), st.integers(1, 12), st.sampled_from([*MARK_SETS.values()]))
def test_every_drawing_has_its_size_and_its_points(
    points: list[tuple[float, float]], columns: int, rows: int, marks: MarkSet
) -> None:
    lines = draw(columns, rows, marks, [layer(points, columns * marks.across, letter="a")])
    assert [sum(len(span.text) for span in line) for line in lines] == [columns] * rows
    seen = any(0 <= x <= 1 and abs(y) < 1e300 for x, y in points)
    assert any(map(text_of, lines)) is seen


@pytest.mark.parametrize("marks", MARK_SETS.values(), ids=MARK_SETS)
def test_each_set_of_marks_has_a_character_for_each_cell(marks: MarkSet) -> None:
    assert len(marks.cells) == len(set(marks.cells)) == 2 ** (marks.across * marks.down)
    assert marks.cells[0] == marks.bars[0] == " "
    assert marks.ascii_only is all(text.isascii() for text in (marks.cells, marks.bars, marks.sparks, marks.between))


def test_points_in_any_order_cost_bounded_work() -> None:
    points = [(place * 0.618 % 1, place * 0.414 % 1) for place in range(65_536)]
    assert all(picture(points, 60, 15))
