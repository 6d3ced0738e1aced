"""Runs in the blissdata environment: times tasks of real blissdata, each a line of JSON, and answers in seconds."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any


def open_store(url: str) -> Any:
    from blissdata import DataStore  # type: ignore[import-not-found]

    return DataStore(url)


def each_timed(calls: Sequence[Callable[[], object]]) -> list[float]:
    taken = []
    for call in calls:
        started = time.perf_counter()
        call()
        taken.append(time.perf_counter() - started)
    return taken


def load(url: str, most: int) -> Any:
    """Seconds of a search for all scans, and of loading each of the newest ones."""
    store = open_store(url)
    started = time.perf_counter()
    _, keys = store.search_existing_scans()
    searched = time.perf_counter() - started
    store.load_scan(keys[0])
    return searched, each_timed([lambda key=key: store.load_scan(key) for key in keys[-most:]])  # type: ignore[misc]


def create(url: str, count: int, identity: dict[str, Any], info: dict[str, Any]) -> Any:
    store = open_store(url)
    store.create_scan(identity, info)
    return each_timed([lambda: store.create_scan(identity, info)] * count)


def search(url: str, repeats: int, fields: dict[str, Any]) -> Any:
    """Seconds of each search, and how many scans it finds."""
    store = open_store(url)
    found = len(store.search_existing_scans(**fields)[1])
    return each_timed([lambda: store.search_existing_scans(**fields)] * repeats), found


def wait(url: str, since: list[str]) -> Any:
    """Seconds of asking for the scan that came after each of these timestamps."""
    store = open_store(url)
    store.get_next_scan(since[0], block=False)
    return each_timed([lambda after=after: store.get_next_scan(after, block=False) for after in since])  # type: ignore[misc]


def lengths(url: str, key: str) -> Any:
    """Seconds of asking each stream of a scan for its length."""
    store = open_store(url)
    scan = store.load_scan(key)
    return each_timed([lambda stream=stream: len(stream) for stream in scan.streams.values()])  # type: ignore[misc]


def track(url: str, updates: int) -> Any:
    """Have the memory tracker look at all scans so many times; seconds of each, after its start.

    The server's counters are reset in between.
    """
    import redis
    from blissdata.redis_engine.memory_tracker import MemoryTracker  # type: ignore[import-not-found]

    tracker = MemoryTracker(open_store(url), 10**9, 10**9, 20)
    with redis.Redis.from_url(url) as client:
        client.config_resetstat()
    return each_timed([tracker.update] * updates)


if __name__ == "__main__":
    tasks: dict[str, Callable[..., Any]] = {
        "load": load,
        "create": create,
        "search": search,
        "wait": wait,
        "track": track,
        "lengths": lengths,
    }
    for line in sys.stdin:
        name, arguments = json.loads(line)
        print(json.dumps(tasks[name](*arguments)), flush=True)
