"""Rows from what is there already: loading many scans, and the first screen of a large store."""

from __future__ import annotations

import asyncio
import gc
import statistics
import time
from collections.abc import Iterator
from contextlib import aclosing

from scantui.feed import CHUNK, Connected, Feed, Loaded, load_rows
from scantui.models import ScanState
from scantui.store.aio import AsyncDataStore
from scantui.store.wire.documents import SUMMARY_PATHS
from tests.benchmarks.child import in_child
from tests.benchmarks.measure import Figure, Goal, timed
from tests.benchmarks.stores import Bench, Wire, blissdata_times, chunks, packed, store_of
from tests.servers import RealRedis, command, plain_client

_TICK = 0.001


async def all_known(url: str) -> tuple[float, float, int]:
    """Follow a store until all its scans are known: seconds to the first and to the last rows, and their number."""
    started = time.perf_counter()
    first, rows = 0.0, 0
    async with aclosing(Feed(lambda: _opened(url)).events()) as events:
        async for event in events:
            if isinstance(event, Loaded):
                first = first or time.perf_counter() - started
                rows += len(event.rows)
                if not event.remaining:
                    break
    return first, time.perf_counter() - started, rows


async def stalls_until_known(url: str) -> tuple[float, list[float]]:
    """Follow a store until all is known: seconds until its scans are listed, and the event loop's lateness since."""
    listed = 0.0
    late: list[float] = []
    started = time.perf_counter()

    async def tick() -> None:
        before = time.perf_counter()
        while True:
            await asyncio.sleep(_TICK)
            now = time.perf_counter()
            late.append(max(0.0, now - before - _TICK))
            before = now

    ticking = asyncio.create_task(tick())
    async with aclosing(Feed(lambda: _opened(url)).events()) as events:
        async for event in events:
            if isinstance(event, Connected):
                listed = time.perf_counter() - started
                gc.freeze()  # as the monitor does
            if isinstance(event, Loaded) and not event.remaining:
                break
    ticking.cancel()
    return listed, late


async def _opened(url: str) -> AsyncDataStore:
    return await AsyncDataStore.open(url)


async def _rows_loaded(url: str) -> float:
    async with AsyncDataStore.open(url) as store:
        samples: list[float] = []
        with timed(samples):
            _, keys = await store.list_scans()
            rows = await load_rows(store, keys)
        if len(rows) != len(keys):
            raise RuntimeError(f"{len(rows)} rows of {len(keys)} scans")
        return samples[0] / len(rows)


def rows_loaded(url: str, repeats: int) -> tuple[list[float], list[float]]:
    """Seconds a scan, to list and load all, and to be told of all by a feed."""
    loaded, followed = [], []
    for _ in range(repeats):
        loaded.append(asyncio.run(_rows_loaded(url)))
        _, seconds, rows = asyncio.run(all_known(url))
        followed.append(seconds / rows)
    return loaded, followed


def bytes_read(server: RealRedis, keys: list[str], samples: list[float]) -> None:
    """The limit: the same commands, pipelined on the bare wire, their answers not looked at."""
    with Wire(server) as wire:
        documents = [
            b"".join(packed("PTTL", key) + packed("JSON.GET", key, *SUMMARY_PATHS) for key in chunk)
            for chunk in chunks(keys, CHUNK)
        ]
        # Any state stream costs the same; those of the scans themselves would have to be read out of the answers.
        streams = [
            packed("XREVRANGE", "_SCAN_HISTORY_", "+", "-", "COUNT", 1) * len(chunk) for chunk in chunks(keys, CHUNK)
        ]
        with timed(samples, len(keys)):
            for document, state in zip(documents, streams, strict=True):
                wire.exchange(document)
                wire.exchange(state)


def load(bench: Bench) -> Iterator[Figure]:
    """Thousands of scans to rows, with documents of three sizes."""
    for size, count, faster in (
        (1000, bench.sized(5000, 500), None),
        (9000, bench.sized(5000, 500), 25),
        (45000, bench.sized(5000, 200), 90),
    ):
        with store_of(count, size) as (server, keys):
            searched, loaded = blissdata_times("load", server.url, bench.sized(600, 100))
            # A median leaves out what comes now and then, such as collecting garbage, and a rate does not.
            peer = [statistics.fmean(part) for part in chunks([searched / count + each for each in loaded], 100)]
            limit: list[float] = []
            bytes_read(server, keys, limit)
            goal = Goal(1 / faster) if faster else None
            ours, followed = in_child("loading", "rows_loaded", server.url, bench.sized(7, 3))
            bytes_read(server, keys, limit)
            for how, samples in (("list and load", ours), ("by the feed", followed)):
                yield Figure(
                    row="load",
                    what=f"{size / 1024:.1f} KiB, {how}",
                    ours=samples,
                    baseline_name="blissdata search + load_scan",
                    baseline=peer,
                    goal=goal,
                )
            yield Figure(
                row="load",
                what=f"{size / 1024:.1f} KiB, list and load",
                ours=ours,
                baseline_name="the bytes alone",
                baseline=limit,
            )


def streams(bench: Bench) -> Iterator[Figure]:
    """Scans with many data streams load as quickly as scans with few, closed or running."""
    count, many = bench.sized(2000, 150), 200
    for state in (ScanState.CLOSED, ScanState.STARTED):
        taken = {}
        for streams_each in (2, many):
            with store_of(count, 4000, state, streams_each) as (server, _):
                _, taken[streams_each] = in_child("loading", "rows_loaded", server.url, bench.sized(7, 4))
        yield Figure(
            row="streams",
            what=f"{state.name}, {many} data streams, by the feed",
            ours=taken[many],
            baseline_name="2 data streams",
            baseline=taken[2],
            goal=Goal(1.3),
        )


def first(bench: Bench) -> Iterator[Figure]:
    """The first screen of a large store, all of its rows, and whether keys are answered meanwhile."""
    count = bench.sized(50_000, 20_000)
    with store_of(count) as (server, _):
        search: list[float] = []
        firsts: list[float] = []
        alls: list[float] = []
        listings: list[float] = []
        worst: list[float] = []
        for _ in range(bench.sized(5, 1)):
            with plain_client(server.url) as client, timed(search):
                client.response_callbacks.clear()
                command(client, "FT.SEARCH", "esrf:scan:index", "*", "NOCONTENT", "LIMIT", 0, 1_000_000)
            seconds, last, rows = asyncio.run(all_known(server.url))
            if rows != count:
                raise RuntimeError(f"{rows} rows of {count} scans")
            firsts.append(seconds)
            alls.append(last)
            listed, late = asyncio.run(stalls_until_known(server.url))
            listings.append(listed)
            worst.append(max(late))
    against = "FT.SEARCH of all keys"
    what = f"{count} scans"
    yield Figure(
        row="first", what=f"{what}, 100 rows", ours=firsts, baseline_name=against, baseline=search, goal=Goal(2)
    )
    yield Figure(row="first", what=f"{what}, listed", ours=listings, baseline_name=against, baseline=search)
    yield Figure(row="first", what=f"{what}, all rows", ours=alls, baseline_name=against, baseline=search)
    yield Figure(
        row="first",
        what=f"{what}, longest stall",
        ours=worst,
        baseline_name=against,
        baseline=search,
        goal=Goal(0.015, "max", relative=False),
    )
