"""A held or paused board stays as the user sees it, and loses nothing."""

from __future__ import annotations

from scantui.board import Change
from scantui.filters import ScanFilter
from scantui.models import ScanState
from tests.board_rows import NOW, SECOND, board_of, key_of, scan, shown


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
