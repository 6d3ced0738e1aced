"""An embedded server, and a time that passes only when the demo pauses."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from random import Random

import pytest

from scantui.demo.embedded import EmbeddedServer
from scantui.store.aio import AsyncDataStore
from scantui.store.wire import ulid

NOON = 1_790_000_000.0


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - a beamline to look at, no secrets


class Playback:
    """Simulated time: a pause moves the clock at once; after a number of pauses or seconds the demo ends."""

    def __init__(self, pauses: int, seconds: float = math.inf) -> None:
        self.now = NOON
        self.left = pauses
        self._end = NOON + seconds

    def clock(self) -> float:
        return self.now

    async def pause(self, seconds: float) -> None:
        if self.left == 0 or self.now > self._end:
            raise asyncio.CancelledError
        self.left -= 1
        self.now += seconds
        await asyncio.sleep(0)


@pytest.fixture
async def server() -> EmbeddedServer:
    return await EmbeddedServer.start()


@pytest.fixture
async def store(server: EmbeddedServer) -> AsyncIterator[AsyncDataStore]:
    async with await server.open_store() as store:
        yield store


@pytest.fixture
def fresh_ulids(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make keys from the store's clock, even if this process has made later ones."""
    monkeypatch.setattr(ulid, "_latest", 0)
