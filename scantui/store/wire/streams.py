"""Data streams on the wire: numeric encodings, the ids of points, the seal; pure functions.

Source: protocol, section 5. An entry's id is `<index of its first point>-1`; a sealed stream ends in an entry with the
largest id there is, whose field `id` is the number of points.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from scantui.exceptions import StreamError
from scantui.models import StreamInfo
from scantui.store.wire.protocol import timetag_order
from scantui.store.wire.replies import Entry

SEAL = "18446744073709551615-18446744073709551615"
_FREE = -1
# What makes something a number to Python.
_NUMERIC = ("__index__", "__float__", "__complex__")
_MOST_POINTS = 2**64
_MOST_DIGITS = len(str(_MOST_POINTS))

# By numpy's kind and size: its name, and the letter of `struct` (a complex number is written as its two parts).
_TYPES = {
    "b1": ("bool", "?"),
    "i1": ("int8", "b"),
    "i2": ("int16", "h"),
    "i4": ("int32", "i"),
    "i8": ("int64", "q"),
    "u1": ("uint8", "B"),
    "u2": ("uint16", "H"),
    "u4": ("uint32", "I"),
    "u8": ("uint64", "Q"),
    "f2": ("float16", "e"),
    "f4": ("float32", "f"),
    "f8": ("float64", "d"),
    "c8": ("complex64", "f"),
    "c16": ("complex128", "d"),
}
_BY_NAME = {name: kind for kind, (name, _) in _TYPES.items()} | {"int": "i8", "float": "f8", "complex": "c16"}


def dtype_text(dtype: object) -> str:
    """The numpy type string (as `<f8`) of a type given as a name, a type string, a Python type or a numpy dtype."""
    named = dtype.__name__ if isinstance(dtype, type) else getattr(dtype, "str", dtype)
    if isinstance(named, str):
        text = _BY_NAME.get(named, named)
        kind = text[1:] if text[:1] in "<>|=" else text
        if kind in _TYPES:
            return ("|" if kind.endswith("1") else ">" if text[0] == ">" else "<") + kind
    raise StreamError(
        f"{dtype!r} is not a numeric type: give one of {', '.join(_BY_NAME)}, or as numpy writes them, <f8"
    )


def new_stream_fields(dtype: object, shape: Sequence[int]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The encoding and the info of a numeric or a json stream, as the scan's document has them."""
    if dtype == "json":
        if shape not in ((), []):
            raise StreamError("a json stream has no shape: give its values one by one")
        return {"type": "json"}, {}
    dtype = dtype_text(dtype)
    if not isinstance(shape, (list, tuple)):
        raise StreamError(f"shape takes a list of whole numbers, () for scalars, not {shape!r:.60}")
    for size in shape:
        if not isinstance(size, int) or isinstance(size, bool) or (size < 1 and size != _FREE):
            raise StreamError(
                f"shape {tuple(shape)} cannot be used: give whole numbers above 0, or -1 for a free length"
            )
    encoding = {"type": "numeric", "dtype_str": dtype, "shape": list(shape)}
    return encoding, {"dtype": _TYPES[dtype[1:]][0], "shape": list(shape)}


def encode_points(points: object, dtype: str, shape: Sequence[int]) -> tuple[bytes, int]:
    """The payload of one entry and how many points it holds.

    `points` is a list of points, each of shape `shape`, or one point alone; numpy arrays work too. StreamError names
    what does not fit.
    """
    batch = points.tolist() if hasattr(points, "tolist") else points
    try:
        sizes, numbers = _flattened(batch)
    except RecursionError as error:
        raise StreamError("the points are nested too deeply, or hold themselves") from error
    if len(sizes) == len(shape):
        sizes = (1, *sizes)
    count, point_shape = (sizes[0], sizes[1:]) if sizes else (0, ())
    if not numbers:
        raise StreamError("no points to append")
    if len(point_shape) != len(shape) or any(
        want not in (_FREE, got) for want, got in zip(shape, point_shape, strict=True)
    ):
        raise StreamError(f"points of shape {point_shape} do not fit a stream of shape {tuple(shape)}")
    payload = _packed(numbers, dtype)
    return (msgspec.msgpack.encode([list(point_shape), payload]) if _FREE in shape else payload), count


