"""Scan documents: JSON from Redis to models, identities and info to JSON; pure functions.

Rule for reading: what is missing, foreign or old is tolerated wherever a scan still makes sense without it; otherwise
a ScanValidationError names the key and the field. Rule for writing: exactly blissdata's document, nulls included.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import msgspec

from scantui.exceptions import ScanValidationError
from scantui.identities import once
from scantui.matching import FIELDS, TEXT_FIELDS, unknown_field
from scantui.models import Scan, ScanIdentity, ScanState, ScanSummary, StreamInfo
from scantui.store.wire.json_text import info_json, is_utf8, quick_json, require_utf8
from scantui.store.wire.protocol import SCAN_PREFIX, STREAM_PREFIX
from scantui.store.wire.replies import garbled
from scantui.store.wire.ulid import new_ulid, ulid_milliseconds

# Asked for as such, a document comes as it is; a server takes twice as long to put it into a list.
DOCUMENT_PATH = "."
SUMMARY_INFO = {
    "title": str,
    "npoints": int,
    "count_time": float,
    "start_time": str,
    "end_time": str,
    "end_reason": str,
    "user_name": str,
    "publisher": str,
    "exit_status": str,
    "group": str,
    "is_scan_sequence": bool,
    "sequence_info": dict,
    "save": bool,
}
_titles: dict[str, str] = {}
_SUMMARY_INFO_PATHS = tuple(f"$.info.{name}" for name in SUMMARY_INFO)
SUMMARY_PATHS = ("$.id", "$.state_stream.pk", *_SUMMARY_INFO_PATHS)
IDENTITY_PATHS = ("$.id", "$.pk")

_IDENTITY_FIELDS = frozenset((*FIELDS, "pk"))
_REQUIRED = ("name", "number", "data_policy")
_decode = msgspec.json.Decoder().decode


class PlainIdentity(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """An identity as blissdata writes it, without any other field; thousands are decoded at once."""

    name: str
    number: int
    pk: str | None = None
    data_policy: str | None = None
    session: str | None = None
    proposal: str | None = None
    collection: str | None = None
    dataset: str | None = None
    path: str | None = None
    others: ClassVar[tuple[tuple[str, Any], ...]] = ()


def identity_from(fields: Mapping[str, Any]) -> ScanIdentity:
    """Check the identity of a scan to be created; ScanValidationError names the wrong field."""
    if not isinstance(fields, Mapping):
        raise ScanValidationError(f"identity takes a dictionary with {', '.join(_REQUIRED)}, not {fields!r:.60}")
    for field in fields:
        if field not in FIELDS:
            raise ScanValidationError(f"identity: {unknown_field(field)}")
    for field in _REQUIRED:
        if fields.get(field) is None:
            raise ScanValidationError(f"identity: {field} is required")
    identity = _identity("identity", fields)
    if not is_utf8("".join([getattr(identity, field) or "" for field in TEXT_FIELDS])):
        for field in TEXT_FIELDS:
            require_utf8(getattr(identity, field), f"identity.{field}")
    return identity


def new_document(identity: ScanIdentity, info: Mapping[str, Any], now: float) -> tuple[str, str, Scan]:
    """The key, the JSON document and the snapshot of a scan to be created `now`, in seconds since 1970."""
    identity_pk, state_pk, pk = new_ulid(now), new_ulid(now), new_ulid(now)
    info_text, seen = info_json(info)
    fields = quick_json({"pk": identity_pk, **{field: getattr(identity, field) for field in FIELDS}})
    document = (
        f'{{"pk": "{pk}", "id": {fields}, "info": {info_text}, '
        f'"state_stream": {{"pk": "{state_pk}", "encoding": null, "info": null}}, "data_streams": {{}}}}'
    )
    key = SCAN_PREFIX + pk
    scan = Scan(
        key=key,
        state=ScanState.CREATED,
        identity=identity,
        info=seen,
        state_stream=STREAM_PREFIX + state_pk,
    )
    return key, document, scan


def decode_paths(key: str, raw: Any) -> dict[str, Any]:
    """The reply of JSON.GET with two or more paths, an object of lists: the first value at each path that has one."""
    found = decode_document(key, raw)
    return {path: values[0] for path, values in found.items() if isinstance(values, list) and values}


def decode_document(key: str, raw: Any) -> dict[str, Any]:
    """The reply of JSON.GET at DOCUMENT_PATH: the whole raw document, fields that we do not know included."""
    if raw is None:
        raise ScanValidationError(f"{key}: the document is missing")
    if not isinstance(raw, bytes):
        raise garbled(raw, "a JSON text")
    try:
        document = _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ScanValidationError(f"{key}: the document cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise ScanValidationError(f"{key}: the document is not a JSON object")
    return document


def decode_scan(key: str, document: Mapping[str, Any], state: ScanState, state_id: str) -> Scan:
    """All of a scan, from its document and the last entry of its state stream."""
    info = document.get("info") or {}
    if not isinstance(info, dict):
        raise ScanValidationError(f"{key}: info is {_described(info)}, not an object")
    return Scan(
        key=key,
        state=state,
        identity=decode_identity(key, document.get("id")),
        info=info,
        streams=decode_streams(key, document),
        state_stream=state_stream_of(key, document.get("state_stream")),
        state_id=state_id,
    )


def decode_summary(key: str, paths: Mapping[str, Any], state: ScanState, state_id: str) -> ScanSummary:
    """What a row needs of a scan, from the values at SUMMARY_PATHS and the last entry of its state stream."""
    return new_summary(
        key,
        decode_identity(key, paths.get("$.id")),
        STREAM_PREFIX + _pk(key, "state_stream.pk", paths.get("$.state_stream.pk")),
        state,
        state_id,
        fitting(SUMMARY_INFO, [paths.get(path) for path in _SUMMARY_INFO_PATHS]),
        ulid_milliseconds(key[len(SCAN_PREFIX) :]),
    )


def fitting(names: Iterable[str], values: Iterable[Any]) -> tuple[Any, ...]:
    """Values of info by their names in SUMMARY_INFO, None in place of each that is of another kind."""
    return tuple([_fitting(SUMMARY_INFO[name], value) for name, value in zip(names, values, strict=True)])


def new_summary(
    key: str,
    identity: ScanIdentity | PlainIdentity,
    state_stream: str,
    state: ScanState,
    state_id: str,
    info: Sequence[Any],
    created_ms: int,
    started_ms: int = 0,
) -> ScanSummary:
    """A summary with values of info that are fitting, in the order of SUMMARY_INFO; thousands are made at once."""
    title, npoints, count_time, start_time, end_time, end_reason, user_name, publisher, *rest = info
    exit_status, parent, is_sequence, sequence_info, is_saved = rest
    return ScanSummary(
        key=key,
        state=state,
        identity=ScanIdentity(
            name=identity.name,
            number=identity.number,
            data_policy=identity.data_policy,
            session=identity.session,
            proposal=identity.proposal,
            collection=identity.collection,
            dataset=identity.dataset,
            path=identity.path,
            others=identity.others,
        ),
        state_stream=state_stream,
        state_id=state_id,
        started_ms=started_ms,
        created_ms=created_ms,
        # The same command is run again and again.
        title=None if title is None else once(title, _titles),
        npoints=npoints if npoints is None or abs(npoints) < 2**63 else None,
        count_time=count_time if type(count_time) is float else _fitting(float, count_time),
        start_time=start_time,
        end_time=end_time,
        end_reason=end_reason,
        exit_status=exit_status,
        user_name=user_name,
        publisher=publisher,
        parent=parent,
        is_sequence=is_sequence,
        planned_scans=None if sequence_info is None else _fitting(int, sequence_info.get("scan_count")),
        is_saved=is_saved,
    )


def decode_identity(key: str, fields: object) -> ScanIdentity:
    """The identity in a document; ScanValidationError names the key and the wrong field."""
    if not isinstance(fields, dict):
        raise ScanValidationError(f"{key}: id is {_described(fields)}, not an object")
    return _identity(f"{key}: id", fields)


def decode_streams(key: str, document: Mapping[str, Any]) -> dict[str, StreamInfo]:
    """The data streams that a document describes, by name."""
    streams = document.get("data_streams") or {}
    if not isinstance(streams, dict):
        raise ScanValidationError(f"{key}: data_streams is {_described(streams)}, not an object")
    return {name: _stream(key, name, raw) for name, raw in streams.items()}


def state_stream_of(key: str, state_stream: object) -> str:
    """The Redis key of a scan's state stream, from the `state_stream` object of its document."""
    pk = state_stream.get("pk") if isinstance(state_stream, dict) else None
    return STREAM_PREFIX + _pk(key, "state_stream.pk", pk)


