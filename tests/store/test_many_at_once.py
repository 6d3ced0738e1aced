"""What is done for many scans at once, through both flavours of the store, on a real Redis."""

from __future__ import annotations

from typing import Any

import pytest
import redis

from scantui.exceptions import ScanTuiError
from scantui.models import ScanState
from scantui.store.wire import protocol
from tests.servers import command
from tests.store.conftest import AwaitedStore

IDENTITY = {"name": "ascan", "number": 1, "data_policy": "None"}


def numbered(count: int) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [({**IDENTITY, "number": number}, {"title": f"scan {number}"}) for number in range(count)]


async def test_many_are_created_in_the_order_given(store: AwaitedStore, raw: redis.Redis) -> None:
    scans = await store.create_scans(iter(numbered(250)))
    assert [scan.number for scan in scans] == list(range(250))
    assert await store.load_scans([scan.key for scan in scans]) == scans
    history = command(raw, "XRANGE", protocol.SCAN_HISTORY, "-", "+")
    assert [fields[b"key"].decode() for _, fields in history] == [scan.key for scan in scans]
    assert await store.create_scans([]) == []


@pytest.mark.parametrize("bad", [({**IDENTITY, "number": "x"}, {}), (IDENTITY, {"a": {1}}), IDENTITY, 5])
async def test_one_that_will_not_do_leaves_nothing_written(store: AwaitedStore, raw: redis.Redis, bad: Any) -> None:
    before = command(raw, "DBSIZE")
    with pytest.raises(ScanTuiError):
        await store.create_scans([*numbered(150), bad])
    assert command(raw, "DBSIZE") == before


async def test_the_newest_are_named_and_all_are_counted(store: AwaitedStore, raw: redis.Redis) -> None:
    assert (await store.list_newest(3)).keys == []
    keys = [scan.key for scan in await store.create_scans(numbered(1200))]
    newest = await store.list_newest(3)
    assert newest.keys == keys[:-4:-1]
    assert sorted(newest.keys, key=newest.timetags.__getitem__, reverse=True) == newest.keys
    assert (await store.list_scans()).keys == keys
    command(raw, "XTRIM", protocol.SCAN_HISTORY, "MAXLEN", 2)
    newest = await store.list_newest(3)
    assert newest.keys == keys[:-3:-1]


async def test_a_list_is_taken_in_by_slices_and_complete(store: AwaitedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scantui.store.operations.index._SLICE", 7)
    keys = [scan.key for scan in await store.create_scans(numbered(40))]
    assert (await store.list_scans()).keys == (await store.search_existing_scans()).keys == keys


async def test_a_scan_that_the_index_refused_is_listed_all_the_same(store: AwaitedStore, raw: redis.Redis) -> None:
    scans = await store.create_scans(numbered(3))
    command(raw, "JSON.SET", scans[1].key, "$.id.number", '"7"')
    assert (await store.list_scans()).keys == [scan.key for scan in scans]


async def test_a_list_from_far_away_comes_in_pages(store: AwaitedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("_PAGE_KEYS", 7), ("_OVERLAP", 2), ("_FAR_SECONDS", -1.0)):
        monkeypatch.setattr(f"scantui.store.operations.index.{name}", value)
    assert (await store.list_scans()).keys == []
    scans = await store.create_scans(numbered(40))
    keys = [scan.key for scan in scans]
    await store.advance_scan(scans[3], ScanState.PREPARED)
    assert (await store.list_scans()).keys == keys
