"""Entries of data streams to points: payloads joined into flat arrays; pure functions.

Source: protocol, section 5. A numeric payload is the C-order bytes of a batch of points; where the shape has a free
length (-1) it is msgpack, the shape of the batch's points and those bytes; a json payload is one JSON text.
"""

from __future__ import annotations

import json
import math
import struct
from array import array
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec

from scantui.exceptions import StreamError
from scantui.models import StreamInfo
from scantui.points import NATIVE, Points
from scantui.store.wire import streams
from scantui.store.wire.protocol import timetag_order
from scantui.store.wire.replies import Entry

_FREE = -1
# What an array of any version of numpy can have: so many dimensions, with the one of the points, and so many bytes.
_MOST_DIMENSIONS = 32
_MOST_BYTES = 2**63 - 1
# Points without numbers take no bytes in an entry, which may claim any number of them.
_MOST_WITHOUT_NUMBERS = 65_536
# Whatever handles a JSON value may call itself for each level.
_MOST_LEVELS = 100
# numpy's kind and size, and the type code of the array that holds its bytes; complex numbers are held as their parts.
_CODES = {
    "b1": "B",
    "i1": "b",
    "i2": "h",
    "i4": "i",
    "i8": "q",
    "u1": "B",
    "u2": "H",
    "u4": "I",
    "u8": "Q",
    "f2": "H",
    "f4": "f",
    "f8": "d",
    "c8": "f",
    "c16": "d",
}
_decode_json = msgspec.json.Decoder().decode
_decode_batch = msgspec.msgpack.Decoder(tuple[list[int], bytes]).decode


class _Batch(NamedTuple):
    """The points of one entry: the index of the first, their number, their shape, and their bytes or value."""

    first: int
    length: int
    shape: tuple[int, ...]
    payload: Any


def decode_entries(stream: StreamInfo, entries: Sequence[Entry], start: int, stop: int | None = None) -> Points:
    """The points with indices from `start` to before `stop` that are in these entries, oldest first.

    A seal at the end is noted. Entries may begin before `start`. Raises StreamError for what cannot be read.
    """
    sealed = bool(entries) and entries[-1].id == streams.SEAL
    size = _point_size(stream)
    batches = [_batch(stream, entry, size) for entry in (entries[:-1] if sealed else entries)]
    batches = [
        batch for batch in batches if batch.first + batch.length > start and (stop is None or batch.first < stop)
    ]
    first = max(start, batches[0].first) if batches else start
    if any(before.first + before.length != after.first for before, after in pairwise(batches)):
        raise StreamError(f"stream {stream.name!r}: its entries overlap or leave points out")
    points = _joined(stream, batches, first, stop)
    lost = first - start if batches else 0
    return msgspec.structs.replace(points, lost=lost, sealed=sealed)


def _point_size(stream: StreamInfo) -> int:
    """The bytes of a point in a stream in which all have the same shape, else -1."""
    if stream.kind != "numeric" or _FREE in stream.shape:
        return -1
    _require_array(stream, stream.shape)
    return math.prod(stream.shape) * int(_numeric_type(stream)[2:])


def _batch(stream: StreamInfo, entry: Entry, size: int) -> _Batch:
    """The points of an entry; `size` is that of a point, as far as it is known."""
    payload = entry.fields.get(b"payload")
    count = entry.fields.get(b"len", b"1")
    first, second = timetag_order(entry.id)
    if second == 1 and count == b"1" and payload is not None and len(payload) == size:
        # What most entries are: one point of a known size.
        return _Batch(first, 1, stream.shape, payload)
    if payload is None or second != 1 or not (count.isdigit() and 0 < len(count) < 20):
        raise StreamError(f"stream {stream.name!r}: entry {entry.id} is not one of blissdata's")
    if stream.kind == "json":
        return _Batch(first, 1, (), payload)
    if stream.kind != "numeric":
        raise StreamError(f"stream {stream.name!r} holds {stream.kind or 'unknown'} data, which cannot be read")
    shape = stream.shape
    if _FREE in shape:
        try:
            sizes, payload = _decode_batch(payload)
        except msgspec.MsgspecError as error:
            raise StreamError(f"stream {stream.name!r}: entry {entry.id} cannot be read: {error}") from error
        fits = len(sizes) == len(shape) and all(
            size >= 0 and want in (_FREE, size) for size, want in zip(sizes, shape, strict=False)
        )
        if not fits:
            raise StreamError(f"stream {stream.name!r}: entry {entry.id} has points of another shape")
        shape = tuple(sizes)
    _require_array(stream, shape, int(count))
    if len(payload) != int(count) * math.prod(shape) * int(_numeric_type(stream)[2:]):
        raise StreamError(f"stream {stream.name!r}: entry {entry.id} has {len(payload)} bytes, which do not fit it")
    return _Batch(first, int(count), shape, payload)


