"""What an operation that changes or deletes a scan asks and writes, and in which order."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scantui.exceptions import (
    CommandError,
    ConflictError,
    ScanNotClosedError,
    ScanValidationError,
    UnauthorizedStateTransition,
    UsageError,
)
from scantui.models import ScanState
from scantui.store.operations import write
from scantui.store.operations.requests import Command, Transaction
from scantui.store.wire import documents
from tests.store.conversation import converse
from tests.store.script import (
    HISTORY,
    ROOT,
    A,
    document,
    last_state,
    stored,
    watched,
    written,
)


def test_a_scan_is_created_whole_in_one_transaction() -> None:
    def is_creation(request: Any) -> bool:
        put, announced, state = request.commands
        key, scan = put[1], json.loads(put[3])
        assert put[:3] == ("JSON.SET", key, ".")
        assert list(scan) == ["pk", "id", "info", "state_stream", "data_streams"]
        assert list(scan["id"])[:4] == ["pk", "name", "number", "data_policy"]
        assert scan["id"]["path"] is None
        assert (key, scan["state_stream"]["encoding"]) == (f"esrf:scan:{scan['pk']}", None)
        assert scan["id"]["pk"] < scan["state_stream"]["pk"] < scan["pk"]
        assert announced == ("XADD", HISTORY, "MAXLEN", "~", 2048, "*", "key", key)
        assert state == ("XADD", f"esrf:stream:{scan['state_stream']['pk']}", "*", "state", 0)
        return isinstance(request, Transaction)

    identity = {"name": "ascan", "number": 1, "data_policy": "None"}
    scan = converse(write.create_scan(identity, {"a": 1}, 1.7e9), (is_creation, [b"OK", b"8-0", b"9-0"]))
    assert (scan.state, scan.state_id, scan.info, scan.name) == (ScanState.CREATED, "9-0", {"a": 1}, "ascan")


def test_streams_are_sealed_before_the_scan_is_stopped() -> None:
    current = document(data_streams={"x": {"pk": "X"}, "y": {"pk": "Y"}}, foreign=[1])
    script = (
        *watched(current, ScanState.STARTED),
        (Command("FCALL", "seal_stream", 1, "esrf:stream:X"), 5),
        (Command("FCALL", "seal_stream", 1, "esrf:stream:Y"), CommandError("esrf:stream:Y is already sealed.")),
        (written(current, ScanState.STOPPED), [b"OK", b"8-0"]),
    )
    scan = converse(write.advance_scan(A, ScanState.STOPPED), *script)
    assert (scan.state, scan.state_id) == (ScanState.STOPPED, "8-0")


def test_a_change_in_between_is_started_from_again() -> None:
    ours, theirs = document(info={"a": 1}), document(info={"a": 2, "b": 3})
    script = (
        *watched(ours, ScanState.CREATED),
        (written({**ours, "info": {"a": 1, "c": 4}}, ScanState.PREPARED), ConflictError("changed")),
        *watched(theirs, ScanState.CREATED),
        (written({**theirs, "info": {"a": 2, "b": 3, "c": 4}}, ScanState.PREPARED), [b"OK", b"8-0"]),
    )
    assert converse(write.advance_scan(A, 1, {"c": 4}), *script).info == {"a": 2, "b": 3, "c": 4}


def test_a_step_that_somebody_else_took_meanwhile_is_refused() -> None:
    script = (
        *watched(document(), ScanState.CREATED),
        (written(document(), ScanState.PREPARED), ConflictError("changed")),
        *watched(document(), ScanState.PREPARED),
    )
    with pytest.raises(UnauthorizedStateTransition, match="another program took it to PREPARED in the meantime"):
        converse(write.advance_scan(A, ScanState.PREPARED), *script)


@pytest.mark.parametrize(
    ("info", "did"),
    [
        ({"end_reason": "USER_ABORT"}, r"closed it \(USER_ABORT\)"),
        ({"end_reason": "DELETION"}, "closed it to delete it"),
        ({}, "closed it in"),
        ({"end_reason": "\x1b[2J"}, r"closed it \(␛\[2J\)"),
    ],
)
def test_who_is_late_learns_what_the_other_did(info: dict[str, Any], did: str) -> None:
    known = documents.decode_scan(A, document(), ScanState.STARTED, "5-0")
    with pytest.raises(UnauthorizedStateTransition, match=f"nothing was changed, since another program {did}"):
        converse(write.advance_scan(known, ScanState.CLOSED), *watched(document(info=info), ScanState.CLOSED))


def test_a_step_that_was_never_allowed_is_not_blamed_on_others() -> None:
    with pytest.raises(UnauthorizedStateTransition, match="no step leads from CLOSED to CLOSED"):
        converse(write.advance_scan(A, ScanState.CLOSED), *watched(document(), ScanState.CLOSED))


def test_a_scan_that_keeps_changing_is_left_alone() -> None:
    attempt = (
        *watched(document(), ScanState.CREATED),
        (written(document(), ScanState.PREPARED), ConflictError("changed")),
    )
    with pytest.raises(ConflictError, match=A):
        converse(write.advance_scan(A, ScanState.PREPARED), *attempt * 5)


@pytest.mark.parametrize("wanted", [9, -1, "PREPARED", None])
def test_a_state_that_is_none_is_refused_without_a_request(wanted: Any) -> None:
    with pytest.raises(UsageError, match="not a scan state"):
        converse(write.advance_scan(A, wanted))


def test_a_document_that_makes_no_sense_is_refused_before_anything_is_written() -> None:
    with pytest.raises(ScanValidationError, match="data_streams"):
        converse(write.advance_scan(A, 1), *watched(document(data_streams=[1]), ScanState.CREATED))


def expiry(*keys: str) -> Transaction:
    return Transaction([Command("EXPIRE", key, 10) for key in keys])


def test_data_streams_expire_first_and_the_document_last() -> None:
    current = document(data_streams={"x": {"pk": "X"}})
    script = (
        *watched(current, ScanState.CLOSED),
        (expiry("esrf:stream:X", "esrf:stream:STATE", A), [1, 1, 1]),
    )
    assert converse(write.delete_scan(A, False), *script) is None


def test_a_running_scan_is_not_deleted_without_force() -> None:
    with pytest.raises(ScanNotClosedError, match="STARTED"):
        converse(write.delete_scan(A, False), *watched(document(), ScanState.STARTED))


def test_with_force_a_running_scan_is_closed_first() -> None:
    closed = document(info={"end_reason": "DELETION"})
    script = (
        *watched(document(), ScanState.STARTED),
        *watched(document(), ScanState.STARTED),
        (written(closed, ScanState.CLOSED), [b"OK", b"8-0"]),
        *watched(closed, ScanState.CLOSED),
        (expiry("esrf:stream:STATE", A), [1, 1]),
    )
    converse(write.delete_scan(A, True), *script)


def test_a_deletion_that_somebody_interferes_with_is_tried_again() -> None:
    script = (
        *watched(document(), ScanState.CLOSED),
        (expiry("esrf:stream:STATE", A), ConflictError("changed")),
        *watched(document(), ScanState.CLOSED),
        (expiry("esrf:stream:STATE", A), [1, 1]),
    )
    converse(write.delete_scan(A, False), *script)


def test_force_deletes_all_that_can_still_be_found() -> None:
    script = (
        *watched(document(data_streams={"x": {"pk": "X"}}), ScanState.CLOSED)[:-1],
        (last_state("STATE"), []),
        (Command("JSON.GET", A, ROOT), stored(document(data_streams={"x": {"pk": "X"}}))),
        (lambda request: "esrf:stream:X" in {command[1] for command in request.commands}, [1, 1, 1]),
    )
    converse(write.delete_scan(A, True), *script)
