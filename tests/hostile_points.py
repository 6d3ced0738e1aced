"""Scans whose names, plots, shapes and points no publisher means: spoilt at random, from a seed."""

from __future__ import annotations

import json
import math
import struct
from typing import Any

import msgspec

from scantui.models import StreamInfo
from scantui.store.wire.replies import Entry, parse_entries
from tests.hostile import ATTACKS, LONG
from tests.store.hostile import SEAL, HostileServer

KINDS = ("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16")
_ODD_DTYPES = ("", "f8", "<U5", "<f7", "|O", "<", "float64", "<x99999")
_DTYPES = [*(order + kind for kind in KINDS for order in "<>|="), *_ODD_DTYPES]
_DEEP = b"[" * 900 + b"]" * 900
_JSON = [
    *(b"1", b"[NaN, 1e999]", b'{"a": "\\ud800"}', b"[" * 3000, _DEEP, b"", b"\xff", b"{}x"),
    *(json.dumps({text: [text, {}]}).encode() for text in ATTACKS),
]
_SHAPES: list[list[Any]] = [
    *([], [], [], [1], [4], [2, 3], [-1], [-1], [-1, -1], [-1, 2], [0], [0, 3], [2, 0]),
    *([-5], [2**31], [2**62, 2**62], [-1, 2**62], [10**30], [10**30, 0], [1] * 70, [[3]], [True], [1.5], ["4"]),
]
_SIZES = [0, 1, 2, 3, 4, 70, -1, -(2**63), 2**31, 2**62, 2**63 - 1]
_NUMBERS = [0.0, -0.0, 1.0, -2.5, 7e9, 1e300, 1e308, -1e308, 5e-324, math.nan, math.inf, -math.inf]
_LENGTHS = [b"", b"0", b"1", b"2", b"-3", b"x", b"\xff", b"65536", b"999999999999", b"9" * 19, b"9" * 5000]
_FIELDS = [b"payload", b"Payload", b"len", b"id", b"", b"\xff", b"state", b"x" * 10_000]
_NAMES = (*ATTACKS, LONG, "", ":", "\u65e5\u672c" * 5000, "axis:\x1b[31m", "timer:epoch", "a:\u202eb")
_KINDS_OF_PLOT = ("curve-plot", "scatter-plot", "scatter-plot", "scatter-plot", "1d-plot", "image-plot", "grid-plot")
_ODD_SIZES = [0, 1, 3, 12, -1, 2**52, 2**53, 10**400, "3", None, True, 2.5]
_FINITE = [number for number in _NUMBERS if math.isfinite(number)]


