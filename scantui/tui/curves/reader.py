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
from scantui.exceptions import ConnectionFailed, StoreError
from scantui.models import Scan, ScanState, StreamInfo
from scantui.points import Points
from scantui.store.operations.looks import (
    MOST_BYTES,
    MOST_ENTRIES,
    PointsSeen,
    PointsWanted,
    StreamSize,
    is_regular,
    point_bytes,
)
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
# A history that takes more looks than this is sampled, if its entries are small.
_MOST_LOOKS = 4
_MOST_DETECTORS = 2
# Entries that may have come since a stream was measured.
_SPARE = 16
# The end of any stream, whose newest points are read first.
_NEWEST = 2**64 - 1


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
    """One stream: where the next look begins, and how many entries it may bring.

    `older` are the first and the end index of points that are still to be read, after the newest ones.
    """

    def __init__(self, stream: StreamInfo, since: int, is_last: bool = False) -> None:
        self.stream, self.since, self.is_last = stream, since, is_last
        self.most, self.left = MOST_ENTRIES, 0
        self.older: tuple[int, int] | None = None
        self.is_done = False
        # What was read before takes at least this much of the stream's memory.
        self.known = StreamSize(since * (point_bytes(stream) or 0), 0)
        self.total = StreamSize()

    @property
    def is_behind(self) -> bool:
        """Whether points are there that were not read."""
        return self.left > 0 or self.older is not None

    @property
    def has_small_entries(self) -> bool:
        """Whether single entries may be read anywhere in the stream."""
        return is_regular(self.stream, self.total)

    def looks(self) -> list[PointsWanted]:
        """The next look: at what came last, and at what is still to be read before."""
        if self.is_last:
            return [PointsWanted(stream=self.stream, since=self.since, known=self.known, is_last=True)]
        looks = [PointsWanted(stream=self.stream, since=self.since, most=self.most, known=self.known)]
        if self.older is not None:
            first, until = self.older
            older = PointsWanted(stream=self.stream, since=first, most=self.most, until=until)
            looks = [older] if until == _NEWEST else [older, *looks]
        return looks

    def took(self, seen: PointsSeen, points: Points) -> None:
        """Note what a look at the last points brought."""
        self.since = points.stop
        self.known = seen.size or self.known
        self.left = seen.left
        self.total = StreamSize(self.known.memory, self.known.entries + self.left)
        if seen.size is None and points.values:
            # The user may not measure: let a look bring more, as long as it is not too large.
            came = len(points.values) * (points.values.itemsize if isinstance(points.values, array) else 1)
            self.most = max(1, min(MOST_ENTRIES, int(self.most * min(4.0, MOST_BYTES / MOST_STREAMS_A_LOOK / came))))

    def took_older(self, seen: PointsSeen, points: Points) -> Points:
        """Note what a look at older points brought; returns them, with the number of those that are trimmed."""
        first, until = self.older or (0, 0)
        if until == _NEWEST:
            self.since, self.known = points.stop, seen.size or self.known
        elif not len(points):
            points = msgspec.structs.replace(points, lost=until - first)
        self.older = (first, points.start) if len(points) and points.start > first else None
        return points

    def went_on_to(self, index: int, length: int) -> None:
        """Pass over the points before an index, of which samples were read; there were `length` points."""
        entries = self.total.entries
        # About what is still to be read; too much does no harm.
        rest = min(entries, 2 * math.ceil((length - index) / length * entries) + _SPARE)
        self.known = StreamSize(int(self.total.mean * (entries - rest)), entries - rest)
        self.since, self.left, self.older = index, 0, None


