"""Test scans beyond the form: like this one, deletion of our own alone, a monitor that only reads; and watching."""

from __future__ import annotations

import asyncio
from typing import cast

import msgspec
import pytest
from textual.widgets import Input

from scantui.exceptions import ConnectionFailed, ScanNotFoundError
from scantui.feed import Changed, Heartbeat, Loaded
from scantui.models import Scan, ScanState
from scantui.publishing.run import PUBLISHER, PlannedScan
from scantui.store import AsyncDataStore
from scantui.tui.dialogs.create_scan import CreateScan
from scantui.tui.dialogs.menu import Menu
from scantui.tui.workers import publish_test_scan
from tests.tui.scenes import NOW_MS, ScriptedFeed, connected, live_feed, night_feed, row
from tests.tui.test_monitor import (
    create_by_form,
    lines,
    message,
    monitor_of,
    shown_numbers,
    status,
    table_of,
    until,
    watching,
)


async def test_a_scan_like_this_one_has_its_values() -> None:
    scan = row(7, age=3, name="amesh", dataset="d_1", npoints=50, count_time=0.25)
    async with watching(ScriptedFeed(connected(1), Heartbeat(NOW_MS), Loaded([scan], 0))) as pilot:
        await pilot.press("D")
        form = pilot.app.screen
        values = {
            name: form.query_one(f"#{name}", Input).value
            for name in ("name", "dataset", "points", "interval", "number")
        }
        assert values == {"name": "amesh", "dataset": "d_1", "points": "50", "interval": "0.25", "number": "8"}


async def test_only_scans_of_ours_are_deleted_and_only_when_asked_twice(store_url: str) -> None:
    async with AsyncDataStore.open(store_url) as store:
        identity = {"name": "ct", "number": 1, "data_policy": "None"}
        theirs = await store.create_scan(identity, {"publisher": "bliss"})
        ours = await store.create_scan(identity, {"publisher": PUBLISHER})
        async with watching(live_feed(store_url)) as pilot:
            await until(pilot, lambda: table_of(pilot).row_count == 2)
            await pilot.press("g", "X")
            assert "only test scans" in message(pilot)
            await pilot.press("G", "X")
            assert isinstance(pilot.app.screen, Menu)
            await pilot.press("n", "X", "y")
            await until(pilot, lambda: message(pilot) == f"deleted {ours.key}")
            await until(pilot, lambda: any(line.startswith("GONE") for line in lines(pilot)))
        with pytest.raises(ScanNotFoundError):
            await store.load_scan(ours.key)
        assert (await store.load_scan(theirs.key)).state is ScanState.CREATED


async def test_one_of_the_test_scans_that_run_is_aborted_alone(store_url: str) -> None:
    async with AsyncDataStore.open(store_url) as store, watching(live_feed(store_url)) as pilot:
        await create_by_form(pilot, points=100000, interval=0.05, copies=2)
        await until(pilot, lambda: sum(line.startswith("RUN") for line in lines(pilot)) == 2)
        await pilot.press("G", "X", "a")
        await until(pilot, lambda: any(line.startswith("ABRT") for line in lines(pilot)))
        aborted = await store.load_scan(table_of(pilot).cursor_key or "")
        assert (aborted.state, aborted.info["end_reason"]) == (ScanState.CLOSED, "USER_ABORT")
        assert sum(line.startswith("RUN") for line in lines(pilot)) == 1
        await pilot.press("X")
        assert not any("abort" in line for line in lines(pilot))
        await pilot.press("n")


async def test_a_monitor_that_only_reads_says_so_where_a_key_would_write() -> None:
    async with watching(night_feed()) as pilot:
        monitor_of(pilot).read_only = True
        for key in "CDX":
            monitor_of(pilot).say("")
            await pilot.press(key)
            assert not isinstance(pilot.app.screen, CreateScan | Menu)
            assert message(pilot).startswith("read-only: scantui was started with --read-only")
        assert not {"create_scan", "create_like", "delete_scan"} & {
            binding.action for binding in monitor_of(pilot).own_bindings
        }


async def test_keys_that_find_nothing_to_do_say_so() -> None:
    async with watching(night_feed()) as pilot:
        monitor = monitor_of(pilot)
        await pilot.press("x")
        assert message(pilot) == "no row is GONE"
        row = monitor.row_under_cursor
        assert row is not None
        monitor.changed(monitor.board.put([msgspec.structs.replace(row, publisher=PUBLISHER)]))
        monitor.changed(monitor.board.mark_gone([row.key]))
        await pilot.press("X")
        assert message(pilot) == "the scan is gone from Redis already: x clears its row"
        assert pilot.app.screen is monitor
        await pilot.press("x")
        assert message(pilot) == "1 row cleared"
        await pilot.press("slash", *"name=nothing", "enter")
        await until(pilot, lambda: table_of(pilot).row_count == 0)
        for key, says in (("D", "no scan under the cursor"), ("equals_sign", "no scan under the cursor")):
            await pilot.press(key)
            assert says in message(pilot)


async def test_the_bell_rings_when_a_watched_scan_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = night_feed()
    async with watching(feed) as pilot:
        told: list[str] = []
        monkeypatch.setattr(pilot.app, "bell", lambda: told.append("bell"))
        monkeypatch.setattr(pilot.app._driver, "write", told.append)
        await pilot.press("k", "W", "g", "W")
        assert message(pilot) == "the scan is over already"
        feed.tell(Changed([row(19, age=118, end_reason="FAILURE", title="ascan samx")]))
        await until(pilot, lambda: "watched: FAIL 19" in message(pilot))
        assert told[0] == "bell"
        assert any("]9;scantui: watched: FAIL 19 ascan samx" in written for written in told)
        assert "LIVE" in status(pilot)


async def test_several_test_scans_are_created_at_once_with_numbers_of_their_own(store_url: str) -> None:
    async with watching(live_feed(store_url)) as pilot:
        await create_by_form(pilot, points=0, copies=3)
        await until(pilot, lambda: sorted(shown_numbers(pilot)) == [1, 2, 3])


async def test_a_test_scan_goes_on_when_the_feed_connects_anew(store_url: str) -> None:
    async with AsyncDataStore.open(store_url) as store, watching(live_feed(store_url)) as pilot:
        await create_by_form(pilot, points=100000, interval=0.01)
        await until(pilot, lambda: any(line.startswith("RUN") for line in lines(pilot)))
        await pilot.press("R")
        [streams] = await store.monitoring.find_progress_streams([(await store.get_last_scan()).key])
        [length] = await store.get_stream_lengths(streams[:1])
        assert isinstance(length, int)

        async def has_grown(points: int) -> bool:
            return await store.get_stream_lengths(streams[:1]) > [length + points]

        await until(pilot, lambda: has_grown(20))
        await until(pilot, lambda: any(line.startswith("RUN") for line in lines(pilot)))


async def test_a_test_scan_that_failed_has_failed_although_it_is_cancelled_while_its_store_is_closed() -> None:
    is_closing = asyncio.Event()

    class Failing:
        async def __aenter__(self) -> Failing:
            return self

        async def __aexit__(self, *_: object) -> None:
            is_closing.set()
            await asyncio.Event().wait()

        async def create_scan(self, identity: object, info: object) -> Scan:
            raise ConnectionFailed("gone")

    async def opened() -> AsyncDataStore:
        return cast(AsyncDataStore, Failing())

    plan = PlannedScan(identity={"name": "ct", "number": 1})
    publishing = asyncio.create_task(publish_test_scan(opened, plan, True, True, lambda _: None))
    await is_closing.wait()
    publishing.cancel()
    assert await publishing is False
