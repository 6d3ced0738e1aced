"""Replies are read as they were meant, in whatever pieces their bytes come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis

from scantui.exceptions import CommandError, ConnectionFailed, GarbledError, LoginError
from scantui.store import AsyncDataStore
from scantui.store.address import ServerAddress
from scantui.store.drivers.aio import AsyncConversation
from scantui.store.drivers.aio_replies import read_quickly
from scantui.store.drivers.blocking import Conversation, new_client
from scantui.store.drivers.connections import Disconnects
from scantui.store.drivers.unpacking import INCOMPLETE, Unpacker
from scantui.store.operations.requests import Batch, Command, Transaction
from tests.servers import command, plain_client

IDENTITY = {"name": "ascan", "number": 1, "data_policy": "None"}

replies = st.recursive(
    st.one_of(st.none(), st.integers(-(2**63), 2**63), st.binary(max_size=20), st.just(b"x" * 3000)),
    lambda items: st.lists(items, max_size=5),
    max_leaves=20,
)


def on_the_wire(reply: Any) -> bytes:
    if reply is None:
        return b"$-1\r\n"
    if isinstance(reply, int):
        return b":%d\r\n" % reply
    if isinstance(reply, bytes):
        return b"$%d\r\n%b\r\n" % (len(reply), reply)
    return b"*%d\r\n" % len(reply) + b"".join(map(on_the_wire, reply))


def taken(unpacker: Unpacker) -> list[Any]:
    found = []
    while (reply := unpacker.take()) is not INCOMPLETE:
        found.append(reply)
    return found


@given(st.lists(replies), st.lists(st.integers(1, 60), min_size=1))
def test_any_replies_in_any_pieces(meant: list[Any], sizes: list[int]) -> None:
    data = b"".join(map(on_the_wire, meant))
    unpacker = Unpacker(ValueError)
    found = taken(unpacker)
    for number in range(len(data)):
        piece, data = data[: sizes[number % len(sizes)]], data[sizes[number % len(sizes)] :]
        if piece:
            unpacker.feed(piece)
            assert not unpacker.is_empty
            found += taken(unpacker)
    assert found == meant
    assert unpacker.is_empty


def test_a_status_is_a_text_and_a_list_may_be_missing() -> None:
    unpacker = Unpacker(ValueError)
    unpacker.feed(b"+OK\r\n*-1\r\n*0\r\n$0\r\n\r\n+half a li")
    assert taken(unpacker) == [b"OK", None, [], b""]
    assert not unpacker.is_empty


def test_a_refusal_stands_in_the_place_of_its_reply() -> None:
    unpacker = Unpacker(CommandError)
    unpacker.feed(b"*2\r\n-ERR \xff no\r\n:5\r\n")
    ((refusal, number),) = taken(unpacker)
    assert isinstance(refusal, CommandError)
    assert (str(refusal), number) == ("ERR \ufffd no", 5)


@pytest.mark.parametrize(
    "data", [b"?\r\n", b"\r\n", b"HTTP/1.1 400\r\n", b"$-2\r\n", b"*-2\r\n", b"$x\r\n", b":\r\n", b"-" * 70_000]
)
def test_what_is_no_reply_is_an_error(data: bytes) -> None:
    unpacker = Unpacker(CommandError)
    unpacker.feed(data)
    with pytest.raises(ValueError):
        unpacker.take()


# Over a connection, whatever the client library would read with


async def test_a_store_does_all_over_it(store_url: str) -> None:
    client = Redis.from_url(store_url, protocol=2)
    read_quickly(client.connection_pool)
    async with AsyncDataStore(client, "quick") as store:
        scans = await store.create_scans([({**IDENTITY, "number": number}, {"a": "x" * 9000}) for number in range(150)])
        keys = [scan.key for scan in scans]
        assert await store.load_scans(keys) == scans
        assert (await store.list_scans()).keys == keys
        with plain_client(store_url) as raw:
            command(raw, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        assert await store.load_scans(keys) == scans
        assert store.disconnects.count
        refused, pong = await AsyncConversation(client, Disconnects()).perform(Batch([Command("GET"), Command("PING")]))
        assert isinstance(refused, CommandError)
        assert pong == b"PONG"


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[int]:
    """The port of a server that answers OK to all until a transaction comes, answers this to it, and is gone."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while said := await reader.read(65536):
            is_last = b"EXEC" in said
            writer.write(answer if is_last else b"+OK\r\n" * said.count(b"*"))
            if is_last:
                break
        writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield listener.sockets[0].getsockname()[1]
    listener.close()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", GarbledError),
        (b"$5\r\nab", ConnectionFailed),
        (b"", ConnectionFailed),
        (b"-NOAUTH Authentication required.\r\n", LoginError),
        (b"+OK\r\n+QUEUED\r\n:1\r\n", GarbledError),
        (b"+OK\r\n+QUEUED\r\n*2\r\n:1\r\n:2\r\n", GarbledError),
        (b"+OK\r\n-ERR no\r\n-EXECABORT because of previous errors.\r\n", CommandError),
        (b"+OK\r\n+QUEUED\r\n*1\r\n-WRONGTYPE no\r\n", CommandError),
        (b"-ERR MULTI is not for you\r\n:1\r\n-ERR EXEC without MULTI\r\n", CommandError),
    ],
)
@pytest.mark.parametrize("reader", ["ours", "the library's", "blocking"])
async def test_an_answer_that_will_not_do(answer: bytes, error: type[Exception], reader: str) -> None:
    write = Transaction([Command("XADD", "a", "*", "b", "c")])
    async with answering(answer) as port:
        blocking, awaited = new_client(ServerAddress.parse(f"redis://127.0.0.1:{port}")), Redis(port=port, protocol=2)
        if reader == "ours":
            read_quickly(awaited.connection_pool)
        with pytest.raises(error) as raised:
            if reader == "blocking":
                await asyncio.to_thread(Conversation(blocking).perform, write)
            else:
                await AsyncConversation(awaited, Disconnects()).perform(write)
        assert type(raised.value) is error
        blocking.connection_pool.disconnect()
        await awaited.connection_pool.disconnect()
