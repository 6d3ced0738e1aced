"""The screen on a recording: its own word in the header, its own clock, and its end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from scantui.exceptions import ConnectionFailed
from scantui.feed import Ended, Heartbeat, Loaded, Lost, Rewound
from scantui.recording.stand_in import recorded_store
from scantui.tui.app import ScanTuiApp
from scantui.tui.widgets.replay_line import replay_line
from tests.tui.pilots import lines, message, monitor_of, status, table_of, until, watching
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


class Recorded:
    """A playback that notes what it is asked for."""

    speed, length, is_paused, has_ended = 60.0, 600.0, False, False

    def __init__(self) -> None:
        self.asked: list[str] = []

    def clock(self) -> float:
        return 150.0

    async def measure(self) -> None: ...

    def toggle_pause(self) -> None:
        self.is_paused = not self.is_paused
        self.asked.append("pause")

    def seek(self, seconds: float) -> None:
        self.asked.append(f"seek {seconds}")

    def step(self) -> None:
        self.asked.append("step")


async def test_the_line_of_a_replay_has_its_keys_after_tab_and_elsewhere_they_keep_their_meaning() -> None:
    playback = Recorded()
    feed = ScriptedFeed(connected(20, recorded_store()), Heartbeat(NOW_MS), Loaded(beamline_rows(), 0))
    async with watching(feed, playback=playback) as pilot:
        await pilot.press("space", "left")
        assert len(monitor_of(pilot).board.marks) == 1
        assert playback.asked == []
        line = lines(pilot)[-3]
        assert line.startswith(" ▶ 2:30 ━")
        assert line.endswith("─ 10:00")
        assert line.index("●") == pytest.approx(8 + 0.25 * (line.index("10:00") - 9), abs=1)
        await pilot.press("tab")
        assert "space Pause" in lines(pilot)[-1]
        await pilot.press("space", "left", "right", "full_stop")
        assert playback.asked == ["pause", "seek -60", "seek 60", "step"]
        assert lines(pilot)[-3].startswith(" ■ 2:30")
        assert "paused" in lines(pilot)[-3]
        assert len(monitor_of(pilot).board.marks) == 1
        await pilot.press("tab", "space")
        assert len(playback.asked) == 4
        await pilot.press("tab", "escape", "j")
        assert monitor_of(pilot).focused is monitor_of(pilot).table


async def test_another_moment_replaces_rows_and_keeps_the_cursor_and_the_marks_on_their_scans() -> None:
    rows = beamline_rows()
    async with replaying() as (pilot, feed):
        await pilot.press("g", "j", "space")
        key = table_of(pilot).cursor_key
        marks = monitor_of(pilot).board.marks
        assert len(marks) == 1
        feed.tell(Rewound((), rows[:5], {}, {rows[0].key}, NOW_MS - 3_600_000))
        await until(pilot, lambda: "5 scans" in status(pilot))
        assert table_of(pilot).cursor_key == key
        assert monitor_of(pilot).board.marks == marks
        assert monitor_of(pilot).board.now_ms == NOW_MS - 3_600_000
        assert any(line.startswith("GONE    1") for line in lines(pilot))
        feed.tell(Rewound((), rows, {}, (), NOW_MS))
        await until(pilot, lambda: "20 scans" in status(pilot))
        await pilot.press("I")
        assert monitor_of(pilot).panes.opened == "digest"


@pytest.mark.parametrize("width", [1, 12, 30, 80, 200])
def test_the_line_of_a_replay_fits_any_width(width: int) -> None:
    line = replay_line(3725.0, 36000.0, True, width).plain
    assert line.startswith("■ 1:02:05 ")
    assert len(line) <= max(width, 32)
