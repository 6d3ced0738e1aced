"""A write whose answer was lost is resolved, never repeated: cut at every byte, over a real server, both flavours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
import redis

from scantui.exceptions import ConnectionFailed, NoAnswerError, OutcomeUnknown, ScanNotFoundError
from scantui.models import Scan, ScanState
from scantui.store import AsyncDataStore, DataStore
from tests.chaos.proxy import Cut, Proxy
from tests.servers import command, plain_client
from tests.store.conftest import AwaitedStore

IDENTITY = {"name": "ascan", "number": 1, "data_policy": "None"}
NOBODY = "esrf:scan:01JBXVGZM0G32HDSZJXS6MSESN"
# MULTI, QUEUED three times, and what EXEC answers.
LONGEST_ANSWER = 100
HISTORY = "_SCAN_HISTORY_"
EXEC = b"$4\r\nEXEC\r\n"
XADD = b"$4\r\nXADD\r\n"


@pytest.fixture
def proxy(store_url: str) -> Iterator[Proxy]:
    with plain_client(store_url) as client:
        port = client.connection_pool.connection_kwargs.get("port", 6379)
    with Proxy(port) as proxy:
        yield proxy


@pytest.fixture(params=["blocking", "async"])
async def store(request: pytest.FixtureRequest, store_url: str, proxy: Proxy) -> AsyncIterator[AwaitedStore]:
    """A store that reaches its server through the proxy."""
    url = proxy.url(store_url)
    opened: Any = DataStore(url) if request.param == "blocking" else await AsyncDataStore.open(url)
    store = AwaitedStore(opened)
    yield store
    await store.close()


@pytest.fixture
def raw(store_url: str) -> Iterator[redis.Redis]:
    with plain_client(store_url) as client:
        yield client


async def within_reason(awaited: Awaitable[object]) -> None:
    await asyncio.wait_for(awaited, 60.0)


def announced(raw: redis.Redis) -> list[str]:
    """The keys in the creation history."""
    return [fields[b"key"].decode() for _, fields in command(raw, "XRANGE", HISTORY, "-", "+")]


async def at_each_byte(store: AwaitedStore, proxy: Proxy, word: bytes, attempt: Callable[[], Awaitable[object]]) -> int:
    """Make the attempt with its answer cut at each byte, and a bit further; returns how often it was."""
    for count in range(LONGEST_ANSWER):
        # A read finds that the previous connection is gone.
        await store.load_summaries([NOBODY])
        cut = Cut(word, count)
        proxy.cut(cut)
        await attempt()
        if not cut.struck.is_set():
            proxy.cut(None)
            return count
    return LONGEST_ANSWER


async def test_a_creation_is_found_and_never_doubled(store: AwaitedStore, proxy: Proxy, raw: redis.Redis) -> None:
    created: list[Scan] = []

    async def create() -> None:
        created.append(await store.create_scan(IDENTITY, {"title": "ascan samx 0 1"}))

    cuts = await at_each_byte(store, proxy, EXEC, create)
    assert cuts > len(b"*3\r\n+OK\r\n")
    assert announced(raw) == [scan.key for scan in created]
    for scan in created:
        assert await store.load_scan(scan.key) == scan


async def test_a_step_is_found_and_never_doubled(store: AwaitedStore, proxy: Proxy, raw: redis.Redis) -> None:
    async def advance() -> None:
        scan = await store.create_scan(IDENTITY)
        scan = await store.advance_scan(scan, ScanState.PREPARED, {"a": 0.1})
        assert await store.load_scan(scan.key) == scan
        assert [fields[b"state"] for _, fields in command(raw, "XRANGE", scan.state_stream, "-", "+")] == [b"0", b"1"]

    # The word of the step alone: the state is the last that is sent before EXEC.
    assert await at_each_byte(store, proxy, b"$5\r\nstate\r\n$1\r\n1\r\n", advance) > len(b"*2\r\n+OK\r\n")


async def test_points_are_found_and_never_doubled(store: AwaitedStore, proxy: Proxy, raw: redis.Redis) -> None:
    scan = await store.create_stream(await store.create_scan(IDENTITY), "x", "float64")
    lengths: list[int] = []

    async def append() -> None:
        lengths.append(await store.append(scan, "x", [1.0, 2.0]))

    assert await at_each_byte(store, proxy, XADD, append) >= len(b"$3\r\n0-1\r\n")
    assert lengths == list(range(2, 2 * len(lengths) + 1, 2))
    assert command(raw, "XLEN", scan.streams["x"].key) == len(lengths)


async def test_a_stream_is_found_and_never_doubled(store: AwaitedStore, proxy: Proxy) -> None:
    async def create_stream() -> None:
        made = await store.create_stream(await store.create_scan(IDENTITY), "x", "float64")
        assert list(made.streams) == ["x"]
        assert await store.load_scan(made.key) == made

    assert await at_each_byte(store, proxy, b'{"x": {"pk"', create_stream) > 0


async def test_a_deletion_is_found(store: AwaitedStore, proxy: Proxy) -> None:
    async def delete() -> None:
        scan = await store.advance_scan(await store.create_scan(IDENTITY), ScanState.CLOSED)
        assert await store.delete_scan(scan.key) is None
        with pytest.raises(ScanNotFoundError):
            await store.load_scan(scan.key)

    assert await at_each_byte(store, proxy, b"$6\r\nEXPIRE\r\n", delete) > 0


@pytest.mark.parametrize("missing", [len(EXEC), 1])
async def test_what_never_arrived_whole_was_not_done_and_that_is_said(
    store: AwaitedStore, proxy: Proxy, raw: redis.Redis, missing: int
) -> None:
    scan = await store.create_stream(await store.create_scan(IDENTITY), "x", "float64")
    closed = await store.advance_scan(await store.create_scan(IDENTITY), ScanState.CLOSED)
    before = announced(raw)
    attempts: list[Callable[[], Awaitable[object]]] = [
        lambda: store.create_scan(IDENTITY),
        lambda: store.advance_scan(scan, ScanState.PREPARED),
        lambda: store.create_stream(scan, "y", "float64"),
        lambda: store.delete_scan(closed.key),
    ]
    for attempt in attempts:
        proxy.cut(Cut(EXEC, -missing, in_request=True))
        with pytest.raises(ConnectionFailed, match="nothing was changed") as failure:
            await attempt()
        assert not isinstance(failure.value, OutcomeUnknown)
    proxy.cut(Cut(XADD, 0, in_request=True))
    with pytest.raises(ConnectionFailed, match="nothing was changed"):
        await store.append(scan, "x", 1.0)
    assert announced(raw) == before
    assert await store.load_scans([scan.key, closed.key]) == [scan, closed]
    assert await store.append(scan, "x", 1.0) == 1


@pytest.mark.slow
async def test_a_network_that_falls_silent_halfway_is_not_waited_for_for_ever(
    store: AwaitedStore, proxy: Proxy
) -> None:
    scan = await store.create_scan(IDENTITY)
    proxy.fall_silent_after(b"PTTL")
    with pytest.raises(NoAnswerError):
        await within_reason(store.in_parallel("advance_scan", scan, ScanState.PREPARED))
    proxy.speak()
    assert (await store.advance_scan(scan, ScanState.PREPARED)).state is ScanState.PREPARED
