"""Nothing that a store holds of points and plots breaks what reads and draws them, nor reaches the terminal raw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

import msgspec
import numpy
import pytest

from scantui.cli.output import json_text
from scantui.curves.choice import choose
from scantui.curves.curve_plot import PlotOptions
from scantui.curves.figure import Size
from scantui.curves.glyphs import MARK_SETS
from scantui.curves.lines import Line, width_of
from scantui.curves.scan_figure import ScanFigure
from scantui.exceptions import StoreError
from scantui.models import Scan, ScanIdentity, ScanState, ScanSummary, StreamInfo
from scantui.points import Points
from scantui.store.operations.details import ScanDetails, StreamTail
from scantui.store.operations.points import entries_at_once
from scantui.store.wire import documents, payloads, streams
from scantui.tui.widgets.detail_lines import detail_lines
from tests.hostile import sequences_of
from tests.hostile_points import HostileScan

KEY = "esrf:scan:01JBXVGZM0G32HDSZJXS6MSESN"
SIZES = [Size(80, 14), Size(200, 50), Size(50, 12), Size(30, 4), Size(10, 3), Size(1, 1)]
CASES = 100
# Of ten thousand, the first are tried each time.
BLOCKS = [
    pytest.param(first, marks=() if first < 3 * CASES else pytest.mark.slow) for first in range(0, 100 * CASES, CASES)
]


@pytest.mark.parametrize("first", BLOCKS)
def test_hostile_scans_are_read_and_drawn(first: int) -> None:
    for seed in range(first, first + CASES):
        try:
            read_and_draw(HostileScan(seed))
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error


def read_and_draw(hostile: HostileScan) -> None:
    scan = scan_in(hostile)
    info, described = (scan.info, scan.streams) if scan else ({}, hostile.described())
    if hostile.chance.random() < 0.2:
        described = {**described, **hostile.described()}
    points = {name: points_in(hostile, stream) for name, stream in described.items()}
    found = {name: each for name, each in points.items() if isinstance(each, Points)}
    draw(hostile, info, described, found)
    tails = [tail_of(described[name], each) for name, each in points.items()]
    summary = ScanSummary(key=KEY, identity=ScanIdentity(name="ascan", number=1))
    if scan is not None:
        details = ScanDetails(scan=scan, summary=summary, streams=tuple(tails))
        require_harmless(str(line.text) for line in detail_lines(details, 0))


def scan_in(hostile: HostileScan) -> Scan | None:
    try:
        return documents.decode_scan(
            KEY, documents.decode_document(KEY, hostile.document()), ScanState.STARTED, "1700000000000-0"
        )
    except StoreError:
        return None


def points_in(hostile: HostileScan, stream: StreamInfo) -> Points | StoreError:
    """The points of a stream, after each way to read them."""
    start = hostile.chance.choice([0, 0, 0, 1, 7, 2**64])
    stop = hostile.chance.choice([None, None, start + 2])
    try:
        assert entries_at_once(stream) > 0
        entries = hostile.entries(stream)
        for entry in entries:
            with suppress(StoreError):
                streams.decode_points(entry.fields.get(b"payload", b""), stream.dtype, stream.shape)
        with suppress(StoreError):
            streams.length_after(entries)
        points = payloads.decode_entries(stream, entries, start, stop)
    except StoreError as error:
        return error
    listed = points.tolist()
    assert len(listed) == len(points)
    if not points.dtype:
        require_harmless(map(json_text, listed))
    if points.dtype and not points.shapes and -1 not in points.shape:
        assert numpy.asarray(points).shape == (len(points), *points.shape)
    return points


def draw(
    hostile: HostileScan, info: Mapping[str, object], described: Mapping[str, StreamInfo], found: Mapping[str, Points]
) -> None:
    pick = hostile.chance.choice
    wanted = [pick(hostile.names) for _ in range(pick([0, 0, 1, 2]))]
    choice = choose(info, described, wanted, x=pick([None] * 9 + ["", *hostile.names]))
    figure = ScanFigure(KEY, choice, is_open=pick([True, False]))
    for name in figure.wanted:
        if name in found:
            figure.series(name).lose(min(found[name].start, 2**20))
            figure.series(name).add_points(found[name])
    if choice.kind == "spectrum":
        (name,) = choice.counters
        if name in found and len(found[name]) and found[name].dtype:
            spectrum = found[name].tolist()[-1]
            figure.show_spectrum(name, [abs(number) for number in spectrum], 0, len(found[name]))
    options = PlotOptions(
        marks=pick(list(MARK_SETS.values())),
        is_log=pick([True, False]),
        is_derivative=pick([True, False]),
        inspector=pick([None, 0, 3]),
        mark=pick([None, 0.5, float("nan"), float("inf")]),
    )
    figure.measure(options)
    for size in (pick(SIZES), pick(SIZES)):
        lines = figure.draw(pick(hostile.names), size, options, pick(["many", "sixteen", "none"]))
        require_figure(lines, size, options.marks.ascii_only)


def require_figure(lines: list[Line], size: Size, ascii_only: bool) -> None:
    assert len(lines) == size.lines
    assert {width_of(line) for line in lines} <= {size.columns}
    texts = ["".join(piece.text for piece in line) for line in lines]
    require_harmless(texts)
    assert not ascii_only or all(text.isascii() for text in texts)


def require_harmless(texts: Iterable[str]) -> None:
    for text in texts:
        assert "\n" not in text and "\t" not in text and "\x07" not in text
        assert sequences_of(text.encode()) == set()


def tail_of(stream: StreamInfo, points: Points | StoreError) -> StreamTail:
    tail = StreamTail(name=stream.name, kind=stream.kind, dtype=stream.dtype, shape=stream.shape)
    if isinstance(points, StoreError):
        return msgspec.structs.replace(tail, problem=str(points))
    last = tuple(points.tolist()[-3:]) if points.dtype and not points.shape else ()
    return msgspec.structs.replace(tail, length=points.stop, last=last, sealed=points.sealed)