def encode_json(value: object) -> bytes:
    """The payload of one entry of a json stream; StreamError for what JSON cannot hold."""
    try:
        return json.dumps(value, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise StreamError(f"JSON cannot hold this value: {error}") from error


def decode_points(payload: bytes, dtype: str, shape: Sequence[int]) -> list[Any]:
    """The numbers in one entry's payload, flat and in C order; StreamError when they do not fit the type."""
    if _FREE in shape:
        try:
            _, payload = msgspec.msgpack.decode(payload, type=tuple[list[int], bytes])
        except msgspec.MsgspecError as error:
            raise StreamError(f"a batch of free length cannot be read: {error}") from error
    if dtype[1:] not in _TYPES or len(payload) % int(dtype[2:]):
        raise StreamError(f"{len(payload)} bytes are not a whole number of {dtype}")
    letter = _TYPES[dtype[1:]][1]
    numbers = list(struct.unpack(f"{_order(dtype)}{len(payload) // struct.calcsize('<' + letter)}{letter}", payload))
    if dtype[1] == "c":
        return [complex(real, imaginary) for real, imaginary in zip(numbers[::2], numbers[1::2], strict=True)]
    return numbers


def length_after(last: Sequence[Entry]) -> tuple[int, bool]:
    """How many points a stream has, and whether it is sealed, from its last entry (none for an empty stream)."""
    if not last:
        return 0, False
    entry = last[-1]
    sealed = entry.id == SEAL
    first = 0 if sealed else timetag_order(entry.id)[0]
    count = entry.fields.get(b"id", b"") if sealed else entry.fields.get(b"len", b"1")
    if not count.isdigit() or len(count) > _MOST_DIGITS or first + int(count) >= _MOST_POINTS:
        raise StreamError("the last entry of the stream is not one of blissdata's")
    return first + int(count), sealed


def lists_scans(stream: StreamInfo) -> bool:
    """Whether a stream holds the keys of a scan's sub-scans, one an entry."""
    named = (stream.info.get("format"), stream.info.get("plugin"))
    return stream.kind == "json" and ("subscan" in named or "scan_sequence" in named)


def point_id(index: int) -> str:
    """The id of the entry whose first point has this index."""
    return f"{index}-1"


def _flattened(batch: Any) -> tuple[tuple[int, ...], list[Any]]:
    """The shape of nested sequences, and their numbers in C order; StreamError when they are ragged."""
    if isinstance(batch, (str, bytes, dict)) or not isinstance(batch, Iterable):
        return (), [batch]
    parts = [_flattened(part) for part in batch]
    shapes = {shape for shape, _ in parts}
    if len(shapes) > 1:
        raise StreamError("points of different shapes cannot be sent together: append them one by one")
    inner = shapes.pop() if shapes else ()
    return (len(parts), *inner), [number for _, numbers in parts for number in numbers]


def _packed(numbers: Sequence[Any], dtype: str) -> bytes:
    for number in numbers:
        if not isinstance(number, (int, float, complex)) and not any(hasattr(number, name) for name in _NUMERIC):
            raise StreamError(f"the points do not fit {dtype}: {number!r:.60} is not a number")
    try:
        if dtype[1] == "c":
            numbers = [part for number in map(complex, numbers) for part in (number.real, number.imag)]
        return struct.pack(f"{_order(dtype)}{len(numbers)}{_TYPES[dtype[1:]][1]}", *numbers)
    except (struct.error, OverflowError, ValueError) as error:
        raise StreamError(f"the points do not fit {dtype}: {error}") from error


def _order(dtype: str) -> str:
    return ">" if dtype[0] == ">" else "<"
