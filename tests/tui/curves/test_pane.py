"""The curves pane on the screen: a few ways through the monitor, the rest is tested by calling."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from scantui.exceptions import ConnectionFailed
from scantui.feed import Created, Gone, Heartbeat, Loaded, Lost, Progress
from scantui.models import ScanState
from scantui.tui.widgets.curves import CurvesPane
from tests.tui.curves.stores import DIODE, IT, RUNNING, SAMX, PointStore, gaussian, scan_of
from tests.tui.pilots import lines, message, monitor_of, status, table_of, until, watching
from tests.tui.scenes import NOW_MS, ScriptedFeed, beamline_rows, connected, row


def store_with(count: int = 50) -> PointStore:
    numbers = [index / 10 for index in range(count)]
    return PointStore(scan_of(SAMX, DIODE, IT), samx=numbers, diode=gaussian(count), it=numbers)


def feed_of(store: PointStore) -> ScriptedFeed:
    """The night's scans up to the one that runs, on which the cursor is."""
    rows = beamline_rows()[:-1]
    return ScriptedFeed(connected(len(rows), store), Heartbeat(NOW_MS), Loaded(rows[::-1], 0))


def pane_of(pilot: Pilot[None]) -> CurvesPane:
    pane = monitor_of(pilot).panes.curves
    assert pane is not None
    return pane


def screen(pilot: Pilot[None]) -> str:
    return "\n".join(lines(pilot))


async def test_c_shows_the_curves_of_the_running_scan_while_they_grow_and_closes_them() -> None:
    store = store_with()
    async with watching(feed_of(store)) as pilot:
        await pilot.press("c")
        await until(pilot, lambda: "50/100 points" in screen(pilot))
        assert "RUN 19 ascan samx" in screen(pilot)
        assert "a diode" in screen(pilot) and "samx (mm)" in screen(pilot)
        assert "HELD" not in status(pilot)
        store.add(SAMX, 5.0)
        store.add(DIODE, 500.0)
        await until(pilot, lambda: "51/100 points" in screen(pilot))
        await pilot.press("c")
        assert "points" not in screen(pilot)


async def test_only_lines_that_differ_are_painted_again() -> None:
    store = store_with()
    async with watching(feed_of(store)) as pilot:
        await pilot.press("c")
        await until(pilot, lambda: "50/100 points" in screen(pilot))
        pane, painted = pane_of(pilot), list[int]()
        whole = pane.render_line

        def render_line(y: int) -> Any:
            painted.append(y)
            return whole(y)

        pane.render_line = render_line  # type: ignore[method-assign]
        store.add(IT, 5.0)
        await until(pilot, lambda: bool(painted))
        assert len(set(painted)) < pane.size.height - 3


async def test_the_keys_of_the_pane_work_after_tab_and_z_gives_it_the_screen() -> None:
    async with watching(feed_of(store_with())) as pilot:
        await pilot.press("c", "tab")
        await until(pilot, lambda: "50/100 points" in screen(pilot))
        assert "n Counter" in lines(pilot)[-1]
        await pilot.press("d")
        await until(pilot, lambda: "derivative" in screen(pilot))
        await pilot.press("full_stop")
        await until(pilot, lambda: "(point 25)" in screen(pilot))
        await pilot.press("z")
        await until(pilot, lambda: not table_of(pilot).size.height)
        assert pane_of(pilot).size.height == 19
        await pilot.press("z")
        await until(pilot, lambda: bool(table_of(pilot).size.height))
        assert table_of(pilot).has_focus


async def test_o_offers_the_counters_and_draws_the_one_that_is_chosen() -> None:
    async with watching(feed_of(store_with())) as pilot:
        await pilot.press("c", "tab")
        await until(pilot, lambda: "50/100 points" in screen(pilot))
        await pilot.press("o", "enter")
        await until(pilot, lambda: "1 of 2 counters (o)" in screen(pilot))


