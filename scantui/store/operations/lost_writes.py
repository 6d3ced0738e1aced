"""What became of a write whose reply was lost: the operation searches for it, and never sends it again.

Rule: there are three outcomes. The change was made, and all is as if the reply had come; it was not made, and
ConnectionFailed is raised; or that is not known, and OutcomeUnknown is raised.
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
    """Return what `look` finds of a change whose reply was lost to `error`; `change` describes it, as "X was deleted".

    Raises ConnectionFailed if the change was not made, OutcomeUnknown if that is not known: looking failed too, or the
    server does not answer and may still make it.
    """
    if isinstance(error, _NEVER_DONE):
        raise error
    try:
        found = yield from look
    except OutcomeUnknown:
        raise
    except StoreError as failure:
        raise OutcomeUnknown(
            f"it is not known whether {change}: {error}, and looking for it failed: {failure}"
        ) from failure
    if found is not None:
        return found
    if isinstance(error, NoAnswerError):
        raise OutcomeUnknown(
            f"it is not known whether {change}: not so far, but {error}, and it may still happen"
        ) from error
    raise ConnectionFailed(f"{error}, and nothing was changed") from error


def arrivals(stream: str, after: str) -> Operation[Sequence[Entry]]:
    """The entries of a stream after an id, including what arrives within ARRIVAL_SECONDS."""
    waiting = ("BLOCK", int(ARRIVAL_SECONDS * 1000))
    reply = yield Command("XREAD", *waiting, "STREAMS", stream, after)
    return parse_xread(reply).get(stream, [])
