"""Publishers that create, advance, close and delete scans as fast as asked, and notice when they fail."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

from scantui.exceptions import ConnectionFailed, ScanTuiError, StoreError
from scantui.models import Scan, ScanState
from scantui.store import AsyncDataStore

_MOST_OPEN = 30
_END_REASONS = ("SUCCESS", "FAILURE", "USER_ABORT")
# How long one that failed waits before it goes on.
_RECOVERY_SECONDS = 0.2


class Publishers:
    """Some publishers on one store; `deleted` are the scans that they deleted, which no stream reports."""

    def __init__(self, url: str, chance: random.Random, rate: float, count: int = 4) -> None:
        self._url = url
        self._chance = chance
        self._seconds_each = count / rate
        self._count = count
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.deleted: dict[str, None] = {}
        self.done: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()

    def start(self) -> None:
        self._stop.clear()
        self._tasks = [asyncio.create_task(self._publish()) for _ in range(self._count)]

    async def stop(self) -> None:
        self._stop.set()
        await asyncio.gather(*self._tasks)

    async def _publish(self) -> None:
        while not self._stop.is_set():
            try:
                async with AsyncDataStore.open(self._url) as store:
                    await self._publish_with(store)
            except ScanTuiError as error:
                self.failures[type(error).__name__] += 1
                await self._wait(_RECOVERY_SECONDS)

    async def _publish_with(self, store: AsyncDataStore) -> None:
        scans: list[Scan] = []
        loop = asyncio.get_running_loop()
        due = loop.time()
        while not self._stop.is_set():
            due = max(due + self._seconds_each, loop.time() - 1.0)
            await self._wait(due - loop.time())
            try:
                await self._do_something(store, scans)
            except ConnectionFailed:
                raise
            except StoreError as error:
                # Somebody else deleted the scan, or the memory is full.
                self.failures[type(error).__name__] += 1
                scans.clear()

    async def _do_something(self, store: AsyncDataStore, scans: list[Scan]) -> None:
        number = self.done["create"] + 1
        scans.append(
            await store.create_scan({"name": "chaos", "number": number, "data_policy": "None"}, {"npoints": 9})
        )
        self.done["create"] += 1
        if len(scans) < _MOST_OPEN and self._chance.random() < 0.3:
            return
        at = self._chance.randrange(len(scans))
        step = self._chance.random()
        if step < 0.45 and scans[at].state < ScanState.STOPPED:
            scans[at] = await store.advance_scan(scans[at], ScanState(scans[at].state + 1))
            self.done["advance"] += 1
        elif step < 0.97:
            await store.advance_scan(scans.pop(at), ScanState.CLOSED, {"end_reason": self._chance.choice(_END_REASONS)})
            self.done["close"] += 1
        else:
            key = scans.pop(at).key
            await store.delete_scan(key, force=True)
            self.deleted[key] = None
            self.done["delete"] += 1

    async def _wait(self, seconds: float) -> None:
        """Wait for so long, or until it is time to stop."""
        if seconds > 0:
            await asyncio.wait([asyncio.ensure_future(self._stop.wait())], timeout=seconds)
