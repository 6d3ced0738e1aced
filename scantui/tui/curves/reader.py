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
from scantui.models import Scan, ScanState
from scantui.points import Points
from scantui.store.operations.looks import MOST_ENTRIES, PointsRead, PointsWanted, is_regular
from scantui.tui.curves.messages import (
    CurvesProblem,
    FramesCame,
    PointsCame,
    SamplesCame,
    ScanRead,
    SpectrumCame,
)
from scantui.tui.curves.stream_reader import MOST_STREAMS_A_LOOK, NEWEST, StreamReader

if TYPE_CHECKING:
    from scantui.past import FoundPoints
    from scantui.store import AsyncDataStore
    from scantui.tui.messages import PostMessage

# The counters in the table of the details.
MOST_LISTED = 12
SAMPLES = 256
# A history that takes more looks than this is sampled, if its entries are small.
_MOST_LOOKS = 4
_MOST_DETECTORS = 2


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
                each.older = 0, NEWEST

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
    def is_behind(self) -> bool:
        """Whether points are there that were not read."""
        return any(each.is_behind and not each.is_done for each in self.streams)

    @property
    def is_far_behind(self) -> bool:
        """Whether points come faster than they may be read."""
        a_look = MOST_ENTRIES // max(1, min(MOST_STREAMS_A_LOOK, len(self.streams)))
        return any(each.left > _MOST_LOOKS * a_look and each.has_small_entries for each in self.streams)

    def take_in(self, looked_at: Sequence[tuple[StreamReader, PointsWanted, PointsRead]]) -> None:
        """Pass on what a look at some of the streams brought."""
        came = []
        for reader, wanted, seen in looked_at:
            points = seen.points
            if isinstance(points, StoreError):
                if not reader.is_done:
                    self.complain(str(points), reader.stream.name)
                reader.is_done = True
                continue
            # A closed scan that has no points here, or no longer the first ones, may have them in its file.
            is_missing = points.lost > 0 or not (len(points) or reader.since)
            if wanted.until is not None:
                points = reader.took_older(seen, points)
            else:
                reader.took(seen, points)
                reader.is_done = points.sealed or (self._is_closed and not len(points) and reader.older is None)
            reader.is_in_file = reader.is_in_file or (self._is_closed and (is_missing or points.lost > 0))
            if reader.is_last:
                if len(points):
                    self._post(SpectrumCame(self._generation, self.key, points))
            elif len(points) or points.sealed or points.lost:
                came.append(points)
        if came:
            self._post(PointsCame(self._generation, self.key, came))

    async def read_files(self) -> None:
        """Read the points that a closed scan has in its file, and Redis no longer."""
        for reader in self.streams:
            if reader.is_in_file and self.scan is not None:
                reader.is_in_file = False
                try:
                    found = await self._found(self.scan, reader)
                except ConnectionFailed:
                    raise
                except StoreError as error:
                    self.complain(str(error), reader.stream.name)
                    continue
                if found.problem:
                    self.complain(found.problem)
                elif found.file:
                    reader.is_done = True
                    self._pass_on(reader, found)

    async def _found(self, scan: Scan, reader: StreamReader) -> FoundPoints:
        # Few scans are that old: what reads files is imported for them.
        from scantui.past import find_last_point, find_points

        name = reader.stream.name
        return await (
            find_last_point(self._store, scan, name) if reader.is_last else find_points(self._store, scan, name)
        )

    def _pass_on(self, reader: StreamReader, found: FoundPoints) -> None:
        if reader.is_last:
            self._post(SpectrumCame(self._generation, self.key, found.points))
        name = found.file.rpartition("/")[2]
        self._post(PointsCame(self._generation, self.key, [] if reader.is_last else [found.points], name))

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
        """Report what is wrong with the scan, or with one of its streams."""
        self._post(CurvesProblem(self._generation, self.key, problem, name))


def _samples(found: Sequence[tuple[int, Points]], step: int) -> Numbers:
    numbers = array("d", [math.nan]) * SAMPLES
    for index, points in found:
        numbers[index // step] = numbers_of(points.values, points.dtype, points.shape, points.shapes)[0]
    return numbers
