"""Test scans that are created at the same time get different numbers."""

from __future__ import annotations

import asyncio
import threading

import redis

from scantui.store import AsyncDataStore, DataStore
from tests.servers import command

IDENTITY = {"name": "test", "data_policy": "None"}


def test_the_first_scan_is_number_one_and_the_next_one_follows(store_url: str) -> None:
    with DataStore(store_url) as store:
        assert store.monitoring.create_next_scan(IDENTITY, {}).number == 1
        store.create_scan({**IDENTITY, "number": 41})
        scan = store.monitoring.create_next_scan({**IDENTITY, "number": 7}, {"scan_nb": 7})
        assert (scan.number, store.load_scan(scan.key).info["scan_nb"]) == (42, 42)


def test_scans_that_are_gone_or_odd_are_passed_over(store_url: str, raw: redis.Redis) -> None:
    with DataStore(store_url) as store:
        store.create_scan({**IDENTITY, "number": 5})
        odd, gone = (store.create_scan({**IDENTITY, "number": 9}) for _ in range(2))
        command(raw, "JSON.SET", odd.key, "$.id.number", '"9"')
        command(raw, "DEL", gone.key)
        assert store.monitoring.create_next_scan(IDENTITY, {}).number == 6


async def test_twelve_at_once_get_twelve_numbers(store_url: str) -> None:
    async with AsyncDataStore.open(store_url) as store:
        made = await asyncio.gather(*(store.monitoring.create_next_scan(IDENTITY, {}) for _ in range(12)))
    assert sorted(scan.number for scan in made) == list(range(1, 13))


def test_twelve_threads_with_stores_of_their_own_get_twelve_numbers(store_url: str) -> None:
    numbers: list[int] = []

    def create() -> None:
        with DataStore(store_url) as store:
            numbers.append(store.monitoring.create_next_scan(IDENTITY, {}).number)

    threads = [threading.Thread(target=create) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == list(range(1, 13))
