"""Every operation of the store works on the embedded server, and two stores on it see each other's scans."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest

from scantui.demo.embedded import EmbeddedServer, open_embedded_store
from scantui.exceptions import (
    MissingExtraError,
    NoScanAvailable,
    ScanNotFoundError,
    StreamError,
    UnauthorizedStateTransition,
)
from scantui.models import ScanState, ScanSummary
from scantui.store.aio import AsyncDataStore
from scantui.store.operations import setup
from tests.demo.conftest import NOON


def identity(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {"name": "ascan", "number": number, "data_policy": "ESRF", **fields}


@pytest.fixture
async def other(server: EmbeddedServer) -> AsyncIterator[AsyncDataStore]:
    async with await server.open_store() as other:
        yield other


async def test_the_database_is_initialised(store: AsyncDataStore) -> None:
    await store._run(setup.check_protocol())
    assert (await store.monitoring.poll_status([])).gone == []
    assert store.label == "demo"


async def test_a_life(store: AsyncDataStore) -> None:
    scan = await store.create_scan(identity(), {"title": "ascan samx 0 1 2 0.1"})
    scan = await store.create_stream(scan, "axis:samx", "float64")
    assert (await store.get_scans_state([scan.key])) == [ScanState.CREATED]
    for state in (ScanState.PREPARED, ScanState.STARTED):
        scan = await store.advance_scan(scan, state)
    assert await store.append(scan, "axis:samx", 0.5) == 1
    assert await store.append(scan, "axis:samx", [1.0, 1.5]) == 3
    scan = await store.advance_scan(scan, ScanState.STOPPED)
    with pytest.raises(StreamError, match="sealed"):
        await store.append(scan, "axis:samx", 2.0)
    with pytest.raises(UnauthorizedStateTransition):
        await store.advance_scan(scan, ScanState.STARTED)
    scan = await store.advance_scan(scan, ScanState.CLOSED, {"end_reason": "SUCCESS"})
    assert await store.load_scan(scan.key) == scan
    assert await store.load_scans([scan.key]) == [scan]
    (summary,) = await store.load_summaries([scan.key])
    assert isinstance(summary, ScanSummary)
    assert (summary.state, summary.end_reason) == (ScanState.CLOSED, "SUCCESS")


async def test_next_and_last(store: AsyncDataStore) -> None:
    with pytest.raises(NoScanAvailable):
        await store.get_last_scan()
    first = await store.create_scan(identity(1))
    second = await store.create_scan(identity(2))
    last = await store.get_last_scan()
    assert last.key == second.key
    from_start = await store.get_next_scan(since="0-0")
    assert from_start.key == first.key
    assert await store.get_next_scan(since=from_start.timestamp) == last
    with pytest.raises(NoScanAvailable):
        await store.get_next_scan(since=last.timestamp, block=False)


async def test_search_goes_through_the_predicate(store: AsyncDataStore) -> None:
    scans = [await store.create_scan(identity(number, session=f"exafs{number}")) for number in (1, 2, 11)]
    keys = [scan.key for scan in scans]
    found = await store.search_existing_scans(name="ASC*", session="*afs1*")
    assert found.keys == [keys[0], keys[2]]
    assert (await store.search_existing_scans(number=2)).keys == [keys[1]]
    assert (await store.search_existing_scans()).keys == keys
    assert (await store.monitoring.list_scans()).keys == keys
    assert "no search module" in store.cannot_search


async def test_deleted_scans_are_gone_at_once(store: AsyncDataStore) -> None:
    scan = await store.create_scan(identity())
    await store.delete_scan(scan.key, force=True)
    assert (await store.monitoring.poll_status([scan.key])).gone == [scan.key]
    assert (await store.search_existing_scans()).keys == []
    with pytest.raises(ScanNotFoundError):
        await store.load_scan(scan.key)


async def test_waiting_wakes_when_another_store_writes(store: AsyncDataStore, other: AsyncDataStore) -> None:
    waiting = asyncio.ensure_future(other.wait_for_news("0-0", {}, 2))
    scan = await store.create_scan(identity())
    news = await waiting
    assert [ref.key for ref in news.created] == [scan.key]
    waiting = asyncio.ensure_future(other.wait_for_news(news.since, {scan.state_stream: scan.state_id}, 2))
    closed = await store.advance_scan(scan, ScanState.CLOSED)
    assert (await waiting).moved == {scan.state_stream: closed.state_id}


async def test_waiting_can_be_cancelled(store: AsyncDataStore, other: AsyncDataStore) -> None:
    waiting = asyncio.ensure_future(other.wait_for_news("0-0", {}, 2))
    await store.monitoring.poll_status([])  # by then the other store waits
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    scan = await store.create_scan(identity())
    assert (await other.wait_for_news("0-0", {}, 2)).created[0].key == scan.key


@pytest.mark.usefixtures("fresh_ulids")
async def test_a_dated_store_writes_as_if_it_were_then(server: EmbeddedServer) -> None:
    async with await server.open_dated_store(lambda: NOON) as past:
        scans = [await past.create_scan(identity(number)) for number in (1, 2)]
        closed = await past.advance_scan(scans[0], ScanState.CLOSED)
        (summary,) = await past.load_summaries([closed.key])
        assert isinstance(summary, ScanSummary)
        assert summary.created_ms == summary.state_ms == NOON * 1000
        assert (await past.get_last_scan()).timestamp == f"{NOON * 1000:.0f}-1"
        with pytest.raises(UnauthorizedStateTransition):
            await past.advance_scan(closed, ScanState.CLOSED)


async def test_each_store_of_its_own_is_empty() -> None:
    async with await open_embedded_store() as first, await open_embedded_store() as second:
        await first.create_scan(identity())
        assert (await second.monitoring.list_scans()).keys == []


@pytest.mark.parametrize("package", ["fakeredis", "lupa"])
async def test_without_the_extra_it_shows_what_to_install(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=r"pip install 'scantui\[demo\]'"):
        await EmbeddedServer.start()
