"""Those who take part in faults: a server, a way to it by an address that Beacon names, publishers, and a screen."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from tests.chaos.proxy import Proxy
from tests.chaos.publishers import Publishers
from tests.chaos.screen import Screen
from tests.chaos.server import MortalRedis

RESET, SILENT = "closed", "silent"


class Scene:
    """All that takes part; `pace` stretches or shortens what lasts, `move` has the server found at another address."""

    def __init__(
        self,
        server: MortalRedis,
        proxy: Proxy,
        publishers: Publishers,
        screen: Screen,
        chance: random.Random,
        pace: float,
        move: Callable[[], Proxy],
    ) -> None:
        self.server = server
        self.proxy = proxy
        self.publishers = publishers
        self.screen = screen
        self.chance = chance
        self.pace = pace
        self._move = move
        self.longest_unsaid = {RESET: 0.0, SILENT: 0.0}

    def move(self) -> None:
        """Have the server found by way of another proxy."""
        self.proxy = self._move()

    async def lasts(self, least: float, most: float) -> None:
        await wait(self.chance.uniform(least, most) * self.pace)

    async def until_said(self, kind: str) -> None:
        """Measure how long the screen takes to report a problem."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        while self.screen.status.word() == "LIVE" and loop.time() - started < 30:
            await wait(0.05)
        self.longest_unsaid[kind] = max(self.longest_unsaid[kind], loop.time() - started)


async def wait(seconds: float) -> None:
    """Let so much time pass."""
    await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=seconds)
