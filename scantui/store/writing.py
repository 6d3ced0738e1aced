"""Operations that write scans: create, advance, delete, streams and their points; each once, as a generator.

Rule: a change starts from the raw document as it stands in Redis, watched, so that fields unknown to us survive and
nobody's change is overwritten. Source: protocol, sections 3 to 5.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from scantui.exceptions import (
    CommandError,
    ConflictError,
    ScanNotClosedError,
    ScanNotFoundError,
    ScanValidationError,
    StreamError,
    UnauthorizedStateTransition,
    UsageError,
)
from scantui.models import Scan, ScanState, StreamInfo
from scantui.store import documents, json_text, protocol, streams
from scantui.store.reading import raise_if_error
from scantui.store.requests import Batch, Command, Operation, Transaction, Watch
from scantui.store.ulid import new_ulid

_ATTEMPTS = 5
_AT_ONCE = 100
_INFO_MAY_CHANGE = (ScanState.PREPARED, ScanState.CLOSED)


# The identity of a scan to be created, and its info.
NewScan = tuple[Mapping[str, Any], Mapping[str, Any] | None]


class _Current(NamedTuple):
    """A scan as it stands while it is watched."""

    document: dict[str, Any]
    state_stream: str
    state_id: str
    state: ScanState


def create_scan(identity: Mapping[str, Any], info: Mapping[str, Any] | None, now: float) -> Operation[Scan]:
    """Publish a new scan in state CREATED and return it.

    `identity` needs name, number and data_policy, and may have session, proposal, collection, dataset and path. `info`
    is any dictionary that JSON can hold, up to 2**20 characters; NaN becomes null, arrays become lists.
    Raises ScanValidationError that names the field which will not do; nothing is written then.
    """
    (scan,) = yield from _published([documents.new_document(documents.identity_from(identity), info or {}, now)])
    return scan


def create_scans(scans: Iterable[NewScan], now: float) -> Operation[list[Scan]]:
    """Publish many new scans, each given as a pair (identity, info), and return them in the order given.

    It is for whoever has many at hand, to copy or to simulate them: they go to the server a hundred at a time, several
    times faster than by create_scan, and a hundred are there together or not at all.
    Raises ScanValidationError when any of them will not do; nothing is written then.
    """
    try:
        pairs = [(identity, info) for identity, info in scans]
    except (TypeError, ValueError):
        raise UsageError("scans are given as pairs (identity, info)") from None
    made = [documents.new_document(documents.identity_from(identity), info or {}, now) for identity, info in pairs]
    created: list[Scan] = []
    for start in range(0, len(made), _AT_ONCE):
        created += yield from _published(made[start : start + _AT_ONCE])
    return created


def _published(made: Sequence[tuple[str, str, Scan]]) -> Operation[list[Scan]]:
    replies = yield Transaction(
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
    return [
        msgspec.structs.replace(scan, state_id=protocol.text_of(state_id))
        for (*_, scan), state_id in zip(made, replies[2::3], strict=True)
    ]


def advance_scan(
    scan_or_key: Scan | str, state: ScanState | int, info: Mapping[str, Any] | None = None
) -> Operation[Scan]:
    """Take a scan to its next state and return it as it is then.

    The steps are CREATED, PREPARED, STARTED, STOPPED, CLOSED, one by one; CLOSED can be reached from each of the
    others. Its data streams are sealed before STOPPED and CLOSED. `info` is laid over what the scan has, key by key; it
    may change something on the way to PREPARED and to CLOSED only.
    Raises UnauthorizedStateTransition for a step that is not allowed (nothing is written then), ScanNotFoundError, and
    ConflictError when others keep changing the scan.
    """
    key = _key_of(scan_or_key)
    try:
        wanted = ScanState(state)
    except ValueError:
        raise UsageError(f"{state!r} is no scan state: give one of {', '.join(ScanState.__members__)}") from None
    if not isinstance(info, Mapping | None):
        raise ScanValidationError(f"info takes a dictionary, not a {type(info).__name__}")
    for _ in range(_ATTEMPTS):
        current = yield from _watched(key)
        if not (wanted is ScanState.CLOSED > current.state or wanted == current.state + 1):
            raise UnauthorizedStateTransition(f"{key}: no step leads from {current.state.name} to {wanted.name}")
        document = _with_info(key, current.document, info, wanted)
        scan = documents.decode_scan(key, document, wanted, current.state_id)
        if wanted >= ScanState.STOPPED:
            for stream in scan.streams.values():
                yield from _sealed(stream.key)
        try:
            *_, state_id = yield Transaction([_rewritten(key, document), _state_entry(current.state_stream, wanted)])
        except ConflictError:
            continue
        return msgspec.structs.replace(scan, state_id=protocol.text_of(state_id))
    raise ConflictError(f"{key}: others kept changing the scan; it was left as it is")


def delete_scan(key: str, force: bool) -> Operation[None]:
    """Delete a closed scan; with `force` one that still runs is closed first, with end_reason DELETION.

    The scan counts as deleted at once, and its keys expire ten seconds later.
    Raises ScanNotFoundError when there is no such scan (any more), ScanNotClosedError for one that runs, without force.
    """
    for _ in range(_ATTEMPTS):
        doomed = yield from _doomed(key, force)
        try:
            yield Transaction([Command("EXPIRE", name, protocol.DELETION_SECONDS) for name in (*doomed, key)])
        except ConflictError:
            continue
        return
    raise ConflictError(f"{key}: others kept changing the scan; it was not deleted")


def _doomed(key: str, force: bool) -> Operation[list[str]]:
    """The streams that go with a scan, which is closed now; of a document that makes no sense those that it names."""
    try:
        current = yield from _watched(key)
        if current.state < ScanState.CLOSED:
            if not force:
                raise ScanNotClosedError(f"{key}: the scan is {current.state.name}; force deletes it all the same")
            yield from advance_scan(key, ScanState.CLOSED, {"end_reason": "DELETION"})
            current = yield from _watched(key)
        document, state_streams = current.document, [current.state_stream]
    except ScanValidationError:
        if not force:
            raise
        document, state_streams = (yield from _whatever_stands_at(key)), []
    try:
        return [*(stream.key for stream in documents.decode_streams(key, document).values()), *state_streams]
    except ScanValidationError:
        if not force:
            raise
        return state_streams


def _whatever_stands_at(key: str) -> Operation[dict[str, Any]]:
    try:
        return documents.decode_document(key, (yield Command("JSON.GET", key, *documents.DOCUMENT_PATHS)))
    except (CommandError, ScanValidationError):
        return {}


def create_stream(
    scan_or_key: Scan | str, name: str, dtype: object, shape: Sequence[int], now: float
) -> Operation[Scan]:
    """Add a numeric data stream to a scan that is CREATED or PREPARED, and return the scan with it.

    `dtype` is a numeric type as numpy names it ("float64", "<u4") or float, int, bool, complex; `shape` is the shape of
    one point: () for scalars, (1024,) for spectra, -1 for a length that is free.
    Raises StreamError when the name is taken, the type will not do, or the scan has started.
    """
    key = _key_of(scan_or_key)
    if not isinstance(name, str) or not name or not json_text.is_utf8(name):
        raise StreamError(f"{name!r} is no name for a stream: give a text")
    encoding, info = streams.new_stream_fields(streams.dtype_text(dtype), shape)
    for _ in range(_ATTEMPTS):
        current = yield from _watched(key)
        if current.state > ScanState.PREPARED:
            raise StreamError(f"{key}: the scan is {current.state.name}, and its streams are settled when it starts")
        if name in documents.decode_streams(key, current.document):
            raise StreamError(f"{key}: there is a stream {name!r} already")
        known = current.document.get("data_streams") or {}
        known = {**known, name: {"pk": new_ulid(now), "encoding": encoding, "info": info}}
        document = {**current.document, "data_streams": known}
        scan = documents.decode_scan(key, document, current.state, current.state_id)
        try:
            yield Transaction([_rewritten(key, document)])
        except ConflictError:
            continue
        return scan
    raise ConflictError(f"{key}: others kept changing the scan; the stream was not created")


def append(scan_or_key: Scan | str, name: str, points: object) -> Operation[int]:
    """Append one point, or a list of points, to a numeric stream, and return how many points it has then.

    A point is a number, or nested lists in the stream's shape; arrays of numpy serve too. Given a Scan that knows the
    stream, its document is not read again. One stream has one writer.
    Raises StreamError when there is no such stream, it is sealed, or the points do not fit it.
    """
    key = _key_of(scan_or_key)
    if not isinstance(name, str):
        raise StreamError(f"{name!r:.60} is no name of a stream: give a text")
    stream = scan_or_key.streams.get(name) if isinstance(scan_or_key, Scan) else None
    if stream is None:
        stream = yield from _find_stream(key, name)
    if stream.kind != "numeric":
        raise StreamError(f"stream {name!r} holds {stream.kind or 'unknown'} data, only numbers can be appended")
    payload, count = streams.encode_points(points, stream.dtype, stream.shape)
    pttl, last = yield Batch([Command("PTTL", key), Command("XREVRANGE", stream.key, "+", "-", "COUNT", 1)])
    if protocol.is_deleted(raise_if_error(pttl)):
        raise ScanNotFoundError(f"{key}: there is no such scan, or it was deleted or has expired")
    length, sealed = streams.length_after(protocol.parse_entries(raise_if_error(last)))
    if sealed:
        raise StreamError(f"stream {name!r} is sealed: its scan was stopped or closed")
    batch = ("len", count) if count > 1 else ()
    try:
        yield Command("XADD", stream.key, streams.point_id(length), "payload", payload, *batch)
    except CommandError as error:
        if "equal or smaller" in str(error):
            raise StreamError(f"stream {name!r} was sealed or written by somebody else meanwhile") from None
        raise
    return length + count


def _key_of(scan_or_key: Scan | str) -> str:
    return protocol.require_scan_key(scan_or_key.key if isinstance(scan_or_key, Scan) else scan_or_key)


def _watched(key: str) -> Operation[_Current]:
    """Read a scan whole; the next Transaction fails when its document changes before."""
    protocol.require_scan_key(key)
    yield Watch([key])
    if protocol.is_deleted((yield Command("PTTL", key))):
        raise ScanNotFoundError(f"{key}: there is no such scan, or it was deleted or has expired")
    try:
        raw = yield Command("JSON.GET", key, *documents.DOCUMENT_PATHS)
    except CommandError as error:
        raise ScanValidationError(f"{key}: {error}") from None
    document = documents.decode_document(key, raw)
    state_stream = documents.state_stream_of(key, document.get("state_stream"))
    state_id, state = protocol.state_in(key, (yield from _last_entries(state_stream)))
    return _Current(document, state_stream, state_id, state)


def _last_entries(stream: str) -> Operation[list[protocol.Entry]]:
    reply = yield Command("XREVRANGE", stream, "+", "-", "COUNT", 1)
    return protocol.parse_entries(reply)


def _sealed(stream: str) -> Operation[None]:
    try:
        yield Command("FCALL", "seal_stream", 1, stream)
    except CommandError as error:
        if "already sealed" not in str(error):
            raise


def _with_info(key: str, document: dict[str, Any], info: Mapping[str, Any] | None, wanted: ScanState) -> dict[str, Any]:
    if not info:
        return document
    before = document.get("info")
    _, after = json_text.info_json({**(before if isinstance(before, dict) else {}), **info})
    if wanted not in _INFO_MAY_CHANGE and after != before:
        raise UnauthorizedStateTransition(f"{key}: info may change on the way to PREPARED and to CLOSED only")
    return {**document, "info": after}


def _find_stream(key: str, name: str) -> Operation[StreamInfo]:
    raw = yield Command("JSON.GET", key, *documents.DOCUMENT_PATHS)
    if raw is None:
        raise ScanNotFoundError(f"{key}: there is no such scan, or it was deleted or has expired")
    known = documents.decode_streams(key, documents.decode_document(key, raw))
    if name not in known:
        raise StreamError(f"{key}: there is no stream {name!r}, it has {', '.join(known) or 'none'}")
    return known[name]


def _rewritten(key: str, document: Mapping[str, Any]) -> Command:
    return Command("JSON.SET", key, ".", json.dumps(document))


def _state_entry(state_stream: str, state: ScanState) -> Command:
    return Command("XADD", state_stream, "*", "state", state.value)
