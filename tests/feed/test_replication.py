"""A feed of real replicas, and of a master that Sentinels replace while scans run."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, suppress

import pytest

from scantui.exceptions import NotAllowedError, StoreError, WrongServerError
from scantui.feed import Connected, Feed, Heartbeat, Lost, Replica
from scantui.models import ScanState
from scantui.store import AsyncDataStore, DataStore
from tests.feed.scripted import IDENTITY
from tests.feed.watching import Watcher
from tests.servers import RealRedis, Sentinels, command, initialise, plain_client

REPORTED_WITHIN_SECONDS = 5.0
# A master waits for more replicas before it sends its data to the first.
AT_ONCE = {"repl-diskless-sync-delay": "0"}


@pytest.fixture
def master(start_redis: Callable[..., RealRedis]) -> RealRedis:
    server = start_redis(config=AT_ONCE)
    initialise(server.url)
    return server


@pytest.fixture
def replica(master: RealRedis, start_redis: Callable[..., RealRedis]) -> RealRedis:
    server = start_redis(config={**AT_ONCE, "replicaof": f"127.0.0.1 {master.port}"})
    with plain_client(master.url) as client:
        assert command(client, "WAIT", 1, 4_000) == 1
    return server


@pytest.fixture
def publisher(master: RealRedis) -> Iterator[DataStore]:
    with DataStore(master.url) as store:
        yield store


def replica_of(watcher: Watcher) -> Replica | None:
    found: Replica | None = watcher.of_kind(Heartbeat)[-1].replica
    return found


@asynccontextmanager
async def following(url: str) -> AsyncIterator[Watcher]:
    """Follow a server as the monitor does, by real clocks and with real pauses."""
    feed = Feed(lambda: AsyncDataStore.open(url).__aenter__())
    async with aclosing(feed.events()) as events:
        watcher = Watcher(feed, events, watches=True)
        await watcher.until(lambda: bool(watcher.of_kind(Connected)))
        await watcher.until_settled()
        yield watcher


async def test_a_replica_shows_all_scans_and_says_how_far_it_is_behind(
    replica: RealRedis, publisher: DataStore
) -> None:
    before = publisher.create_scan(IDENTITY)
    async with following(replica.url) as watcher:
        await watcher.until(lambda: before.key in watcher.rows)
        scan = await asyncio.to_thread(publisher.create_scan, IDENTITY)
        for state in (ScanState.PREPARED, ScanState.STARTED):
            scan = await asyncio.to_thread(publisher.advance_scan, scan, state)
            await watcher.until_state(scan, state)
        await watcher.until(lambda: is_hardly_behind(watcher))
        assert not watcher.of_kind(Lost)


def is_hardly_behind(watcher: Watcher) -> bool:
    found = replica_of(watcher)
    return found is not None and found.is_linked and found.behind_ms is not None and found.behind_ms < 5_000


async def test_a_replica_whose_masters_clock_is_behind_is_not_behind_itself(
    master: RealRedis, replica: RealRedis, publisher: DataStore
) -> None:
    scan = publisher.create_scan(IDENTITY)

    def enter(state: ScanState) -> None:
        # The id is one that a master writes whose clock is ten minutes behind.
        id_ = f"{int((time.time() - 600) * 1000)}-{state.value}"
        with plain_client(master.url) as client:
            command(client, "XADD", scan.state_stream, id_, "state", state.value)

    with plain_client(master.url) as client:
        command(client, "DEL", scan.state_stream)
    enter(ScanState.CREATED)
    async with following(replica.url) as watcher:
        for state in (ScanState.PREPARED, ScanState.STARTED, ScanState.STOPPED):
            await asyncio.to_thread(enter, state)
            await watcher.until_state(scan, state)
        await watcher.until(lambda: is_hardly_behind(watcher))
        assert not watcher.of_kind(Lost)


async def test_a_replica_offers_no_writes_and_refuses_them_with_the_reason(
    replica: RealRedis, publisher: DataStore
) -> None:
    async with following(replica.url), AsyncDataStore.open(replica.url) as store:
        assert await store.may_write() is False
        with pytest.raises(NotAllowedError, match="is a replica, which takes no writes: use the URL of its master"):
            await store.create_scan(IDENTITY)
    assert publisher.may_write() is True


async def test_another_master_and_back_is_reported_and_all_is_listed_again(
    master: RealRedis, replica: RealRedis, publisher: DataStore, start_redis: Callable[..., RealRedis]
) -> None:
    scans = [publisher.create_scan(IDENTITY) for _ in range(3)]
    other = start_redis(config=AT_ONCE)
    initialise(other.url)
    with DataStore(other.url) as stranger:
        foreign = stranger.create_scan(IDENTITY)
    async with following(replica.url) as watcher:
        await watcher.until(lambda: len(watcher.present) == 3)
        await asyncio.to_thread(replicate, replica, other.port)
        started = time.monotonic()
        await watcher.until(lambda: bool(watcher.of_kind(Lost)))
        assert time.monotonic() - started < REPORTED_WITHIN_SECONDS
        await watcher.until(lambda: watcher.present == [foreign.key])
        lost = len(watcher.of_kind(Lost))
        await asyncio.to_thread(replicate, replica, master.port)
        started = time.monotonic()
        await watcher.until(lambda: len(watcher.of_kind(Lost)) > lost)
        assert time.monotonic() - started < REPORTED_WITHIN_SECONDS
        # A scan that was shown as gone does not come back by its key alone.
        await watcher.until(lambda: foreign.key not in watcher.present)
        assert {scan.key for scan in scans} <= watcher.rows.keys()


def replicate(replica: RealRedis, port: int) -> None:
    with plain_client(replica.url) as client:
        command(client, "REPLICAOF", "127.0.0.1", port)


def publish_until(url: str, is_over: threading.Event) -> None:
    """Create scans one after the other, through every failover."""
    while not is_over.wait(0.05):
        with suppress(StoreError), DataStore(url) as store:
            store.create_scan(IDENTITY)


@pytest.mark.slow
@pytest.mark.parametrize("by_death", [False, True])
async def test_a_failover_while_scans_run_is_reported_and_no_row_is_missing(
    master: RealRedis, replica: RealRedis, by_death: bool
) -> None:
    is_over = threading.Event()
    with Sentinels(master.port) as sentinels:
        assert sentinels.master() == master.port
        publishing = asyncio.create_task(asyncio.to_thread(publish_until, sentinels.url, is_over))
        try:
            async with following(sentinels.url) as watcher:
                await watcher.until(lambda: len(watcher.rows) > 20)
                await asyncio.to_thread(master.stop if by_death else sentinels.fail_over)
                await asyncio.to_thread(sentinels.wait_for_master, replica.port)
                started = time.monotonic()
                await watcher.until(lambda: bool(watcher.of_kind(Lost)))
                assert time.monotonic() - started < REPORTED_WITHIN_SECONDS
                connected = len(watcher.of_kind(Connected))
                await watcher.until(lambda: len(watcher.of_kind(Connected)) > connected)
                known = len(watcher.rows)
                await watcher.until(lambda: len(watcher.rows) > known + 20)
                is_over.set()
                await publishing
                assert sentinels.master() == replica.port
                async with AsyncDataStore.open(sentinels.url) as store:
                    listed = (await store.search_existing_scans()).keys
                await watcher.until(lambda: watcher.present == sorted(listed))
        finally:
            is_over.set()
            await publishing


async def test_sentinels_find_the_master_or_a_replica_for_both_flavours(master: RealRedis, replica: RealRedis) -> None:
    with Sentinels(master.port) as sentinels:
        for url, is_replica in ((sentinels.url, False), (f"{sentinels.url}?replica=1", True)):
            async with AsyncDataStore.open(url) as store:
                assert (await store.monitoring.get_server_identity()).is_replica is is_replica
                assert store.label == url
                assert store.disconnects.place == f"127.0.0.1:{replica.port if is_replica else master.port}"
            with DataStore(url) as blocking:
                assert blocking.may_write() is not is_replica


async def test_the_port_of_a_sentinel_and_the_port_of_a_redis_are_told_from_each_other(
    master: RealRedis, replica: RealRedis
) -> None:
    with Sentinels(master.port) as sentinels:
        with pytest.raises(WrongServerError, match="is a Sentinel, which knows a Redis but holds no scans"):
            await AsyncDataStore.open(f"redis://127.0.0.1:{sentinels.ports[0]}")
        with pytest.raises(StoreError, match="names a working Redis for other"):
            await AsyncDataStore.open(sentinels.url.replace("mymaster", "other"))
    with pytest.raises(WrongServerError, match="is a Redis, not a Sentinel"):
        await AsyncDataStore.open(f"redis+sentinel://127.0.0.1:{master.port}/mymaster")
