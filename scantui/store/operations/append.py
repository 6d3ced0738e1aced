"""Operations that write data streams: create one, append points.

Rule: as for scans, a write is sent once; if its reply is lost, the operation searches for it.
Source: protocol, section 5.
"""

from __future__ import annotations

from collections.abc import Sequence

from scantui.exceptions import CommandError, ConflictError, ConnectionFailed, StreamError
from scantui.models import Scan, ScanState, StreamInfo
from scantui.store.operations.lost_writes import arrivals, resolved
from scantui.store.operations.requests import Batch, Command, Operation, Transaction, last_entry
from scantui.store.operations.streams import find_stream
from scantui.store.operations.write import ATTEMPTS, key_of, rewritten, watched
from scantui.store.wire import documents, json_text, protocol, streams
from scantui.store.wire.replies import parse_entries, raise_if_error
from scantui.store.wire.ulid import new_ulid


def create_stream(
    scan_or_key: Scan | str, name: str, dtype: object, shape: Sequence[int], now: float
) -> Operation[Scan]:
    """Add a data stream to a scan that is CREATED or PREPARED, and return the scan with it."""
    key = key_of(scan_or_key)
    if not isinstance(name, str) or not name or not json_text.is_utf8(name):
        raise StreamError(f"{name!r} is not a name for a stream: give a text")
    encoding, info = streams.new_stream_fields(dtype, shape)
    for _ in range(ATTEMPTS):
        current = yield from watched(key)
        if current.state > ScanState.PREPARED:
            raise StreamError(f"{key}: the scan is {current.state.name}, and its streams are fixed once it starts")
        if name in documents.decode_streams(key, current.document):
            raise StreamError(f"{key}: there is a stream {name!r} already")
        known = current.document.get("data_streams") or {}
        known = {**known, name: {"pk": new_ulid(now), "encoding": encoding, "info": info}}
        document = {**current.document, "data_streams": known}
        scan = documents.decode_scan(key, document, current.state, current.state_id)
        try:
            yield Transaction([rewritten(key, document)])
        except ConflictError:
            continue
        except ConnectionFailed as error:
            yield from resolved(error, f"{key} got a stream {name!r}", _stream_of(key, name, scan.streams[name].key))
        return scan
    raise ConflictError(f"{key}: others kept changing the scan; the stream was not created")


def _stream_of(key: str, name: str, stream_key: str) -> Operation[bool | None]:
    raw = yield Command("JSON.GET", key, documents.DOCUMENT_PATH)
    known = documents.decode_streams(key, documents.decode_document(key, raw)) if raw is not None else {}
    return (name in known and known[name].key == stream_key) or None


def append(scan_or_key: Scan | str, name: str, points: object) -> Operation[int]:
    """Append one point, or a list of points, to a numeric stream, and return how many points it has then."""
    key = key_of(scan_or_key)
    stream = yield from find_stream(scan_or_key, name)
    if stream.kind != "numeric":
        raise StreamError(f"stream {name!r} holds {stream.kind or 'unknown'} data, only numbers can be appended")
    payload, count = streams.encode_points(points, streams.dtype_text(stream.dtype), stream.shape)
    return (yield from _appended(key, stream, payload, count))


def append_json(scan_or_key: Scan | str, name: str, value: object) -> Operation[int]:
    """Append one value to a json stream, and return how many points it has then.

    `value` is what JSON can hold: texts, numbers, lists, dictionaries with texts as keys, None.
    Raises StreamError when there is no such stream, it is sealed, or JSON cannot hold the value.
    """
    key = key_of(scan_or_key)
    stream = yield from find_stream(scan_or_key, name)
    if stream.kind != "json":
        raise StreamError(f"stream {name!r} holds {stream.kind or 'unknown'} data, not json: use append")
    return (yield from _appended(key, stream, streams.encode_json(value), 1))


def _appended(key: str, stream: StreamInfo, payload: bytes, count: int) -> Operation[int]:
    name = stream.name
    pttl, last = yield Batch([Command("PTTL", key), last_entry(stream.key)])
    if protocol.is_deleted(raise_if_error(pttl)):
        raise protocol.no_such_scan(key)
    length, sealed = streams.length_after(parse_entries(raise_if_error(last)))
    if sealed:
        raise StreamError(f"stream {name!r} is sealed: its scan was stopped or closed")
    batch = ("len", count) if count > 1 else ()
    try:
        yield Command("XADD", stream.key, streams.point_id(length), "payload", payload, *batch)
    except CommandError as error:
        if "equal or smaller" in str(error):
            raise StreamError(f"stream {name!r} was sealed or written by another program meanwhile") from error
        raise
    except ConnectionFailed as error:
        yield from resolved(
            error, f"points of stream {name!r} were appended from {length} on", _entry_of(stream.key, length, payload)
        )
    return length + count


def _entry_of(stream: str, index: int, payload: bytes) -> Operation[bool | None]:
    """Whether the entry whose first point has this index holds what was sent."""
    entries = yield from arrivals(stream, f"{index}-0")
    found = [entry for entry in entries if entry.id == streams.point_id(index)]
    return any(entry.fields.get(b"payload") == payload for entry in found) or None
