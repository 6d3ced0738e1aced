"""An embedded server, and a time that passes only when the demo pauses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from random import Random

import pytest

from scantui.demo.embedded import EmbeddedServer
from scantui.store import ulid
from scantui.store.aio import AsyncDataStore

NOON = 1_790_000_000.0


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - a beamline to look at, no secrets


class Playback:
    """Time for `operate`: a pause takes no time and moves the clock, and after so many pauses the demo is left."""

    def __init__(self, pauses: int) -> None:
        self.now = NOON
        self._left = pauses

    def clock(self) -> float:
        return self.now

    async def pause(self, seconds: float) -> None:
        if self._left == 0:
            raise asyncio.CancelledError
        self._left -= 1
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
    """Keys bear the time of the store's clock, also when this process made younger ones before."""
    monkeypatch.setattr(ulid, "_latest", 0)
