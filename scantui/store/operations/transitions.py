"""The states that scans went through, with the server's times; an operation and what it reads.

Source: protocol, section 4: the id of each entry of a state stream begins with the server's time in milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from scantui.exceptions import CommandError, StoreError
from scantui.models import ScanState
from scantui.store.operations.arguments import listed_keys
from scantui.store.operations.requests import Batch, Command, Operation
from scantui.store.wire import protocol
from scantui.store.wire.replies import Entry, parse_entries, raise_if_error

Transitions = tuple[tuple[ScanState, int], ...]
NEWEST_STATES = ("+", "-", "COUNT", 64)
# A batch of this many short streams is answered within a few milliseconds, and others are served in between.
_AT_ONCE = 200


def load_transitions(state_streams: Sequence[str]) -> Operation[list[Transitions]]:
    """Return for each state stream its states and when each came, oldest first, in milliseconds since 1970.

    A stream that is missing, or that the server refuses to read, has none.
    """
    streams, found = listed_keys(state_streams), []
    for start in range(0, len(streams), _AT_ONCE):
        replies = yield Batch(
            [Command("XREVRANGE", stream, *NEWEST_STATES) for stream in streams[start : start + _AT_ONCE]]
        )
        for stream, reply in zip(streams[start : start + _AT_ONCE], replies, strict=True):
            known = not isinstance(reply, CommandError)
            found.append(transitions_in(stream, parse_entries(raise_if_error(reply))) if known else ())
    return found


def transitions_in(name: str, newest_first: Sequence[Entry]) -> Transitions:
    """The states in the entries of a state stream, oldest first; entries that hold none are passed over."""
    transitions = []
    for entry in reversed(newest_first):
        with suppress(StoreError):
            id_, entered = protocol.state_in(name, [entry])
            transitions.append((entered, protocol.timetag_order(id_)[0]))
    return tuple(transitions)
