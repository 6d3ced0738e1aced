"""Keys that act on the rows: marks, walks, order, copies, files; and the views of one key."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import Input

from scantui.feed import Changed, Created, Heartbeat, Loaded, Progress
from scantui.models import ScanState
from scantui.system.state import Memory
from scantui.tui.dialogs.menu import Menu
from scantui.tui.scan_view import ScanView
from tests.tui.commands.fake_views import to_the_end
from tests.tui.pilots import (
    lines,
    message,
    monitor_of,
    number_under_cursor,
    rows_seen,
    shown_numbers,
    status,
    table_of,
    until,
    watching,
)
from tests.tui.scenes import NOW_MS, ScriptedFeed, connected, night_feed, row


async def test_marks_are_seen_counted_walked_and_shown_alone() -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press("k", "k", "space", "space", "g", "n")
        assert "2 marked" in status(pilot)
        assert number_under_cursor(pilot) == 18
        assert any("*18" in line for line in lines(pilot))
        await pilot.press("n")
        assert number_under_cursor(pilot) == 19
        await pilot.press("M")
        assert shown_numbers(pilot) == [18, 19]
        await pilot.press("M", "U")
        assert len(shown_numbers(pilot)) == 20
        assert "marked" not in status(pilot)


async def test_a_number_is_gone_to_and_one_that_is_not_there_is_said() -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press("colon", "1", "2", "enter")
        assert number_under_cursor(pilot) == 12
        await pilot.press("colon", *"99", "enter")
        assert message(pilot) == "No scan 99 in this list"


async def test_digits_that_are_no_number_of_a_scan_go_nowhere() -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press("colon")
        pilot.app.screen.query_one(Input).value = "9" * 5000
        await pilot.press("enter")
        await until(pilot, lambda: any("No such command" in line for line in lines(pilot)))
        await pilot.press("escape")
        assert "LIVE" in status(pilot)


async def test_any_key_of_the_monitor_is_found_in_the_palette_by_what_it_does() -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press("ctrl+p", *"only problem")
        assert [line.strip("│ ") for line in lines(pilot) if "Only" in line] == [
            "!              Only problems, or all again"
        ]
        await pilot.press("enter")
        await until(pilot, lambda: monitor_of(pilot).board.filter.text == "is=problem")
        await pilot.press("colon", *"fly", "enter")
        assert "No such command" in "\n".join(lines(pilot))
        await pilot.press("escape")
        assert pilot.app.screen is monitor_of(pilot)


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        (("colon", "1", "2", "enter"), "go to scan"),
        (("s", "j", "enter"), "sort:"),
        (("question_mark", "f", "o", "l"), "follow"),
    ],
)
async def test_keys_typed_ahead_of_a_screen_that_opens_go_to_it(keys: tuple[str, ...], shown: str) -> None:
    characters = {"colon": ":", "question_mark": "?", "enter": "\r"}
    async with watching(night_feed()) as pilot:
        for key in keys:
            pilot.app.post_message(events.Key(key, characters.get(key, key)))
        await pilot.pause()
        if keys[0] == "colon":
            await until(pilot, lambda: number_under_cursor(pilot) == 12)
        else:
            await until(pilot, lambda: any(shown in line for line in lines(pilot)))
        assert pilot.app.is_running
        assert not monitor_of(pilot).board.marks


async def test_the_order_is_chosen_reversed_remembered_and_left_by_f(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "state.json")
    async with watching(night_feed(), memory=memory) as pilot:
        await pilot.press("s", "j", "j", "enter", "S")
        assert shown_numbers(pilot) == list(range(20, 0, -1))
        assert "sort:number down" in status(pilot)
        assert "HELD" in status(pilot)
    async with watching(night_feed(), memory=Memory(tmp_path / "state.json")) as pilot:
        assert shown_numbers(pilot) == list(range(20, 0, -1))
        await pilot.press("f")
        assert shown_numbers(pilot) == list(range(1, 21))
        assert table_of(pilot).at_end


async def test_a_pause_freezes_the_rows_and_loses_nothing() -> None:
    feed = night_feed()
    async with watching(feed) as pilot:
        await pilot.press("p")
        before = rows_seen(pilot)
        feed.tell(Created([row(21), row(22)]))
        await until(pilot, lambda: "2 new" in status(pilot))
        assert "PAUSED 0:00 · 2 new" in status(pilot)
        assert rows_seen(pilot) == before
        await pilot.press("p")
        assert shown_numbers(pilot)[-2:] == [21, 22]
        assert "PAUSED" not in status(pilot)


async def test_a_copy_goes_to_the_terminal_and_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TMUX", "TERM"):
        monkeypatch.delenv(name, raising=False)
    async with watching(night_feed()) as pilot:
        sent: list[str] = []
        driver: Any = pilot.app._driver
        monkeypatch.setattr(driver, "write", sent.append)
        await pilot.press("y")
        key = table_of(pilot).cursor_key
        assert f"\x1b]52;c;{base64.b64encode(str(key).encode()).decode()}\x07" in sent
        assert message(pilot) == "Sent the key to the terminal (OSC 52)"
        await pilot.press("Y", "t")
        assert f"\x1b]52;c;{base64.b64encode(b'ct 1.0 1').decode()}\x07" in sent


async def test_a_menu_is_left_without_a_choice() -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press("s")
        assert isinstance(pilot.app.screen, Menu)
        await until(pilot, lambda: lines(pilot)[-1].strip() == "Enter Choose  ↑↓ Move  Esc Back")
        await pilot.press("escape")
        await until(pilot, lambda: lines(pilot)[-1].strip().startswith("Enter Details  / Filter"))
        assert "sort" not in status(pilot)


async def test_tab_completes_fields_and_values_seen() -> None:
    async with watching(night_feed()) as pilot:
        line = monitor_of(pilot).query_one(Input)
        await pilot.press("slash", *"propo", "tab")
        assert line.value == "proposal="
        await pilot.press("tab")
        assert line.value == "proposal=hc1234"
        await pilot.press("space", *"name=", "tab")
        assert "loopscan" in message(pilot)
        assert line.has_focus


async def test_what_another_order_keeps_from_view_is_told() -> None:
    feed = night_feed()
    async with watching(feed) as pilot:
        await pilot.press("s", "j", "j", "enter")
        feed.tell(Created([row(5, title="again")]))
        await until(pilot, lambda: "1 not shown yet (f)" in message(pilot))
        assert len(shown_numbers(pilot)) == 20
        await pilot.press("f")
        assert len(shown_numbers(pilot)) == 21
        assert "not shown yet" not in message(pilot)


async def test_home_and_end_go_to_the_oldest_and_to_the_newest_scan() -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press("home")
        assert number_under_cursor(pilot) == 1
        await pilot.press("end")
        assert number_under_cursor(pilot) == 20
        assert "HELD" not in status(pilot)


async def test_leaving_the_filter_bar_brings_back_the_newest_scan_that_was_followed() -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press("slash", *"name=nothing", "escape")
        assert number_under_cursor(pilot) == 20
        assert "HELD" not in status(pilot)
        await pilot.press("slash", *"name=ct", "enter")
        assert number_under_cursor(pilot) == 20
        assert "HELD" not in status(pilot)
        await pilot.press("slash", *(["backspace"] * 7), "enter")
        assert (number_under_cursor(pilot), len(shown_numbers(pilot))) == (20, 20)


async def test_leaving_the_filter_bar_brings_back_the_scan_one_was_on() -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press("colon", "1", "2", "enter", "slash", *"name=nothing", "escape")
        assert number_under_cursor(pilot) == 12
        assert "HELD" in status(pilot)
        await pilot.press("slash", *"name=ct", "enter", "u")
        assert number_under_cursor(pilot) == 12


async def test_a_scan_that_comes_right_after_a_key_does_not_undo_the_key() -> None:
    async with watching(night_feed()) as pilot:
        table, board = table_of(pilot), monitor_of(pilot).board
        view = ScanView(board, table, lambda: False, lambda _, __: None, lambda: None, lambda _: None, to_the_end)
        # Both before the monitor hears that the cursor moved.
        table.action_cursor_up()
        view.arrived(board.put([row(21)]))
        await pilot.pause()
        assert number_under_cursor(pilot) == 19
        assert "HELD" in status(pilot)
        await pilot.press("G")
        assert number_under_cursor(pilot) == 21
        assert "HELD" not in status(pilot)


@pytest.mark.parametrize(("time_format", "rules"), [("clock", True), ("age", False)])
async def test_another_look_goes_on_following_when_a_scan_came_that_is_not_painted_yet(
    time_format: str, rules: bool
) -> None:
    async with watching(night_feed()) as pilot:
        table, board = table_of(pilot), monitor_of(pilot).board
        board.put([row(21)])
        table.look([], time_format, rules)
        assert table.at_end
        await pilot.press("x")
        assert "HELD" not in status(pilot)


async def test_scans_come_and_end_while_a_pane_has_the_whole_screen() -> None:
    feed = night_feed()
    async with watching(feed) as pilot:
        await pilot.press("g", "I", "z")
        feed.tell(Created([row(21, state=ScanState.STARTED, dataset="sample_0009")]))
        await until(pilot, lambda: "21 scans" in status(pilot))
        feed.tell(Changed([row(21, end_reason="FAILURE", dataset="sample_0009")]))
        await until(pilot, lambda: "5 failed" in lines(pilot)[1])
        feed.tell(Created([row(22, dataset="sample_0009")]))
        await until(pilot, lambda: "22 scans" in status(pilot))
        assert "Internal error" not in message(pilot)
        await pilot.press("z", "escape", "G")
        assert number_under_cursor(pilot) == 22


async def test_what_follows_a_percentage_stays_while_it_gets_longer() -> None:
    scan = row(21, state=ScanState.STARTED, npoints=100, is_saved=False)
    grown = [
        event for points in range(1, 10) for event in (Heartbeat(NOW_MS + 1000 * points), Progress({scan.key: points}))
    ]
    feed = ScriptedFeed(connected(1), Heartbeat(NOW_MS), Loaded([scan], 0), *grown)
    async with watching(feed) as pilot:
        await until(pilot, lambda: lines(pilot)[3].endswith("9% 1:20 left NOT SAVED"))
        feed.tell(Progress({scan.key: 10}))
        await until(pilot, lambda: "10%" in lines(pilot)[3])
        assert lines(pilot)[3].endswith("left NOT SAVED")


async def test_a_scroll_bar_that_comes_while_scans_do_leaves_the_newest_followed() -> None:
    async with watching(night_feed()) as pilot:
        table, board = table_of(pilot), monitor_of(pilot).board
        view = ScanView(board, table, lambda: False, lambda _, __: None, lambda: None, lambda _: None, to_the_end)
        # The bar comes between the moment when the board has a scan and the one when it is painted.
        coming = board.put([row(21)])
        table.watch_show_vertical_scrollbar()
        await pilot.pause()
        view.arrived(coming)
        await pilot.pause()
        assert number_under_cursor(pilot) == 21
        assert "HELD" not in status(pilot)
