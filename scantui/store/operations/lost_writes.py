"""What became of a write whose answer was lost: it is looked for, and never sent again.

Rule: whoever writes is told the truth: the change was made, and all is as if the answer had come; it was not made,
ConnectionFailed; or nobody knows, OutcomeUnknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from scantui.exceptions import (
    ConnectionFailed,
    LoginError,
    NoAnswerError,
    OutcomeUnknown,
    ServerBusyError,
    StoreError,
    UnreachableError,
)
from scantui.store.operations.requests import Command, Operation
from scantui.store.wire.replies import Entry, parse_xread

# A write that was under way when its connection broke is done within this time, if at all.
ARRIVAL_SECONDS = 0.5
_NEVER_DONE = (UnreachableError, LoginError, ServerBusyError)

Found = TypeVar("Found")


def resolved(error: ConnectionFailed, change: str, look: Operation[Found | None]) -> Operation[Found]:
    """Return what `look` finds of a change whose answer was lost to `error`; `change` says who was to become what.

    Raises ConnectionFailed when the change was not made, OutcomeUnknown when that cannot be told: looking failed too,
    or the server keeps silent, and may still come to what it was asked for.
    """
    if isinstance(error, _NEVER_DONE):
        raise error
    try:
        found = yield from look
    except OutcomeUnknown:
        raise
    except StoreError as failure:
        raise OutcomeUnknown(f"{change}: nobody knows; {error}, and a second look failed: {failure}") from failure
    if found is not None:
        return found
    if isinstance(error, NoAnswerError):
        raise OutcomeUnknown(f"{change}: not so far, but {error}, and it may still come to it") from error
    raise ConnectionFailed(f"{change}: no, {error}, and nothing was changed") from error


def arrivals(stream: str, after: str) -> Operation[Sequence[Entry]]:
    """The entries of a stream after an id; what is still under way is waited for."""
    waiting = ("BLOCK", int(ARRIVAL_SECONDS * 1000))
    reply = yield Command("XREAD", *waiting, "STREAMS", stream, after)
    return parse_xread(reply).get(stream, [])
