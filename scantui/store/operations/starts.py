"""When scans started, by the server's clock, where the times that their writer noted cannot be right.

Rule: read only for such scans, since for most it would double what is read of their states.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from scantui.exceptions import ScanValidationError, StoreError
from scantui.models import ScanState, ScanSummary
from scantui.store.operations.requests import Batch, Command, Operation
from scantui.store.wire import protocol
from scantui.store.wire.replies import array, parse_entries
from scantui.words import lacks_start

# The first states are few, whatever follows them.
FIRST_STATES = len(ScanState)


def with_starts(loaded: Sequence[ScanSummary | StoreError]) -> Operation[list[ScanSummary | StoreError]]:
    """The same, with `started_ms` of the scans whose own times do not show how long they ran."""
    completed = list(loaded)
    lacking = [(index, row) for index, row in enumerate(loaded) if isinstance(row, ScanSummary) and lacks_start(row)]
    if lacking:
        replies = yield Batch([first_states(row.state_stream, FIRST_STATES) for _, row in lacking])
        for (index, row), reply in zip(lacking, replies, strict=True):
            if not isinstance(reply, StoreError):
                completed[index] = row.replaced(started_ms=started_ms_in(reply))
    return completed


def first_states(state_stream: str, count: int) -> Command:
    """The request for the first entries of a state stream."""
    return Command("XRANGE", state_stream, "-", "+", "COUNT", count)


def started_ms_in(reply: Any) -> int:
    """The time of the start among the first states of a scan; 0 where that cannot be read."""
    return start_among(_transitions_in(reply))


def _transitions_in(reply: Any) -> Iterator[tuple[ScanState, int]]:
    """States and their times, up to the first that cannot be read."""
    for item in array(reply):
        found = protocol.plain_state([item])
        with suppress(ScanValidationError):
            found = found or protocol.state_in("", parse_entries([item]))
        if found is None:
            return
        yield found[1], protocol.timetag_order(found[0])[0]


def start_among(transitions: Iterable[tuple[ScanState, int]]) -> int:
    """When a scan started, or had its first state if it never did; 0 if its first states are missing."""
    first: tuple[ScanState, int] | None = None
    for state, at_ms in transitions:
        if state is ScanState.STARTED and at_ms:
            return at_ms
        first = first or (state, at_ms)
    return first[1] if first is not None and first[0] < ScanState.STOPPED else 0
