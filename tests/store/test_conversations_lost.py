"""What becomes of a write whose reply was lost."""

from __future__ import annotations

from typing import Any

import pytest

from scantui.exceptions import (
    ConnectionFailed,
    LoginError,
    NoAnswerError,
    OutcomeUnknown,
    ServerBusyError,
    UnreachableError,
)
from scantui.models import ScanState
from scantui.store.operations import write
from scantui.store.operations.requests import Batch, Command, Transaction
from tests.store.conversation import converse
from tests.store.script import (
    ROOT,
    A,
    document,
    stored,
    watched,
    written,
)

LOST = ConnectionFailed("the connection was closed")


def arriving(stream: str, after: str) -> Command:
    return Command("XREAD", "BLOCK", 500, "STREAMS", f"esrf:stream:{stream}", after)


def stepping(raw: dict[str, Any], failure: Exception) -> tuple[Any, ...]:
    return (
        *watched(raw, ScanState.CREATED),
        (written(raw, ScanState.PREPARED), failure),
    )


def arrived(stream: str, *states: int) -> list[Any]:
    return [[f"esrf:stream:{stream}".encode(), [[f"{8 + at}-0", [b"state", b"%d" % s]] for at, s in enumerate(states)]]]


@pytest.mark.parametrize("states", [(1,), (1, 2), (1, 4)])
def test_a_step_whose_answer_was_lost_counts_when_it_is_found(states: tuple[int, ...]) -> None:
    script = (
        *stepping(document(), LOST),
        (arriving("STATE", "7-0"), arrived("STATE", *states)),
        (Command("JSON.GET", A, ROOT), stored(document())),
    )
    scan = converse(write.advance_scan(A, ScanState.PREPARED), *script)
    assert (scan.state, scan.state_id) == (ScanState.PREPARED, "8-0")


def test_a_step_that_somebody_took_otherwise_is_neither_ours_nor_surely_not() -> None:
    script = (
        *stepping(document(), LOST),
        (arriving("STATE", "7-0"), arrived("STATE", 1)),
        (Command("JSON.GET", A, ROOT), stored(document(info={"by": "another"}))),
    )
    with pytest.raises(OutcomeUnknown, match="or by another program"):
        converse(write.advance_scan(A, ScanState.PREPARED), *script)


@pytest.mark.parametrize("found", [None, arrived("STATE", 4)])
def test_a_step_that_is_not_found_was_not_taken(found: Any) -> None:
    with pytest.raises(ConnectionFailed, match="nothing was changed") as failure:
        converse(
            write.advance_scan(A, ScanState.PREPARED), *stepping(document(), LOST), (arriving("STATE", "7-0"), found)
        )
    assert not isinstance(failure.value, OutcomeUnknown)


def test_what_a_silent_server_may_still_do_is_not_denied() -> None:
    script = (*stepping(document(), NoAnswerError("silent")), (arriving("STATE", "7-0"), None))
    with pytest.raises(OutcomeUnknown, match="may still"):
        converse(write.advance_scan(A, ScanState.PREPARED), *script)


def test_who_cannot_look_knows_nothing() -> None:
    with pytest.raises(OutcomeUnknown, match="not known whether"):
        converse(
            write.advance_scan(A, ScanState.PREPARED), *stepping(document(), LOST), (arriving("STATE", "7-0"), LOST)
        )


@pytest.mark.parametrize("refusal", [UnreachableError("refused"), ServerBusyError("BUSY"), LoginError("who?")])
def test_what_was_never_asked_or_was_refused_is_not_looked_for(refusal: ConnectionFailed) -> None:
    with pytest.raises(type(refusal)):
        converse(write.advance_scan(A, ScanState.PREPARED), *stepping(document(), refusal))


@pytest.mark.parametrize("has_state", [True, False])
def test_a_creation_without_a_document_is_none(has_state: bool) -> None:
    operation = write.create_scan({"name": "ascan", "number": 1, "data_policy": "None"}, {}, 1.7e9)
    request = next(operation)
    assert isinstance(request, Transaction)
    key, stream = str(request.commands[0][1]), str(request.commands[2][1])
    assert operation.throw(LOST) == arriving(stream.removeprefix("esrf:stream:"), "0-0")
    with pytest.raises(ConnectionFailed, match="nothing was changed"):
        looked_at = Batch([Command("XRANGE", stream, "-", "+", "COUNT", 1), Command("PTTL", key)])
        assert operation.send(arrived(stream.removeprefix("esrf:stream:"), 0) if has_state else None) == looked_at
        operation.send([[[b"8-0", [b"state", b"0"]]], -2])
