"""The screen on a recording: its own word in the header, its own clock, and its end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from scantui.exceptions import ConnectionFailed
from scantui.feed import Ended, Heartbeat, Loaded, Lost
from scantui.recording.stand_in import recorded_store
from scantui.tui.app import ScanTuiApp
from tests.tui.pilots import message, monitor_of, status, until
from tests.tui.scenes import NOW_MS, SIZE, ScriptedFeed, beamline_rows, connected, standing_clock


@asynccontextmanager
async def replaying(*events: Any) -> AsyncIterator[tuple[Pilot[None], ScriptedFeed]]:
    feed = ScriptedFeed(
        connected(20, recorded_store()), Heartbeat(NOW_MS, 86_400_000), Loaded(beamline_rows(), 0), *events
    )
    app = ScanTuiApp(feed, "night.rec", standing_clock)
    app.monitor.status_line.mode = "REPLAY x60"
    app.monitor.servers.forbid_writing()
    async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
        await pilot.pause()
        yield pilot, feed


async def test_the_header_never_says_that_a_recording_is_live() -> None:
    async with replaying() as (pilot, feed):
        assert status(pilot).startswith(" night.rec  REPLAY x60  20 ")
        assert "clock" not in status(pilot)
        feed.tell(Lost(ConnectionFailed("it was gone"), 2, 5.0))
        await until(pilot, lambda: "REPLAY x60  ● RETRY 2 in 5s" in status(pilot))


async def test_the_end_is_said_and_stays() -> None:
    async with replaying(Ended("the recording ends here, after 0:24: it was cut off")) as (pilot, _):
        await until(pilot, lambda: "REPLAY x60  ENDED" in status(pilot))
        assert message(pilot) == "the recording ends here, after 0:24: it was cut off"


async def test_a_search_says_that_there_is_no_server_and_the_rows_are_filtered() -> None:
    async with replaying() as (pilot, _):
        await pilot.press(*"/name=ct", "enter")
        await until(pilot, lambda: message(pilot).startswith("a recording holds only the rows"))
        assert 0 < len(monitor_of(pilot).board) < 20


async def test_nothing_can_be_written() -> None:
    async with replaying() as (pilot, _):
        await pilot.press("C", "X")
        assert pilot.app.screen is monitor_of(pilot)
