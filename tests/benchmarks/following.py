"""What the feed tells of scans as they are created: how soon, and whether all of them when many come at once."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import aclosing

from scantui.board import Board
from scantui.feed import Changed, Created, Feed, Heartbeat, Loaded
from scantui.models import ScanState, ScanSummary
from scantui.store.aio import AsyncDataStore
from tests.benchmarks.measure import Figure, Goal, timed
from tests.benchmarks.stores import Bench, Wire, packed, scan_commands, store_of
from tests.servers import RealRedis

_SIZE = 4000
_BURST_SECONDS = 1.0
_PATIENCE_SECONDS = 30.0


class Publisher(threading.Thread):
    """Creates scans one by one at odd times, and notes when each was sent; XADDs elsewhere tell the way there."""

    def __init__(self, server: RealRedis, count: int) -> None:
        super().__init__(daemon=True)
        self.sent: dict[str, float] = {}
        self.round_trips: list[float] = []
        self._server = server
        self._count = count

    def run(self) -> None:
        odd = random.Random(1)  # noqa: S311 - no secret
        with Wire(self._server) as wire:
            for number in range(self._count):
                time.sleep(odd.uniform(0.05, 0.2))
                with timed(self.round_trips):
                    wire.exchange(packed("XADD", "elsewhere", "*", "key", number))
                key, commands = scan_commands(number, _SIZE, ScanState.CREATED, time.time())
                self.sent[key] = time.perf_counter()
                wire.exchange(commands)


async def _latencies(server: RealRedis, publisher: Publisher, count: int) -> list[float]:
    seen: dict[str, float] = {}
    async with aclosing(Feed(lambda: _opened(server.url)).events()) as events:
        async for event in events:
            if isinstance(event, Heartbeat) and not publisher.is_alive() and not seen:
                publisher.start()
            if isinstance(event, Created):
                now = time.perf_counter()
                seen.update((row.key, now) for row in event.rows)
                if len(seen) == count:
                    break
    return [now - publisher.sent[key] for key, now in seen.items()]


def latency(bench: Bench) -> Iterator[Figure]:
    """A scan created to its event, while nothing else happens."""
    count = bench.sized(200, 30)
    with store_of(100) as (server, _):
        publisher = Publisher(server, count)
        ours = asyncio.run(asyncio.wait_for(_latencies(server, publisher, count), count))
        publisher.join()
    yield Figure(
        row="latency",
        what="scan created to its event, idle",
        ours=ours,
        baseline_name="XADD round trip",
        baseline=publisher.round_trips,
        goal=Goal(0.05, "p99", relative=False),
    )


class Burst(threading.Thread):
    """Creates many scans within a second, in even portions."""

    def __init__(self, server: RealRedis, count: int) -> None:
        super().__init__(daemon=True)
        made = [scan_commands(number, _SIZE, ScanState.CREATED, time.time()) for number in range(count)]
        self.keys = [key for key, _ in made]
        self.ended = 0.0
        self._server = server
        self._portions = [b"".join(commands for _, commands in made[start::50]) for start in range(50)]

    def run(self) -> None:
        started = time.perf_counter()
        with Wire(self._server) as wire:
            for number, portion in enumerate(self._portions):
                pause = started + _BURST_SECONDS * number / len(self._portions) - time.perf_counter()
                time.sleep(max(0.0, pause))
                wire.exchange(portion)
        self.ended = time.perf_counter()


async def _taken_in(server: RealRedis, burst: Burst) -> tuple[Board, Counter[str], float]:
    board, told = Board(), Counter[str]()
    deadline = time.perf_counter() + _PATIENCE_SECONDS
    async with aclosing(Feed(lambda: _opened(server.url)).events()) as events:
        async for event in events:
            if isinstance(event, Heartbeat) and not burst.is_alive() and not burst.ended:
                burst.start()
            # The first of them may come while the feed still looks for what there is.
            if isinstance(event, Loaded | Created):
                board.put(event.rows)
                told.update(row.key for row in event.rows)
            if len(board) >= len(burst.keys) or time.perf_counter() > deadline:
                break
    return board, told, time.perf_counter()


async def _opened(url: str) -> AsyncDataStore:
    return await AsyncDataStore.open(url)


def burst(bench: Bench) -> Iterator[Figure]:
    """Two thousand scans in a second: all shown, none told twice, and when."""
    count = 2000
    after: list[float] = []
    missing: list[float] = []
    twice: list[float] = []
    published: list[float] = []
    for _ in range(bench.sized(5, 2)):
        with store_of() as (server, _):
            publisher = Burst(server, count)
            started = time.perf_counter()
            board, told, complete = asyncio.run(_taken_in(server, publisher))
            publisher.join()
            published.append(publisher.ended - started)
            after.append(complete - publisher.ended)
            missing.append(sum(board.row(key) is None for key in publisher.keys))
            twice.append(sum(times - 1 for times in told.values()))
    row = f"{count} scans in a second"
    yield Figure(
        row="burst",
        what=f"{row}, complete after the last",
        ours=after,
        baseline_name="publishing them",
        baseline=published,
    )
    nothing = Goal(0, "max", relative=False)
    yield Figure(row="burst", what=f"{row}, missing", ours=missing, unit="scans", goal=nothing)
    yield Figure(row="burst", what=f"{row}, told twice", ours=twice, unit="scans", goal=nothing)


async def _wake_ups(server: RealRedis, keys: list[str], count: int) -> tuple[list[float], list[float]]:
    """Seconds from a state that is written to its event, one after the other; and of the writing alone."""
    loaded, changed = asyncio.Event(), asyncio.Event()

    async def follow() -> None:
        async with aclosing(Feed(lambda: _opened(server.url)).events()) as events:
            async for event in events:
                if isinstance(event, Loaded) and not event.remaining:
                    loaded.set()
                if isinstance(event, Changed):
                    changed.set()

    following = asyncio.create_task(follow())
    await loaded.wait()
    waited: list[float] = []
    written: list[float] = []
    odd = random.Random(1)  # noqa: S311 - no secret
    async with AsyncDataStore.open(server.url) as store:
        streams = [row.state_stream for row in await store.load_summaries(keys[:count]) if isinstance(row, ScanSummary)]
    with Wire(server) as wire:
        for stream in streams:
            await asyncio.sleep(odd.uniform(0.05, 0.2))
            changed.clear()
            started = time.perf_counter()
            with timed(written):
                wire.exchange(packed("XADD", stream, "*", "state", ScanState.STOPPED.value))
            await asyncio.wait_for(changed.wait(), _PATIENCE_SECONDS)
            waited.append(time.perf_counter() - started)
    following.cancel()
    await asyncio.wait([following])
    return waited, written


def open(bench: Bench) -> Iterator[Figure]:  # noqa: A001 - the name of its row
    """One of thousands of open scans changes its state: how soon its event comes."""
    for count in (1000, 5000):
        with store_of(count, 2000, ScanState.STARTED) as (server, keys):
            waited, written = asyncio.run(_wake_ups(server, keys, bench.sized(100, 15)))
        yield Figure(
            row="open",
            what=f"{count} open scans, a state to its event",
            ours=waited,
            baseline_name="XADD round trip",
            baseline=written,
            goal=Goal(0.05, "p99", relative=False),
        )
