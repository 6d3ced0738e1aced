"""Everything about one scan: its document, its transitions, the ends of its streams, its sub-scans.

Rule: what is read is bounded, whatever a scan holds: so many streams, a few values of each, never an image. A stream
that cannot be read carries its problem and affects no other. Source: protocol, sections 4 and 5.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from scantui.exceptions import GarbledError, StoreError, StreamError, UsageError
from scantui.models import Scan, ScanState, ScanSummary, StreamInfo
from scantui.store.operations.load import of_scan
from scantui.store.operations.requests import Batch, Command, Operation
from scantui.store.wire import documents, protocol, streams
from scantui.store.wire.replies import Entry, parse_entries, raise_if_error
from scantui.words import lacks_start

MOST_STREAMS = 100
MOST_SUB_SCANS = 50
MOST_VALUES = 8
LARGEST_POINT = 4096
_NEWEST_STATES = ("+", "-", "COUNT", 64)
_INFO = "$.info."
# Detectors publish how far they are instead of their frames: the key of the last index in a status, or just the count.
_STATUS_KEYS = {"lima": "last_index", "lima_v1": "last_index", "mosca": "last_read_index", "lima2": "", "lima_v2": ""}
_decode_object = msgspec.json.Decoder(dict[str, Any]).decode


class StreamTail(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a data stream: how many points (or frames of a detector) it has, and its last values.

    `length` is None when it was not read: it would cost a large point. `problem` is what is wrong with a stream.
    `last` holds values of scalar streams only, oldest first.
    """

    name: str
    kind: str = ""
    dtype: str = ""
    shape: tuple[int, ...] = ()
    length: int | None = None
    sealed: bool = False
    last: tuple[complex, ...] = ()
    problem: str = ""


class ScanDetails(msgspec.Struct, frozen=True, kw_only=True):
    """One scan to be looked at closely; `summary` is what its row shows, `parent` the sequence that it belongs to.

    `transitions` are its states and the server's time in milliseconds at which each came. `streams` are the first ones,
    `more_streams` counts the rest. `sub_scans` are the keys of the last of `sub_scan_count` scans, oldest first.
    """

    scan: Scan
    summary: ScanSummary
    transitions: tuple[tuple[ScanState, int], ...] = ()
    streams: tuple[StreamTail, ...] = ()
    more_streams: int = 0
    sub_scans: tuple[str, ...] = ()
    sub_scan_count: int = 0
    parent: str | None = None
    hdf5_path: str | None = None


class _End(NamedTuple):
    """A stream's tail, and the index of the first point in its last entry: what came before was not read yet."""

    stream: StreamInfo
    tail: StreamTail
    first: int = 0


def load_details(key: str, known: ScanDetails | None = None) -> Operation[ScanDetails]:
    """Return what there is to show of one scan, in four round trips at most."""
    protocol.require_scan_key(key)
    if not isinstance(known, ScanDetails | None):
        raise UsageError(f"known takes what load_details returned, not a {type(known).__name__}")
    if known is not None and known.scan.key == key and known.scan.state >= ScanState.STARTED:
        state_stream = known.scan.state_stream
        pttl, reply = yield Batch([Command("PTTL", key), Command("XREVRANGE", state_stream, *_NEWEST_STATES)])
        _require_alive(key, pttl)
        entries = parse_entries(of_scan(key, reply))
        if entries and entries[0].id == known.scan.state_id:
            return (yield from _with_streams(known))
    else:
        pttl, raw = yield Batch([Command("PTTL", key), Command("JSON.GET", key, "$.state_stream.pk", "$.pk")])
        _require_alive(key, pttl)
        pk = documents.decode_paths(key, of_scan(key, raw)).get("$.state_stream.pk")
        state_stream = documents.state_stream_of(key, {"pk": pk})
    # In this order, so that the document is never older than its state.
    reply, raw = yield Batch(
        [Command("XREVRANGE", state_stream, *_NEWEST_STATES), Command("JSON.GET", key, *documents.DOCUMENT_PATHS)]
    )
    entries = parse_entries(of_scan(key, reply))
    return (yield from _with_streams(_decode_details(key, of_scan(key, raw), entries)))


def _require_alive(key: str, pttl: Any) -> None:
    if protocol.is_deleted(raise_if_error(pttl)):
        raise protocol.no_such_scan(key)


def _decode_details(key: str, raw: bytes | None, newest_first: Sequence[Entry]) -> ScanDetails:
    """All but the streams' ends, from the document and the entries of the state stream."""
    state_id, state = protocol.state_in(key, newest_first[:1])
    document = documents.decode_document(key, raw)
    scan = documents.decode_scan(key, document, state, state_id)
    found = {path: scan.info.get(path.removeprefix(_INFO)) for path in documents.SUMMARY_PATHS}
    found |= {"$.id": document["id"], "$.state_stream.pk": document["state_stream"]["pk"]}
    summary = documents.decode_summary(key, found, state, state_id)
    transitions = []
    for entry in reversed(newest_first):
        with suppress(StoreError):
            id_, entered = protocol.state_in(key, [entry])
            transitions.append((entered, protocol.timetag_order(id_)[0]))
    if lacks_start(summary):
        first_ms = transitions[0][1] if transitions else 0
        started_ms = next((ms for entered, ms in transitions if entered is ScanState.STARTED), first_ms)
        summary = msgspec.structs.replace(summary, started_ms=started_ms)
    paths = (scan.path, scan.info.get("filename"))
    return ScanDetails(
        scan=scan,
        summary=summary,
        transitions=tuple(transitions),
        parent=summary.parent if summary.parent and protocol.is_scan_key(summary.parent) else None,
        hdf5_path=next((path for path in paths if isinstance(path, str) and path), None),
    )


