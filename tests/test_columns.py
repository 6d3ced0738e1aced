"""Which columns a terminal has room for."""

from __future__ import annotations

import pytest

from scantui.board import Board
from scantui.columns import columns_for
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
