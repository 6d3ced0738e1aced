"""Memory over a night of scans that are created, closed and expire, a day in a minute: the feed and the board."""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

from scantui.board import Board
from scantui.feed import Changed, Created, Event, Feed, Gone, Heartbeat, Loaded, Progress
from scantui.models import ScanState
from scantui.store import DataStore
from scantui.store.aio import AsyncDataStore
from tests.benchmarks.child import in_child
from tests.benchmarks.measure import Figure, Goal
from tests.benchmarks.stores import Bench, Wire, chunks, identity, info, packed, store_of
from tests.servers import RealRedis

HOURS = 24
_SIZE = 2000
_HOURS_KEPT = 3
_HOUR_MS = 3_600_000
_ROWS_IN_VIEW = 21
_PATIENCE_SECONDS = 60.0
_MOST_A_ROW = 1024


class Publisher:
    """Publishes an hour's scans, closes them, and lets those of some hours before expire."""

    def __init__(self, port: int) -> None:
        self._server = RealRedis(port=port)
        self._store = DataStore(f"redis://127.0.0.1:{port}")
        # Their keys and state streams only: the memory of this process is what is measured.
        self._hours: list[list[tuple[str, str]]] = []
        self._numbers = itertools.count(1)

    def create(self, count: int) -> list[str]:
        names: list[tuple[str, str]] = []
        for portion in chunks(list(itertools.islice(self._numbers, count)), 50):
            scans = self._store.create_scans((identity(number), info(number, _SIZE)) for number in portion)
            names += ((scan.key, scan.state_stream) for scan in scans)
        self._hours.append(names)
        return [key for key, _ in names]

    def close_and_expire(self) -> None:
        with Wire(self._server) as wire:
            for scans in chunks(self._hours[-1], 100):
                for state in (ScanState.PREPARED, ScanState.STARTED, ScanState.CLOSED):
                    wire.exchange(b"".join(packed("XADD", stream, "*", "state", state.value) for _, stream in scans))
                wire.exchange(b"".join(packed("JSON.SET", key, "$.info.end_reason", '"SUCCESS"') for key, _ in scans))
            if len(self._hours) > _HOURS_KEPT:
                expired = self._hours.pop(0)
                wire.exchange(b"".join(packed("DEL", *names) for names in expired))


class Watcher:
    """Follows a store as the screen does: a feed, a board, and what is in view."""

    def __init__(self, url: str) -> None:
        self.board = Board()
        self.hour = 0
        self._told = asyncio.Event()
        ticks = itertools.count()
        # Each look at the clock is a fifth of a second, so that the pulse is felt as often as it would be.
        self._feed = Feed(lambda: _opened(url), self._no_pause, clock=lambda: next(ticks) * 0.2)

    async def follow(self) -> None:
        async with aclosing(self._feed.events()) as events:
            async for event in events:
                self._take(event)

    async def until_all_closed(self, keys: list[str]) -> None:
        async def look() -> None:
            while not all((row := self.board.row(key)) and row.state is ScanState.CLOSED for key in keys):
                self._told.clear()
                await self._told.wait()

        await asyncio.wait_for(look(), _PATIENCE_SECONDS)

    def _take(self, event: Event) -> None:
        if isinstance(event, Loaded | Created | Changed):
            self.board.put(event.rows)
            self._told.set()
            self._feed.watched = [
                self.board.key_at(index) for index in range(max(0, len(self.board) - _ROWS_IN_VIEW), len(self.board))
            ]
        elif isinstance(event, Gone):
            self.board.mark_gone(event.keys)
        elif isinstance(event, Progress):
            self.board.note_progress(event.points)
        elif isinstance(event, Heartbeat):
            self.board.tell_time(event.server_ms + self.hour * _HOUR_MS)

    @staticmethod
    async def _no_pause(seconds: float) -> None:
        await asyncio.sleep(0)


async def _opened(url: str) -> AsyncDataStore:
    return await AsyncDataStore.open(url)


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def hours_watched(port: int, scans_an_hour: int) -> list[tuple[int, int]]:
    """The memory of this process and its rows at the end of each hour."""
    return asyncio.run(_hours_watched(port, scans_an_hour))


async def _hours_watched(port: int, scans_an_hour: int) -> list[tuple[int, int]]:
    publisher = Publisher(port)
    watcher = Watcher(f"redis://127.0.0.1:{port}")
    following = asyncio.create_task(watcher.follow())
    hours = []
    for _ in range(HOURS):
        keys = await asyncio.to_thread(publisher.create, scans_an_hour)
        await asyncio.to_thread(publisher.close_and_expire)
        await watcher.until_all_closed(keys)
        watcher.hour += 1
        gc.collect()
        hours.append((resident_bytes(), watcher.board.total))
    following.cancel()
    await asyncio.wait([following])
    return hours


def night(bench: Bench) -> Iterator[Figure]:
    """What a monitor holds at the end of each hour, beside what it held after the first."""
    scans = bench.sized(20_000, 1_200)
    with store_of() as (server, _):
        hours = in_child("night", "hours_watched", server.port, scans // HOURS)
    first, rows = hours[0]
    what = f"{HOURS} h, {scans} scans"
    yield Figure(
        row="night",
        what=f"{what}, each hour",
        ours=[memory / 2**20 for memory, _ in hours],
        baseline_name="after hour one",
        baseline=[first / 2**20],
        unit="MiB",
    )
    yield Figure(
        row="night",
        what=f"{what}, above 1.1 of hour one, a row",
        ours=[max(0.0, memory - 1.1 * first) / (known - rows) for memory, known in hours[1:]],
        unit="bytes",
        goal=Goal(_MOST_A_ROW, "max", relative=False),
    )
