"""Rows of points that come stream by stream."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from scantui.cli.arriving import ArrivingRows
from scantui.points import Points


def points(name: str, start: int, *values: float) -> Points:
    return Points(name=name, start=start, values=array("d", values), dtype="<f8")


def test_a_row_waits_until_all_streams_have_its_point() -> None:
    rows = ArrivingRows(("x", "y"), 3)
    rows.add(points("x", 3, 0.3, 0.4), 0.0)
    assert rows.due(99.0) == []
    rows.add(points("y", 3, 30.0), 100.0)
    assert rows.due(100.0) == [(3, {"x": 0.3, "y": 30.0})]
    assert rows.due(101.0) == []
    assert rows.rest() == [(4, {"x": 0.4})]


def test_with_patience_a_row_is_given_in_parts() -> None:
    rows = ArrivingRows(("x", "y"), 0, 5.0)
    rows.add(points("x", 0, 0.0), 1.0)
    rows.add(points("x", 1, 0.1), 4.0)
    assert rows.due(6.0) == []
    assert rows.due(6.5) == [(0, {"x": 0.0})]
    rows.add(points("y", 0, 7.0, 8.0), 7.0)
    assert rows.due(7.0) == [(0, {"y": 7.0}), (1, {"x": 0.1, "y": 8.0})]


def test_no_row_waits_for_a_stream_that_was_given_up() -> None:
    rows = ArrivingRows(("x", "y"), 0)
    rows.add(points("x", 0, 0.0), 0.0)
    rows.give_up("y")
    assert rows.due(0.0) == [(0, {"x": 0.0})]
    rows.give_up("x")
    assert (rows.due(1.0), rows.rest()) == ([], [])


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.integers(1, 4), st.floats(0, 4)), max_size=30), st.booleans())
def test_each_value_is_given_once(arrivals: list[tuple[str, int, float]], is_patient: bool) -> None:
    rows = ArrivingRows("xyz", 0, float("inf") if is_patient else 3.0)
    reached, now = dict.fromkeys("xyz", 0), 0.0
    given: list[tuple[int, str]] = []
    for name, count, pause in arrivals:
        now += pause
        rows.add(points(name, reached[name], *[0.0] * count), now)
        reached[name] += count
        given += [(index, name) for index, row in rows.due(now) for name in row]
    given += [(index, name) for index, row in rows.rest() for name in row]
    assert sorted(given) == sorted((index, name) for name, count in reached.items() for index in range(count))
