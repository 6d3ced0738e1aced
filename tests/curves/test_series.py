"""Points of a stream stay few, and what was among them stays known."""

from __future__ import annotations

import math
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.curves import series as module
from scantui.curves.series import LIMIT, Series, numbers_of
from scantui.exceptions import UsageError
from scantui.points import Points

NUMBERS = st.floats(width=32) | st.just(math.nan) | st.just(math.inf)


def series_of(*parts: list[float], start: int = 0) -> Series:
    series = Series()
    series.start = series.stop = start
    for part in parts:
        series.add(array("d", part), series.stop)
    return series


@given(st.lists(st.lists(NUMBERS)))
def test_extremes_and_counts_are_those_of_all_points(parts: list[list[float]]) -> None:
    series = series_of(*parts)
    points = [point for part in parts for point in part]
    finite = [point for point in points if math.isfinite(point)]
    assert series.stop == len(points)
    assert (series.least, series.greatest) == (min(finite, default=math.inf), max(finite, default=-math.inf))
    assert series.nans == sum(point != point for point in points)
    assert series.infinities == sum(math.isinf(point) for point in points)
    assert series.mean == pytest.approx(sum(finite) / len(finite), rel=1e-6, abs=1e-30) if finite else True
    assert list(map(repr, series.values)) == list(map(repr, points))


@given(st.integers(1, 30), st.lists(st.integers(1, 97), max_size=60), st.data())
def test_joined_points_keep_their_place_and_their_peaks(limit: int, sizes: list[int], data: st.DataObject) -> None:
    limit *= 8
    points = [float(value) for value in range(sum(sizes))]
    points = data.draw(st.permutations(points)) if len(points) < 200 else [value * 7919 % 1009 for value in points]
    series = Series()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "LIMIT", limit)
        begin = 0
        for size in sizes:
            series.add(array("d", points[begin : begin + size]), begin)
            begin += size
    kept = series.kept()
    assert len(series.values) <= limit
    if points:
        assert min(kept) == min(points)
        assert max(kept) == max(points)
    if series.stride > 1:
        for place in range(0, len(series.values), 2):
            part = points[place * series.stride : (place + 2) * series.stride]
            assert {series.values[place], series.values[place + 1]} == {min(part), max(part)}
            assert part.index(series.values[place]) <= part.index(series.values[place + 1])


def test_a_million_points_take_bounded_memory_and_keep_a_lonely_peak() -> None:
    series = Series()
    for start in range(0, 1_000_000, 10_000):
        part = array("d", bytes(80_000))
        if start == 420_000:
            part[4_321] = 7.0
        series.add(part, start)
    assert len(series.values) <= LIMIT
    assert series.greatest == 7.0
    place = series.values.index(7.0)
    assert abs(place * series.stride - 424_321) <= 2 * series.stride
    assert series.at(424_321) in (0.0, 7.0)


def test_points_that_are_there_already_are_left_out() -> None:
    series = series_of([1, 2, 3])
    series.add(array("d", [2, 3, 4]), 1)
    series.add(array("d", [1]), 0)
    assert list(series.values) == [1, 2, 3, 4]
    assert series.last == 4


def test_trimmed_heads_are_counted_and_shift_nothing() -> None:
    series = Series()
    series.add(array("d", [5, 6]), 100)
    assert (series.start, series.stop, series.lost) == (100, 102, 100)
    assert series.at(101) == 6
    assert math.isnan(series.at(99))


def test_points_missing_in_the_middle_leave_a_gap() -> None:
    series = series_of([1, 2])
    series.add(array("d", [9]), 5)
    assert [str(value) for value in series.values] == ["1.0", "2.0", "nan", "nan", "nan", "9.0"]
    assert (series.lost, series.nans, series.stop) == (3, 0, 6)


def test_points_trimmed_before_a_seal_are_counted_as_well() -> None:
    series = series_of([1, 2])
    series.lose(10)
    series.add_points(Points(name="diode", start=10, values=array("d"), dtype="<f8", sealed=True))
    assert (series.lost, series.stop, series.sealed) == (8, 10, True)


