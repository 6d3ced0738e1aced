"""Test scans beyond the form: like this one, deletion of our own alone, a monitor that only reads; and watching."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from scantui.exceptions import ConnectionFailed, ScanNotFoundError
from scantui.feed import Changed
from scantui.models import Scan, ScanState
from scantui.publishing.run import PUBLISHER, PlannedScan
from scantui.store import AsyncDataStore
from scantui.tui.dialogs.menu import Menu
from scantui.tui.workers import publish_test_scan
from tests.tui.pilots import (
    create_by_form,
    lines,
    message,
    shown_numbers,
    status,
    table_of,
    until,
    watching,
)
from tests.tui.scenes import live_feed, night_feed, row


async def test_only_scans_of_ours_are_deleted_and_only_when_asked_twice(store_url: str) -> None:
    async with AsyncDataStore.open(store_url) as store:
        identity = {"name": "ct", "number": 1, "data_policy": "None"}
        theirs = await store.create_scan(identity, {"publisher": "bliss"})
        ours = await store.create_scan(identity, {"publisher": PUBLISHER})
        async with watching(live_feed(store_url)) as pilot:
            await until(pilot, lambda: table_of(pilot).row_count == 2)
            await pilot.press("g", "X")
            assert "Only test scans" in message(pilot)
            await pilot.press("G", "X")
            assert isinstance(pilot.app.screen, Menu)
            await pilot.press("n", "X", "y")
            await until(pilot, lambda: message(pilot) == f"Deleted {ours.key}")
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


async def test_the_bell_rings_when_a_watched_scan_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = night_feed()
    async with watching(feed) as pilot:
        told: list[str] = []
        monkeypatch.setattr(pilot.app, "bell", lambda: told.append("bell"))
        monkeypatch.setattr(pilot.app._driver, "write", told.append)
        await pilot.press("k", "W", "g", "W")
        assert message(pilot) == "This scan has already ended"
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


async def test_a_test_scan_that_a_killed_scantui_left_open_can_be_closed(store_url: str) -> None:
    async with AsyncDataStore.open(store_url) as store:
        identity = {"name": "ct", "number": 12, "data_policy": "None"}
        left = await store.create_scan(identity, {"publisher": PUBLISHER})
        async with watching(live_feed(store_url)) as pilot:
            await until(pilot, lambda: table_of(pilot).row_count == 1)
            await pilot.press("G", "X", "c")
            await until(pilot, lambda: message(pilot) == f"Closed {left.key}")
        closed = await store.load_scan(left.key)
        assert (closed.state, closed.info["end_reason"]) == (ScanState.CLOSED, "USER_ABORT")
