"""Which columns a terminal has room for."""

from __future__ import annotations

import pytest

from scantui.board import Board
from scantui.columns import columns_for, last_digits, widths_for
from scantui.models import ScanState
from tests.tui.scenes import NOW_MS, row


@pytest.mark.parametrize(
    ("width", "labels"),
    [
        (25, "ST NO NAME"),
        (58, "ST NO NAME PROG"),
        (62, "ST NO NAME AGE DUR PROG"),
        (70, "ST NO NAME DATASET AGE DUR PROG"),
        (80, "ST NO NAME DATASET AGE DUR PROGRESS"),
        (130, "ST NO NAME DATASET COLLECTION PROPOSAL SESSION USER AGE DUR PROGRESS"),
        (200, "ST NO NAME DATASET COLLECTION PROPOSAL SESSION USER AGE DUR PROGRESS PATH"),
    ],
)
def test_a_narrow_terminal_has_the_columns_that_matter_most(width: int, labels: str) -> None:
    assert " ".join(column.label for column in columns_for(width, (), "age")) == labels


def test_chosen_columns_are_shown_at_any_width_in_their_form_for_it() -> None:
    for width, labels in ((40, ["UTC", "PROG"]), (80, ["UTC", "PROGRESS"])):
        assert [column.label for column in columns_for(width, ["progress", "age"], "utc")] == labels


def test_the_narrow_progress_is_the_share_alone() -> None:
    board = Board()
    running = row(1, age=60, npoints=200, state=ScanState.STARTED)
    board.put([running])
    board.tell_time(NOW_MS)
    board.note_progress({running.key: 122})
    shown = {width: columns_for(width, ["progress"], "age")[0].show(board, running) for width in (58, 80)}
    assert shown[58] == "61%"
    assert (shown[80] or "").startswith("61% ")


NUMBERS = (123456, 1234567, 2024011512345)


@pytest.mark.parametrize("width", [25, 40, 58, 62, 70, 80, 120, 200])
def test_a_number_is_whole_while_the_name_has_room_and_keeps_its_last_digits(width: int) -> None:
    chosen = columns_for(width, (), "age")
    board = Board()
    board.put([row(number, age=index) for index, number in enumerate(NUMBERS)])
    widths = widths_for(chosen, width - len(chosen) - 2, board.longest())
    assert sum(widths.values()) <= max(width - len(chosen) - 2, sum(column.width or 8 for column in chosen))
    shown = [last_digits(str(number), widths["number"]) for number in NUMBERS]
    assert len(set(shown)) == len(NUMBERS)
    assert shown == [str(number) for number in NUMBERS] or widths["name"] == 8
    if width >= 80:
        assert shown == [str(number) for number in NUMBERS]


def test_what_is_needed_is_taken_from_the_name_down_to_its_least() -> None:
    chosen = columns_for(80, ["number", "name", "progress"], "age")
    assert widths_for(chosen, 60, {}) == {"number": 5, "progress": 14, "name": 41}
    assert widths_for(chosen, 60, {"number": 13, "progress": 19}) == {"number": 13, "progress": 19, "name": 28}
    assert widths_for(chosen, 30, {"number": 13, "progress": 19}) == {"number": 8, "progress": 14, "name": 8}
    assert widths_for(chosen, 10, {"number": 13}) == {"number": 5, "progress": 14, "name": 8}


@pytest.mark.parametrize(("width", "text"), [(4, "…567"), (6, "…34567"), (7, "1234567"), (9, "1234567")])
def test_a_number_that_is_cut_keeps_its_last_digits(width: int, text: str) -> None:
    assert last_digits("1234567", width) == text
