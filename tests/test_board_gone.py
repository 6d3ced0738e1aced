"""Rows of scans that went away are bounded: the oldest are dropped, and counted."""

from __future__ import annotations

from scantui.board import MOST_GONE, Board
from scantui.board.view import MOST_GONE_HELD
from scantui.models import ScanState, ScanSummary


def key_of(number: int) -> str:
    return f"esrf:scan:{number:08}"


def board_of(count: int) -> Board:
    board = Board()
    board.put(ScanSummary(key=key_of(number), state=ScanState.CLOSED) for number in range(count))
    return board


def test_the_oldest_rows_are_dropped_and_counted() -> None:
    board = board_of(3 * MOST_GONE)
    board.toggle_marks([key_of(0)])
    change = board.mark_gone(key_of(number) for number in range(2 * MOST_GONE))
    assert change.rearranged
    assert (len(board), board.total, board.cleared_gone) == (2 * MOST_GONE, 2 * MOST_GONE, MOST_GONE)
    assert board.key_at(0) == key_of(MOST_GONE)
    assert board.is_gone(key_of(MOST_GONE))
    assert board.marks == ()


def test_few_rows_all_stay() -> None:
    board = board_of(MOST_GONE)
    board.mark_gone(key_of(number) for number in range(MOST_GONE))
    assert (len(board), board.cleared_gone) == (MOST_GONE, 0)


def test_more_rows_stay_while_nothing_may_move() -> None:
    board = board_of(MOST_GONE_HELD + 2 * MOST_GONE)
    board.set_held(True)
    board.mark_gone(key_of(number) for number in range(2 * MOST_GONE))
    assert board.cleared_gone == 0
    board.mark_gone(key_of(number) for number in range(MOST_GONE_HELD + MOST_GONE))
    assert board.cleared_gone == MOST_GONE


def test_frozen_rows_all_stay_until_they_are_shown_anew() -> None:
    board = board_of(2 * MOST_GONE)
    board.pause(1)
    board.mark_gone(key_of(number) for number in range(2 * MOST_GONE))
    assert (len(board), board.cleared_gone) == (2 * MOST_GONE, 0)
    board.resume()
    assert (len(board), board.cleared_gone) == (MOST_GONE, MOST_GONE)
    assert [board.key_at(index) for index in range(len(board))] == [key_of(MOST_GONE + n) for n in range(MOST_GONE)]
