"""Rows are sorted by what their columns show, marked when new, found and counted; held and paused as a user sees it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.board import SORT_COLUMNS, Board, Change, Sorting
from scantui.board.order import Order, SortValue
from scantui.columns import COLUMNS
from scantui.exceptions import UsageError
from scantui.filters import ScanFilter
from scantui.models import ScanIdentity, ScanState, ScanSummary

NOW = 1_700_049_600_000
SECOND = 1000


def key_of(index: int) -> str:
    return f"esrf:scan:{index:026}"


def scan(
    index: int,
    number: int = 1,
    name: str = "ascan",
    state: ScanState = ScanState.STARTED,
    created_ms: int = NOW,
    moved_ms: int = NOW,
    end_reason: str | None = None,
    user_name: str | None = None,
) -> ScanSummary:
    return ScanSummary(
        key=key_of(index),
        state=state,
        identity=ScanIdentity(name=name, number=number),
        state_id=f"{moved_ms}-0",
        created_ms=created_ms,
        npoints=100,
        end_reason=end_reason,
        user_name=user_name,
    )


def board_of(*scans: ScanSummary, now_ms: int = NOW) -> Board:
    board = Board()
    board.tell_time(now_ms)
    board.put(scans)
    return board


def shown(board: Board) -> list[int]:
    """The indices that the shown keys were made of."""
    return [int(board.key_at(index).removeprefix("esrf:scan:")) for index in range(len(board))]


# Order

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
        return {key: value_of[key] for key in keys}

    def in_order(keys: Iterable[str]) -> list[str]:
        ordered = sorted(keys)
        if not by_time:
            ordered.sort(key=lambda key: value_of[key] or "", reverse=descending)
            ordered.sort(key=lambda key: value_of[key] is None)
        return ordered

    order = Order(Sorting() if by_time else Sorting("name", descending), values_of)
    standing: set[str] = set()
    for comes, indices in steps:
        keys = set(map(key_of, indices))
        if comes:
            before = in_order(standing)
            left_out, appended = order.add(keys - standing)
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


def test_every_column_on_the_screen_can_be_sorted_by() -> None:
    assert {column.key for column in COLUMNS} <= SORT_COLUMNS.keys()
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
        board.put([msgspec.structs.replace(seen, started_ms=NOW - 20 * SECOND)])
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


def test_a_silent_scan_that_goes_away_stays_away_and_one_that_is_seen_again_may_fall_silent_again() -> None:
    board = board_of(scan(1), scan(2))
    for seconds in (0, 1, 60):
        board.tell_time(NOW + seconds * SECOND)
        board.note_progress({key_of(1): 5, key_of(2): 5})
    assert board.counts() == {"STALL": 2}
    board.mark_gone([key_of(1)])
    board.put([scan(2)])
    assert board.counts() == {"RUN": 1, "GONE": 1}
    board.tell_time(NOW + 61 * SECOND)
    assert board.counts() == {"STALL": 1, "GONE": 1}


# Held and paused


def test_while_held_new_scans_are_counted_and_go_below_the_last() -> None:
    board = board_of(scan(1), scan(2))
    board.set_filter(ScanFilter.parse("name=ascan"))
    board.set_held(True)
    board.put([scan(3), scan(4, name="ct"), scan(5)])
    assert (board.new, board.new_matching, shown(board)) == (3, 2, [1, 2, 3, 5])
    assert board.put([scan(0)]).rearranged, "older ones are loaded upwards, and do not count"
    assert (board.new, shown(board)) == (3, [0, 1, 2, 3, 5])
    board.set_held(False)
    assert (board.new, board.new_matching) == (0, 0)


def test_while_held_a_row_that_no_longer_passes_stays_until_the_filter_is_entered_again() -> None:
    board = board_of(scan(1), scan(2))
    board.set_filter(ScanFilter.parse("state=run"))
    board.set_held(True)
    change = board.put([scan(1, state=ScanState.CLOSED)])
    assert change == Change(touched=frozenset([key_of(1)]))
    assert board.is_stale(key_of(1))
    assert shown(board) == [1, 2]
    assert board.set_filter(board.filter).rearranged
    assert shown(board) == [2]


def test_while_held_and_sorted_what_belongs_between_rows_waits() -> None:
    board = board_of(scan(1, number=10), scan(2, number=30))
    board.sort_by("number", descending=True)
    board.set_held(True)
    assert board.put([scan(3, number=20)]) == Change()
    assert (board.waiting, shown(board)) == (1, [2, 1])
    assert board.settle().rearranged
    assert (board.waiting, shown(board), board.held) == (0, [2, 3, 1], True)


def test_what_waits_is_judged_again_when_it_changes() -> None:
    board = board_of(scan(1, number=10), scan(2, number=30))
    board.set_filter(ScanFilter.parse("state=run"))
    board.sort_by("number")
    board.set_held(True)
    board.put([scan(3, number=20), scan(4, number=21), scan(5, number=22)])
    assert (board.waiting, board.new, board.new_matching) == (3, 3, 3)
    assert board.put([scan(3, number=20, state=ScanState.CLOSED)]) == Change(), "it passes no longer"
    assert (board.waiting, board.new, board.new_matching) == (2, 3, 2)
    assert board.put([scan(4, number=40)]) == Change(True, appended=1), "it belongs below the last row now"
    assert (board.waiting, board.new_matching, shown(board)) == (1, 2, [1, 2, 4])
    board.put([scan(2, number=30, state=ScanState.CLOSED)])
    board.sort_by("number", descending=True)
    assert (board.waiting, shown(board)) == (0, [4, 5, 1]), "sorting again brings all to where they belong"


def test_what_waits_is_not_shown_when_it_changes() -> None:
    board = board_of(scan(1, number=10), scan(2, number=30))
    board.sort_by("number")
    board.set_held(True)
    board.put([scan(3, number=20)])
    assert board.put([scan(3, number=20, state=ScanState.CLOSED)]) == Change()


def test_while_paused_rows_are_as_they_were_and_resuming_loses_nothing() -> None:
    board = board_of(scan(1), scan(2))
    board.pause(NOW)
    assert board.put([scan(2, state=ScanState.CLOSED), scan(3)]) == board.mark_gone([key_of(1)]) == Change()
    assert board.tell_time(NOW + SECOND) == Change()
    assert (shown(board), board.total, board.now_ms, board.paused_ms) == ([1, 2], 2, NOW, NOW)
    assert (board.paused_new, board.paused_changed) == (1, 2)
    assert board.row_at(1).state is ScanState.STARTED
    assert not board.is_gone(key_of(1))
    assert board.resume() == Change(True, frozenset([key_of(1), key_of(2)]), 1)
    assert (shown(board), board.paused_ms, board.paused_new, board.paused_changed) == ([1, 2, 3], None, 0, 0)
    assert board.is_gone(key_of(1))


def test_the_frozen_rows_can_be_filtered_and_sorted() -> None:
    board = board_of(scan(1, name="ct"), scan(2, name="ascan"), scan(3, name="ascan"))
    board.pause(NOW)
    board.put([scan(2, name="ct"), scan(4)])
    board.set_filter(ScanFilter.parse("name=ascan"))
    assert shown(board) == [2, 3]
    board.resume()
    assert shown(board) == [3, 4]


def test_words_are_looked_for_in_what_the_rows_say_now() -> None:
    board = board_of(scan(1, name="ct"), scan(2, name="ascan"))
    ct = ScanFilter.parse("ct")
    board.set_filter(ct)
    board.put([scan(1, name="loopscan"), scan(2, name="ct")])
    assert shown(board) == [2]
    board.set_filter(ct)
    assert shown(board) == [2]
    board.pause(NOW)
    board.put([scan(1, name="ct")])
    board.set_filter(ct)
    assert shown(board) == [2]
    board.resume()
    assert shown(board) == [1, 2]
    board.mark_gone([key_of(1)])
    board.forget_gone()
    board.put([scan(1, name="amesh")])
    board.set_filter(ct)
    assert shown(board) == [2]


# New rows


def test_a_scan_is_new_for_three_seconds_and_its_row_is_then_to_be_painted_again() -> None:
    board = board_of(scan(1, moved_ms=NOW - 60 * SECOND), now_ms=NOW)
    board.put([scan(2, moved_ms=NOW - 10)])
    assert not board.is_new(key_of(1), NOW)
    assert board.is_new(key_of(2), NOW + 2 * SECOND)
    assert not board.is_new(key_of(2), NOW + 3 * SECOND)
    assert board.tell_time(NOW + 2 * SECOND) == Change()
    assert board.tell_time(NOW + 3 * SECOND) == Change(touched=frozenset([key_of(2)]))
    assert board.tell_time(NOW + 4 * SECOND) == Change()


def test_only_what_comes_while_we_are_looking_is_new() -> None:
    board = board_of(scan(5, moved_ms=NOW - 60 * SECOND), now_ms=NOW)
    board.put([scan(4, moved_ms=NOW), scan(6, moved_ms=NOW - 60 * SECOND)])
    assert not board.is_new(key_of(4), NOW), "it is loaded, since it is older than one that is known"
    assert not board.is_new(key_of(6), NOW), "it was created while the connection was lost"
    before_the_first_beat = Board()
    before_the_first_beat.put([scan(1)])
    assert not before_the_first_beat.is_new(key_of(1), NOW)


# Questions


def test_a_number_is_that_of_the_newest_scan_that_is_shown() -> None:
    board = board_of(scan(1, number=42), scan(2, number=42, name="ct"), scan(3, number=43, name="ct"))
    assert board.find_number(42) == key_of(2)
    board.set_filter(ScanFilter.parse("name=ascan"))
    board.sort_by("time", descending=True)
    assert board.find_number(42) == key_of(1)
    assert board.find_number(43) is board.find_number(44) is None


def test_rows_come_and_go_with_their_age() -> None:
    board = board_of(*(scan(index, created_ms=NOW - 60 * SECOND + index, moved_ms=0) for index in range(5_000)))
    board.set_filter(ScanFilter.parse("age<90s"))
    assert board.tell_time(NOW + 20 * SECOND) == Change()
    for _ in range(2):
        # Some rows have their turn each time, so that no call takes long.
        assert board.tell_time(NOW + 40 * SECOND).rearranged
    assert shown(board) == []
    board.set_filter(ScanFilter.parse("age>2m"))
    board.set_held(True)
    for _ in range(2):
        board.tell_time(NOW + 90 * SECOND)
    assert shown(board) == list(range(5_000))
    board.set_filter(ScanFilter.parse("age<3m"))
    for _ in range(2):
        assert board.tell_time(NOW + 180 * SECOND).touched
    assert all(board.is_stale(board.key_at(index)) for index in range(5_000))


def test_the_next_problem_is_looked_for_from_the_other_end_on() -> None:
    closed = ScanState.CLOSED
    board = board_of(scan(1), scan(2, state=closed, end_reason="FAILURE"), scan(3), scan(4))
    assert (
        board.nearest_problem(key_of(4))
        == board.nearest_problem(key_of(4), backwards=True)
        == board.nearest_problem(key_of(2))
    )
    assert board.nearest_problem(key_of(4)) == key_of(2)


@given(
    ages=st.lists(st.integers(-5_000, 100_000), max_size=30),
    buckets=st.integers(1, 7),
    span_ms=st.integers(1, 60_000),
    column=st.sampled_from(["time", "number", "name"]),
)
def test_the_strip_counts_each_scan_of_the_span_once(ages: list[int], buckets: int, span_ms: int, column: str) -> None:
    created = sorted(NOW - age for age in ages)
    scans = [scan(index, number=-index % 7, created_ms=ms) for index, ms in enumerate(created)]
    board = board_of(*scans, ScanSummary(key=key_of(50), problem="a problem"))
    board.sort_by(column)
    strip = board.activity_strip(buckets, span_ms, NOW)
    ends = [NOW - span_ms + (bucket + 1) * span_ms / buckets for bucket in range(buckets)]
    starts = [NOW - span_ms, *ends[:-1]]
    # Whole milliseconds against fractions: the edges of buckets are those of whole ones.
    assert sum(strip) == sum(NOW - span_ms < ms <= NOW for ms in created)
    for count, start, end in zip(strip, starts, ends, strict=True):
        assert sum(start + 1 < ms <= end - 1 for ms in created) <= count
        assert count <= sum(start - 1 < ms <= end + 1 for ms in created)


def test_marks_are_kept_in_their_order_and_shown_alone() -> None:
    board = board_of(scan(1), scan(2), scan(3))
    assert board.toggle_mark(key_of(3)) == Change(touched=frozenset([key_of(3)]))
    board.toggle_mark(key_of(1))
    assert board.toggle_mark(key_of(9)) == Change(), "a scan that is not known cannot be marked"
    assert board.marks == (key_of(3), key_of(1))
    board.show_only_marked(True)
    assert shown(board) == [1, 3]
    board.toggle_mark(key_of(1))
    assert shown(board) == [3]
    board.clear_marks()
    assert (shown(board), len(board.marks), board.only_marked) == ([1, 2, 3], 0, False)
