"""The two drivers of Redis against answers byte by byte, and what they send."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from scantui.exceptions import CommandError, ConflictError, ConnectionFailed, GarbledError, LoginError, ServerBusyError
from scantui.store import AsyncDataStore, DataStore
from scantui.store.address import ServerAddress
from scantui.store.drivers.aio import AsyncRedisDriver
from scantui.store.drivers.blocking import RedisDriver
from scantui.store.drivers.driver import Driver
from scantui.store.drivers.packing import packed
from scantui.store.operations.requests import Batch, Command, Request, Transaction, Watch
from tests.servers import command, plain_client

IDENTITY = {"name": "ascan", "number": 1, "data_policy": "None"}
KEY = "esrf:scan:01JBXVGZM0G32HDSZJXS6MSES1"
words = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])), st.binary(), st.integers(), st.floats(), st.just("x" * 70_000)
)


@given(st.lists(st.tuples(st.sampled_from(["GET", "JSON.SET"]), words, words)))
def test_commands_are_packed_as_redis_py_packs_them(many: list[tuple[Any, ...]]) -> None:
    pool: Any = redis.ConnectionPool()
    theirs = pool.make_connection().pack_commands(many)
    assert packed(Command(*each) for each in many) == b"".join(theirs)


async def test_a_store_works_on_when_its_idle_connections_were_closed(store_url: str) -> None:
    async with AsyncDataStore.open(store_url) as store:
        scans = await store.create_scans([({**IDENTITY, "number": number}, {"a": "x" * 9000}) for number in range(150)])
        keys = [scan.key for scan in scans]
        with plain_client(store_url) as raw:
            command(raw, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        assert await store.load_scans(keys) == scans
        assert store.disconnects.count


async def test_a_driver_whose_closing_is_cancelled_leaves_no_connection(store_url: str) -> None:
    driver = AsyncRedisDriver.at(ServerAddress.parse(store_url))
    await driver.converse().perform(Command("PING"))
    (connection,) = pool_of(driver)._available_connections
    closing = asyncio.ensure_future(driver.aclose())
    await asyncio.sleep(0)
    assert closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert not connection.is_connected


async def test_what_is_under_way_when_a_driver_is_closed_leaves_no_connection(store_url: str) -> None:
    driver = AsyncRedisDriver.at(ServerAddress.parse(store_url))
    under_way = driver.converse()
    await driver.aclose()
    # It takes a connection as one does that was about to when the driver was closed.
    assert await under_way.perform(Command("PING")) == b"PONG"
    (connection,) = pool_of(driver)._available_connections
    assert connection.is_connected
    await under_way.end()
    assert not connection.is_connected


def pool_of(driver: AsyncRedisDriver) -> Any:
    return driver._client.connection_pool


async def test_a_refused_command_stands_in_its_place(store_url: str) -> None:
    driver = AsyncRedisDriver.at(ServerAddress.parse(store_url))
    refused, pong = await driver.converse().perform(Batch([Command("GET"), Command("PING")]))
    assert isinstance(refused, CommandError)
    assert isinstance(refused.__cause__, redis.ResponseError)
    assert pong == b"PONG"
    await driver.aclose()


@asynccontextmanager
async def answering(answer: bytes, to: bytes) -> AsyncIterator[ServerAddress]:
    """A server that answers OK to all until a certain command comes, gives this answer to it, and is gone."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while said := await reader.read(65536):
            is_last = to in said
            # What a connection asks for when it is made may come in one piece with the first command.
            before = b"+OK\r\n" * said.count(b"NO-TOUCH")
            writer.write(before + answer if is_last else b"+OK\r\n" * said.count(b"*"))
            if is_last:
                break
        writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield ServerAddress(host="127.0.0.1", port=listener.sockets[0].getsockname()[1])
    finally:
        listener.close()


WRITE = Transaction([Command("XADD", "a", "*", "b", "c")])
READ = Command("GET", "a")
BATCH = Batch([Command("GET", "a"), Command("GET", "b")])


