"""The contract of both stores: waiting, searching, data streams and deleting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
import redis

from scantui.exceptions import (
    NoScanAvailable,
    NotInitialisedError,
    ScanNotClosedError,
    ScanNotFoundError,
    ScanTuiError,
    ScanValidationError,
    StreamError,
)
from scantui.models import Scan, ScanRef, ScanState
from tests.servers import command
from tests.store.conftest import AwaitedStore, Opener
from tests.store.scans import IDENTITY, NOBODY, scan_in, stored


async def test_without_scans_there_is_none(store: AwaitedStore) -> None:
    with pytest.raises(NoScanAvailable):
        await store.get_last_scan()
    with pytest.raises(NoScanAvailable):
        await store.get_next_scan(block=False)
    with pytest.raises(NoScanAvailable):
        await store.get_next_scan(timeout=0.0005)
    assert await store.search_existing_scans() == ("0-0", [])


async def test_no_scan_is_missed_from_one_timestamp_to_the_next(store: AwaitedStore) -> None:
    timestamp, keys = await store.search_existing_scans()
    scans = [await store.create_scan({**IDENTITY, "number": number}) for number in range(40)]
    for scan in scans:
        timestamp, key = await store.get_next_scan(since=timestamp, timeout=10)
        keys.append(key)
        assert key == scan.key
    assert await store.get_last_scan() == ScanRef(timestamp, keys[-1])
    assert await store.search_existing_scans() == (timestamp, keys)
    with pytest.raises(NoScanAvailable):
        await store.get_next_scan(since=timestamp, block=False)


async def test_who_waits_gets_the_scan_that_somebody_else_creates(
    store: AwaitedStore, open_store: Opener, store_url: str, raw: redis.Redis
) -> None:
    other = await open_store(store_url)
    waiting = store.in_parallel("get_next_scan")
    while not any(client["cmd"] == "xread" for client in await asyncio.to_thread(raw.client_list)):
        pass
    scan = await other.create_scan(IDENTITY)
    assert (await waiting).key == scan.key


async def test_news_tell_what_was_created_and_what_moved(store: AwaitedStore) -> None:
    old = await store.create_scan(IDENTITY)
    since = (await store.get_last_scan()).timestamp
    assert (await store.wait_for_news(since, {old.state_stream: old.state_id}, 0.001)).since == since
    new = await store.create_scan(IDENTITY)
    moved = await store.advance_scan(old, ScanState.PREPARED)
    news = await store.wait_for_news(since, {old.state_stream: old.state_id}, 1)
    assert [ref.key for ref in news.created] == [new.key]
    assert (news.since, news.moved) == (news.created[0].timestamp, {old.state_stream: moved.state_id})


async def test_the_pulse_shows_which_scans_are_gone_and_when_the_database_is(
    store: AwaitedStore, raw: redis.Redis
) -> None:
    kept, gone = await scan_in(store, ScanState.CREATED), await scan_in(store, ScanState.CLOSED)
    await store.delete_scan(gone.key)
    pulse = await store.poll_status([kept.key, gone.key, NOBODY])
    assert (pulse.gone, abs(pulse.server_ms - int(kept.state_id.split("-")[0])) < 60_000) == ([gone.key, NOBODY], True)
    raw.flushall()
    with pytest.raises(NotInitialisedError):
        await store.poll_status([])


async def test_points_are_counted_and_sealed(store: AwaitedStore, raw: redis.Redis) -> None:
    scan = await store.create_scan(IDENTITY)
    scan = await store.create_stream(scan, "diode", "float64")
    scan = await store.advance_scan(scan, ScanState.PREPARED)
    scan = await store.create_stream(scan.key, "ragged", "int32", [-1])
    scan = await store.create_stream(scan, "image", "<u2", (2, 2))
    scan = await store.advance_scan(scan, ScanState.STARTED)
    assert [await store.append(scan, "diode", points) for points in (1.5, [2, 3], [4])] == [1, 3, 4]
    assert [await store.append(scan.key, "ragged", points) for points in ([1, 2, 3], [[1], [2]])] == [1, 3]
    assert await store.append(scan, "image", [[[1, 2], [3, 4]]] * 5) == 5
    ids = [entry[0] for entry in command(raw, "XRANGE", scan.streams["diode"].key, "-", "+")]
    assert ids == [b"0-1", b"1-1", b"3-1"]
    with pytest.raises(StreamError, match="fixed once it starts"):
        await store.create_stream(scan, "late", float)
    scan = await store.advance_scan(scan, ScanState.STOPPED)
    last = {name: command(raw, "XREVRANGE", scan.streams[name].key, "+", "-")[0][1] for name in scan.streams}
    assert last == {"diode": {b"id": b"4"}, "ragged": {b"id": b"3"}, "image": {b"id": b"5"}}
    with pytest.raises(StreamError, match="sealed"):
        await store.append(scan, "diode", 1)
    assert (await store.advance_scan(scan, ScanState.CLOSED)).streams == scan.streams


@pytest.mark.parametrize("points", [[], "text", None, [[1.0]], {"a": 1}, [1.0, [2.0]]])
async def test_points_that_do_not_fit_are_refused(store: AwaitedStore, points: Any) -> None:
    scan = await store.create_stream(await store.create_scan(IDENTITY), "diode", float)
    with pytest.raises(StreamError):
        await store.append(scan, "diode", points)
    assert await store.append(scan, "diode", 0) == 1


@pytest.mark.parametrize(
    ("name", "dtype", "shape"),
    [("taken", float, ()), ("", float, ()), ("x", str, ()), ("x", "object", ()), ("x", int, (0,)), ("x", int, (-2,))],
)
async def test_a_stream_that_will_not_do_is_refused(store: AwaitedStore, name: str, dtype: Any, shape: Any) -> None:
    scan = await store.create_stream(await store.create_scan(IDENTITY), "taken", float)
    with pytest.raises(StreamError):
        await store.create_stream(scan, name, dtype, shape)
    with pytest.raises(StreamError, match="no stream 'unknown', it has taken"):
        await store.append(scan, "unknown", 1)


async def test_a_deleted_scan_is_gone_at_once_and_its_keys_expire(store: AwaitedStore, raw: redis.Redis) -> None:
    scan = await store.create_stream(await store.create_scan(IDENTITY), "diode", float)
    await store.append(scan, "diode", 1)
    other = await scan_in(store, ScanState.CLOSED, number=2)
    with pytest.raises(ScanNotClosedError):
        await store.delete_scan(scan.key)
    assert (await store.load_scan(scan.key)).state is ScanState.CREATED
    await store.delete_scan(scan.key, force=True)
    assert stored(raw, scan.key)["info"]["end_reason"] == "DELETION"
    keys = [scan.key, scan.state_stream, scan.streams["diode"].key]
    assert [0 < raw.ttl(key) <= 10 for key in keys] == [True] * 3
    for call in (store.load_scan, store.delete_scan):
        with pytest.raises(ScanNotFoundError):
            await call(scan.key)
    assert isinstance((await store.get_scans_state([scan.key]))[0], ScanNotFoundError)
    assert (await store.search_existing_scans()).keys == [other.key]
    assert (await store.search_existing_scans(number=1)).keys == []
    assert (await store.get_next_scan(since="0-0", block=False)).key == other.key
    await store.delete_scan(other.key)
    with pytest.raises(NoScanAvailable):
        await store.get_last_scan()


@pytest.mark.parametrize(("left", "is_there"), [(10_400, False), (10_900, True), (None, True)])
async def test_a_scan_that_expires_within_ten_seconds_counts_as_deleted(
    store: AwaitedStore, raw: redis.Redis, left: int | None, is_there: bool
) -> None:
    scan = await scan_in(store, ScanState.CLOSED)
    if left is not None:
        raw.pexpire(scan.key, left)
    assert (await store.search_existing_scans()).keys == [scan.key] * is_there
    assert isinstance((await store.load_scans([scan.key]))[0], Scan) is is_there


async def test_only_force_deletes_a_document_that_is_invalid(store: AwaitedStore, raw: redis.Redis) -> None:
    scan = await scan_in(store, ScanState.CLOSED)
    command(raw, "JSON.SET", scan.key, "$.data_streams", "[1]")
    with pytest.raises(ScanValidationError, match=r"data_streams"):
        await store.delete_scan(scan.key)
    await store.delete_scan(scan.key, force=True)
    assert 0 < raw.ttl(scan.key) <= 10


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda store, scan: store.create_stream(scan, "x", float, 5), id="shape is a number"),
        pytest.param(lambda store, scan: store.advance_scan(scan, 1, [1]), id="info is a list"),
        pytest.param(lambda store, _: store.load_scan("esrf:scan:" + "\ud800" * 26), id="key is no text for Redis"),
        pytest.param(lambda store, _: store.search_existing_scans(number=Fraction(10**400, 3)), id="a huge fraction"),
        pytest.param(lambda store, _: store.search_existing_scans(number=Decimal("sNaN")), id="a signalling NaN"),
        pytest.param(lambda store, _: store.get_next_scan(timeout=None), id="no timeout"),
        pytest.param(lambda store, _: store.get_next_scan(timeout="1"), id="a text for a timeout"),
        pytest.param(lambda store, scan: store.load_scans(scan.key), id="a key for keys"),
        pytest.param(lambda store, _: store.load_summaries(None), id="no keys"),
        pytest.param(lambda store, _: store.get_scans_state(5), id="a number for keys"),
        pytest.param(lambda store, _: store.poll_status(5), id="a number for keys to be checked"),
        pytest.param(lambda store, _: store.wait_for_news("0-0", {}, None), id="no timeout for news"),
        pytest.param(lambda store, scan: store.append(scan, [], 1), id="a list for a stream"),
    ],
)
async def test_wrong_arguments_raise_errors_of_ours(store: AwaitedStore, call: Callable[..., Any]) -> None:
    scan = await store.create_scan(IDENTITY)
    with pytest.raises(ScanTuiError):
        await call(store, scan)
