"""The column CURVE shows running scans in a few cells, and costs nothing while it is not shown."""

from __future__ import annotations

import contextlib
from typing import Any

from scantui.curves.glyphs import BLOCKS
from scantui.exceptions import ConnectionFailed
from scantui.feed import Heartbeat, Loaded
from scantui.system.state import Memory
from scantui.tui.curves.column import follow_sparklines
from scantui.tui.messages import SparklinesCame
from tests.tui.curves.stores import DIODE, IT, RUNNING, SAMX, PointStore, scan_of
from tests.tui.pilots import lines, until, watching
from tests.tui.scenes import NOW_MS, ScriptedFeed, beamline_rows, connected


class EnoughError(Exception):
    """The test has seen enough."""


async def sparklines(store: PointStore, seconds: int, then: Any = lambda _: None, points: Any = None) -> list[Any]:
    """What is posted in so many seconds; `then` is called after each with its number."""
    posted: list[Any] = []
    passed = 0

    async def pause(_: float) -> None:
        nonlocal passed
        passed += 1
        then(passed)
        if passed == seconds:
            raise EnoughError

    any_store: Any = store
    with contextlib.suppress(EnoughError):
        await follow_sparklines(any_store, points or (lambda: {RUNNING: -1}), BLOCKS, posted.append, pause)
    return [message.texts for message in posted if isinstance(message, SparklinesCame)]


async def test_only_the_first_counter_is_read_and_only_changes_are_posted() -> None:
    store = PointStore(scan_of(SAMX, DIODE, IT), diode=[0.0, 1.0])
    came = await sparklines(store, 4, lambda second: store.add(DIODE, 0.5) if second == 2 else None)
    assert came == [{RUNNING: "▁█"}, {RUNNING: "▁█▅"}]
    assert {tuple(names) for kind, *names in store.asked if kind == "look_at_points"} == {(DIODE,)}
    assert sum(kind == "load_scan" for kind, *_ in store.asked) == 1


async def test_a_scan_whose_points_have_not_grown_is_not_asked_for_them() -> None:
    store = PointStore(scan_of(SAMX, DIODE), diode=[0.0, 1.0])
    points = [2, 2, 2, 3, 3]
    came = await sparklines(
        store, 5, lambda second: store.add(DIODE, 0.5) if second == 3 else None, lambda: {RUNNING: points.pop(0)}
    )
    assert came == [{RUNNING: "▁█"}, {RUNNING: "▁█▅"}]
    assert sum(kind == "look_at_points" for kind, *_ in store.asked) == 2


async def test_a_scan_that_cannot_be_read_has_no_curve_and_one_that_ended_is_forgotten() -> None:
    store = PointStore(scan_of(SAMX, DIODE), diode=[0.0, 1.0])
    store.is_gone = True
    assert await sparklines(store, 2) == [{RUNNING: ""}]
    store.is_gone = False
    points = [{RUNNING: -1}, {RUNNING: -1}, {}]
    assert await sparklines(store, 3, points=lambda: points.pop(0)) == [{RUNNING: "▁█"}, {}]

    async def fail(wanted: object, patience: float = 0.0) -> Any:
        raise ConnectionFailed("lost")

    store.look_at_points = fail  # type: ignore[method-assign]
    assert await sparklines(store, 2) == [{RUNNING: ""}]


async def test_what_could_not_be_read_at_once_is_read_later_although_nothing_came() -> None:
    store = PointStore(scan_of(SAMX, DIODE), diode=[float(place < 400) for place in range(5000)])
    assert (await sparklines(store, 4, points=lambda: {RUNNING: 5000}))[-1] == {RUNNING: "█▁▁▁▁▁▁▁▁▁"}


async def test_the_column_is_read_while_it_is_shown() -> None:
    store = PointStore(scan_of(SAMX, DIODE), diode=[0.0, 1.0, 0.5])
    rows = beamline_rows()[:-1]
    memory = Memory()
    memory.change(columns=["state", "number", "name", "curve"])
    feed = ScriptedFeed(connected(len(rows), store), Heartbeat(NOW_MS), Loaded(rows[::-1], 0))
    async with watching(feed, memory=memory) as pilot:
        await until(pilot, lambda: any("▁█▅" in line and "19" in line for line in lines(pilot)))
        assert "CURVE" in lines(pilot)[2]
    store.asked.clear()
    feed = ScriptedFeed(connected(len(rows), store), Heartbeat(NOW_MS), Loaded(rows[::-1], 0))
    async with watching(feed) as pilot:
        await until(pilot, lambda: "RUN" in "".join(lines(pilot)))
        assert store.asked == []
