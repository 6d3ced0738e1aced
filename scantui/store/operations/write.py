"""Operations that write scans: create, advance, delete.

Rule: a change starts from the raw document in Redis, watched, so that unknown fields survive and no change of another
program is overwritten. A write is sent once. If its reply is lost, ConnectionFailed means that the change was not made,
OutcomeUnknown that this is not known. Source: protocol, sections 3 and 4.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from scantui.exceptions import (
    CommandError,
    ConflictError,
    ConnectionFailed,
    OutcomeUnknown,
    ScanNotClosedError,
    ScanValidationError,
    StreamError,
    UnauthorizedStateTransition,
    UsageError,
)
from scantui.models import Scan, ScanState
from scantui.store.operations.arguments import state_named
from scantui.store.operations.lost_writes import arrivals, resolved
from scantui.store.operations.requests import Batch, Command, Operation, Transaction, Watch, last_entry
from scantui.store.wire import documents, json_text, protocol
from scantui.store.wire.replies import Entry, integer, parse_entries, raise_if_error, text_of
from scantui.text import printable

ATTEMPTS = 5
_AT_ONCE = 100
_INFO_MAY_CHANGE = (ScanState.PREPARED, ScanState.CLOSED)


# The identity of a scan to be created, and its info.
NewScan = tuple[Mapping[str, Any], Mapping[str, Any] | None]


class Current(NamedTuple):
    """A scan while it is watched."""

    document: dict[str, Any]
    state_stream: str
    state_id: str
    state: ScanState


def create_scan(identity: Mapping[str, Any], info: Mapping[str, Any] | None, now: float) -> Operation[Scan]:
    """Publish a new scan in state CREATED and return it."""
    (scan,) = yield from _published([_new_document(identity, info, now)])
    return scan


def create_scans(scans: Iterable[NewScan], now: float) -> Operation[list[Scan]]:
    """Publish many new scans, each given as a pair (identity, info), and return them in the same order."""
    pairs = list(scans) if isinstance(scans, Iterable) else None
    if pairs is None or not all(isinstance(pair, (tuple, list)) and len(pair) == 2 for pair in pairs):
        raise UsageError("scans are given as pairs (identity, info)")
    made = [_new_document(identity, info, now) for identity, info in pairs]
    created: list[Scan] = []
    for start in range(0, len(made), _AT_ONCE):
        created += yield from _published(made[start : start + _AT_ONCE])
    return created


def _new_document(identity: Mapping[str, Any], info: Mapping[str, Any] | None, now: float) -> tuple[str, str, Scan]:
    return documents.new_document(documents.identity_from(identity), {} if info is None else info, now)


def _published(made: Sequence[tuple[str, str, Scan]]) -> Operation[list[Scan]]:
    creation = Transaction(
        [
            command
            for key, document, scan in made
            for command in (
                Command("JSON.SET", key, ".", document),
                Command("XADD", protocol.SCAN_HISTORY, "MAXLEN", "~", protocol.HISTORY_LENGTH, "*", "key", key),
                _state_entry(scan.state_stream, ScanState.CREATED),
            )
        ]
    )
    try:
        state_ids = (yield creation)[2::3]
    except ConnectionFailed as error:
        more = f" and {len(made) - 1} more were" if len(made) > 1 else " was"
        state_ids = yield from resolved(error, f"{made[0][0]}{more} created", _creations_of(made))
    return [
        msgspec.structs.replace(scan, state_id=text_of(state_id))
        for (*_, scan), state_id in zip(made, state_ids, strict=True)
    ]


def _creations_of(made: Sequence[tuple[str, str, Scan]]) -> Operation[Sequence[str] | None]:
    """The ids of the first states of scans with new keys; None if they were not created."""
    if not (yield from arrivals(made[0][2].state_stream, protocol.NO_TIMETAG)):
        return None
    firsts = [Command("XRANGE", scan.state_stream, "-", "+", "COUNT", 1) for *_, scan in made]
    replies = yield Batch([*firsts, *(Command("PTTL", key) for key, *_ in made)])
    entries = [parse_entries(raise_if_error(reply)) for reply in replies[: len(made)]]
    # In a transaction the server goes on after a command that fails: a state alone makes no scan.
    if not all(entries) or protocol.ABSENT in [integer(raise_if_error(reply)) for reply in replies[len(made) :]]:
        return None
    return [first[0].id for first in entries]


def advance_scan(
    scan_or_key: Scan | str, state: ScanState | int, info: Mapping[str, Any] | None = None
) -> Operation[Scan]:
    """Take a scan to its next state and return it as it is then."""
    key = key_of(scan_or_key)
    wanted = state_named(state)
    if not isinstance(info, Mapping | None):
        raise ScanValidationError(f"info takes a dictionary, not a {type(info).__name__}")
    before: Current | None = None
    for _ in range(ATTEMPTS):
        current = yield from watched(key)
        if not (wanted is ScanState.CLOSED > current.state or wanted == current.state + 1):
            raise UnauthorizedStateTransition(f"{key}: {_why_not(scan_or_key, before, current, wanted)}")
        before = current
        document = _with_info(key, current.document, info, wanted)
        scan = documents.decode_scan(key, document, wanted, current.state_id)
        if wanted >= ScanState.STOPPED:
            for stream in scan.streams.values():
                yield from _sealed(stream.key)
        try:
            *_, state_id = yield Transaction([rewritten(key, document), _state_entry(current.state_stream, wanted)])
        except ConflictError:
            continue
        except ConnectionFailed as error:
            step = _step_of(key, document, current, wanted)
            state_id = yield from resolved(error, f"{key} became {wanted.name}", step)
        return msgspec.structs.replace(scan, state_id=text_of(state_id))
    raise ConflictError(f"{key}: others kept changing the scan; it was left as it is")


def _why_not(scan_or_key: Scan | str, before: Current | None, current: Current, wanted: ScanState) -> str:
    """Why a scan cannot become what was wanted: perhaps another program was quicker."""
    known = before.state if before else scan_or_key.state if isinstance(scan_or_key, Scan) else current.state
    if known >= current.state:
        return f"no step leads from {current.state.name} to {wanted.name}"
    info = current.document.get("info")
    reason = info.get("end_reason") if isinstance(info, dict) else None
    if current.state is not ScanState.CLOSED:
        did = f"took it to {current.state.name}"
    elif reason == "DELETION":
        did = "closed it to delete it"
    else:
        did = f"closed it ({reason})" if isinstance(reason, str) and reason else "closed it"
    return printable(f"nothing was changed, since another program {did} in the meantime")


def _step_of(key: str, document: Mapping[str, Any], before: Current, wanted: ScanState) -> Operation[str | None]:
    """The id of the state that a scan was to get; None when it did not. OutcomeUnknown when others were there too."""
    entries = yield from arrivals(before.state_stream, before.state_id)
    taken = [entry.id for entry in entries if protocol.state_in(key, [entry])[1] is wanted]
    if not taken:
        return None
    found = yield Command("JSON.GET", key, documents.DOCUMENT_PATH)
    if found is None or documents.decode_document(key, found) != document:
        raise OutcomeUnknown(f"{key} became {wanted.name}, by us or by another program: the reply was lost")
    return taken[0]


def delete_scan(key: str, force: bool) -> Operation[None]:
    """Delete a closed scan; with `force` one that still runs is closed first, with end_reason DELETION."""
    for _ in range(ATTEMPTS):
        doomed = yield from _doomed(key, force)
        try:
            yield Transaction([Command("EXPIRE", name, protocol.DELETION_SECONDS) for name in (*doomed, key)])
        except ConflictError:
            continue
        except ConnectionFailed as error:
            yield from resolved(error, f"{key} was deleted", _deletion_of(key))
        return
    raise ConflictError(f"{key}: others kept changing the scan; it was not deleted")


def _deletion_of(key: str) -> Operation[bool | None]:
    return protocol.is_deleted((yield Command("PTTL", key))) or None


def _doomed(key: str, force: bool) -> Operation[list[str]]:
    """The streams that go with a scan, which is closed first; of an unreadable document those that it still names."""
    try:
        current = yield from watched(key)
        if current.state < ScanState.CLOSED:
            if not force:
                raise ScanNotClosedError(f"{key}: the scan is {current.state.name}; force deletes it all the same")
            # If another program was quicker to close it, it can be deleted all the same.
            with suppress(UnauthorizedStateTransition):
                yield from advance_scan(key, ScanState.CLOSED, {"end_reason": "DELETION"})
            current = yield from watched(key)
        document, state_streams = current.document, [current.state_stream]
    except (ScanValidationError, StreamError):
        if not force:
            raise
        document = yield from _whatever_stands_at(key)
        state_streams = _named_state_stream(key, document)
    try:
        return [*(stream.key for stream in documents.decode_streams(key, document).values()), *state_streams]
    except ScanValidationError:
        if not force:
            raise
        return state_streams


def _named_state_stream(key: str, document: Mapping[str, Any]) -> list[str]:
    try:
        return [documents.state_stream_of(key, document.get("state_stream"))]
    except ScanValidationError:
        return []


def _whatever_stands_at(key: str) -> Operation[dict[str, Any]]:
    try:
        return documents.decode_document(key, (yield Command("JSON.GET", key, documents.DOCUMENT_PATH)))
    except (CommandError, ScanValidationError):
        return {}


def key_of(scan_or_key: Scan | str) -> str:
    return protocol.require_scan_key(scan_or_key.key if isinstance(scan_or_key, Scan) else scan_or_key)


def watched(key: str) -> Operation[Current]:
    """Read a scan whole; the next Transaction fails when its document changes before."""
    protocol.require_scan_key(key)
    yield Watch([key])
    if protocol.is_deleted((yield Command("PTTL", key))):
        raise protocol.no_such_scan(key)
    try:
        raw = yield Command("JSON.GET", key, documents.DOCUMENT_PATH)
    except CommandError as error:
        raise ScanValidationError(f"{key}: {error}") from error
    document = documents.decode_document(key, raw)
    state_stream = documents.state_stream_of(key, document.get("state_stream"))
    try:
        entries = yield from _last_entries(state_stream)
    except CommandError as error:
        raise ScanValidationError(f"{key}: its state stream cannot be read: {error}") from error
    state_id, state = protocol.state_in(key, entries)
    return Current(document, state_stream, state_id, state)


def _last_entries(stream: str) -> Operation[list[Entry]]:
    reply = yield last_entry(stream)
    return parse_entries(reply)


def _sealed(stream: str) -> Operation[None]:
    try:
        yield Command("FCALL", "seal_stream", 1, stream)
    except CommandError as error:
        if "already sealed" not in str(error):
            raise StreamError(f"{stream} cannot be sealed: {error}") from error


def _with_info(key: str, document: dict[str, Any], info: Mapping[str, Any] | None, wanted: ScanState) -> dict[str, Any]:
    if not info:
        return document
    before = document.get("info")
    _, after = json_text.info_json({**(before if isinstance(before, dict) else {}), **info})
    if wanted not in _INFO_MAY_CHANGE and after != before:
        raise UnauthorizedStateTransition(f"{key}: info may change on the way to PREPARED and to CLOSED only")
    return {**document, "info": after}


def rewritten(key: str, document: Mapping[str, Any]) -> Command:
    return Command("JSON.SET", key, ".", json.dumps(document))


def _state_entry(state_stream: str, state: ScanState) -> Command:
    return Command("XADD", state_stream, "*", "state", state.value)