class HostileScan:
    """Documents and entries of one scan, all from one seed."""

    def __init__(self, seed: int) -> None:
        self._spoiler = HostileServer(seed)
        self.chance = self._spoiler.chance
        pick = self.chance.choice
        self.names = list(dict.fromkeys(["axis:x", "axis:y", "d:a", "d:b", *(pick(_NAMES) for _ in range(5))]))

    def document(self) -> bytes:
        """A document as RedisJSON answers it; it may have no channels, or a plot of another type."""
        pick = self.chance.choice
        info: dict[str, Any] = {
            "title": pick(_NAMES),
            "type": pick(["ascan", "amesh", "ct", pick(_NAMES)]),
            "npoints": pick([*_ODD_SIZES, 10, 100]),
            "channels": {name: self._channel(name) for name in self.names},
            "plots": [{"kind": pick(_KINDS_OF_PLOT), "items": [self._item(), self._item()]}],
            "display_extra": {"plotselect": [pick(self.names) for _ in range(self.chance.randrange(3))]},
            "acquisition_chain": {pick(_NAMES): {"scalars": self.names, "spectra": self.names[:2], "master": {}}},
        }
        for name in ("channels", "plots", "display_extra", "acquisition_chain", "npoints"):
            kind = self.chance.random()
            if kind < 0.1:
                del info[name]
            elif kind < 0.25:
                info[name] = self._spoiler.odd()
        if self.chance.random() < 0.3:
            info = self._spoiler.spoilt(info)
        streams = {name: self._stream(name) for name in self.names}
        identity = {"name": pick(_NAMES) or "ascan", "number": 1, "data_policy": "None", "session": pick(_NAMES)}
        document = {"id": identity, "info": info, "data_streams": streams, "state_stream": {"pk": "S"}}
        raw = json.dumps(document).encode()
        kind = self.chance.random()
        if kind < 0.02:
            return raw[: self.chance.randrange(len(raw))]
        return raw.replace(b"d:a", b"d:\\ud800") if kind < 0.04 else raw

    def described(self) -> dict[str, StreamInfo]:
        """Streams as they would be if their document could be read, with shapes that no document can give too."""
        pick = self.chance.choice
        whole = [shape for shape in _SHAPES if all(type(size) is int for size in shape)]
        return {
            name: StreamInfo(
                name=name, key="esrf:stream:X", kind=self._kind(), dtype=pick(_DTYPES), shape=tuple(pick(whole))
            )
            for name in self.names
        }

    def entries(self, stream: StreamInfo) -> list[Entry]:
        """What a server answers about a stream, most often one batch after the other."""
        raw, first = [], self.chance.choice([0, 0, 0, 0, 0, 0, 5, 2**40, 2**64 - 2])
        for _ in range(self.chance.choice([0, 1, 2, 3, 4, 12])):
            payload, length = self._batch(stream)
            fields = [b"payload", payload, b"len", b"%d" % length]
            kind = 1.0 if self.chance.random() < 0.7 else self.chance.random()
            if kind < 0.05:
                fields[3] = self.chance.choice(_LENGTHS)
            elif kind < 0.1:
                fields[self.chance.choice([0, 2])] = self.chance.choice(_FIELDS)
            elif kind < 0.12:
                fields = []
            raw.append([b"%d-%d" % (first, 1 if self.chance.random() < 0.99 else 2), fields])
            step = length if self.chance.random() < 0.97 else self.chance.choice([0, 1, 2**30])
            first = min(2**64 - 1, first + step)
        if self.chance.random() < 0.3:
            raw.append([SEAL, [b"id", b"%d" % first]])
        return parse_entries(raw)

    def _channel(self, name: str) -> dict[str, Any]:
        pick = self.chance.choice
        return {
            "display_name": pick([name, *_NAMES]),
            "unit": pick(["mm", None, *_NAMES]),
            "decimals": pick([None, 0, 5, *_ODD_SIZES]),
            "dim": pick([0, 0, 0, 1, 2, *_ODD_SIZES]),
            "start": pick([0.0, 0.0, 0.0, None, *_FINITE]),
            "stop": pick([1.0, 1.0, 1.0, None, *_FINITE]),
            "axis_points": pick([4, 7, 300, 2**52] if name.startswith("axis:") else _ODD_SIZES),
            "axis_id": pick([0, 1, *_ODD_SIZES]),
        }

    def _item(self) -> dict[str, Any]:
        pick = self.chance.choice
        return {"kind": "curve", "x": pick(["axis:x"] * 9 + self.names), "y": pick(["axis:y"] * 9 + self.names)}

    def _kind(self) -> str:
        return "numeric" if self.chance.random() < 0.8 else self.chance.choice([*["json"] * 20, "", "x", *_NAMES])

    def _stream(self, name: str) -> dict[str, Any]:
        pick = self.chance.choice
        plain = self.chance.random() < 0.7 or name.startswith("axis:")
        dtype, shape = ("<f8", []) if plain else (pick(_DTYPES), pick(_SHAPES))
        if plain and self.chance.random() < 0.4:
            dtype, shape = pick("<>") + pick(KINDS), pick([[], [4], [2, 3], [-1]])
        encoding = {"type": "numeric" if plain else self._kind(), "dtype_str": dtype, "shape": shape}
        return {"pk": f"X{len(name)}", "encoding": encoding, "info": {}}

    def _batch(self, stream: StreamInfo) -> tuple[bytes, int]:
        """A payload and the number of points that it is meant to hold."""
        length = self.chance.choice([1, 1, 2, 3, 40])
        if stream.kind == "json":
            return self.chance.choice(_JSON), 1
        sizes_that_fit = [0, 1, 2, 3, 4] if self.chance.random() < 0.8 else _SIZES
        shape = [self.chance.choice(sizes_that_fit) if size < 0 else size for size in stream.shape]
        room = length * abs(math.prod(shape)) * int(stream.dtype[2:] or 0) if stream.dtype[1:] in KINDS else 8
        numbers = self._numbers(stream.dtype, room) if room <= 65_536 else self.chance.randbytes(9)
        kind = self.chance.random() * 3
        if kind < 0.15:
            numbers = numbers[: self.chance.randrange(len(numbers) + 1)]
        elif kind < 0.2:
            numbers += self.chance.randbytes(self.chance.randrange(1, 9))
        if -1 not in stream.shape:
            return numbers, length
        sizes = shape if self.chance.random() < 0.9 else self.chance.choice([[], [1], [1, 1, 1], "x", [None], [[1]]])
        packed = msgspec.msgpack.encode([sizes, numbers])
        return packed[: self.chance.randrange(len(packed) + 1)] if self.chance.random() < 0.1 else packed, length

    def _numbers(self, dtype: str, room: int) -> bytes:
        if dtype[1:] not in ("f8", "c16", "f4", "c8") or self.chance.random() < 0.2:
            return self.chance.randbytes(room)
        letter, size = ("d", 8) if dtype[1:] in ("f8", "c16") else ("f", 4)
        usual = [self.chance.choice([*_NUMBERS, *(self.chance.gauss(0, 1) for _ in range(30))]) for _ in range(9)]
        usual = [number if letter == "d" or not 1e38 < abs(number) < math.inf else 1.0 for number in usual]
        many = room // size
        return struct.pack(f"{'>' if dtype[0] == '>' else '<'}{many}{letter}", *(usual[at % 9] for at in range(many)))
