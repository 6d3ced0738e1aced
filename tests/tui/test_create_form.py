"""The form that creates a test scan, and the scans that it creates."""

from __future__ import annotations

import pytest
from textual.widgets import Input, Static

from scantui.feed import Heartbeat, Loaded
from scantui.models import ScanState
from scantui.store import AsyncDataStore
from scantui.tui.dialogs.create_scan import CreateScan
from tests.tui.pilots import (
    lines,
    status,
    until,
    watching,
)
from tests.tui.scenes import (
    NOW_MS,
    ScriptedFeed,
    connected,
    live_feed,
    night_feed,
    row,
)


async def test_the_form_names_the_field_that_will_not_do_and_loses_nothing() -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press("C")
        form = pilot.app.screen
        assert isinstance(form, CreateScan)
        assert form.query_one("#number", Input).value == "21"
        assert form.query_one("#session", Input).value == "id11"
        form.query_one("#points", Input).value = "many"
        form.query_one("#name", Input).value = "kept"
        await pilot.press("enter")
        assert str(form.query_one("#problem", Static).content) == "points must be a whole number, not 'many'"
        assert form.query_one("#points", Input).has_focus
        assert form.query_one("#name", Input).value == "kept"
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, CreateScan)


async def test_a_test_scan_is_created_in_the_store_and_its_row_shows_how_it_ends(store_url: str) -> None:
    async with watching(live_feed(store_url)) as pilot:
        await until(pilot, lambda: "LIVE" in status(pilot))
        await pilot.press("C")
        form = pilot.app.screen
        form.query_one("#points", Input).value = "3"
        form.query_one("#interval", Input).value = "0"
        await pilot.press("enter")
        await until(pilot, lambda: any(line.startswith("DONE") for line in lines(pilot)))
        async with AsyncDataStore.open(store_url) as store:
            (key,) = (await store.search_existing_scans(name="test_scan")).keys
            scan = await store.load_scan(key)
        assert (scan.state, scan.info["end_reason"], scan.info["publisher"]) == (ScanState.CLOSED, "SUCCESS", "scantui")
        assert sorted(scan.streams) == ["scantui:sine", "timer:elapsed_time"]


async def test_quitting_closes_a_test_scan_that_still_runs(store_url: str) -> None:
    async with watching(live_feed(store_url)) as pilot:
        await until(pilot, lambda: "LIVE" in status(pilot))
        await pilot.press("C")
        pilot.app.screen.query_one("#interval", Input).value = "3600"
        await pilot.press("enter")
        await until(pilot, lambda: any(line.startswith("RUN") for line in lines(pilot)))
        await pilot.press("q")
    async with AsyncDataStore.open(store_url) as store:
        scan = await store.load_scan((await store.get_last_scan()).key)
    assert (scan.state, scan.info["end_reason"]) == (ScanState.CLOSED, "USER_ABORT")


@pytest.mark.parametrize("size", [(40, 10), (80, 24)])
async def test_the_form_is_walked_with_the_arrows_and_shows_what_is_wrong_on_a_small_terminal(
    size: tuple[int, int],
) -> None:
    async with watching(night_feed(), size) as pilot:
        await pilot.press("C", *["down"] * 8, "x", "enter")
        form = pilot.app.screen
        assert form.query_one("#points", Input).has_focus
        assert any("points must be a whole number" in line for line in lines(pilot))
        assert form.query_one("#points", Input).value == "x"


async def test_the_largest_number_there_is_does_not_keep_the_form_from_opening() -> None:
    rows = [row(2**63 - 1, age=3)]
    async with watching(ScriptedFeed(connected(1), Heartbeat(NOW_MS), Loaded(rows, 0))) as pilot:
        await pilot.press("C")
        assert pilot.app.screen.query_one("#number", Input).value == str(2**63 - 1)


async def test_ctrl_q_closes_a_running_test_scan_too(store_url: str) -> None:
    async with watching(live_feed(store_url)) as pilot:
        await until(pilot, lambda: "LIVE" in status(pilot))
        await pilot.press("C")
        pilot.app.screen.query_one("#interval", Input).value = "3600"
        await pilot.press("enter")
        await until(pilot, lambda: any(line.startswith("RUN") for line in lines(pilot)))
        await pilot.press("ctrl+q")
    async with AsyncDataStore.open(store_url) as store:
        assert (await store.load_scan((await store.get_last_scan()).key)).info["end_reason"] == "USER_ABORT"