def _require_array(stream: StreamInfo, shape: tuple[int, ...], count: int = 1) -> None:
    """Raise StreamError unless there can be an array of `count` points of this shape, whether or not it is empty."""
    sizes = [abs(size) for size in shape if size]
    many = math.prod(sizes) * count
    if len(shape) >= _MOST_DIMENSIONS or any(size < _FREE for size in shape) or many > _MOST_BYTES // 16:
        raise StreamError(f"stream {stream.name!r} has points of the shape {list(shape)!r:.60}, which cannot be read")
    if 0 in shape and many > _MOST_WITHOUT_NUMBERS:
        raise StreamError(f"stream {stream.name!r} has {count} points without numbers in one entry, which are too many")


def _numeric_type(stream: StreamInfo) -> str:
    dtype = stream.dtype
    if dtype[1:] not in _CODES or dtype[0] not in "<>|=":
        raise StreamError(f"stream {stream.name!r} has the unknown type {dtype!r:.60}")
    return dtype


def _joined(stream: StreamInfo, batches: Sequence[_Batch], start: int, stop: int | None) -> Points:
    if stream.kind == "json":
        return Points(name=stream.name, start=start, values=tuple(_json_value(stream, batch) for batch in batches))
    dtype = _numeric_type(stream)
    _require_array(stream, stream.shape)
    size = int(dtype[2:])
    raw = array(_CODES[dtype[1:]])
    shapes: list[tuple[int, ...]] = []
    parts: list[bytes | memoryview] = []
    for batch in batches:
        begin = max(0, start - batch.first)
        end = batch.length if stop is None else min(batch.length, stop - batch.first)
        if begin or end != batch.length:
            point = math.prod(batch.shape) * size
            parts.append(memoryview(batch.payload)[begin * point : end * point])
        else:
            parts.append(batch.payload)
        shapes += [batch.shape] * (end - begin)
    raw.frombytes(b"".join(parts))
    native = ("|" if size == 1 else NATIVE) + dtype[1:]
    if size > 1 and (dtype[0] == ">") is (NATIVE == "<"):
        raw.byteswap()
    is_half = dtype[1:] == "f2"
    # A point without a number is counted by its shape alone.
    ragged = _FREE in stream.shape and (len(set(shapes)) != 1 or 0 in shapes[0])
    return Points(
        name=stream.name,
        start=start,
        values=_widened(raw) if is_half else raw,
        shape=stream.shape if ragged or not shapes else shapes[0],
        dtype=native,
        shapes=tuple(shapes) if ragged else (),
        raw=raw if is_half else None,
    )


def _widened(halves: array[int]) -> array[float]:
    """Numbers of 16 bits, which arrays cannot hold, as numbers of 32 bits."""
    return array("f", struct.unpack(f"={len(halves)}e", halves.tobytes()))


def _json_value(stream: StreamInfo, batch: _Batch) -> Any:
    value = _any_json_value(stream, batch)
    level = [value]
    for _ in range(_MOST_LEVELS + 1):
        level = [each for each in level if isinstance(each, (list, dict))]
        if not level:
            return value
        level = [part for each in level for part in (each.values() if isinstance(each, dict) else each)]
    raise StreamError(f"stream {stream.name!r}: point {batch.first} has more than {_MOST_LEVELS} levels of JSON")


def _any_json_value(stream: StreamInfo, batch: _Batch) -> Any:
    try:
        return _decode_json(batch.payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        # blissdata writes NaN and infinities by these names, which JSON does not know.
        return json.loads(batch.payload)
    except (ValueError, RecursionError) as error:
        raise StreamError(f"stream {stream.name!r}: point {batch.first} is not JSON: {error}") from error
