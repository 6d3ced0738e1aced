"""Faults drawn by a seed, and after each few of them a quiet phase in which all has to be right again."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress

import msgspec

from tests.chaos.faults import FAULTS
from tests.chaos.proxy import Proxy
from tests.chaos.publishers import Publishers
from tests.chaos.screen import Screen
from tests.chaos.server import MortalRedis, Truth
from tests.chaos.stage import Scene, wait
from tests.servers import initialise
from tests.system.beacon_server import BeaconServer, frame

# A row that is wrong for so long, with nothing going on, stays wrong.
PATIENCE = 150.0


class Figures(msgspec.Struct):
    """What was survived."""

    faults: Counter[str] = msgspec.field(default_factory=Counter)
    compared: int = 0
    quiet_phases: int = 0
    longest_quiet: float = 0.0


class StillWrongError(AssertionError):
    """Raised when the rows are not what the store has, although all is quiet."""


@asynccontextmanager
async def on_stage(
    seed: int, rate: float, pace: float, pause: Callable[[float], Awaitable[None]]
) -> AsyncIterator[Scene]:
    """A server, a proxy before it, publishers at work, and a screen that follows by way of the proxy."""
    chance = random.Random(seed)  # noqa: S311 - to be replayed, not to be secret
    server = MortalRedis()
    with server, ExitStack() as stack, BeaconServer() as beacon:

        def new_proxy() -> Proxy:
            proxy = stack.enter_context(Proxy(server.port))
            beacon.pieces = [frame(34, b"1|127.0.0.1|%d" % proxy.port)]
            return proxy

        proxy = new_proxy()
        initialise(server.url)
        publishers = Publishers(server.url, chance, rate)
        screen = Screen(beacon.where, pause)
        scene = Scene(server, proxy, publishers, screen, chance, pace, new_proxy)
        following = asyncio.create_task(screen.follow())
        publishers.start()
        try:
            yield scene
        finally:
            await publishers.stop()
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following


async def quiet(scene: Scene, figures: Figures) -> None:
    """Let all come to rest, and compare; returns when the rows are right and stay so for one more look."""
    await scene.publishers.stop()
    scene.proxy.speak()
    scene.proxy.cut(None)
    scene.proxy.garble(0)
    started = time.monotonic()
    in_row = 0
    while in_row < 2:
        # Who looks at a scan that was deleted sees it go.
        scene.screen.feed.watched = [key for key in scene.publishers.deleted if not scene.screen.board.is_gone(key)]
        scene.screen.beat.clear()
        await asyncio.wait([asyncio.ensure_future(scene.screen.beat.wait())], timeout=PATIENCE)
        with scene.server.client() as raw:
            truth = await asyncio.to_thread(Truth, raw)
        wrong = scene.screen.differences(truth)
        in_row = 0 if wrong else in_row + 1
        if time.monotonic() - started > PATIENCE:
            raise StillWrongError(
                f"{len(wrong)} wrong of {len(truth.states)}: {wrong[:5]}, {scene.screen.status.word()}"
            )
    figures.quiet_phases += 1
    figures.compared += len(truth.states)
    figures.longest_quiet = max(figures.longest_quiet, time.monotonic() - started)
    scene.publishers.deleted.clear()


async def play(scene: Scene, names: Sequence[str], figures: Figures, tell: Callable[[str], object]) -> None:
    """Bring these faults about, one after the other, and compare in the end."""
    for name in names:
        tell(name)
        await FAULTS[name](scene)
        figures.faults[name] += 1
        await wait(scene.chance.uniform(0.2, 2) * scene.pace)
    await quiet(scene, figures)
