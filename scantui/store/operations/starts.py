"""When scans started, by the server's clock, where the times that their writer noted cannot be right.

Rule: read only for such scans, since for most it would double what is read of their states.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from scantui.exceptions import ScanValidationError, StoreError
from scantui.models import ScanState, ScanSummary
from scantui.store.operations.requests import Batch, Command, Operation
from scantui.store.wire import protocol
from scantui.store.wire.replies import parse_entries
from scantui.words import lacks_start


def with_starts(loaded: Sequence[ScanSummary | StoreError]) -> Operation[list[ScanSummary | StoreError]]:
    """The same, with `started_ms` of the scans whose own times do not show how long they ran."""
    completed = list(loaded)
    lacking = [(index, row) for index, row in enumerate(loaded) if isinstance(row, ScanSummary) and lacks_start(row)]
    if lacking:
        # The first states are few, whatever follows them.
        replies = yield Batch(
            [Command("XRANGE", row.state_stream, "-", "+", "COUNT", len(ScanState)) for _, row in lacking]
        )
        for (index, row), reply in zip(lacking, replies, strict=True):
            if not isinstance(reply, StoreError):
                completed[index] = row.replaced(started_ms=_started_ms_in(reply))
    return completed


def _started_ms_in(reply: Any) -> int:
    """The time of the start among the first states of a scan; 0 where that cannot be read."""
    came: list[tuple[ScanState, int]] = []
    with suppress(ScanValidationError):
        came.extend(
            (protocol.state_in("", [entry])[1], protocol.timetag_order(entry.id)[0]) for entry in parse_entries(reply)
        )
    return start_among(came)


def start_among(transitions: Sequence[tuple[ScanState, int]]) -> int:
    """When a scan started, or had its first state if it never did; 0 if its first states are missing."""
    first, first_ms = transitions[0] if transitions else (ScanState.CLOSED, 0)
    started_ms = next((ms for state, ms in transitions if state is ScanState.STARTED), 0)
    return started_ms or (first_ms if first < ScanState.STOPPED else 0)
