"""The words of the header for alerts and for a slow terminal."""

from __future__ import annotations

from scantui.board import Board
from scantui.feed import Heartbeat
from scantui.tui.widgets.status_line import ConnectionStatus
from tests.tui.scenes import NOW_MS


def test_alerts_and_a_slow_terminal_have_their_words() -> None:
    connection = ConnectionStatus("id11", lambda: 0.0)
    connection.take_in(Heartbeat(NOW_MS, 0))
    assert not {"ALARM", "LAG"}.intersection(connection.line(Board(), 80).plain.split())
    connection.alarms, connection.lag_seconds = 2, 0.5
    assert connection.line(Board(), 80).plain.startswith(" id11  ● LIVE  ALARM 2  0 scans ")
    connection.lag_seconds = 0.84
    assert "ALARM 2  LAG 0.8s" in connection.line(Board(), 80).plain
