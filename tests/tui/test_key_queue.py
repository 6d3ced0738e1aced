"""What is typed faster than it is obeyed, as it comes over a slow line: all keys in one piece."""

from __future__ import annotations

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from scantui.feed import Created, Heartbeat, Loaded
from scantui.tui.dialogs.create_scan import CreateScan
from scantui.tui.terminal.key_queue import MOST_AHEAD
from tests.tui.pilots import lines, message, monitor_of, table_of, until, watching
from tests.tui.scenes import NOW_MS, ScriptedFeed, connected, row


def nine_scans() -> ScriptedFeed:
    rows = [row(number, age=20 - number, name=f"scan{number}", publisher="scantui") for number in range(1, 10)]
    return ScriptedFeed(connected(9), Heartbeat(NOW_MS), Loaded(rows, 0))


def type_ahead(pilot: Pilot[None], *keys: str) -> None:
    """Have all these keys come at once."""
    for key in keys:
        pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))


async def test_a_key_about_the_row_under_the_cursor_means_the_row_that_the_cursor_was_led_to() -> None:
    async with watching(nine_scans()) as pilot:
        type_ahead(pilot, "k", "k", "D")
        await until(pilot, lambda: isinstance(pilot.app.screen, CreateScan))
        assert pilot.app.screen.query_one("#name", Input).value == "scan7"


async def test_no_scan_is_deleted_that_the_cursor_had_left() -> None:
    async with watching(nine_scans()) as pilot:
        type_ahead(pilot, "k", "k", "k", "X")
        await until(pilot, lambda: any("Delete test scan" in line for line in lines(pilot)))
        assert any("Delete test scan 6?" in line for line in lines(pilot))


async def test_details_that_are_opened_and_left_at_once_do_not_end_the_monitor() -> None:
    async with watching(nine_scans()) as pilot:
        type_ahead(pilot, "enter", "q", "k")
        await until(pilot, lambda: table_of(pilot).cursor_row == 7)
        assert pilot.app.screen is monitor_of(pilot)
        assert monitor_of(pilot).panes.opened == ""


async def test_what_is_typed_behind_a_key_that_opens_something_goes_there_and_back() -> None:
    async with watching(nine_scans()) as pilot:
        type_ahead(pilot, "D", *"xy", "escape", "k", "slash", *"name=scan8", "enter", "x")
        await until(pilot, lambda: message(pilot) == "Nothing to clear")
        assert table_of(pilot).row_count == 1


@pytest.mark.parametrize("keys", [["equals_sign", "escape"], ["question_mark", "escape"], ["colon", "escape"]])
async def test_what_is_closed_holds_up_no_keys(keys: list[str]) -> None:
    async with watching(nine_scans()) as pilot:
        type_ahead(pilot, *keys * 5, "x")
        await until(pilot, lambda: message(pilot) == "Nothing to clear")


async def test_a_text_that_comes_as_keys_is_passed_over_but_for_its_beginning() -> None:
    async with watching(nine_scans()) as pilot:
        type_ahead(pilot, "slash", *"x" * 5000, "ctrl+c")
        await until(pilot, lambda: pilot.app._exit)
    async with watching(nine_scans()) as pilot:
        await until(pilot, lambda: bool(pilot.app.screen.query(Input)))
        line = pilot.app.screen.query_one(Input)
        type_ahead(pilot, "slash", *"x" * 5000)
        await until(pilot, lambda: len(line.value) == MOST_AHEAD)
        await pilot.press("escape")
        await until(pilot, lambda: line.value == "")


async def test_a_key_of_the_table_does_what_it_is_bound_to_before_anything_else_comes() -> None:
    async with watching(nine_scans()) as pilot:
        await until(pilot, lambda: table_of(pilot).cursor_row == 8)
        await pilot.app.on_event(events.Key("k", "k"))
        assert table_of(pilot).cursor_row == 7


async def test_what_came_while_rows_were_held_is_there_for_the_key_after_g() -> None:
    feed = nine_scans()
    async with watching(feed) as pilot:
        await pilot.press("k", "k")
        feed.tell(Created([row(number, name=f"scan{number}", publisher="scantui") for number in (10, 11)]))
        await until(pilot, lambda: "11 scans" in lines(pilot)[0])
        assert table_of(pilot).cursor_row == 6
        type_ahead(pilot, "G", "D")
        await until(pilot, lambda: isinstance(pilot.app.screen, CreateScan))
        assert pilot.app.screen.query_one("#name", Input).value == "scan11"