async def test_a_lost_connection_and_a_scan_that_is_gone_leave_the_curves_dimmed() -> None:
    store = store_with()
    feed = feed_of(store)
    async with watching(feed) as pilot:
        await pilot.press("c")
        await until(pilot, lambda: "50/100 points" in screen(pilot))
        feed.tell(Lost(ConnectionFailed("cannot reach id11"), attempt=1, retry_in=8.0))
        await until(pilot, lambda: "RETRY" in status(pilot))
        monitor_of(pilot).groups.curves.tell_connection()
        assert "50/100 points" in screen(pilot)
        assert is_dim(pilot)
        feed.tell(connected(20, store), Heartbeat(NOW_MS))
        await until(pilot, lambda: not is_dim(pilot))
        feed.tell(Gone([RUNNING]))
        await until(pilot, lambda: "GONE 19" in screen(pilot) and is_dim(pilot))
        assert "a diode" in screen(pilot)


def is_dim(pilot: Pilot[None]) -> bool:
    """Whether the first letter of the title is dim."""
    segments = list(pane_of(pilot).render_line(0))
    return bool(segments[0].style and segments[0].style.dim)


async def test_while_paused_the_curves_stand_still() -> None:
    store = store_with()
    async with watching(feed_of(store)) as pilot:
        await pilot.press("c")
        await until(pilot, lambda: "50/100 points" in screen(pilot))
        await pilot.press("p")
        store.add(SAMX, 5.0)
        store.add(DIODE, 500.0)
        sight = pane_of(pilot).sight.sight
        assert sight is not None
        await until(pilot, lambda: sight.points == 51)
        assert "50/100 points" in screen(pilot)
        await pilot.press("p")
        await until(pilot, lambda: "51/100 points" in screen(pilot))


async def test_a_bug_while_reading_leaves_the_monitor_and_says_so() -> None:
    store = store_with()
    del store.values[DIODE]
    async with watching(feed_of(store), internal_errors=None) as pilot:
        await until(pilot, lambda: table_of(pilot).row_count == 19)
        await pilot.press("c")
        await until(pilot, lambda: "Internal error (KeyError), see scantui.log" in message(pilot))
        await until(pilot, lambda: "Internal error" in "".join(lines(pilot)[8:20]))
        await pilot.press("k")
        assert not table_of(pilot).at_end


async def test_the_curves_of_a_marked_scan_stay_when_the_cursor_moves() -> None:
    async with watching(feed_of(store_with())) as pilot:
        await pilot.press("space", "c")
        await until(pilot, lambda: "50/100 points" in screen(pilot))
        asked = pane_of(pilot).shown_key
        await pilot.press("k", "k")
        assert pane_of(pilot).shown_key == asked == RUNNING


@pytest.mark.parametrize("size", [(50, 12), (30, 8), (200, 50)])
async def test_every_size_shows_something(size: tuple[int, int]) -> None:
    async with watching(feed_of(store_with()), size) as pilot:
        await pilot.press("c", "z")
        await until(pilot, lambda: "diode" in screen(pilot))
        assert all(len(line) <= size[0] for line in lines(pilot))


async def test_following_goes_on_to_the_next_scan_at_its_first_point() -> None:
    store = store_with()
    feed = feed_of(store)
    async with watching(feed) as pilot:
        await pilot.press("c")
        await until(pilot, lambda: "50/100 points" in screen(pilot))
        newcomer = row(21, state=ScanState.STARTED, title="ascan next")
        following = PointStore(scan_of(SAMX, DIODE, key=newcomer.key))
        old_load = store.load_scan

        async def load_scan(key: str) -> Any:
            return following.scan if key == newcomer.key else await old_load(key)

        store.load_scan = load_scan  # type: ignore[method-assign]
        store.values = {name: [] for name in store.values}
        feed.tell(Created([newcomer]), Progress({newcomer.key: 0}))
        await until(pilot, lambda: table_of(pilot).cursor_key == newcomer.key)
        await until(pilot, lambda: ("load_scan", newcomer.key) in store.asked or pane_of(pilot).sight.coming != "")
        assert "RUN 19 ascan samx" in screen(pilot)
        store.add(SAMX, 1.0)
        store.add(DIODE, 1.0)
        await until(pilot, lambda: "RUN 21 ascan next" in screen(pilot))
