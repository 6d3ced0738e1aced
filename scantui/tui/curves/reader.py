"""Reads the streams of one scan for its curves, a look at a time.

Rule: a look costs little whatever was published. A stream is measured before it is first read, entries that are too
large are never read, and a long history of single points is sampled.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from scantui.curves.choice import PlotChoice, choose
from scantui.curves.scan_figure import ScanFigure
from scantui.curves.series import Numbers, numbers_of
from scantui.exceptions import ConnectionFailed, StoreError, StreamError
from scantui.models import Scan, ScanState, StreamInfo
from scantui.points import Points
from scantui.store.operations.points import MOST_BYTES, MOST_ENTRIES, PointsWanted, StreamSize
from scantui.tui.curves.messages import (
    CurvesProblem,
    FramesCame,
    PointsCame,
    SamplesCame,
    ScanRead,
    SpectrumCame,
)

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore
    from scantui.tui.messages import PostMessage

MOST_STREAMS_A_LOOK = 6
# The counters in the table of the details.
MOST_LISTED = 12
SAMPLES = 256
# A history that takes more looks than this is sampled, unless its entries are larger than this many bytes.
_MOST_LOOKS, _LARGEST_SAMPLED = 4, 1024
_MOST_DETECTORS = 2
# In the place of a length: the stream of spectra cannot be read.
_NEVER = -1
_DELETED = "deleted on the server: what was read stays"
_TOO_LARGE = "its entries are too large to be read here"


class CurvesWanted(msgspec.Struct, frozen=True, kw_only=True):
    """A scan to draw: the counters and the x axis that the user chose, and how many points of each stream are known.

    With `first_only`, only the first counter is read, with `all_counters` the first axes and counters without a plot.
    `scan` is its document, if it was read already.
    """

    key: str
    counters: tuple[str, ...] = ()
    x: str | None = None
    since: Mapping[str, int] = {}
    first_only: bool = False
    all_counters: bool = False
    scan: Scan | None = None


class StreamReader:
    """One stream: where the next look begins, and how many entries it may bring."""

    def __init__(self, stream: StreamInfo, since: int) -> None:
        self.stream, self.since = stream, since
        self.most, self.entries, self.mean = 1, 0, 0.0
        self.is_done = False

    def measured(self, size: StreamSize | None, share: int) -> bool:
        """Take in the size of the stream, of which a look may bring `share` bytes; False if it is too large."""
        if size is None:
            return True  # the first entry decides
        self.entries, self.mean = size.entries, size.memory / max(1, size.entries)
        self.most = max(1, min(MOST_ENTRIES, int(share // max(1.0, self.mean))))
        return self.mean <= MOST_BYTES

    def is_long(self, entries_a_look: int) -> bool:
        """Whether it would take too many looks to read it from the start."""
        return self.entries > _MOST_LOOKS * min(self.most, entries_a_look) and self.mean <= _LARGEST_SAMPLED

    def took(self, points: Points, share: int) -> None:
        """Note what a look brought, and have the next one bring as much as it may."""
        self.since = points.stop
        came = len(points.values) * (points.values.itemsize if isinstance(points.values, array) else 1)
        if came:
            self.most = max(1, min(MOST_ENTRIES, int(self.most * min(4.0, share / came))))


class ScanReader:
    """The streams of one scan; `open` reads its document, `look` what came since, each posts messages."""

    def __init__(self, store: AsyncDataStore, wanted: CurvesWanted, generation: int, post: PostMessage) -> None:
        self._store, self._wanted, self._generation, self._post = store, wanted, generation, post
        self._choice: PlotChoice | None = None
        self._given = wanted.scan
        self._is_closed = False
        self._spectrum_stop: int | None = None
        self._refused: set[str] = set()
        self.scan: Scan | None = None
        self.streams: list[StreamReader] = []

    @property
    def key(self) -> str:
        return self._wanted.key

    @property
    def is_done(self) -> bool:
        """Whether nothing more will come."""
        return self._is_closed and all(stream.is_done for stream in self.streams)

    async def open(self) -> None:
        """Read the document, and measure the streams that are wanted; ScanNotFoundError if the scan is gone."""
        wanted = self._wanted
        given, self._given = self._given, None
        self.scan = scan = given or await self._store.load_scan(wanted.key)
        self._is_closed = scan.state is ScanState.CLOSED
        choice = choose(scan.info, scan.streams, wanted.counters, wanted.x)
        if wanted.first_only:
            choice = msgspec.structs.replace(choice, counters=choice.counters[:1], kind="curve", y="")
        elif wanted.all_counters:
            names = (*(name for name in choice.x_candidates if name), *choice.candidates)
            choice = msgspec.structs.replace(choice, kind="values", counters=names[:MOST_LISTED], images=())
        self._choice = choice
        self._post(ScanRead(self._generation, scan, choice))
        drawn = [name for name in ScanFigure(scan.key, choice).wanted if name in scan.streams]
        self.streams = [StreamReader(scan.streams[name], wanted.since.get(name, 0)) for name in drawn]
        await self._measure()

    async def _measure(self) -> None:
        sizes = await self._store.monitoring.measure_streams([each.stream.key for each in self.streams])
        share = MOST_BYTES // max(1, min(MOST_STREAMS_A_LOOK, len(self.streams)))
        for each, size in zip(self.streams, sizes, strict=True):
            if not each.measured(size, share):
                each.is_done = True
                self.complain(_TOO_LARGE, each.stream.name)
            elif size is not None and each.since and not size.entries:
                each.is_done = True
                self.complain(_DELETED, each.stream.name)
        await self._sample([each for each in self.streams if not each.is_done and not each.since])

    async def _sample(self, fresh: Sequence[StreamReader]) -> None:
        """Sample long histories: all streams of a scan alike, so that their samples belong together."""
        a_look = MOST_ENTRIES // max(1, len(self.streams))
        if len(fresh) < len(self.streams) or not all(each.is_long(a_look) for each in fresh):
            return
        lengths = await self._store.get_stream_lengths([each.stream.key for each in fresh])
        shortest = min((length for length in lengths if isinstance(length, int)), default=0)
        if shortest < SAMPLES:
            return
        step = shortest // SAMPLES
        for each in fresh:
            try:
                found = await self._store.monitoring.sample_points(each.stream, range(0, SAMPLES * step, step))
            except ConnectionFailed:
                raise
            except StoreError as error:
                each.is_done = True
                self.complain(str(error), each.stream.name)
                continue
            each.since = SAMPLES * step
            self._post(SamplesCame(self._generation, self.key, each.stream.name, _samples(found, step), step))

    async def look_for_deleted(self) -> None:
        """Find out whether a stream was deleted: then nothing comes, and only its size tells."""
        read = [each for each in self.streams if each.since and not each.is_done]
        sizes = await self._store.monitoring.measure_streams([each.stream.key for each in read])
        for each, size in zip(read, sizes, strict=True):
            if size is not None and not size.entries:
                each.is_done = True
                self.complain(_DELETED, each.stream.name)

    def take_in(self, looked_at: Sequence[tuple[StreamReader, Points | StoreError]]) -> None:
        """Pass on what a look at some of the streams brought."""
        share = MOST_BYTES // max(1, len(looked_at))
        came = []
        for reader, points in looked_at:
            if isinstance(points, StoreError):
                reader.is_done = True
                self.complain(str(points), reader.stream.name)
                continue
            if len(points) or points.sealed:
                came.append(points)
            reader.is_done = points.sealed or (self._is_closed and not len(points))
            reader.took(points, share)
        if came:
            self._post(PointsCame(self._generation, self.key, came))

    async def read_spectrum(self) -> None:
        """Read the last spectrum, if one is drawn."""
        if self.scan is None or self._choice is None or self._choice.kind != "spectrum":
            return
        stream = self.scan.streams.get(self._choice.counters[0])
        if stream is None or self._spectrum_stop == _NEVER:
            return
        try:
            if self._spectrum_stop is None:
                (size,) = await self._store.monitoring.measure_streams([stream.key])
                if size is not None and size.memory > MOST_BYTES * max(1, size.entries):
                    raise StreamError(_TOO_LARGE)
            points = await self._store.monitoring.read_last_point(stream)
        except ConnectionFailed:
            raise
        except StoreError as error:
            self._spectrum_stop = _NEVER
            self.complain(str(error), stream.name)
            return
        if len(points) and points.stop != self._spectrum_stop:
            self._spectrum_stop = points.stop
            self._post(SpectrumCame(self._generation, self.key, points))

    async def look_at_detectors(self) -> None:
        """Read how far the first detectors are."""
        if self.scan is None or self._choice is None:
            return
        for name in self._choice.images[:_MOST_DETECTORS]:
            if name in self.scan.streams and name not in self._refused:
                try:
                    status = await self._store.get_frame_status(self.scan, name)
                except ConnectionFailed:
                    raise
                except StoreError as error:
                    self._refused.add(name)
                    self.complain(str(error), name)
                else:
                    self._post(FramesCame(self._generation, self.key, name, status))

    def complain(self, problem: str, name: str = "") -> None:
        """Say what is wrong with the scan, or with one of its streams."""
        self._post(CurvesProblem(self._generation, self.key, problem, name))


def looks_of(streams: Sequence[StreamReader]) -> list[PointsWanted]:
    """The looks at streams that are taken together."""
    return [PointsWanted(each.stream, each.since, each.most) for each in streams]


def _samples(found: Sequence[tuple[int, Points]], step: int) -> Numbers:
    numbers = array("d", [math.nan]) * SAMPLES
    for index, points in found:
        numbers[index // step] = numbers_of(points.values, points.dtype, points.shape, points.shapes)[0]
    return numbers
