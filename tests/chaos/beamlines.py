"""Several servers in one list, of which some come to harm while the others create scans."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack, aclosing, asynccontextmanager, suppress
from functools import partial

from scantui.board import Board
from scantui.feed.many import PlacedFeed, merged
from scantui.feed.placing import Placer
from scantui.models import ScanSummary
from tests.chaos.faults import FAULTS
from tests.chaos.proxy import Proxy
from tests.chaos.publishers import Publishers
from tests.chaos.run import PATIENCE, StillWrongError
from tests.chaos.screen import Screen, differences
from tests.chaos.server import MortalRedis, Truth
from tests.chaos.stage import Scene, wait
from tests.servers import command, initialise
from tests.system.beacon_server import BeaconServer, frame

_HOUR_MS = 3_600_000
# The first server's clock is an hour ahead of ours from the start.
AHEAD_MS = {"beamline0": _HOUR_MS}
# What the others come to; the rest of them only create scans.
HARM = ("killed", "silent", "killed_and_emptied", "locked", "ids_ahead", "replaced")


async def locked(scene: Scene) -> None:
    """It wants a password that nobody has."""
    with scene.server.client() as raw:
        command(raw, "CONFIG", "SET", "requirepass", "another")
        command(raw, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        await scene.lasts(2, 6)
        command(raw, "CONFIG", "SET", "requirepass", "")


async def replaced(scene: Scene) -> None:
    """A replica takes its place, with all its scans, and the server itself comes back later."""
    await scene.publishers.stop()
    replica = MortalRedis({"replicaof": f"127.0.0.1 {scene.server.port}", "repl-diskless-sync-delay": "0"})
    with replica:
        with replica.client() as raw:
            while dict(raw.info("replication")).get("master_link_status") != "up":
                await wait(0.05)
        own, scene.proxy.target = scene.proxy.target, replica.port
        scene.proxy.reset()
        await scene.lasts(3, 8)
        scene.proxy.target = own
        scene.proxy.reset()
    scene.publishers.start()


_FAULTS = {**FAULTS, "locked": locked, "replaced": replaced}


class Together:
    """Scenes of several servers, by their names, and the one board on which their scans are."""

    def __init__(self, scenes: dict[str, Scene]) -> None:
        self.scenes = scenes
        self.board = Board()
        owners: dict[str, str] = {}
        self._feeds: list[PlacedFeed] = []
        for name, scene in scenes.items():
            scene.screen.board = self.board
            here = partial(_clock_ms, AHEAD_MS.get(name, 0))
            self._feeds.append(PlacedFeed(scene.screen.feed, Placer(name), owners, here))

    async def follow(self) -> None:
        """Take in the events of all feeds, for ever."""
        screens = [scene.screen for scene in self.scenes.values()]
        async with aclosing(merged(self._feeds)) as events:
            async for number, event in events:
                screens[number].take_in(event)

    def watch(self) -> None:
        """Have the feeds look at scans that were deleted, which no stream reports."""
        for feed, scene in zip(self._feeds, self.scenes.values(), strict=True):
            feed.watched = [key for key in scene.publishers.deleted if not self.board.is_gone(key)]

    def wrong(self) -> list[str]:
        """What the rows say otherwise than the stores together."""
        reported = []
        truths = {}
        for name, scene in self.scenes.items():
            with scene.server.client() as raw:
                truths[name] = Truth(raw)
        union = next(iter(truths.values())).joined(truths.values())
        reported += differences(self.board, union)
        rows = [self.board.row_at(index) for index in range(len(self.board))]
        present = [row for row in rows if not self.board.is_gone(row.key)]
        reported += [
            f"{row.key} is of {row.server}" for row in present if row.key not in truths[row.server or ""].states
        ]
        for name in self.scenes:
            own = [row for row in present if row.server == name and row.timetag]
            if own != sorted(own, key=_place):
                reported.append(f"{name} is not in the order of its history")
            ahead_ms = AHEAD_MS.get(name, 0)
            reported += [f"{row.key} is not corrected" for row in own if _ahead(row) != ahead_ms]
        if rows != sorted(rows, key=lambda row: row.rank):
            reported.append("the list is not in the order of time")
        return reported


def _clock_ms(behind_ms: int) -> int:
    """Our clock as it looks from a server: one that is ahead of ours is the same as ours being behind."""
    return round(time.time() * 1000) - behind_ms


def _same(proxy: Proxy) -> Proxy:
    return proxy


def _seconds(clock_ms: Callable[[], int]) -> float:
    return clock_ms() / 1000


def _place(row: ScanSummary) -> tuple[int, int]:
    milliseconds, _, sequence = row.timetag.partition("-")
    return int(milliseconds), int(sequence)


def _ahead(row: ScanSummary) -> int:
    return int(row.timetag.partition("-")[0]) - row.born_ms


@asynccontextmanager
async def beamlines(
    seed: int, count: int, rate: float, pace: float, pause: Callable[[float], Awaitable[None]]
) -> AsyncIterator[Together]:
    """So many servers, each behind a proxy and with publishers at work, and a list that follows all of them."""
    chance = random.Random(seed)  # noqa: S311 - to be replayed, not to be secret
    scenes = {}
    with ExitStack() as stack:
        async with AsyncExitStack() as publishing:
            for number in range(count):
                name = f"beamline{number}"
                server = MortalRedis()
                stack.enter_context(server)
                proxy = stack.enter_context(Proxy(server.port))
                initialise(server.url)
                publishers = Publishers(server.url, random.Random(chance.random()), rate / count, 1)  # noqa: S311
                here = partial(_clock_ms, AHEAD_MS.get(name, 0))
                beacon = stack.enter_context(BeaconServer(frame(34, b"1|127.0.0.1|%d" % proxy.port)))
                screen = Screen(beacon.where, pause, partial(_seconds, here))
                own = random.Random(chance.random())  # noqa: S311
                scenes[name] = Scene(server, proxy, publishers, screen, own, pace, partial(_same, proxy))
                publishers.start()
                publishing.push_async_callback(publishers.stop)
            together = Together(scenes)
            following = asyncio.create_task(together.follow())
            try:
                yield together
            finally:
                following.cancel()
                with suppress(asyncio.CancelledError):
                    await following


async def harm(together: Together, chance: random.Random, tell: Callable[[str], object]) -> dict[str, str]:
    """Bring each kind of harm about on a server of its own, all at once; returns which server it was for each.

    Raises AssertionError if a server that came to no harm was not heard of meanwhile.
    """
    names = [name for name in together.scenes if name not in AHEAD_MS]
    struck = dict(zip(HARM, chance.sample(names, len(HARM)), strict=True))
    well = [scene for name, scene in together.scenes.items() if name not in struck.values()]
    created = [scene.screen.events["Created"] for scene in well]
    for kind, name in struck.items():
        tell(f"{name}: {kind}")
    await asyncio.gather(*(_FAULTS[kind](together.scenes[name]) for kind, name in struck.items()))
    for scene, before in zip(well, created, strict=True):
        assert scene.screen.events["Created"] > before, "a server in trouble held up another"
    return struck


async def all_right(together: Together) -> int:
    """Let all come to rest, and compare; returns how many scans there are once the rows are right and stay so."""
    scenes: Sequence[Scene] = list(together.scenes.values())
    for scene in scenes:
        await scene.publishers.stop()
        scene.proxy.speak()
    started, in_row = time.monotonic(), 0
    while in_row < 2:
        together.watch()
        for scene in scenes:
            scene.screen.beat.clear()
        for scene in scenes:
            await asyncio.wait([asyncio.ensure_future(scene.screen.beat.wait())], timeout=PATIENCE)
        wrong = await asyncio.to_thread(together.wrong)
        in_row = 0 if wrong else in_row + 1
        if time.monotonic() - started > PATIENCE:
            raise StillWrongError(f"{len(wrong)} wrong: {wrong[:5]}")
    for scene in scenes:
        scene.publishers.deleted.clear()
        scene.publishers.start()
    return len(together.board)