def has_outcome(document: Mapping[str, Any]) -> bool:
    """Whether info has the outcome of a closed scan, the last thing that a publisher adds."""
    info = document.get("info")
    return isinstance(info, dict) and bool(info.get("end_reason") or info.get("exit_status"))


def _identity(what: str, fields: Mapping[str, Any]) -> ScanIdentity:
    for field in TEXT_FIELDS:
        value = fields.get(field)
        if not isinstance(value, str) and (value is not None or field == "name"):
            raise ScanValidationError(f"{what}.{field} is {_described(value)}, not a text")
    texts: dict[str, Any] = {field: fields.get(field) for field in TEXT_FIELDS}
    number = _whole_number(f"{what}.number", fields.get("number"))
    others = tuple((field, value) for field, value in fields.items() if field not in _IDENTITY_FIELDS)
    return ScanIdentity(number=number, others=others, **texts)


def _whole_number(what: str, value: object) -> int:
    if not isinstance(value, (int, float, str)) and hasattr(value, "__index__"):  # whole numbers of numpy
        value = operator.index(value)
    # Older publishers wrote the number as a text, RedisJSON turns one beyond 64 bit into a float.
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        try:
            number = int(value)
        except (ValueError, OverflowError):
            pass
        else:
            if (isinstance(value, str) or number == value) and -(2**63) <= number < 2**63:
                return number
    raise ScanValidationError(f"{what} is {_described(value)}, not a whole number of 64 bit")


