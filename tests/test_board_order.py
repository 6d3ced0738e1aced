"""Rows are sorted by what their columns show."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.board import SORT_COLUMNS, Change, Sorting
from scantui.board.order import Order, SortValue
from scantui.columns import COLUMNS
from scantui.exceptions import UsageError
from scantui.models import ScanState, ScanSummary
from tests.board_rows import NOW, SECOND, board_of, key_of, scan, shown

ABC = st.sampled_from([None, "a", "b", "c"])


@given(
    descending=st.booleans(),
    by_time=st.booleans(),
    values=st.lists(ABC, min_size=150, max_size=150),
    steps=st.lists(st.tuples(st.booleans(), st.sets(st.integers(0, 149), max_size=100)), max_size=6),
)
def test_keys_are_put_in_and_taken_out_in_small_and_large_numbers(
    descending: bool, by_time: bool, values: list[str | None], steps: list[tuple[bool, set[int]]]
) -> None:
    value_of = {key_of(index): value for index, value in enumerate(values)}

    def values_of(keys: Iterable[str]) -> dict[str, SortValue | None]:
        return {key: key if by_time else value_of[key] for key in keys}

    def in_order(keys: Iterable[str]) -> list[str]:
        ordered = sorted(keys)
        if not by_time:
            ordered.sort(key=lambda key: value_of[key] or "", reverse=descending)
            ordered.sort(key=lambda key: value_of[key] is None)
        return ordered

    ranks = {key: key for key in value_of}
    order = Order(Sorting() if by_time else Sorting("name", descending), values_of, ranks)
    standing: set[str] = set()
    for comes, indices in steps:
        keys = set(map(key_of, indices))
        if comes:
            before = in_order(standing)
            left_out, appended = order.add(keys - standing, dict(ranks) if len(standing) % 2 else ranks)
            standing |= keys
            now = in_order(standing)
            assert not left_out
            assert appended == len(now) - (now.index(before[-1]) + 1 if before else 0)
        else:
            order.remove(keys & standing)
            standing -= keys
        assert order.keys == in_order(standing)
        assert [order.index_of(key) for key in order.keys] == list(range(len(order)))
        assert {key for key in value_of if key in order} == standing


def test_every_column_but_the_curve_can_be_sorted_by() -> None:
    assert {column.key for column in COLUMNS} - SORT_COLUMNS.keys() == {"curve"}
    board = board_of(scan(1), ScanSummary(key=key_of(2), problem="a problem"))
    for column in SORT_COLUMNS:
        board.sort_by(column)
        assert board.sorting == (column, False)
        assert sorted(shown(board)) == [1, 2]


def test_another_column_is_refused() -> None:
    board = board_of(scan(1))
    with pytest.raises(UsageError, match="'colour'"):
        board.sort_by("colour")
    assert board.sorting.is_by_time


@pytest.mark.parametrize(
    ("column", "ascending", "descending"),
    [
        ("time", [1, 2, 3, 4], [4, 3, 2, 1]),
        ("number", [2, 1, 3, 4], [1, 3, 2, 4]),
        ("name", [4, 3, 1, 2], [2, 1, 3, 4]),
        ("state", [1, 3, 2, 4], [4, 2, 1, 3]),
        ("age", [3, 2, 1, 4], [1, 2, 3, 4]),
        ("duration", [2, 3, 1, 4], [1, 3, 2, 4]),
        ("user", [3, 1, 2, 4], [1, 3, 2, 4]),
        ("progress", [3, 1, 2, 4], [1, 3, 2, 4]),
    ],
)
def test_ties_stand_in_the_order_of_time_and_rows_without_a_value_come_last(
    column: str, ascending: list[int], descending: list[int]
) -> None:
    board = board_of(
        scan(1, number=40, name="Fscan", created_ms=NOW - 90 * SECOND, user_name="zoe"),
        scan(2, number=7, name="loopscan", state=ScanState.CLOSED, created_ms=NOW - 20 * SECOND, moved_ms=NOW),
        scan(3, number=40, name="dscan", created_ms=NOW - 10 * SECOND, user_name="Anna"),
        ScanSummary(key=key_of(4), problem="a problem"),
    )
    if column == "duration":
        for number, ran in ((1, 90), (3, 10)):
            board.put([scan(number, created_ms=NOW - ran * SECOND, moved_ms=NOW - ran * SECOND)])
        seen = scan(2, state=ScanState.CLOSED, created_ms=NOW - 20 * SECOND, moved_ms=NOW - 15 * SECOND)
        board.put([seen.replaced(started_ms=NOW - 20 * SECOND)])
    board.note_progress({key_of(1): 60, key_of(2): 50, key_of(3): 10})
    board.sort_by(column)
    assert shown(board) == ascending
    board.sort_by(column, descending=True)
    assert shown(board) == descending


def test_a_row_whose_value_changes_moves_only_when_rows_are_sorted_again() -> None:
    board = board_of(scan(1), scan(2), scan(3))
    board.sort_by("state")
    change = board.put([scan(1, state=ScanState.CLOSED)])
    assert change == Change(touched=frozenset([key_of(1)]))
    assert shown(board) == [1, 2, 3]
    assert board.sort_by("state").rearranged
    assert shown(board) == [2, 3, 1]


def test_scans_that_come_are_put_where_they_belong() -> None:
    board = board_of(scan(1, number=10), scan(2, number=30))
    board.sort_by("number")
    assert board.put([scan(3, number=20), scan(4, number=40)]) == Change(rearranged=True, appended=1)
    assert shown(board) == [1, 3, 2, 4]


def test_a_silent_scan_that_goes_away_stays_away_and_one_that_is_seen_again_is_still_silent() -> None:
    board = board_of(scan(1), scan(2))
    for seconds in (0, 1, 60):
        board.tell_time(NOW + seconds * SECOND)
        board.note_progress({key_of(1): 5, key_of(2): 5})
    assert board.counts() == {"STALL": 2}
    board.mark_gone([key_of(1)])
    board.put([scan(2)])
    assert board.counts() == {"STALL": 1, "GONE": 1}
