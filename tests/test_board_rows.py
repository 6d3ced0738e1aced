"""Rows are found, counted, marked, and new for a moment."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scantui.board import Board, Change
from scantui.filters import ScanFilter
from scantui.models import ScanState, ScanSummary
from tests.board_rows import NOW, SECOND, board_of, key_of, scan, shown


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
    assert board.glance.numbered(42)[0] == key_of(2)
    board.set_filter(ScanFilter.parse("name=ascan"))
    board.sort_by("time", descending=True)
    assert board.glance.numbered(42)[0] == key_of(1)
    assert board.glance.numbered(43) == board.glance.numbered(44) == []


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
    assert board.toggle_marks([key_of(3)]) == Change(touched=frozenset([key_of(3)]))
    board.toggle_marks([key_of(1)])
    assert board.toggle_marks([key_of(9)]) == Change(), "a scan that is not known cannot be marked"
    assert board.marks == (key_of(3), key_of(1))
    board.show_only_marked(True)
    assert shown(board) == [1, 3]
    board.toggle_marks([key_of(1)])
    assert shown(board) == [3]
    board.clear_marks()
    assert (shown(board), len(board.marks), board.only_marked) == ([1, 2, 3], 0, False)


@given(pieces=st.lists(st.sets(st.integers(0, 999), min_size=1, max_size=300), max_size=5))
def test_scans_of_several_servers_that_come_in_turns_stand_as_they_were_created(pieces: list[set[int]]) -> None:
    board = Board()
    for piece in pieces:
        board.put(map(scan, piece))
    assert list(board.known_keys) == [key_of(index) for index in sorted(set().union(*pieces))]


def test_the_newest_that_run_are_neither_sub_scans_nor_seen_elsewhere() -> None:
    closed = scan(5, state=ScanState.CLOSED, end_reason="SUCCESS")
    sub_scan = scan(4).replaced(parent=key_of(3))
    board = board_of(scan(1), scan(2), scan(3), sub_scan, closed, scan(6, state=ScanState.CREATED))
    assert board.glance.newest_running(2, {key_of(3)}) == [key_of(1), key_of(2)]
    assert board.glance.newest_running(9, ()) == [key_of(1), key_of(2), key_of(3)]
    assert board.glance.newest_running(1, ()) == [key_of(3)]
