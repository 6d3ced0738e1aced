"""The counts beside the filter: a scan that fell silent neither runs nor failed."""

from __future__ import annotations

import pytest

from scantui.board import Board
from scantui.models import ScanState, ScanSummary
from scantui.tui.header import counts_line
from tests.board_oracle import NOW

MINUTE = 60_000


def scan(number: int, state: ScanState, minutes_ago: int = 0, reason: str | None = None) -> ScanSummary:
    moved_ms = NOW - minutes_ago * MINUTE
    return ScanSummary(
        key=f"esrf:scan:{number}", state=state, state_id=f"{moved_ms}-0", created_ms=moved_ms, end_reason=reason
    )


RUNNING, STUCK = scan(1, ScanState.STARTED), scan(2, ScanState.PREPARED, 32)
FAILED, DONE = scan(3, ScanState.CLOSED, 5, "FAILURE"), scan(4, ScanState.CLOSED, 5, "SUCCESS")


@pytest.mark.parametrize(
    ("scans", "text"),
    [
        ([RUNNING, STUCK, FAILED, DONE], "1 running  1 stalled  1 failed 24h"),
        ([STUCK], "1 stalled"),
        ([RUNNING, DONE], "1 running"),
        ([DONE], ""),
        ([FAILED], "1 failed 24h"),
    ],
)
def test_silent_scans_are_counted_apart(scans: list[ScanSummary], text: str) -> None:
    board = Board()
    board.tell_time(NOW)
    board.put(scans)
    assert counts_line(board).plain.split() == text.split()
