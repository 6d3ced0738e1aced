"""Every call of blissdata's user documentation, as it stands there but for the two import lines."""

from __future__ import annotations

import pytest

from scantui.exceptions import NoScanAvailable
from scantui.store import AsyncDataStore, DataStore, Scan

SCAN_ID = {"name": "my_scan", "number": 1, "data_policy": "None", "session": "my_session", "proposal": "hc1"}


def test_the_documented_calls_work(store_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    data_store = DataStore(store_url)
    try:
        with pytest.raises(NoScanAvailable):
            timestamp, key = data_store.get_last_scan()
        scan_id = {"name": "my_scan", "number": 1, "data_policy": "None"}
        scan = data_store.create_scan(scan_id)
        print(scan.key)
        print(scan.state)
        lines = capsys.readouterr().out.splitlines()
        assert lines == [scan.key, "<ScanState.CREATED: 0>"]
        assert scan.key.startswith("esrf:scan:")

        timestamp, key = data_store.get_last_scan()
        assert data_store.load_scan(key).key == scan.key
        second = data_store.create_scan(SCAN_ID)
        timestamp, key = data_store.get_next_scan(since=timestamp)
        assert data_store.load_scan(key) == second
        with pytest.raises(NoScanAvailable):
            timestamp, key = data_store.get_next_scan(since=timestamp, block=False)
        with pytest.raises(NoScanAvailable):
            timestamp, key = data_store.get_next_scan(timeout=0.001)

        timestamp, keys = data_store.search_existing_scans(session="my_session", proposal="hc1")
        assert (keys, len(keys)) == ([second.key], 1)
        third = data_store.create_scan(scan_id)
        assert data_store.get_next_scan(since=timestamp, timeout=10).key == third.key
    finally:
        data_store.close()


async def test_the_documented_calls_work_with_await(store_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    data_store = await AsyncDataStore.open(store_url)
    try:
        with pytest.raises(NoScanAvailable):
            timestamp, key = await data_store.get_last_scan()
        scan_id = {"name": "my_scan", "number": 1, "data_policy": "None"}
        scan = await data_store.create_scan(scan_id)
        print(scan.key)
        print(scan.state)
        lines = capsys.readouterr().out.splitlines()
        assert lines == [scan.key, "<ScanState.CREATED: 0>"]
        assert scan.key.startswith("esrf:scan:")

        timestamp, key = await data_store.get_last_scan()
        assert (await data_store.load_scan(key)).key == scan.key
        second = await data_store.create_scan(SCAN_ID)
        timestamp, key = await data_store.get_next_scan(since=timestamp)
        assert await data_store.load_scan(key) == second
        with pytest.raises(NoScanAvailable):
            timestamp, key = await data_store.get_next_scan(since=timestamp, block=False)
        with pytest.raises(NoScanAvailable):
            timestamp, key = await data_store.get_next_scan(timeout=0.001)

        timestamp, keys = await data_store.search_existing_scans(session="my_session", proposal="hc1")
        assert (keys, len(keys)) == ([second.key], 1)
        third = await data_store.create_scan(scan_id)
        assert (await data_store.get_next_scan(since=timestamp, timeout=10)).key == third.key
    finally:
        await data_store.aclose()


async def test_a_block_closes_the_store_at_its_end(store_url: str) -> None:
    with DataStore(store_url) as store:
        scan = store.create_scan(SCAN_ID)
    async with AsyncDataStore.open(store_url) as opened:
        assert await opened.load_scan(scan.key) == scan
    async with await AsyncDataStore.open(store_url) as awaited:
        (again,) = await awaited.load_scans([scan.key])
    assert isinstance(again, Scan)


@pytest.mark.parametrize("field", ["name", "data_policy", "session", "proposal", "collection", "dataset", "path"])
def test_any_key_of_the_identity_can_be_searched_for(store_url: str, field: str) -> None:
    with DataStore(store_url) as store:
        store.create_scan({"name": "other", "number": 2, "data_policy": "ESRF"})
        scan = store.create_scan({"name": "my_scan", "number": 1, "data_policy": "None", field: "wanted"})
        assert store.search_existing_scans(**{field: "wanted"}).keys == [scan.key]
        assert store.search_existing_scans(number=1, **{field: "wanted"}).keys == [scan.key]