@pytest.mark.parametrize(
    ("request_", "answer", "error"),
    [
        (WRITE, b"HTTP/1.1 400 Bad Request\r\n\r\n", GarbledError),
        (WRITE, b"$5\r\nab", ConnectionFailed),
        (WRITE, b"", ConnectionFailed),
        (WRITE, b"-NOAUTH Authentication required.\r\n", LoginError),
        (WRITE, b"+OK\r\n+QUEUED\r\n:1\r\n", GarbledError),
        (WRITE, b"+OK\r\n+QUEUED\r\n*2\r\n:1\r\n:2\r\n", GarbledError),
        (WRITE, b"+OK\r\n+QUEUED\r\n*-1\r\n", ConflictError),
        (WRITE, b"+OK\r\n-ERR no\r\n-EXECABORT because of previous errors.\r\n", CommandError),
        (WRITE, b"+OK\r\n+QUEUED\r\n*1\r\n-WRONGTYPE no\r\n", CommandError),
        (WRITE, b"-ERR MULTI is not for you\r\n:1\r\n-ERR EXEC without MULTI\r\n", CommandError),
        (READ, b"HTTP/1.1 400 Bad Request\r\n\r\n", GarbledError),
        (READ, b"$-5\r\n", GarbledError),
        (READ, b":12x\r\n", GarbledError),
        (READ, b"-LOADING Redis is loading the dataset in memory\r\n", ServerBusyError),
        (READ, b"-ERR \xff\xfe\r\n", CommandError),
        (BATCH, b"$1\r\na\r\n$5\r\nab", ConnectionFailed),
        (BATCH, b"$1\r\na\r\n!\r\n", GarbledError),
        (BATCH, b"$1\r\na\r\n%1\r\n*0\r\n:1\r\n", GarbledError),
    ],
)
@pytest.mark.parametrize("flavour", ["blocking", "async"])
async def test_an_answer_that_makes_no_sense(
    request_: Request, answer: bytes, error: type[Exception], flavour: str
) -> None:
    to = b"EXEC" if request_ is WRITE else b"GET"
    async with answering(answer, to) as address:
        blocking, awaited = RedisDriver(address), AsyncRedisDriver.at(address)
        await asyncio.to_thread(blocking.converse().perform, Command("PING"))
        await awaited.converse().perform(Command("PING"))
        with pytest.raises(error) as raised:
            if flavour == "blocking":
                await asyncio.to_thread(blocking.converse().perform, request_)
            else:
                await awaited.converse().perform(request_)
        assert type(raised.value) is error
        assert raised.value.__cause__ is not None
        blocking.close()
        await awaited.aclose()


async def test_after_a_garbled_reply_the_idle_connections_are_dropped(store_url: str) -> None:
    async with AsyncDataStore.open(store_url) as store:
        (await store.create_scan(IDENTITY)).key  # noqa: B018
        pool: Any = store._driver._client.connection_pool  # type: ignore[attr-defined]
        assert [connection.is_connected for connection in pool._available_connections] == [True]

        def garbling() -> Any:
            yield Command("PING")
            raise GarbledError("x")

        with pytest.raises(GarbledError):
            await store._run(garbling())
        assert not [connection for connection in pool._available_connections if connection.is_connected]
        assert (await store.search_existing_scans()).keys


def test_a_watched_key_that_changed_is_a_conflict_and_its_connection_serves_on(store_url: str) -> None:
    driver = RedisDriver(ServerAddress.parse(store_url))
    with plain_client(store_url) as raw:
        for changes in (True, False):
            conversation = driver.converse()
            conversation.perform(Watch([KEY]))
            assert conversation.perform(Command("PTTL", KEY)) in (-2, -1)
            if changes:
                command(raw, "SET", KEY, "x")
                with pytest.raises(ConflictError):
                    conversation.perform(WRITE)
            else:
                assert conversation.perform(WRITE)
            conversation.end()
    assert len(driver._client.connection_pool._available_connections) == 1
    driver.close()
    with pytest.raises(ConnectionFailed, match="was closed"):
        driver.converse()


def test_a_driver_in_the_place_of_a_url_is_used_as_it_is(empty_url: str) -> None:
    driver: Driver = RedisDriver(ServerAddress.parse(empty_url))
    with DataStore(driver, init_db=True) as store:
        assert store.label == driver.label
        assert store.search_existing_scans().keys == []
