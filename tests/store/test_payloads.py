"""Entries of data streams become points: every type, batches, free lengths, trimmed heads, and what cannot be read."""

from __future__ import annotations

import json
import struct
from typing import Any

import msgspec
import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.exceptions import StreamError
from scantui.models import StreamInfo
from scantui.points import Points
from scantui.store.wire import payloads, streams
from scantui.store.wire.replies import Entry

KINDS = ("i2", "i4", "i8", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16")
TYPES = [f"{order}{kind}" for kind in KINDS for order in "<>"]
TYPES += ["|b1", "|i1", "|u1"]


def stream(dtype: str = "<f8", shape: tuple[int, ...] = (), kind: str = "numeric") -> StreamInfo:
    return StreamInfo(name="diode", key="esrf:stream:X", kind=kind, dtype=dtype, shape=shape)


def entry(first: int, payload: bytes, length: int = 1) -> Entry:
    fields = {b"payload": payload} | ({b"len": b"%d" % length} if length > 1 else {})
    return Entry(f"{first}-1", fields)


def seal(length: int) -> Entry:
    return Entry(streams.SEAL, {b"id": b"%d" % length})


def batches(info: StreamInfo, *points: list[Any]) -> list[Entry]:
    """Entries as a writer makes them of these batches of points."""
    entries, first = [], 0
    for batch in points:
        payload, count = streams.encode_points(batch, info.dtype, info.shape)
        entries.append(entry(first, payload, count))
        first += count
    return entries


@pytest.mark.parametrize("dtype", TYPES)
def test_every_type_reads_as_numpy_reads_it_and_shares_its_memory(dtype: str) -> None:
    wanted = numpy.array([0, 1, 2, 3, 100], dtype=dtype)
    entries = [entry(0, wanted[:2].tobytes(), 2), entry(2, wanted[2:].tobytes(), 3)]
    points = payloads.decode_entries(stream(dtype), entries, 0)
    found = numpy.asarray(points)
    assert (found == wanted).all() and found.dtype == wanted.dtype.newbyteorder("=") and found.shape == (5,)
    assert points.tolist() == wanted.tolist() and len(points) == 5
    memory = points.values if points.raw is None else points.raw
    assert found.ctypes.data == memory.buffer_info()[0]


def test_spectra_keep_their_shape() -> None:
    info = stream("<u4", (2, 3))
    points = payloads.decode_entries(info, batches(info, [[[1, 2, 3], [4, 5, 6]]] * 2), 0)
    assert numpy.asarray(points).shape == (2, 2, 3)
    assert points.tolist() == [[[1, 2, 3], [4, 5, 6]]] * 2 and list(points.values) == [1, 2, 3, 4, 5, 6] * 2


def test_points_of_free_length_are_one_array_or_a_list() -> None:
    info = stream("<f8", (-1,))
    alike = payloads.decode_entries(info, batches(info, [[1.0, 2.0]], [[3.0, 4.0]]), 0)
    assert numpy.asarray(alike).tolist() == [[1, 2], [3, 4]] and alike.shape == (2,)
    ragged = payloads.decode_entries(info, batches(info, [[1.0, 2.0]], [[3.0]]), 0)
    assert (ragged.shapes, ragged.shape, len(ragged)) == (((2,), (1,)), (-1,), 2)
    assert ragged.tolist() == [[1.0, 2.0], [3.0]]
    with pytest.raises(AttributeError, match="tolist"):
        _ = ragged.__array_interface__


def test_a_point_of_free_length_may_hold_nothing() -> None:
    empty = msgspec.msgpack.encode([[0], b""])
    points = payloads.decode_entries(stream("<f8", (-1,)), [entry(0, empty), entry(1, empty)], 0)
    assert points.tolist() == [[], []] and len(points) == 2


@given(
    sizes=st.lists(st.integers(1, 5), max_size=8),
    start=st.integers(0, 45),
    more=st.integers(1, 45),
    trimmed=st.integers(0, 3),
)
def test_a_slice_holds_what_a_list_would(sizes: list[int], start: int, more: int, trimmed: int) -> None:
    numbers = list(range(sum(sizes)))
    entries, first = [], 0
    for size in sizes:
        entries.append(entry(first, struct.pack(f"<{size}q", *numbers[first : first + size]), size))
        first += size
    kept = entries[min(trimmed, len(entries)) :]
    begins = int(kept[0].id.partition("-")[0]) if kept else len(numbers)
    points = payloads.decode_entries(stream("<i8"), [*kept, seal(len(numbers))], start, start + more)
    wanted = [number for number in numbers[start : start + more] if number >= begins]
    assert points.tolist() == wanted and points.sealed
    assert points.start == (wanted[0] if wanted else start)
    assert points.lost == (wanted[0] - start if wanted else 0)
    assert points.stop == points.start + len(wanted)


def test_json_points_are_python_values_with_nan_where_blissdata_wrote_it() -> None:
    info = stream("", (), "json")
    points = payloads.decode_entries(info, [entry(0, b'{"last_index": 3}'), entry(1, b"[1, NaN]")], 0)
    assert points.values[0] == {"last_index": 3} and str(points.tolist()) == "[{'last_index': 3}, [1, nan]]"
    assert (points.kind, points.dtype, len(points)) == ("json", "", 2)
    with pytest.raises(AttributeError):
        _ = points.__array_interface__


def test_no_point_is_an_empty_array() -> None:
    found = numpy.asarray(payloads.decode_entries(stream("<f8", (4,)), (), 7))
    assert found.shape == (0, 4) and found.dtype == numpy.float64


def test_json_may_have_a_hundred_levels() -> None:
    points = payloads.decode_entries(stream("", (), "json"), [entry(0, b"[" * 100 + b"]" * 100)], 0)
    assert json.dumps(points.tolist()[0]) == "[" * 100 + "]" * 100


@pytest.mark.parametrize(
    ("info", "bad"),
    [
        (stream(), Entry("0-1", {})),
        (stream(), entry(0, b"1234567")),
        (stream(), entry(0, b"12345678", 2)),
        (stream(), Entry("0-2", {b"payload": b"12345678"})),
        (stream(), Entry("0-1", {b"payload": b"12345678", b"len": b"-1"})),
        (stream(), Entry("0-1", {b"payload": b"12345678", b"len": b"9" * 30})),
        (stream("<f8", (-1,)), entry(0, b"\xff")),
        (stream("<f8", (-1,)), entry(0, msgspec.msgpack.encode([[1, 1], b"12345678"]))),
        (stream("<f8", (-1,)), entry(0, msgspec.msgpack.encode([[-1], b""]))),
        (stream("<f8", (2, -1)), entry(0, msgspec.msgpack.encode([[3, 1], b"12345678" * 3]))),
        (stream("<M8"), entry(0, b"12345678")),
        (stream(""), entry(0, b"12345678")),
        (stream("", (), "json"), entry(0, b"{")),
        (stream("", (), "json"), entry(0, b"[" * 101 + b"]" * 101)),
        (stream("", (), "json"), entry(0, b'{"a":' * 101 + b"1" + b"}" * 101)),
        (stream("", (), "pickle"), entry(0, b"x")),
        # No array has such a shape, or the entry claims what would fill the memory.
        (stream("<f8", (-2,)), entry(0, b"")),
        (stream("<f8", (0, 2**62)), entry(0, b"")),
        (stream("<f8", (1,) * 32), entry(0, b"12345678")),
        (stream("<f8", (0,)), entry(0, b"", 10**18)),
        (stream("<f8", (-1, -1)), entry(0, msgspec.msgpack.encode([[2**40, 0], b""]))),
    ],
)
def test_what_cannot_be_read_shows_which_stream(info: StreamInfo, bad: Entry) -> None:
    with pytest.raises(StreamError, match="'diode'"):
        payloads.decode_entries(info, [bad], 0)


def test_entries_that_overlap_or_leave_points_out_are_refused() -> None:
    for second in (1, 3):
        with pytest.raises(StreamError, match="overlap or leave points out"):
            payloads.decode_entries(stream("|u1"), [entry(0, b"ab", 2), entry(second, b"c")], 0)


@given(
    payload=st.binary(max_size=40),
    first=st.integers(0, 2**64 - 2),
    length=st.binary(max_size=4),
    kind=st.sampled_from(["", "json", "numeric"]),
)
def test_no_payload_raises_anything_else(payload: bytes, first: int, length: bytes, kind: str) -> None:
    for shape in ((), (3,), (-1,), (2, -1)):
        came = [Entry(f"{first}-1", {b"payload": payload, b"len": length})]
        try:
            points: Points = payloads.decode_entries(stream("<u2", shape, kind), came, 0)
        except StreamError:
            continue
        assert len(points.tolist()) == len(points)


def test_json_values_are_written_as_json_alone() -> None:
    assert json.loads(streams.encode_json({"a": [1, None, "µ"]})) == {"a": [1, None, "µ"]}
    loop: list[Any] = []
    loop.append(loop)
    for value in (float("nan"), {1, 2}, b"x", loop):
        with pytest.raises(StreamError, match="JSON cannot hold"):
            streams.encode_json(value)
