"""The contract of both stores: opening and closing."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from urllib.parse import quote

import pytest
import redis

from scantui.exceptions import (
    ConnectionFailed,
    DatabaseNotEmptyError,
    LoginError,
    MissingModuleError,
    NoScanAvailable,
    NotInitialisedError,
    ScanNotFoundError,
    StoreError,
    UsageError,
)
from tests.servers import RealRedis, command, initialise, plain_client
from tests.store.conftest import Opener
from tests.store.scans import IDENTITY


async def test_init_refuses_a_database_with_keys(open_store: Opener, store_url: str) -> None:
    with pytest.raises(DatabaseNotEmptyError, match="3 keys"):
        await open_store(store_url, init_db=True)


async def test_an_empty_database_is_not_opened_but_set_up(open_store: Opener, empty_url: str) -> None:
    with pytest.raises(NotInitialisedError, match="initialise"):
        await open_store(empty_url)
    store = await open_store(empty_url, init_db=True)
    assert await store.search_existing_scans() == ("0-0", [])


async def test_another_protocol_is_refused(open_store: Opener, store_url: str, raw: redis.Redis) -> None:
    raw.set("_PROTOCOL_VERSION_", 2)
    with pytest.raises(NotInitialisedError, match="protocol '2'"):
        await open_store(store_url)


async def test_a_password_opens_and_a_wrong_one_is_never_shown(
    open_store: Opener, start_redis: Callable[..., RealRedis]
) -> None:
    server = start_redis(config={"requirepass": "s3cret/@"})
    for url in (f"redis://:wr0ng@127.0.0.1:{server.port}", f"redis://wh0:wr0ng@127.0.0.1:{server.port}?protocol=3"):
        with pytest.raises(LoginError) as refused:
            await open_store(url)
        assert "wr0ng" not in f"{refused.value!r} {refused.value.__cause__!r}"
    with pytest.raises(LoginError):
        await open_store(f"redis://127.0.0.1:{server.port}")
    store = await open_store(f"{server.url}?protocol=3&decode_responses=true&socket_timeout=1", init_db=True)
    scan = await store.create_scan(IDENTITY)
    by_socket = await open_store(f"unix://{quote(str(server.socket_path))}?password=s3cret/%40")
    assert await by_socket.load_scan(scan.key) == scan
    assert "s3cret" not in f"{store.store.label} {by_socket.store.label}"


@pytest.mark.parametrize(("modules", "missing"), [((), "JSON"), (("json",), "search")])
async def test_a_server_without_modules_is_refused(
    open_store: Opener, start_redis: Callable[..., RealRedis], modules: tuple[str, ...], missing: str
) -> None:
    server = start_redis(modules=modules)
    with pytest.raises(MissingModuleError, match=f"no {missing} module"):
        await open_store(server.url, init_db=True)
    with plain_client(server.url) as client:
        assert command(client, "DBSIZE") == 0
    if not modules:
        with pytest.raises(MissingModuleError, match="URL of BLISS's data Redis"):
            await open_store(server.url)


async def test_a_server_without_search_serves_all_the_same(
    open_store: Opener, start_redis: Callable[..., RealRedis]
) -> None:
    server = start_redis(modules=("json",))
    with plain_client(server.url) as client:
        client.set("_PROTOCOL_VERSION_", 1)
    store = await open_store(server.url)
    scan = await store.create_scan(IDENTITY)
    assert (await store.search_existing_scans(name="*SCAN", number=1)).keys == [scan.key]
    assert (await store.search_existing_scans(name="b*")).keys == []
    assert "no search module" in store.store.cannot_search


async def test_databases_of_one_server_do_not_mix(open_store: Opener, store_url: str, raw: redis.Redis) -> None:
    with plain_client(f"{store_url}/1") as client:
        client.set("_PROTOCOL_VERSION_", 1)
    zero, one, same = [await open_store(f"{store_url}{end}") for end in ("", "/1", "?db=1")]
    here, there = await zero.create_scan(IDENTITY), await one.create_scan(IDENTITY)
    assert (await zero.search_existing_scans()).keys == [here.key]
    assert (await one.search_existing_scans(number=1)).keys == [there.key]
    assert await same.load_scan(there.key) == there
    with pytest.raises(ScanNotFoundError):
        await one.load_scan(here.key)


async def test_only_database_zero_can_be_set_up_and_we_say_so(open_store: Opener, empty_url: str) -> None:
    with pytest.raises(UsageError, match="only database 0"):
        await open_store(f"{empty_url}/1", init_db=True)
    with plain_client(f"{empty_url}/1") as client:
        assert command(client, "DBSIZE") == 0


async def test_a_dead_server_is_said_to_be_unreachable(
    open_store: Opener, start_redis: Callable[..., RealRedis]
) -> None:
    server = start_redis()
    initialise(server.url)
    store = await open_store(server.url)
    server.stop()
    for call in (store.get_last_scan, store.search_existing_scans, lambda: open_store(server.url)):
        with pytest.raises(ConnectionFailed):
            await call()
    with pytest.raises(ConnectionFailed):
        await store.create_scan(IDENTITY)


async def test_a_store_outlives_a_restart_of_its_server(
    open_store: Opener, start_redis: Callable[..., RealRedis]
) -> None:
    server = start_redis()
    initialise(server.url)
    store = await open_store(server.url)
    await store.create_scan(IDENTITY)
    server.restart()
    with pytest.raises(NoScanAvailable):
        await store.get_last_scan()
    assert (await store.search_existing_scans()).keys == []


@pytest.mark.parametrize(
    "url", ["", "http://localhost", "redis://h:x", "redis://h/x", "redis://h?nonsense=1", "unix://"]
)
async def test_a_url_that_will_not_do_is_refused(open_store: Opener, url: str) -> None:
    with pytest.raises(UsageError):
        await open_store(url)


async def test_closing_closes_every_socket(open_store: Opener, store_url: str, raw: redis.Redis) -> None:
    def connected() -> set[str]:
        return {client["id"] for client in raw.client_list()}

    before = connected()
    store = await open_store(store_url)
    scan = await store.create_scan(IDENTITY)
    await asyncio.gather(*(store.in_parallel("load_scan", scan.key) for _ in range(5)))
    opened = connected() - before
    assert opened
    await store.close()
    # The server notices a closed socket in its own time.
    while opened & await asyncio.to_thread(connected):
        pass
    await store.close()


async def test_a_closed_store_cannot_be_used(open_store: Opener, store_url: str) -> None:
    store = await open_store(store_url)
    await store.close()
    try:
        with pytest.raises(StoreError):
            await store.search_existing_scans()
    finally:
        # What was opened again is closed behind the store's back, so that this test leaves nothing open.
        closed = store.store._driver._client.connection_pool.disconnect()
        if inspect.isawaitable(closed):
            await closed