def _stream(key: str, name: str, raw: object) -> StreamInfo:
    if not isinstance(raw, dict):
        raise ScanValidationError(f"{key}: data_streams.{name} is {_described(raw)}, not an object")
    # A document may describe hundreds, so that each call counts.
    pk, encoding = raw.get("pk"), _object_or_empty(raw.get("encoding"))
    kind, dtype, shape = encoding.get("type"), encoding.get("dtype_str"), encoding.get("shape")
    return StreamInfo(
        name=name,
        key=STREAM_PREFIX + (pk if pk and isinstance(pk, str) else _pk(key, f"data_streams.{name}.pk", pk)),
        kind=kind if isinstance(kind, str) else "",
        dtype=dtype if isinstance(dtype, str) else "",
        shape=tuple([size for size in shape if type(size) is int]) if shape and isinstance(shape, list) else (),
        info=_object_or_empty(raw.get("info")),
    )


def _object_or_empty(value: object) -> dict[str, Any]:
    """Older blissdata wrote an empty text in place of null."""
    return value if isinstance(value, dict) else {}


def _pk(key: str, field: str, pk: object) -> str:
    if not isinstance(pk, str) or not pk:
        raise ScanValidationError(f"{key}: {field} is {_described(pk)}, not the name of a stream")
    return pk


def _fitting(kind: type, value: Any) -> Any:
    if kind is bool:
        return value if isinstance(value, bool) else None
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value) if abs(value) < 2**63 else None
    if kind is int and isinstance(value, int) and abs(value) >= 2**63:
        return None
    return value if isinstance(value, kind) and not isinstance(value, bool) else None


def _described(value: object) -> str:
    if isinstance(value, int) and value.bit_length() > 64:
        return f"a number of {value.bit_length()} bit"
    return "missing" if value is None else f"{value!r:.60}"
