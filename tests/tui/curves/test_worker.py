"""The worker of the curves reads little, whatever was published, and stops when nothing more comes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from textual.message import Message

from scantui.exceptions import ConnectionFailed, StreamError
from scantui.models import ScanState
from scantui.store.operations.looks import DELETED, MOST_ENTRIES, PointsRead, StreamSize
from scantui.tui.curves.messages import (
    CurvesComplete,
    CurvesProblem,
    FramesCame,
    PointsCame,
    SamplesCame,
    ScanRead,
    SpectrumCame,
)
from scantui.tui.curves.reader import SAMPLES, CurvesWanted
from scantui.tui.curves.scan_sight import ScanSight
from scantui.tui.curves.stream_reader import MOST_STREAMS_A_LOOK
from scantui.tui.curves.worker import follow_curves
from tests.tui.curves.stores import DIODE, IT, LIMA, MCA, RUNNING, SAMX, PointStore, gaussian, points_of, scan_of


class EnoughError(Exception):
    """The test has seen enough."""


async def looks(
    store: PointStore, count: int = 1, then: Callable[[int], None] = lambda _: None, **wanted: Any
) -> list[Message]:
    """What the worker posts in so many looks; `then` is called after each with its number."""
    posted: list[Message] = []
    pauses = 0

    async def pause(_: float) -> None:
        nonlocal pauses
        if pauses:
            then(pauses)
        pauses += 1
        if pauses > count:
            raise EnoughError

    any_store: Any = store
    work = follow_curves(any_store, [CurvesWanted(key=RUNNING, **wanted)], 1, posted.append, pause=pause)
    with contextlib.suppress(EnoughError):
        await work
    return posted


def of_kind(posted: list[Message], kind: type[Message]) -> list[Any]:
    return [message for message in posted if isinstance(message, kind)]


def numbers(posted: list[Message], name: str) -> list[float]:
    """All points of a stream that came."""
    came = [points for message in of_kind(posted, PointsCame) for points in message.points if points.name == name]
    return [number for points in came for number in points.values]


async def test_what_is_drawn_is_read_once_and_then_only_what_came() -> None:
    store = PointStore(scan_of(SAMX, DIODE, IT, "ctl:unused"), samx=range(50), diode=gaussian(50), it=range(50))
    posted = await looks(store, 3, lambda number: store.add(DIODE, float(number)), counters=("diode",))
    assert numbers(posted, DIODE) == [*gaussian(50), 1.0, 2.0]
    assert {name for kind, *names in store.asked if kind == "look_at_points" for name in names} == {SAMX, DIODE}
    assert [kind for kind, *_ in store.asked] == ["load_scan", "measure_streams", *["look_at_points"] * 3]


async def test_where_nothing_comes_looks_are_twice_as_far_apart() -> None:
    store = PointStore(scan_of(SAMX, DIODE), samx=[0.0], diode=[1.0])
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            store.add(DIODE, 2.0)
        if len(pauses) == 5:
            raise EnoughError

    any_store: Any = store
    with contextlib.suppress(EnoughError):
        await follow_curves(any_store, [CurvesWanted(key=RUNNING)], 1, lambda _: None, lambda: 0.5, pause)
    assert pauses[1:] == [0.5, 1.0, 0.5, 1.0]


async def test_known_points_are_not_read_again() -> None:
    store = PointStore(scan_of(SAMX, DIODE), samx=range(50), diode=gaussian(50))
    posted = await looks(store, since={SAMX: 48, DIODE: 49})
    assert (numbers(posted, SAMX), len(numbers(posted, DIODE))) == ([48.0, 49.0], 1)


async def test_looks_wait_for_a_poll_unless_there_is_more_to_read() -> None:
    store = PointStore(scan_of(SAMX, DIODE), samx=range(1500), diode=range(1500))
    await looks(store, 4)
    assert store.patience[:2] == [0.0, 0.0]
    assert min(store.patience[2:]) > 1.0


async def test_of_a_short_backlog_the_newest_points_are_read_first() -> None:
    count = 3000
    store = PointStore(scan_of(SAMX, DIODE), samx=range(count), diode=range(count))
    posted = await looks(store, 5, lambda number: store.add(DIODE, -float(number)))
    came = [points for message in of_kind(posted, PointsCame) for points in message.points if points.name == DIODE]
    assert (came[0].start, came[0].stop) == (count - MOST_ENTRIES // 2, count)
    assert not any(points.lost for points in came)
    sight = ScanSight(RUNNING, of_kind(posted, ScanRead)[0].choice, 1)
    for message in posted:
        sight.take_in(message)
    series = sight.figure.series(DIODE)
    assert (series.start, series.lost) == (0, 0)
    assert list(series.values) == [*map(float, range(count)), -1.0, -2.0, -3.0, -4.0]


async def test_older_points_that_are_trimmed_meanwhile_are_lost() -> None:
    store = PointStore(scan_of(SAMX, DIODE), samx=range(3000), diode=range(3000))
    look = store._look
    store._look = lambda wanted, most: (  # type: ignore[method-assign]
        PointsRead(points_of(wanted.stream.name, []), None) if wanted.until == 2000 else look(wanted, most)
    )
    posted = await looks(store, 3)
    lost = [points.lost for message in of_kind(posted, PointsCame) for points in message.points if points.name == DIODE]
    assert lost == [0, 2000]


async def test_points_that_come_faster_than_they_are_read_are_sampled_again() -> None:
    store = PointStore(scan_of(SAMX, DIODE), samx=range(500), diode=range(500))
    more = [float(number) for number in range(9000)]

    def publish(number: int) -> None:
        if number == 1:
            store.add(SAMX, *more)
            store.add(DIODE, *more)

    posted = await looks(store, 5, publish)
    assert {sampled.name for sampled in of_kind(posted, SamplesCame)} == {SAMX, DIODE}
    sight = ScanSight(RUNNING, of_kind(posted, ScanRead)[0].choice, 1)
    for message in posted:
        sight.take_in(message)
    assert (sight.figure.series(DIODE).stop, sight.figure.series(DIODE).lost) == (9500, 0)


async def test_a_long_history_is_sampled_and_then_followed() -> None:
    long = range(100_000)
    store = PointStore(scan_of(SAMX, DIODE), samx=long, diode=long)
    posted = await looks(store, 2)
    step = len(long) // SAMPLES
    assert [(sampled.name, sampled.step) for sampled in of_kind(posted, SamplesCame)] == [(SAMX, step), (DIODE, step)]
    assert list(of_kind(posted, SamplesCame)[1].numbers) == [index * step for index in range(SAMPLES)]
    assert numbers(posted, DIODE) == list(range(SAMPLES * step, len(long)))


async def test_a_stream_that_fails_is_named_and_its_neighbours_are_read() -> None:
    store = PointStore(scan_of(SAMX, DIODE, IT), samx=range(5), diode=range(5), it=range(5))
    store.errors[DIODE] = StreamError("cannot be read")
    posted = await looks(store, 3)
    assert [(each.name, each.problem) for each in of_kind(posted, CurvesProblem)] == [(DIODE, "cannot be read")]
    assert numbers(posted, IT) == [0, 1, 2, 3, 4]


async def test_large_entries_are_never_read() -> None:
    store = PointStore(scan_of(SAMX, DIODE, MCA), samx=range(5), diode=range(5), det0=range(8))
    store.sizes = {DIODE: StreamSize(100_000_000, 1), MCA: StreamSize(100_000_000, 2)}
    posted = await looks(store, 4)
    posted += await looks(store, 4, counters=("det0",))
    assert [each.name for each in of_kind(posted, CurvesProblem)] == [DIODE, MCA]
    assert not numbers(posted, DIODE) and not of_kind(posted, SpectrumCame)


async def test_without_the_right_to_measure_the_first_entry_decides() -> None:
    store = PointStore(scan_of(SAMX, DIODE), samx=range(500), diode=range(500))
    store.sizes = {SAMX: None, DIODE: None}
    posted = await looks(store, 8)
    came = [len(points) for message in of_kind(posted, PointsCame) for points in message.points][::2]
    assert came[:3] == [1, 4, 16]
    assert numbers(posted, DIODE) == list(range(500))


async def test_more_streams_than_are_read_at_once_take_turns() -> None:
    names = [SAMX, *(f"ctl:c{number}" for number in range(9))]
    store = PointStore(scan_of(*names, info={}), samx=[1.0], **{f"c{number}": [1.0] for number in range(9)})
    wanted = [CurvesWanted(key=RUNNING, counters=tuple(f"c{number}" for number in range(5)))]
    posted = await looks(store, 2, counters=wanted[0].counters)
    asked = [names for kind, *names in store.asked if kind == "look_at_points"]
    assert all(len(names) <= MOST_STREAMS_A_LOOK for names in asked)
    assert all(numbers(posted, f"ctl:c{number}") == [1.0] for number in range(5))


async def test_a_closed_scan_is_complete_once_nothing_comes_and_the_worker_ends() -> None:
    store = PointStore(scan_of(SAMX, DIODE, state=ScanState.CLOSED), samx=range(5), diode=range(5))
    posted = await looks(store, 10)
    assert isinstance(posted[-1], CurvesComplete)
    assert sum(kind == "look_at_points" for kind, *_ in store.asked) == 2
    store.is_sealed = True
    store.asked.clear()
    assert isinstance((await looks(store, 10))[-1], CurvesComplete)
    assert sum(kind == "look_at_points" for kind, *_ in store.asked) == 1


async def test_a_scan_without_streams_is_read_again_until_it_has_some() -> None:
    later = scan_of(SAMX, DIODE)
    store = PointStore(later, samx=range(5), diode=range(5))
    store.scan = msgspec.structs.replace(later, streams={}, state=ScanState.CREATED)

    def prepare(number: int) -> None:
        if number == 2:
            store.scan = later

    posted = await looks(store, 4, prepare)
    assert [len(read.scan.streams) for read in of_kind(posted, ScanRead)] == [0, 2]
    assert numbers(posted, DIODE) == [0, 1, 2, 3, 4]


async def test_detectors_are_looked_at_more_seldom_than_spectra() -> None:
    store = PointStore(scan_of(SAMX, DIODE, MCA, LIMA), det0=[1, 2, 3, 4, 5, 6, 7, 8])
    posted = await looks(store, 8, counters=("det0",))
    assert [list(each.points.values) for each in of_kind(posted, SpectrumCame)] == [[5, 6, 7, 8]]
    assert sum(kind == "look_at_points" for kind, *_ in store.asked) == 8
    assert [each.status.count for each in of_kind(posted, FramesCame)] == [12] * 4
    store.errors[LIMA] = StreamError("no status")
    assert [each.name for each in of_kind(await looks(store, 8), CurvesProblem)] == [LIMA]


async def test_a_stream_that_is_deleted_meanwhile_is_reported_once() -> None:
    store = PointStore(scan_of(SAMX, DIODE), samx=range(5), diode=range(5))

    def delete(number: int) -> None:
        store.values = {name: [] for name in store.values}

    posted = await looks(store, 5, delete)
    assert [each.problem for each in of_kind(posted, CurvesProblem)] == [DELETED] * 2


async def test_a_scan_that_is_gone_is_reported_and_a_lost_connection_is_waited_for() -> None:
    store = PointStore(scan_of(SAMX, DIODE), samx=range(5), diode=range(5))
    store.is_gone = True
    assert [type(message) for message in await looks(store, 5)] == [CurvesProblem]
    store.is_gone = False
    whole = store.load_scan
    fails = [ConnectionFailed("lost"), ConnectionFailed("lost")]

    async def load_scan(key: str) -> Any:
        if fails:
            raise fails.pop()
        return await whole(key)

    store.load_scan = load_scan  # type: ignore[method-assign]
    assert len(numbers(await looks(store, 4), DIODE)) == 5


async def test_an_internal_error_ends_the_worker() -> None:
    store = PointStore(scan_of(SAMX, DIODE))
    del store.values[DIODE]
    with pytest.raises(KeyError):
        await asyncio.wait_for(looks(store, 2), 5)
