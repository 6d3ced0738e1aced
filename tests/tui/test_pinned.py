"""Scans that run stay in sight when the table shows others."""

from __future__ import annotations

import msgspec
import pytest

from scantui.board import Board
from scantui.feed import Heartbeat, Loaded, Progress
from scantui.models import Origin, ScanState
from scantui.tui.widgets.pinned import PinnedScan, pinned_line, pinned_scans
from tests.tui.pilots import lines, watching
from tests.tui.scenes import NOW_MS, ScriptedFeed, connected, row


def board_of_running(count: int) -> tuple[Board, list[str]]:
    board = Board()
    rows = [row(number, age=100 - number, state=ScanState.STARTED, npoints=200) for number in range(1, count + 1)]
    board.put([*rows, row(90, age=1, end_reason="SUCCESS"), row(91, age=1, state=ScanState.CREATED)])
    board.tell_time(NOW_MS)
    return board, [each.key for each in rows]


def test_the_newest_running_scans_are_pinned_but_those_in_view() -> None:
    board, keys = board_of_running(5)
    assert [scan.name.split()[0] for scan in pinned_scans(board, ())] == ["3", "4", "5"]
    assert [scan.name.split()[0] for scan in pinned_scans(board, keys[3:])] == ["1", "2", "3"]
    assert [scan.name.split()[0] for scan in pinned_scans(board, keys[4:], most=1)] == ["4"]
    assert pinned_scans(board, keys) == []


def test_of_several_servers_a_line_names_the_scans_own() -> None:
    board = Board()
    placed = row(7, state=ScanState.STARTED).replaced(origin=Origin("redis://id15:6380"))
    board.put([placed])
    assert [scan.name for scan in pinned_scans(board, ())] == ["7 id15:6380 ascan"]


def test_sub_scans_are_their_parents_matter() -> None:
    board, keys = board_of_running(1)
    board.put([row(2, state=ScanState.STARTED, parent=keys[0])])
    assert len(pinned_scans(board, ())) == 1


@pytest.mark.parametrize(("width", "shown"), [(60, False), (80, True), (200, True)])
def test_a_line_with_room_shows_the_curve_of_the_first_counter(width: int, shown: bool) -> None:
    scan = PinnedScan("298 ascan samx", 0.5, "50% 3:02 left", counter="a_diode_of_long_name", curve="▅▅▆▅")
    line = pinned_line(scan, width).plain
    assert ("▅▅▆▅" in line) is shown
    assert ("ng_name " in line) is shown
    assert "298 ascan samx" in line
    without = pinned_line(msgspec.structs.replace(scan, counter="", curve=""), width).plain
    assert without.index("50%") == line.index("50%"), "nothing jumps when the curve comes"


@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
def test_a_line_shows_how_far_a_scan_is_at_any_width(width: int) -> None:
    line = pinned_line(PinnedScan("298 ascan samx -2 2 899 0.4", 0.5, "50% 3:02 left"), width).plain
    assert "50% 3:02 left" in line
    assert len(line) <= max(width, 27)
    assert ("█" in line) is (width >= 60)


async def test_a_scan_that_runs_is_pinned_after_a_burst_of_others() -> None:
    running = row(1, age=300, state=ScanState.STARTED, ran=1, npoints=200, title="ascan samx 0 1 200 0.5")
    burst = [
        row(number, age=99 - number, end_reason="SUCCESS", title=f"ascan samx 0 {number} 20 0.1")
        for number in range(2, 42)
    ]
    feed = ScriptedFeed(
        connected(41), Heartbeat(NOW_MS), Loaded([*burst[::-1], running], 0), Progress({running.key: 100})
    )
    async with watching(feed) as pilot:
        assert lines(pilot)[2].startswith("▶ 1 ascan samx 0 1 200 0.5")
        assert "50%" in lines(pilot)[2]
        await pilot.press("g")
        assert not lines(pilot)[2].startswith("▶")


async def test_a_line_that_is_pinned_while_the_table_fills_does_not_hold_its_rows() -> None:
    running = [row(number, age=900 - number, state=ScanState.STARTED, npoints=200) for number in range(1, 4)]
    others = [
        row(each, age=800 - each, end_reason="SUCCESS", title=f"ascan samx 0 {each} 9 1") for each in range(4, 604)
    ]
    pieces = [Loaded(others[-100 - start : 600 - start][::-1], 500 - start) for start in range(0, 600, 100)]
    feed = ScriptedFeed(connected(603), Heartbeat(NOW_MS), Loaded(running, 600), *pieces)
    async with watching(feed) as pilot:
        assert "HELD" not in lines(pilot)[0]
        assert lines(pilot)[2].startswith("▶")
