"""Rows stand in the order of the history, whatever the clocks of their writers say."""

from __future__ import annotations

import pytest

from scantui.board import Board
from scantui.columns import COLUMNS
from scantui.models import Origin, ScanIdentity, ScanState, ScanSummary
from scantui.tui.widgets.status_line import ConnectionStatus

# The fifth scan came last, from a writer whose clock is ten minutes behind.
KEYS = [f"esrf:scan:{name}" for name in "BCDEA"]
OLDER = "esrf:scan:Z"


def row(key: str, timetag: str = "", number: int = 0) -> ScanSummary:
    identity = ScanIdentity(name="ascan", number=number)
    return ScanSummary(key=key, state=ScanState.STARTED, identity=identity, timetag=timetag, created_ms=1)


def rows() -> list[ScanSummary]:
    return [row(key, f"{1000 + number}-0", number) for number, key in enumerate(KEYS)]


def shown(board: Board) -> list[str]:
    return [board.key_at(index) for index in range(len(board))]


def test_problems_count_since_a_time_of_the_servers_clock() -> None:
    board = Board()
    board.put([each.replaced(state=ScanState.CLOSED, end_reason="FAILURE") for each in rows()])
    assert board.glance.problems_since(1003) == 2


def test_the_newest_scan_is_the_last_row_and_the_newest_number() -> None:
    board = Board()
    board.put(rows()[:4])
    change = board.put(rows()[4:])
    assert shown(board) == KEYS
    assert change.appended == 1
    assert board.newest_number() == 4
    assert board.index_of(KEYS[4]) == 4


def test_scans_that_the_history_lacks_are_older_and_stand_in_the_order_of_their_keys() -> None:
    board = Board()
    board.put(rows())
    board.put([row(OLDER), row("esrf:scan:Y")])
    assert shown(board) == ["esrf:scan:Y", OLDER, *KEYS]


def test_two_of_one_millisecond_stand_in_the_order_of_their_numbers() -> None:
    board = Board()
    board.put([row("esrf:scan:A", "7-10"), row("esrf:scan:B", "7-9")])
    assert shown(board) == ["esrf:scan:B", "esrf:scan:A"]


def test_a_row_keeps_its_place_when_the_history_was_trimmed() -> None:
    board = Board()
    board.put(rows())
    board.put([row(KEYS[4], number=4)])
    assert shown(board) == KEYS


def test_a_row_moves_once_the_history_shows_when_it_was_created() -> None:
    board = Board()
    board.put([row(key, number=number) for number, key in enumerate(KEYS)])
    assert shown(board) == sorted(KEYS)
    assert board.put(rows()).rearranged
    assert shown(board) == KEYS
    assert [board.index_of(key) for key in KEYS] == list(range(5))


def test_while_held_nothing_moves_and_the_newest_counts_as_new() -> None:
    board = Board()
    board.put([row(key, number=number) for number, key in enumerate(KEYS[:4])])
    board.set_held(True)
    board.put(rows())
    assert shown(board)[:4] == sorted(KEYS[:4])
    assert [board.index_of(key) for key in shown(board)] == list(range(len(board)))
    assert board.new == 1
    board.set_held(False)
    assert shown(board) == KEYS


def test_what_moved_while_paused_has_moved_afterwards() -> None:
    board = Board()
    board.put([row(key, number=number) for number, key in enumerate(KEYS)])
    board.pause(5)
    board.put(rows())
    assert shown(board) == sorted(KEYS)
    board.resume()
    assert shown(board) == KEYS


def test_equal_values_stand_in_the_order_of_the_history() -> None:
    board = Board()
    board.put(rows())
    board.sort_by("name", descending=True)
    assert shown(board) == KEYS
    board.put([row("esrf:scan:0", "2000-0")])
    assert shown(board) == [*KEYS, "esrf:scan:0"]


def test_an_age_is_counted_by_the_servers_clock() -> None:
    assert row("esrf:scan:A", "60000-3").born_ms == 60_000
    assert row("esrf:scan:A").born_ms == 1


@pytest.mark.parametrize(
    ("seconds", "shown_age"),
    [(-3, "now"), (29.9, "now"), (30, "30s"), (59, "30s"), (60, "1m"), (7300, "2h")],
)
def test_an_age_below_a_minute_has_few_steps(seconds: float, shown_age: str) -> None:
    board = Board()
    board.put([row("esrf:scan:A", "600000-0")])
    board.tell_time(600_000 + round(seconds * 1000))
    age = next(column for column in COLUMNS if column.key == "age")
    assert age.show(board, board.row_at(0)) == shown_age


def test_the_clock_of_a_writer_that_is_off_is_reported_in_the_header() -> None:
    board, status = Board(), ConnectionStatus("id11", lambda: 0.0)
    board.put([row("esrf:scan:A", "600000-0").replaced(created_ms=599_800)])
    assert board.writer_ahead == (-200, "")
    assert "writer" not in status.line(board, 120)
    board.put([row("esrf:scan:B", "700000-0").replaced(created_ms=100_000)])
    assert "writer's clock 10 min behind" in status.line(board, 120)
    assert "  writer 10 min behind " in status.line(board, 52)
    board.put([row(f"esrf:scan:C{n:02}", "800000-0").replaced(created_ms=807_000) for n in range(20)])
    assert "writer's clock 7 s ahead" in status.line(board, 120)
    board.put([row("esrf:scan:old")])
    assert board.writer_ahead == (7000, "")


def test_a_writer_whose_clock_is_that_of_its_server_is_right_however_wrong_both_are() -> None:
    board, status = Board(), ConnectionStatus("", lambda: 0.0)
    on_fast = row("esrf:scan:A", "4200000-0").replaced(created_ms=4_199_800, origin=Origin("fast", 3_600_000))
    board.put([on_fast])
    assert board.writer_ahead == (-200, "fast")
    assert "writer" not in status.line(board, 120)
    board.put([row("esrf:scan:B", "4300000-0").replaced(created_ms=700_000, origin=Origin("fast", 3_600_000))])
    assert "fast writer's clock 1 h behind" in status.line(board, 120)


def lines(board: Board) -> list[str]:
    return [board.lines.key_at(index) for index in range(len(board.lines))]


def test_the_outline_stands_in_the_order_of_the_history_too() -> None:
    board = Board()
    board.lines.show_outline(True)
    board.put(rows()[:4])
    assert lines(board) == KEYS[:4]
    board.put(rows()[4:])
    assert (lines(board), board.lines.end) == (KEYS, 4)
    board.put([row(OLDER), row("esrf:scan:Y")])
    assert lines(board) == shown(board) == ["esrf:scan:Y", OLDER, *KEYS]
    assert [board.lines.index_of(key) for key in lines(board)] == list(range(7))


def test_a_line_moves_once_the_history_shows_when_its_scan_was_created() -> None:
    board = Board()
    board.lines.show_outline(True)
    board.put([*rows()[:3], row("esrf:scan:0")])
    assert lines(board) == ["esrf:scan:0", *KEYS[:3]]
    board.put([row("esrf:scan:0", "1001-5")])
    assert lines(board) == shown(board) == [*KEYS[:2], "esrf:scan:0", KEYS[2]]
    board.mark_gone(KEYS[:1])
    board.forget_gone()
    assert lines(board) == shown(board) == [KEYS[1], "esrf:scan:0", KEYS[2]]
