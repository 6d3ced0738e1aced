"""Curves of scans on several servers, drawn together."""

from __future__ import annotations

from scantui.exceptions import ConnectionFailed
from scantui.feed import Heartbeat, Loaded, Lost
from tests.tui.curves.stores import DIODE, IT, SAMX, PointStore, gaussian, scan_of
from tests.tui.pilots import lines, message, shown_numbers, until
from tests.tui.scenes import NOW_MS, connected, row
from tests.tui.test_many_servers import Beamlines, two_servers


def store_of(key: str, count: int) -> PointStore:
    numbers = [index / 10 for index in range(count)]
    return PointStore(scan_of(SAMX, DIODE, IT, key=key), samx=numbers, diode=gaussian(count), it=numbers)


async def load(beamlines: Beamlines) -> tuple[PointStore, PointStore]:
    """Have each server connected, with one scan of fifty points."""
    rows = row(1, age=40), row(2, age=30)
    stores = store_of(rows[0].key, 50), store_of(rows[1].key, 50)
    for feed, scan, store in zip((beamlines.id11, beamlines.id15), rows, stores, strict=True):
        feed.tell(Heartbeat(NOW_MS), connected(1, store), Loaded([scan], 0))
    await until(beamlines.pilot, lambda: shown_numbers(beamlines.pilot) == [1, 2])
    return stores


async def test_marked_scans_of_two_servers_are_drawn_together_each_with_its_server() -> None:
    async with two_servers((140, 30)) as beamlines:
        pilot = beamlines.pilot
        await load(beamlines)
        await pilot.press("g", "space", "G", "space", "c")
        await until(pilot, lambda: any("(scan 19 id15)" in line for line in lines(pilot)))
        assert any(" 1 id11 ascan" in line and "50/100 points" in line for line in lines(pilot))


async def test_a_server_that_is_lost_and_comes_back_leaves_the_curves_of_the_other_alone() -> None:
    async with two_servers((140, 30)) as beamlines:
        pilot = beamlines.pilot
        here, there = await load(beamlines)
        beamlines.id15.tell(Lost(ConnectionFailed("nobody answers"), 1, 8.0))
        await until(pilot, lambda: any("id15 ◐" in line for line in lines(pilot)))
        await pilot.press("g", "space", "G", "space", "c")
        await until(pilot, lambda: message(pilot) == "No connection to id15: its scans are drawn when it is back")
        await until(pilot, lambda: any("50/100 points" in line for line in lines(pilot)))
        # The cursor may go where nothing can be read.
        await pilot.press("g", "G")
        here.add(SAMX, 5.0)
        here.add(DIODE, 500.0)
        await until(pilot, lambda: any("51/100 points" in line for line in lines(pilot)))
        assert not any("(scan 19 id15)" in line for line in lines(pilot))
        beamlines.id15.tell(connected(1, there), Heartbeat(NOW_MS))
        await until(pilot, lambda: any("(scan 19 id15)" in line for line in lines(pilot)))
