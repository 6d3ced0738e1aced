"""A user with the README's rights on a real server: everything but writing, and known before anything is tried."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
import redis

from scantui.demo.embedded import EmbeddedServer
from scantui.exceptions import NotAllowedError, OutOfMemory
from scantui.models import ScanState
from scantui.store import DataStore
from scantui.store.operations.ends import EndSeen, EndWanted
from tests.readme import viewer_rules
from tests.servers import RealRedis, command, initialise, plain_client
from tests.store.conftest import AwaitedStore, Opener

IDENTITY = {"name": "ascan", "number": 1, "data_policy": "None", "session": "s"}


@pytest.fixture
def server(start_redis: Callable[..., RealRedis]) -> RealRedis:
    """A server whose users a test may make, initialised."""
    server = start_redis()
    initialise(server.url)
    return server


@pytest.fixture
def admin(server: RealRedis) -> Iterator[redis.Redis]:
    with plain_client(server.url) as client:
        yield client


def url_of(server: RealRedis) -> str:
    return f"redis://viewer:s3cret@127.0.0.1:{server.port}"


async def test_who_only_reads_can_do_everything_but_write(
    open_store: Opener, server: RealRedis, admin: redis.Redis
) -> None:
    with DataStore(server.url) as writer:
        scan = writer.create_stream(writer.create_scan(IDENTITY, {"npoints": 3}), "axis:x", "float64")
        scan = writer.advance_scan(writer.advance_scan(scan, ScanState.PREPARED), ScanState.STARTED)
        writer.append(scan, "axis:x", [1.0, 2.0])
    command(admin, *viewer_rules("s3cret"))
    store = await open_store(url_of(server))
    assert await store.may_write() is False
    found = await store.search_existing_scans(name="asc*", session="s")
    assert found.keys == [scan.key]
    assert store.store.cannot_search == ""
    assert (await store.list_scans()).keys == [scan.key]
    assert (await store.get_last_scan()).key == scan.key
    assert (await store.get_next_scan(since="0-0")).key == scan.key
    assert (await store.load_scan(scan.key)).state is ScanState.STARTED
    assert (await store.load_details(scan.key)).streams[0].last == (1.0, 2.0)
    assert await store.get_scans_state([scan.key]) == [ScanState.STARTED]
    [streams] = await store.find_progress_streams([scan.key])
    assert await store.get_stream_lengths(streams) == [2]
    looked = await store.poll_status([scan.key], [EndWanted(streams[0])])
    (end,) = looked.ends.values()
    assert isinstance(end, EndSeen)
    assert (looked.gone, end.end and end.end.length) == ([], 2)
    assert (await store.wait_for_news("0-0", {}, 0)).created[0].key == scan.key
    for refused in writes(store, scan.key):
        with pytest.raises(NotAllowedError, match="not allowed"):
            await refused
    assert (await store.load_scan(scan.key)).state is ScanState.STARTED


def writes(store: AwaitedStore, key: str) -> list[Awaitable[Any]]:
    """All that changes the data."""
    return [
        store.create_scan(IDENTITY),
        store.advance_scan(key, ScanState.STOPPED),
        store.create_stream(key, "axis:y", "float64"),
        store.append(key, "axis:x", [3.0]),
        store.delete_scan(key, force=True),
    ]


async def test_a_user_who_may_do_everything_may_write(open_store: Opener, server: RealRedis) -> None:
    assert await (await open_store(server.url)).may_write() is True


@pytest.mark.parametrize("missing", ["-json.set", "-xadd", "-fcall", "-expire", "-watch", "resetkeys %R~*"])
async def test_one_missing_right_is_enough(
    open_store: Opener, server: RealRedis, admin: redis.Redis, missing: str
) -> None:
    command(admin, "ACL", "SETUSER", "viewer", "on", ">s3cret", "~*", "+@all")
    store = await open_store(url_of(server))
    assert await store.may_write() is True
    command(admin, "ACL", "SETUSER", "viewer", *missing.split())
    assert await store.may_write() is False


async def test_a_full_server_is_reported_to_a_user_who_may_not_let_go_of_keys(
    open_store: Opener, server: RealRedis, admin: redis.Redis
) -> None:
    command(admin, "ACL", "SETUSER", "viewer", "on", ">s3cret", "~*", "+@all", "-unwatch")
    store = await open_store(url_of(server))
    scan = await store.create_scan(IDENTITY)
    command(admin, "CONFIG", "SET", "maxmemory", 1)
    with pytest.raises(OutOfMemory):
        await store.advance_scan(scan, ScanState.PREPARED)
    command(admin, "CONFIG", "SET", "maxmemory", 0)
    assert (await store.advance_scan(scan, ScanState.PREPARED)).state is ScanState.PREPARED
    assert admin.acl_log() == []


async def test_a_user_who_may_not_ask_gets_no_answer(open_store: Opener, server: RealRedis, admin: redis.Redis) -> None:
    command(admin, *viewer_rules("s3cret"), "-acl|dryrun")
    assert await (await open_store(url_of(server))).may_write() is None
    command(admin, "ACL", "SETUSER", "viewer", "-acl|whoami")
    assert await (await open_store(url_of(server))).may_write() is None


async def test_a_server_without_such_rules_does_not_tell() -> None:
    server = await EmbeddedServer.start()
    async with await server.open_store() as store:
        assert await store.may_write() is None


async def test_what_may_not_even_be_read_is_not_allowed_and_no_fault(
    open_store: Opener, server: RealRedis, admin: redis.Redis
) -> None:
    with DataStore(server.url) as writer:
        key = writer.create_scan(IDENTITY).key
    command(admin, *viewer_rules("s3cret"), "-ft.search", "-xrevrange")
    store = await open_store(url_of(server))
    with pytest.raises(NotAllowedError, match=r"not allowed: .*add \+xrevrange"):
        await store.search_existing_scans()
    [loaded] = await store.load_scans([key])
    assert isinstance(loaded, NotAllowedError)
