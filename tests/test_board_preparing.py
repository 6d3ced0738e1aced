"""A filter that is prepared in slices shows what it shows when it is set at once, whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scantui.board import Board
from scantui.filters import ScanFilter
from scantui.models import ScanState
from tests.board_oracle import key_of, row

Step = Callable[[Board], object]


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scantui.board.view._CHOSEN_AT_ONCE", 3)
    for module in ("preparation", "view"):
        monkeypatch.setattr(f"scantui.board.{module}.SLICE", 3)


def shown(board: Board) -> list[str]:
    return [board.key_at(index) for index in range(len(board))]


def put(number: int, state: ScanState = ScanState.STARTED) -> Step:
    return lambda board: board.put([row(number, ("ascan", "dscan")[number % 2], state)])


steps = st.one_of(
    st.builds(put, st.integers(0, 30), st.sampled_from(ScanState)),
    st.integers(0, 30).map(lambda number: lambda board: board.mark_gone([key_of(number)])),
    st.just(lambda board: board.forget_gone()),
    st.just(lambda board: board.pause(1)),
    st.just(lambda board: board.resume()),
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.integers(0, 30), min_size=10, max_size=25),
    st.lists(steps, min_size=2, max_size=8),
    st.sampled_from(["asc", "name=dscan", "state=run", "is=closed asc"]),
    st.booleans(),
)
def test_whatever_happens_between_the_slices(
    numbers: list[int], happens: list[Step], text: str, sorted_by_number: bool
) -> None:
    prepared, plain, scan_filter = Board(), Board(), ScanFilter.parse(text)
    for board in (prepared, plain):
        for number in numbers:
            put(number)(board)
        if sorted_by_number:
            board.sort_by("number", descending=True)
    for step in happens:
        prepared.prepare(scan_filter)
        step(prepared)
        step(plain)
    for _ in range(100):
        if prepared.prepare(scan_filter):
            break
    else:
        raise AssertionError("the preparation has no end")
    for _ in range(2):
        prepared.set_filter(scan_filter)
        plain.set_filter(scan_filter)
        assert shown(prepared) == shown(plain)
        put(7)(prepared)
        put(7)(plain)
        assert shown(prepared) == shown(plain)


def test_few_rows_and_no_filter_need_no_preparation() -> None:
    board = Board()
    board.put([row(number) for number in range(3)])
    assert board.prepare(ScanFilter.parse("asc"))
    board.put([row(number) for number in range(9)])
    assert not board.prepare(ScanFilter.parse("asc"))
    assert board.prepare(ScanFilter())


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.integers(0, 30), min_size=10, max_size=25),
    st.lists(steps, min_size=2, max_size=20),
    st.sampled_from(["name", "number", "state", "age", "time"]),
    st.booleans(),
    st.sampled_from(["", "name=ascan"]),
)
def test_whatever_happens_while_rows_are_sorted(
    numbers: list[int], happens: list[Step], column: str, descending: bool, text: str
) -> None:
    prepared, plain = Board(), Board()
    for board in (prepared, plain):
        for number in numbers:
            put(number)(board)
        board.set_filter(ScanFilter.parse(text))
        board.sort_by("number", True)
    for step in happens:
        prepared.prepare_sort(column, descending)
        step(prepared)
        step(plain)
    for _ in range(100):
        if prepared.prepare_sort(column, descending):
            break
    else:
        raise AssertionError("the preparation has no end")
    prepared.sort_by(column, descending)
    plain.sort_by(column, descending)
    assert shown(prepared) == shown(plain)
    assert [prepared.index_of(key) for key in shown(prepared)] == list(range(len(prepared)))
