"""Data streams: types, shapes, payloads, lengths."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.exceptions import StreamError
from scantui.store.wire import streams
from scantui.store.wire.replies import Entry

SEAL = "18446744073709551615-18446744073709551615"


class Array:
    """What an array of numpy offers."""

    def __init__(self, values: Any) -> None:
        self._values = values

    def tolist(self) -> Any:
        return self._values


@pytest.mark.parametrize(
    ("given_type", "text"),
    [
        *((float, "<f8"), (int, "<i8"), (bool, "|b1"), (complex, "<c16"), ("float32", "<f4"), ("u4", "<u4")),
        *(
            ("<u2", "<u2"),
            (">f8", ">f8"),
            ("=i4", "<i4"),
            ("|b1", "|b1"),
            ("<i1", "|i1"),
            ("uint8", "|u1"),
            ("f2", "<f2"),
        ),
    ],
)
def test_a_type_is_written_as_numpy_writes_it(given_type: object, text: str) -> None:
    assert streams.dtype_text(given_type) == text


@pytest.mark.parametrize("given_type", [str, "object", "", "<", "S3", None, 8, "float128", "<<f8", "datetime64"])
def test_a_type_that_is_not_a_number_is_refused(given_type: object) -> None:
    with pytest.raises(StreamError, match="not a numeric type"):
        streams.dtype_text(given_type)


@pytest.mark.parametrize("shape", [(0,), (-2,), (1.5,), (True,), ("2",), (2, None)])
def test_a_shape_that_will_not_do_is_refused(shape: Any) -> None:
    with pytest.raises(StreamError, match="shape"):
        streams.new_stream_fields("<f8", shape)


def test_a_stream_is_described_as_blissdata_describes_it() -> None:
    encoding, info = streams.new_stream_fields("<u4", (2, -1))
    assert encoding == {"type": "numeric", "dtype_str": "<u4", "shape": [2, -1]}
    assert info == {"dtype": "uint32", "shape": [2, -1]}


@pytest.mark.parametrize(
    ("points", "dtype", "shape", "payload", "count"),
    [
        (1.5, "<f8", (), struct.pack("<d", 1.5), 1),
        ([1, 2], "<i2", (), b"\1\0\2\0", 2),
        ((1, 2), ">i2", (), b"\0\1\0\2", 2),
        (Array([1, 2]), "|u1", (), b"\1\2", 2),
        (Array(7), "|u1", (), b"\7", 1),
        ([True, False], "|b1", (), b"\1\0", 2),
        ([1j], "<c8", (), struct.pack("<2f", 0, 1), 1),
        ([[1, 2], [3, 4]], "|u1", (2, 2), b"\1\2\3\4", 1),
        ([[1, 2], [3, 4]], "|u1", (2,), b"\1\2\3\4", 2),
        ([1, 2, 3], "<i4", (-1,), b"\x92\x91\x03\xc4\x0c" + struct.pack("<3i", 1, 2, 3), 1),
        ([[1, 2], [3, 4]], "|u1", (-1,), b"\x92\x91\x02\xc4\x04\1\2\3\4", 2),
        (range(3), "|u1", (), b"\0\1\2", 3),
    ],
)
def test_points_are_packed_in_c_order(
    points: Any, dtype: str, shape: tuple[int, ...], payload: bytes, count: int
) -> None:
    assert streams.encode_points(points, dtype, shape) == (payload, count)


@pytest.mark.parametrize(
    ("points", "dtype", "shape"),
    [
        *(
            ([], "<f8", ()),
            ([[]], "<f8", (-1,)),
            ("1", "<f8", ()),
            (None, "<f8", ()),
            ({"a": 1}, "<f8", ()),
            ([1, [2]], "<f8", ()),
        ),
        *(([1, 2, 3], "<f8", (2,)), ([[1, 2], [3]], "<f8", (-1,)), (1, "<f8", (2,)), ([[[1]]], "<f8", ())),
        *((256, "|u1", ()), (-1, "<u4", ()), (1.5, "<i4", ()), (1e39, "<f4", ()), ("x", "<c16", ())),
    ],
)
def test_points_that_do_not_fit_are_refused(points: Any, dtype: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(StreamError):
        streams.encode_points(points, dtype, shape)


@given(st.lists(st.floats(width=32), min_size=1), st.sampled_from(["<f4", ">f4", "<f8", "<c8", ">c16"]), st.booleans())
def test_what_is_packed_is_unpacked(points: list[float], dtype: str, free: bool) -> None:
    payload, count = streams.encode_points(points, dtype, (-1,) if free else ())
    assert count == (1 if free else len(points))
    again = streams.decode_points(payload, dtype, (-1,) if free else ())
    assert repr([complex(point) for point in again]) == repr([complex(point) for point in points])


@pytest.mark.parametrize(
    ("payload", "dtype", "shape"), [(b"123", "<f8", ()), (b"", "", ()), (b"12", "<U1", ()), (b"\xc1", "<f8", (-1,))]
)
def test_a_payload_that_is_invalid_is_refused(payload: bytes, dtype: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(StreamError):
        streams.decode_points(payload, dtype, shape)


@pytest.mark.parametrize(
    ("last", "length"),
    [
        ([], (0, False)),
        ([Entry("0-1", {b"payload": b"x"})], (1, False)),
        ([Entry("5-1", {b"payload": b"x", b"len": b"10"})], (15, False)),
        ([Entry(SEAL, {b"id": b"7"})], (7, True)),
    ],
)
def test_the_last_entry_shows_the_length(last: list[Entry], length: tuple[int, bool]) -> None:
    assert streams.length_after(last) == length


@pytest.mark.parametrize("last", [Entry(SEAL, {}), Entry(SEAL, {b"id": b"x"}), Entry("5-1", {b"len": b"x"})])
def test_an_entry_that_is_none_of_blissdatas_is_refused(last: Entry) -> None:
    with pytest.raises(StreamError, match="last entry"):
        streams.length_after([last])
