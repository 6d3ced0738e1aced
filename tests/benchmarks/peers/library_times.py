"""Runs beside the installed scantui: times tasks of its library, each a line of JSON, and answers in seconds."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from functools import partial
from typing import Any

from scantui.feed import Feed, Loaded, load_rows
from scantui.store import AsyncDataStore, DataStore

_BLOCK = 50
_AT_ONCE = 16


def each_timed(calls: Sequence[Callable[[], object]]) -> list[float]:
    taken = []
    for call in calls:
        started = time.perf_counter()
        call()
        taken.append(time.perf_counter() - started)
    return taken


async def time_of(awaitable: Awaitable[Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = await awaitable
    return time.perf_counter() - started, result


def rows(url: str, repeats: int) -> Any:
    """Seconds a scan: to list and load the rows of all, and to have all of them from a feed."""

    async def listed(store: AsyncDataStore) -> tuple[int, int]:
        keys = (await store.monitoring.list_scans()).keys
        return len(keys), len(await load_rows(store, keys))

    async def followed() -> int:
        count = 0
        async with aclosing(Feed(lambda: opened(url)).events()) as events:
            async for event in events:
                if isinstance(event, Loaded):
                    count += len(event.rows)
                    if not event.remaining:
                        break
        return count

    async def once() -> tuple[float, float]:
        async with await opened(url) as store:
            seconds, (named, loaded) = await time_of(listed(store))
        if named != loaded:
            raise RuntimeError(f"{loaded} rows of {named} scans")
        by_feed, count = await time_of(followed())
        return seconds / loaded, by_feed / count

    samples = [asyncio.run(once()) for _ in range(repeats)]
    return [each for each, _ in samples], [each for _, each in samples]


async def opened(url: str) -> AsyncDataStore:
    return await AsyncDataStore.open(url)


def whole(url: str, most: int, repeats: int) -> Any:
    """Seconds a scan of loading the newest scans whole."""
    with DataStore(url) as store:
        keys = store.search_existing_scans().keys[-most:]
        return [seconds / len(keys) for seconds in each_timed([lambda: store.load_scans(keys)] * repeats)]


def search(url: str, repeats: int, fields: dict[str, Any]) -> Any:
    """Seconds of each search, and how many scans it finds."""
    with DataStore(url) as store:
        found = len(store.search_existing_scans(**fields).keys)
        return each_timed([lambda: store.search_existing_scans(**fields)] * repeats), found


def wait(url: str, count: int) -> Any:
    """Seconds of asking for the scan after each of so many, and the timestamps that were asked after."""
    after, since, taken = "0-0", [], []
    with DataStore(url) as store:
        for _ in range(count):
            since.append(after)
            started = time.perf_counter()
            after, _ = store.get_next_scan(after, block=False)
            taken.append(time.perf_counter() - started)
    return taken, since


def create(url: str, count: int, identity: dict[str, Any], info: dict[str, Any]) -> Any:
    """Seconds of each create_scan."""
    with DataStore(url) as store:
        store.create_scan(identity, info)
        return each_timed([lambda: store.create_scan(identity, info)] * count)


def bare(url: str, scans: list[tuple[str, str, str]]) -> Any:
    """Seconds of the three commands of a new scan in a MULTI: what no library over this client can undercut."""
    import redis

    client = redis.Redis.from_url(url, protocol=2)
    client.response_callbacks.clear()

    def publish(key: str, document: str, state_stream: str) -> None:
        # redis-py leaves these methods without types.
        pipeline: Any = client.pipeline(transaction=True)
        pipeline.execute_command("JSON.SET", key, ".", document)
        pipeline.execute_command("XADD", "_SCAN_HISTORY_", "MAXLEN", "~", 2048, "*", "key", key)
        pipeline.execute_command("XADD", state_stream, "*", "state", 0)
        pipeline.execute()

    publish(*scans[0])
    taken = each_timed([partial(publish, *scan) for scan in scans[1:]])
    client.close()
    return taken


def create_together(url: str, repeats: int, identity: dict[str, Any], info: dict[str, Any]) -> Any:
    """Seconds a scan of create_scans, and of several tasks and threads that create scans at the same time."""
    count = 4 * _BLOCK

    async def by_tasks() -> list[float]:
        async with await opened(url) as store:

            async def publish() -> None:
                for _ in range(count // _AT_ONCE):
                    await store.create_scan(identity, info)

            async def all_of_them() -> None:
                await asyncio.gather(*(publish() for _ in range(_AT_ONCE)))

            return [(await time_of(all_of_them()))[0] / (count // _AT_ONCE * _AT_ONCE) for _ in range(repeats)]

    with DataStore(url) as store:
        together = each_timed([lambda: store.create_scans([(identity, info)] * count)] * repeats)
        with ThreadPoolExecutor(_AT_ONCE) as pool:

            def by_threads() -> None:
                list(pool.map(lambda _: store.create_scan(identity, info), range(count)))

            threads = each_timed([by_threads] * repeats)
    return [each / count for each in together], asyncio.run(by_tasks()), [each / count for each in threads]


if __name__ == "__main__":
    tasks: dict[str, Callable[..., Any]] = {
        "rows": rows,
        "whole": whole,
        "search": search,
        "wait": wait,
        "create": create,
        "bare": bare,
        "create_together": create_together,
    }
    for line in sys.stdin:
        name, arguments = json.loads(line)
        print(json.dumps(tasks[name](*arguments)), flush=True)