class ScanReader:
    """The streams of one scan; `open` reads its document, `look` what came since, each posts messages."""

    def __init__(self, store: AsyncDataStore, wanted: CurvesWanted, generation: int, post: PostMessage) -> None:
        self._store, self._wanted, self._generation, self._post = store, wanted, generation, post
        self._choice: PlotChoice | None = None
        self._given = wanted.scan
        self._is_closed = False
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
        if choice.kind == "spectrum" and choice.counters[0] in scan.streams:
            self.streams = [StreamReader(scan.streams[choice.counters[0]], 0, is_last=True)]
        await self._begin()

    async def _begin(self) -> None:
        """Find out how much there is to read, and where to begin."""
        sizes = await self._store.monitoring.measure_streams([each.stream.key for each in self.streams])
        a_look = MOST_ENTRIES // max(1, min(MOST_STREAMS_A_LOOK, len(self.streams)))
        fresh = [not each.since and not each.is_last for each in self.streams]
        for each, size in zip(self.streams, sizes, strict=True):
            if size is None:
                # The user may not measure: the first entry decides.
                each.most = 1
            else:
                each.total = size
        known = [size for size in sizes if size is not None]
        if not all(fresh) or len(known) < len(fresh) or not known:
            return
        regular = all(is_regular(each.stream, size) for each, size in zip(self.streams, known, strict=True))
        longest = max(size.entries for size in known)
        if regular and longest > _MOST_LOOKS * a_look:
            await self.sample()
        elif regular and longest > a_look:
            for each in self.streams:
                each.older = 0, _NEWEST

    async def sample(self) -> None:
        """Sample long histories: all streams of a scan alike, so that their samples belong together."""
        streams = [each for each in self.streams if not each.is_done]
        lengths = await self._store.get_stream_lengths([each.stream.key for each in streams])
        shortest = min((length for length in lengths if isinstance(length, int)), default=0)
        if shortest < SAMPLES:
            return
        step = shortest // SAMPLES
        for each in streams:
            try:
                found = await self._store.monitoring.sample_points(each.stream, range(0, SAMPLES * step, step))
            except ConnectionFailed:
                raise
            except StoreError as error:
                each.is_done = True
                self.complain(str(error), each.stream.name)
                continue
            each.went_on_to(SAMPLES * step, shortest)
            self._post(SamplesCame(self._generation, self.key, each.stream.name, _samples(found, step), step))

    @property
    def is_far_behind(self) -> bool:
        """Whether points come faster than they may be read."""
        a_look = MOST_ENTRIES // max(1, min(MOST_STREAMS_A_LOOK, len(self.streams)))
        return any(each.left > _MOST_LOOKS * a_look and each.has_small_entries for each in self.streams)

    def take_in(self, looked_at: Sequence[tuple[StreamReader, PointsWanted, PointsSeen]]) -> None:
        """Pass on what a look at some of the streams brought."""
        came = []
        for reader, wanted, seen in looked_at:
            points = seen.points
            if isinstance(points, StoreError):
                if not reader.is_done:
                    self.complain(str(points), reader.stream.name)
                reader.is_done = True
                continue
            if wanted.until is not None:
                points = reader.took_older(seen, points)
            else:
                reader.took(seen, points)
                reader.is_done = points.sealed or (self._is_closed and not len(points) and reader.older is None)
            if reader.is_last:
                if len(points):
                    self._post(SpectrumCame(self._generation, self.key, points))
            elif len(points) or points.sealed or points.lost:
                came.append(points)
        if came:
            self._post(PointsCame(self._generation, self.key, came))

    async def look_at_detectors(self, patience: float) -> None:
        """Read how far the first detectors are."""
        if self.scan is None or self._choice is None:
            return
        for name in self._choice.images[:_MOST_DETECTORS]:
            if name in self.scan.streams and name not in self._refused:
                try:
                    status = await self._store.monitoring.look_at_frames(self.scan, name, patience)
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


def looks_of(streams: Sequence[StreamReader]) -> list[tuple[StreamReader, PointsWanted]]:
    """The looks at streams that are taken together."""
    return [(each, look) for each in streams for look in each.looks()]


def _samples(found: Sequence[tuple[int, Points]], step: int) -> Numbers:
    numbers = array("d", [math.nan]) * SAMPLES
    for index, points in found:
        numbers[index // step] = numbers_of(points.values, points.dtype, points.shape, points.shapes)[0]
    return numbers