def _with_streams(details: ScanDetails) -> Operation[ScanDetails]:
    known = sorted(details.scan.streams.values(), key=lambda stream: not streams.lists_scans(stream))
    shown = known[:MOST_STREAMS]
    asked = [stream for stream in shown if _is_cheap(stream)]
    replies = (yield Batch([_last_entries(stream) for stream in asked])) if asked else []
    reply_of = dict(zip((stream.name for stream in asked), replies, strict=True))
    ends = [_end(stream, reply_of.get(stream.name)) for stream in shown]
    tails = yield from _with_earlier_values(ends)
    lists = [end for end in ends if streams.lists_scans(end.stream)]
    sub_scans = [key for end in lists for key in _scan_keys(reply_of[end.stream.name])]
    return msgspec.structs.replace(
        details,
        streams=tuple(tails),
        more_streams=len(known) - len(shown),
        sub_scans=tuple(sub_scans[-MOST_SUB_SCANS:]),
        sub_scan_count=max(len(sub_scans), sum(end.tail.length or 0 for end in lists)),
    )


def _with_earlier_values(ends: Sequence[_End]) -> Operation[list[StreamTail]]:
    """Complete the last values of streams whose last entry has only a few."""
    asked = {}
    for end in ends:
        if end.first > 0 and 0 < len(end.tail.last) < MOST_VALUES:
            start = max(0, end.first - MOST_VALUES + len(end.tail.last))
            # A batch may begin before the first point wanted.
            straddling = Command("XREVRANGE", end.stream.key, streams.point_id(start), "-", "COUNT", 1)
            after = (streams.point_id(start + 1), f"{end.first}-0")
            asked[end.stream.name] = straddling, Command("XRANGE", end.stream.key, *after, "COUNT", MOST_VALUES)
    replies = (yield Batch([command for pair in asked.values() for command in pair])) if asked else []
    reply_of = dict(zip(asked, zip(replies[::2], replies[1::2], strict=True), strict=True))
    return [_prolonged(end, reply_of[end.stream.name]) if end.stream.name in reply_of else end.tail for end in ends]


def _prolonged(end: _End, replies: Sequence[Any]) -> StreamTail:
    try:
        entries = [entry for reply in replies for entry in parse_entries(raise_if_error(reply))]
        earlier = [value for entry in entries for value in _last_values(end.stream, entry)]
    except GarbledError:
        raise
    except StoreError as error:
        return msgspec.structs.replace(end.tail, problem=str(error))
    return msgspec.structs.replace(end.tail, last=(*earlier, *end.tail.last)[-MOST_VALUES:])


def _is_cheap(stream: StreamInfo) -> bool:
    """Whether the last entry is small enough to be read; Redis gives no length without it."""
    if stream.kind == "numeric":
        return len(stream.shape) <= 1 and math.prod(stream.shape) <= LARGEST_POINT
    return stream.kind == "json"


def _last_entries(stream: StreamInfo) -> Command:
    """The last entry, and where it is of use the one that may stand before the seal."""
    count = MOST_SUB_SCANS + 1 if streams.lists_scans(stream) else 1 if stream.shape else 2
    return Command("XREVRANGE", stream.key, "+", "-", "COUNT", count)


def _end(stream: StreamInfo, reply: Any) -> _End:
    tail = StreamTail(name=stream.name, kind=stream.kind, dtype=stream.dtype, shape=stream.shape)
    if reply is None:
        return _End(stream, tail)
    try:
        entries = parse_entries(raise_if_error(reply))
        length, sealed = streams.length_after(entries[:1])
        tail = msgspec.structs.replace(tail, length=length, sealed=sealed)
        points = [entry for entry in entries if entry.id != streams.SEAL]
        plugin = stream.info.get("plugin") or stream.info.get("format")
        if isinstance(plugin, str) and plugin in _STATUS_KEYS:
            frames = _frames(stream, plugin, points[0]) if points else None if length else 0
            return _End(stream, msgspec.structs.replace(tail, length=frames))
        if stream.kind == "numeric" and not stream.shape and points:
            tail = msgspec.structs.replace(tail, last=_last_values(stream, points[0]))
            return _End(stream, tail, protocol.timetag_order(points[0].id)[0])
    except GarbledError:
        raise
    except StoreError as error:
        tail = msgspec.structs.replace(tail, problem=str(error))
    return _End(stream, tail)


def _last_values(stream: StreamInfo, entry: Entry) -> tuple[complex, ...]:
    """The last values in an entry of a scalar stream, without unpacking a long batch."""
    payload = entry.fields.get(b"payload", b"")
    dtype = streams.dtype_text(stream.dtype)
    size = int(dtype[2:])
    return tuple(streams.decode_points(payload[-(MOST_VALUES * size + len(payload) % size) :], dtype, ()))


def _frames(stream: StreamInfo, plugin: str, status: Entry) -> int:
    """How many frames a detector has."""
    key = _STATUS_KEYS[plugin]
    last: Any = _json_object(status).get(key) if key else (_last_values(stream, status) or (None,))[-1]
    if isinstance(last, int):
        return last + 1 if key else last
    raise StreamError(f"the last status of the {plugin} detector cannot be read")


def _scan_keys(reply: Any) -> list[str]:
    """The scans that a stream lists, oldest first; entries that name none are passed over."""
    entries = [] if isinstance(reply, StoreError) else parse_entries(reply)
    named = [_json_object(entry).get("key") for entry in reversed(entries)]
    return [key for key in named if isinstance(key, str) and protocol.is_scan_key(key)]


def _json_object(entry: Entry) -> Mapping[str, Any]:
    try:
        return _decode_object(entry.fields.get(b"payload", b""))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
