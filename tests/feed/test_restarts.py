"""A server that started anew is not taken for the one that was there, however quickly it came back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from scantui.exceptions import ConnectionFailed
from scantui.feed import Gone, Loaded, Lost
from scantui.models import ScanState
from scantui.store import AsyncDataStore, DataStore
from tests.chaos.server import MortalRedis
from tests.conftest import do_without
from tests.feed.scripted import IDENTITY
from tests.feed.watching import Watcher, ended, watching
from tests.servers import NoRealRedis, command, initialise, plain_client


@pytest.fixture
def mortal() -> Iterator[MortalRedis]:
    server = MortalRedis()
    try:
        server.start()
    except NoRealRedis as error:
        do_without(str(error))
    initialise(server.url)
    yield server
    server.kill()
    server.stop()


@pytest.fixture
async def idle(store_url: str) -> AsyncIterator[AsyncDataStore]:
    """A store whose connection waits in its pool."""
    async with AsyncDataStore.open(store_url) as store:
        yield store


def kill_others(url: str) -> None:
    """Have the server close all connections but the one that asks."""
    with plain_client(url) as client:
        command(client, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")


def wait_for_a_blocked_client(url: str) -> None:
    with plain_client(url) as client:
        while not client.info("clients")["blocked_clients"]:
            pass


def came_back(watcher: Watcher) -> set[str]:
    """Scans that were told after they had been told as gone."""
    gone: set[str] = set()
    back: set[str] = set()
    for event in watcher.seen:
        if isinstance(event, Gone):
            gone.update(event.keys)
        if isinstance(event, Loaded):
            back.update(gone.intersection(row.key for row in event.rows))
    return back


async def test_older_data_that_came_back_between_two_commands_are_shown(mortal: MortalRedis) -> None:
    with DataStore(mortal.url) as publisher:
        reopened, deleted = (publisher.create_scan(IDENTITY) for _ in range(2))
        deleted = ended(publisher, deleted)
        with mortal.client() as raw:
            command(raw, "SAVE")
        async with watching(mortal.url) as watcher:
            await watcher.until_settled()
            ended(publisher, reopened)
            await watcher.until_state(reopened, ScanState.CLOSED)
            publisher.delete_scan(deleted.key)
            await watcher.until(lambda: deleted.key in watcher.gone)
            await watcher.until_settled()
            # Nobody takes events meanwhile, so nothing is asked, and the loop sees that the connection is closed.
            await asyncio.to_thread(mortal.kill)
            await asyncio.to_thread(mortal.revive, saved=True)
            await watcher.until_state(reopened, ScanState.CREATED)
            await watcher.until(lambda: deleted.key in came_back(watcher))


async def test_a_connection_that_was_closed_by_the_same_server_loses_nothing_and_is_no_fault(store_url: str) -> None:
    with DataStore(store_url) as publisher:
        scan = publisher.create_scan(IDENTITY)
        async with watching(store_url) as watcher:
            await watcher.until_settled()
            kill_others(store_url)
            ended(publisher, scan)
            await watcher.until_state(scan, ScanState.CLOSED)
            await watcher.until_settled()
            assert watcher.of_kind(Lost) == []


async def test_a_connection_that_was_closed_by_a_server_that_tells_nothing_of_itself_is_told(store_url: str) -> None:
    with plain_client(store_url) as client:
        command(client, "ACL", "SETUSER", "silent", "on", ">secret", "~*", "+@all", "-info")
    try:
        async with watching(store_url.replace("://", "://silent:secret@")) as watcher:
            await watcher.until_settled()
            kill_others(store_url)
            await watcher.until(lambda: bool(watcher.of_kind(Lost)))
            assert isinstance(watcher.of_kind(Lost)[0].error, ConnectionFailed)
            await watcher.until_settled()
    finally:
        with plain_client(store_url) as client:
            command(client, "ACL", "DELUSER", "silent")


async def test_an_idle_connection_that_was_closed_is_counted_when_it_is_replaced(
    idle: AsyncDataStore, store_url: str
) -> None:
    identity = await idle.monitoring.get_server_identity()
    assert len(identity.run_id) == len(identity.history_id) == 40
    assert idle.disconnects.count == 0
    await asyncio.to_thread(kill_others, store_url)
    assert await idle.monitoring.get_server_identity() == identity
    assert idle.disconnects.count > 0


async def test_who_stops_waiting_for_an_answer_breaks_no_connection(idle: AsyncDataStore, store_url: str) -> None:
    waiting = asyncio.create_task(idle.wait_for_news("0-1", {}, 2.0))
    await asyncio.to_thread(wait_for_a_blocked_client, store_url)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await idle.monitoring.get_server_identity()
    assert idle.disconnects.count == 0
