"""A store of the curves' tests: one scan with streams of numbers that a test lets grow, and what was asked of it."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from typing import Any

from scantui.exceptions import ScanNotFoundError, StoreError, StreamError
from scantui.models import Scan, ScanIdentity, ScanState, StreamInfo
from scantui.points import FrameStatus, Points
from scantui.store.operations.looks import (
    DELETED,
    MOST_BYTES,
    MOST_ENTRIES,
    TOO_LARGE,
    PointsRead,
    PointsWanted,
    StreamSize,
)
from tests.tui.scenes import StillStore, beamline_rows

SAMX, DIODE, IT, MCA, LIMA = "axis:samx", "ctl:diode", "ctl:it", "mca:det0", "lima:image"
RUNNING = beamline_rows()[-2].key


def gaussian(count: int) -> list[float]:
    """A peak of a thousand in the middle of so many points."""
    return [1000 * math.exp(-(((index - count / 2) / (count / 10)) ** 2)) for index in range(count)]


def scan_of(*names: str, key: str = RUNNING, state: ScanState = ScanState.STARTED, **info: Any) -> Scan:
    """A scan with such streams; those of detectors and spectra are so by their names."""
    streams = {name: _stream(name) for name in names}
    channels: dict[str, Any] = {name: {"display_name": name.rpartition(":")[2]} for name in streams}
    channels |= {SAMX: {"display_name": "samx", "unit": "mm", "start": 0, "stop": 10}} if SAMX in streams else {}
    channels |= {LIMA: {"dim": 2}} if LIMA in streams else {}
    return Scan(
        key=key,
        state=state,
        identity=ScanIdentity(name="ascan", number=19),
        info={"npoints": 100, "channels": channels, **info},
        streams=streams,
    )


def _stream(name: str) -> StreamInfo:
    if name == LIMA:
        return StreamInfo(name=name, key=f"stream:{name}", kind="json", info={"format": "lima_v1"})
    shape = (4,) if name == MCA else ()
    return StreamInfo(name=name, key=f"stream:{name}", kind="numeric", dtype="<f8", shape=shape)


def points_of(name: str, numbers: Sequence[float], start: int = 0, *, sealed: bool = False) -> Points:
    return Points(name=name, start=start, values=array("d", numbers), dtype="<f8", sealed=sealed)


class PointStore(StillStore):
    """Each of `values` is a stream that a test extends; `sizes` and `errors` stand for what the server says of some."""

    def __init__(self, scan: Scan, **values: Sequence[float]) -> None:
        self.scan = scan
        self.values = {name: list(values.get(name.rpartition(":")[2], ())) for name in scan.streams}
        self.sizes: dict[str, StreamSize | None] = {}
        self.errors: dict[str, StoreError] = {}
        self.is_sealed = False
        self.is_gone = False
        self.asked: list[tuple[str, ...]] = []
        self.patience: list[float] = []

    async def get_memory(self) -> None:
        return None

    def add(self, name: str, *numbers: float) -> None:
        self.values[name].extend(numbers)

    async def load_scan(self, key: str) -> Scan:
        self.asked.append(("load_scan", key))
        if self.is_gone or key != self.scan.key:
            raise ScanNotFoundError(f"no scan {key}")
        return self.scan

    async def measure_streams(self, keys: Sequence[str]) -> list[StreamSize | None]:
        self.asked.append(("measure_streams", *keys))
        return [self._size(key.removeprefix("stream:")) for key in keys]

    def _size(self, name: str) -> StreamSize | None:
        count = len(self.values[name])
        return self.sizes.get(name, StreamSize(40 * count, count))

    async def look_at_points(self, wanted: Sequence[PointsWanted], patience: float = 0.0) -> list[PointsRead]:
        self.patience.append(patience)
        self.asked.append(("look_at_points", *(each.stream.name for each in wanted)))
        return [self._look(each, MOST_ENTRIES // len(wanted)) for each in wanted]

    def _look(self, wanted: PointsWanted, most: int) -> PointsRead:
        name, since = wanted.stream.name, wanted.since
        size, values = self._size(name), self.values[name]
        if name in self.errors:
            return PointsRead(self.errors[name], size)
        if size is not None and size.mean > MOST_BYTES:
            return PointsRead(StreamError(TOO_LARGE), size)
        if size is not None and not size.entries and since:
            return PointsRead(StreamError(DELETED), size)
        if wanted.is_last:
            start = max(0, len(values) // 4 - 1)
            last = Points(name=name, start=start, values=array("d", values[-4:]), shape=(4,), dtype="<f8")
            return PointsRead(last if start + 1 > since else points_of(name, [], since), size)
        most = min(most, wanted.most)
        if wanted.until is not None:
            stop = min(wanted.until, len(values))
            start = max(since, stop - most)
            return PointsRead(points_of(name, values[start:stop], start), size)
        numbers = values[since : since + most]
        is_end = self.is_sealed and since + len(numbers) == len(values)
        return PointsRead(points_of(name, numbers, since, sealed=is_end), size, len(values) - since - len(numbers))

    async def get_stream_lengths(self, keys: Sequence[str]) -> list[int]:
        self.asked.append(("get_stream_lengths", *keys))
        return [len(self.values[key.removeprefix("stream:")]) for key in keys]

    async def sample_points(self, stream: StreamInfo, indices: Sequence[int]) -> list[tuple[int, Points]]:
        self.asked.append(("sample_points", stream.name))
        if stream.name in self.errors:
            raise self.errors[stream.name]
        return [(index, points_of(stream.name, [self.values[stream.name][index]], index)) for index in indices]

    async def look_at_frames(self, scan: Scan, name: str, patience: float) -> FrameStatus:
        self.asked.append(("look_at_frames", name))
        if name in self.errors:
            raise StreamError("no status")
        return FrameStatus(count=12, saved=10, files=("/data/scan_0001.h5",))
