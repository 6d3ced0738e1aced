"""A feed makes up for what happened while a real server was down or out of reach."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scantui.exceptions import (
    NotInitialisedError,
    UnreachableError,
)
from scantui.feed import (
    Connected,
    Loaded,
    Lost,
)
from scantui.models import ScanState
from scantui.store import DataStore
from tests.feed.scripted import IDENTITY
from tests.feed.watching import Outage, ended, watching
from tests.servers import RealRedis, command, initialise, plain_client


async def test_a_server_that_restarts_is_lost_and_found_again(start_redis: Callable[..., RealRedis]) -> None:
    server = start_redis()
    initialise(server.url)
    async with watching(server.url) as watcher:
        with DataStore(server.url) as publisher:
            old = [publisher.create_scan(IDENTITY), ended(publisher, publisher.create_scan(IDENTITY))]
        await watcher.until(lambda: len(watcher.rows) == 2)
        server.restart()
        await watcher.until(lambda: bool(watcher.of_kind(Lost)) and not isinstance(watcher.seen[-1], Lost))
        await watcher.until(lambda: isinstance(watcher.seen[-1], Lost))
        assert isinstance(watcher.of_kind(Lost)[-1].error, NotInitialisedError)
        initialise(server.url)
        with DataStore(server.url) as publisher:
            scan = publisher.create_scan(IDENTITY)
            await watcher.until(lambda: scan.key in watcher.rows)
            assert watcher.gone == {each.key for each in old}
            ended(publisher, scan)
            await watcher.until_state(scan, ScanState.CLOSED)
            assert watcher.present == publisher.search_existing_scans().keys == [scan.key]
            assert len(watcher.of_kind(Connected)) == 2


async def test_a_server_that_is_down_is_lost_until_it_is_back(start_redis: Callable[..., RealRedis]) -> None:
    server = start_redis()
    initialise(server.url)
    async with watching(server.url) as watcher:
        await watcher.until_settled()
        server.stop()
        await watcher.until(lambda: len(watcher.of_kind(Lost)) == 3)
        assert {type(event.error) for event in watcher.of_kind(Lost)} == {UnreachableError}
        server.start()
        initialise(server.url)
        await watcher.until_settled()
        assert len(watcher.of_kind(Connected)) == 2


async def test_what_happened_during_an_outage_is_made_up_for(store_url: str, publisher: DataStore) -> None:
    outage = Outage()
    moving, resting = publisher.create_scan(IDENTITY), publisher.create_scan(IDENTITY)
    finished = ended(publisher, publisher.create_scan(IDENTITY))
    async with watching(store_url, outage.may_strike) as watcher:
        await watcher.until(lambda: len(watcher.rows) == 3)
        outage.is_due = True
        await watcher.until(lambda: isinstance(watcher.seen[-1], Lost))
        new = publisher.create_scan(IDENTITY)
        ended(publisher, moving, "FAILURE")
        await watcher.until(lambda: new.key in watcher.rows)
        await watcher.until_settled()
        assert watcher.rows[moving.key].end_reason == "FAILURE"
        assert watcher.present == publisher.search_existing_scans().keys
        assert set(watcher.present) == {moving.key, resting.key, finished.key, new.key}
        publisher.advance_scan(resting, ScanState.PREPARED)
        await watcher.until_state(resting, ScanState.PREPARED)
        assert finished.key not in {each.key for event in watcher.of_kind(Loaded)[1:] for each in event.rows}


@pytest.mark.parametrize(
    ("is_closed", "is_expired"),
    [
        pytest.param(False, False, id="open-deleted"),
        pytest.param(False, True, id="open-expired"),
        pytest.param(True, False, id="closed-deleted"),
        pytest.param(True, True, id="closed-expired"),
    ],
)
async def test_a_scan_that_went_away_during_an_outage_is_gone_although_it_is_not_watched(
    store_url: str, publisher: DataStore, is_closed: bool, is_expired: bool
) -> None:
    outage = Outage()
    kept, doomed = publisher.create_scan(IDENTITY), publisher.create_scan(IDENTITY)
    if is_closed:
        ended(publisher, doomed)
    async with watching(store_url, outage.may_strike, watches=False) as watcher:
        await watcher.until(lambda: len(watcher.rows) == 2)
        outage.is_due = True
        await watcher.until(lambda: isinstance(watcher.seen[-1], Lost))
        publisher.delete_scan(doomed.key, force=True)
        if is_expired:
            with plain_client(store_url) as raw:
                command(raw, "DEL", doomed.key, doomed.state_stream)
        await watcher.until_settled()
        assert watcher.present == publisher.search_existing_scans().keys == [kept.key]
