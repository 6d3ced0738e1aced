"""What info says of a scan that a person reads first."""

from __future__ import annotations

from typing import Any

import pytest

from scantui.tui.widgets.detail_facts import comments, moved_positions


def test_motors_that_moved_are_shown_with_where_they_were() -> None:
    positioners = {
        "positioners_start": {"samx": 0.0, "samy": 2.5, "phi": -10},
        "positioners_end": {"samx": 1.0, "samy": 2.5, "phi": 0.123456789},
        "positioners_units": {"samx": "mm", "phi": None},
    }
    assert moved_positions({"positioners": positioners}) == ["samx 0 → 1 mm", "phi -10 → 0.123457"]


@pytest.mark.parametrize(
    "positioners",
    [
        None,
        "odd",
        {},
        {"positioners_start": []},
        {"positioners_start": {"samx": "*DIS*"}, "positioners_end": {"samx": 1}},
    ],
)
def test_odd_positions_are_left_out(positioners: Any) -> None:
    assert moved_positions({"positioners": positioners}) == []


def test_comments_have_their_time_where_it_is_known() -> None:
    written = ["beam lost", {"message": "refilled", "timestamp": "?"}, {"message": 3}, 7, {"comment": "again"}]
    assert list(comments({"comments": written})) == ["beam lost", "refilled", "again"]
    (timed,) = comments({"comments": [{"message": "dump", "timestamp": 1_795_000_364}]})
    assert timed.endswith(" dump")
    assert len(timed) == len("11:12:44 dump")
    assert list(comments({"comments": "odd"})) == []
