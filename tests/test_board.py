"""What a board shows of scans that come, change and go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.board import Board, Change
from scantui.board.preparation import slice_for
from scantui.filters import ScanFilter
from scantui.models import ScanState
from tests.board_oracle import (
    key_of,
    row,
)


def test_an_empty_board_shows_nothing() -> None:
    board = Board()
    assert (board.counts(), board.marks, board.nearest_problem(None), board.glance.numbered(1)) == ({}, (), None, [])
    assert board.settle() == board.set_held(False) == board.resume() == board.clear_marks() == Change()
    assert (len(board), board.total, board.newest_number(), board.row(key_of(1))) == (0, 0, 0, None)
    assert board.put([]) == board.mark_gone([key_of(1)]) == Change()
    assert not board.is_gone(key_of(1)), "a scan that was never seen cannot go"


@pytest.mark.parametrize("text", ["", "name=ascan"])
def test_scans_loaded_newest_first_are_shown_oldest_first(text: str) -> None:
    board = Board()
    board.set_filter(ScanFilter.parse(text))
    assert board.put([row(5), row(4)]) == Change(rearranged=True, appended=2)
    assert board.put([row(3), row(2)]) == Change(rearranged=True, appended=0)
    assert [board.key_at(index) for index in range(4)] == [key_of(number) for number in (2, 3, 4, 5)]


@pytest.mark.parametrize("text", ["", "name=ascan"])
def test_scans_that_come_after_the_newest_are_appended_in_any_order(text: str) -> None:
    board = Board()
    board.set_filter(ScanFilter.parse(text))
    board.put([row(1)])
    assert board.put([row(4), row(2), row(3)]) == Change(rearranged=True, appended=3)


@pytest.mark.parametrize("text", ["", "name=ascan"])
def test_a_scan_given_twice_at_once_is_one_row_and_the_last_word_counts(text: str) -> None:
    board = Board()
    board.set_filter(ScanFilter.parse(text))
    change = board.put([row(1), row(1, state=ScanState.CLOSED)])
    assert (len(board), board.total, change.appended) == (1, 1, 1)
    assert board.row_at(0).state is ScanState.CLOSED


def test_a_scan_that_no_longer_passes_the_filter_leaves_and_may_come_back() -> None:
    board = Board()
    board.put([row(1), row(2)])
    board.set_filter(ScanFilter.parse("state=run"))
    assert board.put([row(1, state=ScanState.CLOSED)]).rearranged
    assert [board.key_at(index) for index in range(len(board))] == [key_of(2)]
    assert board.put([row(1)]) == Change(rearranged=True, appended=0)
    assert board.index_of(key_of(1)) == 0


def test_a_scan_that_is_seen_again_is_gone_no_longer() -> None:
    board = Board()
    board.put([row(1)])
    assert board.mark_gone([key_of(1)]) == Change(touched=frozenset([key_of(1)]))
    assert board.word_of(row(1)) == "GONE"
    assert board.put([row(1)]) == Change(touched=frozenset([key_of(1)]))
    assert board.word_of(row(1)) == "RUN"


def test_gone_scans_are_found_by_the_filter_under_the_word_that_they_bear() -> None:
    board = Board()
    board.put([row(1), row(2)])
    board.mark_gone([key_of(1)])
    board.set_filter(ScanFilter.parse("state=gone"))
    assert [board.key_at(index) for index in range(len(board))] == [key_of(1)]


changes = st.builds(Change, st.booleans(), st.frozensets(st.sampled_from("abc")), st.integers(0, 3))


@given(changes, changes)
def test_two_changes_together_say_all_that_each_says(one: Change, other: Change) -> None:
    both = one | other
    assert both.rearranged is (one.rearranged or other.rearranged)
    assert both.touched == one.touched | other.touched
    assert both.appended == one.appended + other.appended
    assert one | Change() == Change() | one == one


def test_a_long_filter_looks_at_fewer_rows_at_a_time() -> None:
    sizes = [slice_for(ScanFilter.parse(text)) for text in ("ascan", " ".join(["ab"] * 30), " ".join(["ab"] * 300))]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == 3
