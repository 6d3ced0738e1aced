"""Keys that are watched are let go of at the end, whatever the server says, and whether it says anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from scantui.exceptions import ScanNotFoundError
from scantui.models import ScanState
from scantui.store import AsyncDataStore
from scantui.store.address import ServerAddress
from scantui.store.drivers.aio import AsyncRedisDriver
from scantui.store.drivers.blocking import RedisDriver
from scantui.store.operations.requests import Watch
from tests.servers import RealRedis, command, initialise, plain_client
from tests.store.conftest import Opener

KEY = "esrf:scan:01JBXVGZM0G32HDSZJXS6MSES1"
IDENTITY = {"name": "ascan", "number": 1, "data_policy": "None"}
# Whoever waits so long waits for ever.
FOR_EVER = 60


class Hushing:
    """A server that answers OK to all until somebody watches a key, and nothing from then on."""

    def __init__(self) -> None:
        self.is_silent = asyncio.Event()
        self.was_left = asyncio.Event()
        self.address = ServerAddress()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while said := await reader.read(65536):
            if not self.is_silent.is_set():
                writer.write(b"+OK\r\n" * said.count(b"*"))
            if b"WATCH" in said:
                self.is_silent.set()
        self.was_left.set()
        writer.close()


@pytest.fixture
async def hushing() -> AsyncIterator[Hushing]:
    server = Hushing()
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.address = ServerAddress(host="127.0.0.1", port=listener.sockets[0].getsockname()[1])
    yield server
    listener.close()


async def test_a_server_that_fell_silent_is_not_asked_to_let_go(hushing: Hushing) -> None:
    driver = AsyncRedisDriver.at(hushing.address)
    conversation = driver.converse()
    await conversation.perform(Watch([KEY]))
    await asyncio.wait_for(conversation.end(), FOR_EVER)
    await asyncio.wait_for(hushing.was_left.wait(), FOR_EVER)
    await driver.aclose()


async def test_a_server_that_fell_silent_is_no_error_of_a_thread_either(hushing: Hushing) -> None:
    driver = RedisDriver(hushing.address)
    conversation = driver.converse()
    await asyncio.to_thread(conversation.perform, Watch([KEY]))
    await asyncio.to_thread(conversation.end)
    await asyncio.wait_for(hushing.was_left.wait(), FOR_EVER)
    driver.close()


async def test_a_change_that_is_cancelled_at_a_silent_server_ends(hushing: Hushing) -> None:
    # A time limit of the client's own swallows a cancellation now and then before Python 3.12.
    driver = AsyncRedisDriver.at(hushing.address)
    changing = asyncio.create_task(AsyncDataStore(driver).advance_scan(KEY, ScanState.PREPARED))
    await asyncio.wait_for(hushing.is_silent.wait(), FOR_EVER)
    changing.cancel()
    done, _ = await asyncio.wait([changing], timeout=FOR_EVER)
    assert changing in done
    assert changing.cancelled()
    await asyncio.wait_for(hushing.was_left.wait(), FOR_EVER)
    await driver.aclose()


async def test_who_may_not_let_go_learns_what_went_wrong(
    open_store: Opener, start_redis: Callable[..., RealRedis]
) -> None:
    server = start_redis()
    initialise(server.url)
    with plain_client(server.url) as admin:
        command(admin, "ACL", "SETUSER", "writer", "on", ">s3cret", "~*", "+@all", "-unwatch")
    store = await open_store(f"redis://writer:s3cret@127.0.0.1:{server.port}")
    with pytest.raises(ScanNotFoundError):
        await store.advance_scan(KEY, ScanState.PREPARED)
    scan: Any = await store.create_scan(IDENTITY)
    assert (await store.advance_scan(scan, ScanState.PREPARED)).state is ScanState.PREPARED
