"""The words of the header for alerts and for a slow terminal."""

from __future__ import annotations

from scantui.board import Board
from scantui.feed import Heartbeat
from scantui.filters import ScanFilter
from scantui.tui.widgets.status_line import ConnectionStatus
from tests.test_lines import child
from tests.tui.scenes import NOW_MS, beamline_rows


def test_alerts_and_a_slow_terminal_have_their_words() -> None:
    connection = ConnectionStatus("id11", lambda: 0.0)
    connection.take_in(Heartbeat(NOW_MS, 0))
    assert not {"ALARM", "LAG"}.intersection(connection.line(Board(), 80).plain.split())
    connection.alarms, connection.lag_seconds = 2, 0.5
    assert connection.line(Board(), 80).plain.startswith(" id11  ● LIVE  ALARM 2  0 scans ")
    connection.lag_seconds = 0.84
    assert "ALARM 2  LAG 0.8s" in connection.line(Board(), 80).plain


def test_how_many_scans_there_are_stays_longer_than_how_many_are_marked() -> None:
    board, connection = Board(), ConnectionStatus("id11-" * 4, lambda: 0.0)
    board.put(beamline_rows())
    board.toggle_marks([board.key_at(0)])
    board.set_filter(ScanFilter.parse("name=nothing"))
    wide, narrow = connection.line(board, 80).plain, connection.line(board, 52).plain
    assert f"0 of {board.total} scans  1 marked" in wide
    assert f"0 of {board.total}" in narrow
    assert "marked" not in narrow


def test_the_header_says_that_an_outline_is_flat_for_a_filter_or_an_order() -> None:
    board, connection = Board(), ConnectionStatus("id11", lambda: 0.0)
    board.lines.show_outline(True)
    board.put([child(1, None, "XANES"), child(2, 1)])
    assert "flat" not in connection.line(board, 80).plain.split()
    board.set_filter(ScanFilter.parse("-title=XANES"))
    assert "1 of 2 scans  flat" in connection.line(board, 80).plain
    board.set_filter(ScanFilter())
    board.sort_by("number")
    assert "sort:number  flat" in connection.line(board, 80).plain
