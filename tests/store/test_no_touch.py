"""Looks of the monitor leave the server's idle times alone, where the server knows how and the user may ask."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import redis

from scantui.store import AsyncDataStore
from tests.readme import viewer_rules
from tests.servers import RealRedis, command, initialise, plain_client


async def flags_of(store: AsyncDataStore, admin: redis.Redis, user: str) -> list[str]:
    await store.get_last_scan_timetag()
    return [each["flags"] for each in admin.client_list() if each["user"] == user]


@pytest.fixture
def server(start_redis: Callable[..., RealRedis]) -> RealRedis:
    server = start_redis()
    initialise(server.url)
    return server


@pytest.mark.parametrize(("missing", "touches"), [("", False), ("-client|no-touch", True)])
async def test_a_connection_leaves_no_trace_where_it_may(server: RealRedis, missing: str, touches: bool) -> None:
    with plain_client(server.url) as admin:
        command(admin, *viewer_rules("s3cret"), *missing.split())
        async with AsyncDataStore.open(f"redis://viewer:s3cret@127.0.0.1:{server.port}") as store:
            flags = await flags_of(store, admin, "viewer")
            assert flags
            assert all(("T" not in each) is touches for each in flags)


async def test_a_new_connection_after_a_lost_one_leaves_no_trace_either(server: RealRedis) -> None:
    with plain_client(server.url) as admin:
        async with AsyncDataStore.open(server.url) as store:
            await store.get_last_scan_timetag()
            admin.client_kill_filter(skipme=True, _type="normal")
            await store.get_last_scan_timetag()
            assert await store.get_last_scan_timetag() == "0-0"
            assert any("T" in each["flags"] for each in admin.client_list())


async def test_many_requests_in_parallel_get_their_own_answers(server: RealRedis) -> None:

    async with AsyncDataStore.open(server.url) as store:
        asked: list[Awaitable[str]] = [store.get_last_scan_timetag() for _ in range(20)]
        assert set(await asyncio.gather(*asked)) == {"0-0"}
