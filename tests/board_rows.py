"""Scans with the fields that rows are sorted and marked by, and a board of them."""

from __future__ import annotations

from scantui.board import Board
from scantui.models import ScanIdentity, ScanState, ScanSummary

NOW = 1_700_049_600_000
SECOND = 1000


def key_of(index: int) -> str:
    return f"esrf:scan:{index:026}"


def scan(
    index: int,
    number: int = 1,
    name: str = "ascan",
    state: ScanState = ScanState.STARTED,
    created_ms: int = NOW,
    moved_ms: int = NOW,
    end_reason: str | None = None,
    user_name: str | None = None,
) -> ScanSummary:
    return ScanSummary(
        key=key_of(index),
        state=state,
        identity=ScanIdentity(name=name, number=number),
        state_id=f"{moved_ms}-0",
        created_ms=created_ms,
        npoints=100,
        end_reason=end_reason,
        user_name=user_name,
    )


def board_of(*scans: ScanSummary, now_ms: int = NOW) -> Board:
    board = Board()
    board.tell_time(now_ms)
    board.put(scans)
    return board


def shown(board: Board) -> list[int]:
    """The indices that the shown keys were made of."""
    return [int(board.key_at(index).removeprefix("esrf:scan:")) for index in range(len(board))]