def test_points_of_the_store_are_added_in_their_place() -> None:
    series = Series()
    series.add_points(Points(name="diode", start=2, values=array("d", [3, 4, 0, 2]), dtype="<c16", lost=2))
    series.add_points(Points(name="diode", start=4, values=array("d", [7, 0]), dtype="<c16"))
    assert (list(series.values), series.start, series.lost, series.sealed) == ([5, 2, 7], 2, 2, False)
    series.add_points(Points(name="note", start=5, values=({"a": 1},)))
    assert series.stop == 5


def test_a_gap_of_billions_costs_nothing() -> None:
    series = series_of([1, 2])
    series.add(array("d", [9]), 2**63)
    assert (list(series.values), series.start, series.lost) == ([9], 2**63, 2**63 - 2)


def test_large_integers_are_kept_exactly() -> None:
    series = Series()
    series.add(array("q", [2**62 + 1, -(2**63)]), 0)
    assert list(series.values) == [2**62 + 1, -(2**63)]
    assert series.greatest == 2**62 + 1


def test_integers_become_floats_where_a_gap_needs_it() -> None:
    series = Series()
    series.add(array("q", [1]), 0)
    series.add(array("q", [3]), 2)
    assert [str(value) for value in series.values] == ["1.0", "nan", "3.0"]


def test_a_flat_series_is_known_as_such() -> None:
    assert series_of([2, 2, math.nan]).is_flat
    assert not series_of([2, 3]).is_flat
    assert not series_of([]).is_flat


@pytest.mark.parametrize(
    ("values", "dtype", "shape", "shapes", "numbers"),
    [
        (array("d", [1, 2]), "<f8", (), (), [1, 2]),
        (array("B", [0, 1]), "|b1", (), (), [0, 1]),
        (array("d", [3, 4, 0, 2]), "<c16", (), (), [5, 2]),
        (array("I", [1, 2, 3, 6]), "<u4", (2,), (), [1.5, 4.5]),
        (array("d", [1, 2, 3, 8]), "<f8", (-1,), ((1,), (3,)), [1, 13 / 3]),
        (array("f", [3, 4, 0, 2]), "<c8", (2,), (), [3.5]),
        (array("d"), "<f8", (-1,), (), []),
        (array("d"), "<f8", (0,), (), []),
    ],
)
def test_each_point_becomes_one_number(
    values: array[float], dtype: str, shape: tuple[int, ...], shapes: tuple[tuple[int, ...], ...], numbers: list[float]
) -> None:
    assert list(numbers_of(values, dtype, shape, shapes)) == numbers


def test_a_point_without_numbers_is_not_a_number() -> None:
    assert math.isnan(numbers_of(array("d", [1]), "<f8", (-1,), ((0,), (1,)))[0])


def test_samples_are_followed_by_points_that_are_joined_as_they_are() -> None:
    series = Series()
    series.add_samples(array("d", [0.0, 10.0, 20.0, math.nan]), 10)
    assert (series.stop, series.sampled, series.stride, series.nans, series.greatest) == (40, 10, 10, 1, 20.0)
    series.add(array("d", range(40, 60)), 40)
    assert list(series.values)[-2:] == [40.0, 59.0]
    assert (series.at(10), series.at(45), series.stop) == (10.0, 40.0, 60)
    for numbers in ([1.0], []):
        with pytest.raises(UsageError):
            Series().add_samples(array("d", numbers), 10)
    with pytest.raises(UsageError):
        series.add_samples(array("d", [1.0, 2.0]), 10)


def test_points_may_come_before_those_that_are_there() -> None:
    series = Series()
    series.begin_at(4)
    series.add(array("q", [7, 9]), 4)
    before = series.revision
    series.add_before(array("d", [1.5, math.nan]), 2)
    series.add_before(array("d", [3.0]), 0)  # there is a gap between
    series.add_before(array("q", [5, 6]), 0)
    assert list(series.values[:3]) == [5, 6, 1.5] and list(series.values[4:]) == [7, 9]
    assert (series.start, series.stop, series.lost, series.nans, series.least) == (0, 6, 0, 1, 1.5)
    assert series.revision > before
