"""Publishing: one scan after the other, and many at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import redis

from scantui.store import DataStore
from scantui.store.aio import AsyncDataStore
from scantui.store.wire import protocol
from scantui.store.wire.documents import identity_from, new_document
from tests.benchmarks.measure import Figure, Goal, in_turns, timed
from tests.benchmarks.stores import Bench, blissdata_times, identity, info, store_of

_INFO_SIZE = 3584
_BLOCK = 50
_AT_ONCE = 16


def publish_bare(client: redis.Redis, key: str, document: str, state_stream: str) -> None:
    """The three commands in a MULTI, with a document made beforehand: what no library can undercut."""
    # redis-py leaves these methods without types.
    pipeline: Any = client.pipeline(transaction=True)
    pipeline.execute_command("JSON.SET", key, ".", document)
    history = ("MAXLEN", "~", protocol.HISTORY_LENGTH, "*", "key", key)
    pipeline.execute_command("XADD", protocol.SCAN_HISTORY, *history)
    pipeline.execute_command("XADD", state_stream, "*", "state", 0)
    pipeline.execute()


async def _published_at_once(store: AsyncDataStore, count: int) -> None:
    numbers = iter(range(count))

    async def publish() -> None:
        for number in numbers:
            await store.create_scan(identity(number), info(number, _INFO_SIZE))

    await asyncio.gather(*(publish() for _ in range(_AT_ONCE)))


async def _published_by_tasks(url: str, repeats: int, samples: list[float]) -> None:
    async with AsyncDataStore.open(url) as store:
        await _published_at_once(store, _BLOCK)
        for _ in range(repeats):
            with timed(samples, 4 * _BLOCK):
                await _published_at_once(store, 4 * _BLOCK)


def create(bench: Bench) -> Iterator[Figure]:
    """create_scan against blissdata's, and against the bare commands."""
    fields, told = identity(1), info(1, _INFO_SIZE)
    repeats = bench.sized(20, 8)
    ours: list[float] = []
    bare: list[float] = []
    together: list[float] = []
    tasks: list[float] = []
    threads: list[float] = []
    with store_of() as (server, _), DataStore(server.url) as store:
        client = redis.Redis(port=server.port, protocol=2)
        client.response_callbacks.clear()
        checked = identity_from(fields)

        def with_scantui() -> None:
            for _ in range(_BLOCK):
                with timed(ours):
                    store.create_scan(fields, told)

        def with_bare_commands() -> None:
            for _ in range(_BLOCK):
                key, document, scan = new_document(checked, told, 1e9)
                with timed(bare):
                    publish_bare(client, key, document, scan.state_stream)

        with_scantui()
        with_bare_commands()
        ours.clear()
        bare.clear()
        in_turns(repeats, with_scantui, with_bare_commands)
        client.close()
        peer = blissdata_times("create", server.url, _BLOCK * repeats, fields, told)
        for _ in range(repeats):
            scans = [(identity(number), info(number, _INFO_SIZE)) for number in range(4 * _BLOCK)]
            with timed(together, 4 * _BLOCK):
                store.create_scans(scans)
        asyncio.run(_published_by_tasks(server.url, repeats, tasks))
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for _ in range(repeats):
                with timed(threads, 4 * _BLOCK):
                    list(pool.map(lambda _: store.create_scan(fields, told), range(4 * _BLOCK)))
    what = f"{len(json.dumps(told)) / 1024:.1f} KiB info"
    blissdata = "blissdata create_scan"
    yield Figure(row="create", what=what, ours=ours, baseline_name=blissdata, baseline=peer, goal=Goal(1 / 2.5))
    yield Figure(
        row="create", what=what, ours=ours, baseline_name="bare MULTI, made before", baseline=bare, goal=Goal(1 / 0.75)
    )
    yield Figure(
        row="create",
        what=f"{4 * _BLOCK} by create_scans, a scan",
        ours=together,
        baseline_name=blissdata,
        baseline=peer,
        goal=Goal(1 / 5),
    )
    for how, each in (("tasks", tasks), ("threads", threads)):
        yield Figure(
            row="create",
            what=f"{_AT_ONCE} {how} at once, a scan",
            ours=each,
            baseline_name=blissdata,
            baseline=peer,
        )
