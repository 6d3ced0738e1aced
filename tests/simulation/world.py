"""One world: a server, publishers and a monitor on virtual time, and what happens to them; all by one seed.

Rule: an action takes its parameters modulo what is there, so that a schedule stays valid with some actions left out.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import aclosing

import msgspec

from scantui.board import Board
from scantui.feed import Changed, Created, Feed, Gone, Heartbeat, Loaded, Progress
from scantui.models import ScanState
from scantui.store.aio import AsyncDataStore
from scantui.store.drivers.driver import carry_out_async
from scantui.store.operations import setup
from scantui.store.operations.requests import Command
from scantui.store.wire import protocol
from scantui.tui.widgets.status_line import ConnectionStatus
from tests.simulation.link import Link, SimDriver
from tests.simulation.loop import run_virtually
from tests.simulation.publishers import Publishers
from tests.simulation.server import SimServer
from tests.simulation.streams import SimStream

EPOCH = 1_790_000_000.0
# All has to be right again so long after the last fault.
BOUND_SECONDS = 45.0
HISTORY = protocol.SCAN_HISTORY
# A deletion shows within so many seconds; blissdata reads times to live in whole seconds, rounded.
NOTICED_SECONDS = 30
DELETED_BELOW_MS = 10_500


class Action(msgspec.Struct, frozen=True):
    """Something that happens `after` so many seconds, with two numbers whose meaning depends on its kind."""

    after: float
    kind: str
    a: int = 0
    b: int = 0


class World:
    """The simulated server with its publishers, the link to it, and a monitor that follows."""

    def __init__(self, seed: int) -> None:
        loop = asyncio.get_running_loop()
        self.chance = random.Random(seed)  # noqa: S311 - to be replayed, not to be secret
        self.server = SimServer(lambda: EPOCH + loop.time())
        self.publishers = Publishers(self.server)
        self.publishers.initialise()
        self.link = Link(self.server, self.chance)
        self.server.changed = lambda _: self.link.wake()
        self.monitor = SimMonitor(self.link, self.chance)
        self._saved = self.server.snapshot()

    def act(self, action: Action) -> None:
        getattr(self, f"_{action.kind}")(action.a, action.b)

    # What publishers and administrators do

    def _create(self, count: int, _: int) -> None:
        for _number in range(1 + count % 3):
            self.publishers.create()

    def _burst(self, count: int, _: int) -> None:
        for _number in range(20 + count % 100):
            self.publishers.create()

    def _advance(self, place: int, _: int) -> None:
        self.publishers.advance(place)

    def _append(self, place: int, points: int) -> None:
        self.publishers.append(place, points)

    def _close(self, place: int, _: int) -> None:
        self.publishers.close(place)

    def _delete(self, place: int, _: int) -> None:
        self.publishers.delete(place)

    def _vanish(self, place: int, _: int) -> None:
        self.publishers.vanish(place)

    def _trim(self, length: int, _: int) -> None:
        history = self.server.stream(HISTORY)
        if history is not None:
            history.trim("MAXLEN", str(length % 4))

    def _create_and_trim(self, count: int, length: int) -> None:
        self._create(count, 0)
        self._trim(length, 0)

    def _flush(self, _: int, __: int) -> None:
        self.server.execute(Command("FLUSHALL"))
        self.publishers.scans.clear()
        self.publishers.initialise()

    # What happens to the server and the way to it

    def _save(self, _: int, __: int) -> None:
        self._saved = self.server.snapshot()

    def _restart(self, older: int, _: int) -> None:
        self.server.restart(self._saved if older % 2 else self.server.snapshot())
        self.publishers.scans = [scan for scan in self.publishers.scans if scan.key in self.server.values]
        self.link.break_connections()

    def _cut(self, _: int, __: int) -> None:
        self.link.break_connections()

    def _down(self, seconds: int, _: int) -> None:
        self.link.is_up = False
        self.link.break_connections()
        asyncio.get_running_loop().call_later(1 + seconds % 20, self._heal)

    def _silence(self, seconds: int, _: int) -> None:
        self.link.is_silent = True
        asyncio.get_running_loop().call_later(1 + seconds % 12, self._heal)

    def _slow(self, tenths: int, _: int) -> None:
        self.link.slowest = 0.01 + tenths % 10 / 10

    def _deny(self, which: int, _: int) -> None:
        self.link.denied = frozenset([("FT.SEARCH", "PTTL", "JSON.MGET", "XREAD", "INFO")[which % 5]])
        asyncio.get_running_loop().call_later(5, self._heal)

    def _skew(self, seconds: int, _: int) -> None:
        """The server's clock jumps."""
        self.server.skew_ms = (seconds % 120 - 60) * 1000

    def _writers_skew(self, seconds: int, _: int) -> None:
        self.publishers.skew = float(seconds % 1200 - 600)

    def _heal(self) -> None:
        self.link.is_up, self.link.is_silent = True, False
        self.link.denied = frozenset()
        self.link.wake()

    def rest(self) -> None:
        """No fault goes on."""
        self._heal()
        self.link.slowest = 0.01


class SimMonitor:
    """A feed and a board, kept as the screen keeps them."""

    def __init__(self, link: Link, chance: random.Random) -> None:
        loop = asyncio.get_running_loop()

        async def open_store() -> AsyncDataStore:
            driver = SimDriver(link)
            await carry_out_async(driver, setup.check_protocol())
            return AsyncDataStore(driver, lambda: EPOCH + loop.time())

        self.board = Board()
        self.status = ConnectionStatus("simulated", loop.time)
        self.feed = Feed(open_store, asyncio.sleep, loop.time, lambda: EPOCH + loop.time(), chance.random)

    async def follow(self) -> None:
        """Take in what the feed tells, for ever."""
        async with aclosing(self.feed.events()) as events:
            async for event in events:
                self.status.take_in(event)
                if isinstance(event, Loaded | Created | Changed):
                    self.board.put(event.rows)
                elif isinstance(event, Gone):
                    self.board.mark_gone(event.keys)
                elif isinstance(event, Progress):
                    self.board.note_progress(event.points, event.seen)
                elif isinstance(event, Heartbeat):
                    self.board.tell_time(self.status.now_ms())
                self.feed.watched = [
                    self.board.key_at(index) for index in range(max(0, len(self.board) - 20), len(self.board))
                ]


def truth(server: SimServer) -> dict[str, ScanState | None]:
    """The scans that are there, and their states."""
    states: dict[str, ScanState | None] = {}
    for key, value in server.values.items():
        if not isinstance(value, dict) or not protocol.is_scan_key(key):
            continue
        left = server.expires.get(key)
        if left is not None and protocol.is_deleted(left - server.now_ms()):
            continue
        stream = server.stream(f"{protocol.STREAM_PREFIX}{value['document']['state_stream']['pk']}")
        states[key] = _state_in(stream)
    return states


def deleted_lately(server: SimServer) -> set[str]:
    """The scans that count as deleted for less time than a monitor may take to notice."""
    ages = {key: DELETED_BELOW_MS - (at - server.now_ms()) for key, at in server.expires.items()}
    return {key for key, age in ages.items() if 0 <= age < NOTICED_SECONDS * 1000}


def _state_in(stream: SimStream | None) -> ScanState | None:
    return ScanState(int(stream.entries[-1][1][1])) if stream is not None and stream.entries else None


def wrong_rows(board: Board, server: SimServer) -> list[str]:
    """What the rows say otherwise than the server has it."""
    keys = [board.key_at(index) for index in range(len(board))]
    shown = {key for key in keys if not board.is_gone(key)}
    states = truth(server)
    wrong = [f"{key} is shown {count} times" for key, count in Counter(keys).items() if count > 1]
    wrong += [f"{key} is missing" for key in states.keys() - shown]
    wrong += [f"{key} is not there" for key in shown - states.keys() - deleted_lately(server)]
    for key in shown & states.keys():
        row = board.row(key)
        state = row.state if row else None
        if state != states[key]:
            wrong.append(f"{key} is shown as {state!r}, and is {states[key]!r}")
    return wrong


KINDS = {
    "create": 30,
    "advance": 40,
    "append": 30,
    "close": 15,
    "delete": 6,
    "vanish": 3,
    "burst": 2,
    "trim": 2,
    "create_and_trim": 3,
    "flush": 1,
    "save": 2,
    "restart": 2,
    "cut": 3,
    "down": 2,
    "silence": 2,
    "slow": 2,
    "deny": 2,
    "skew": 1,
    "writers_skew": 1,
}


def schedule_of(seed: int, length: int = 60) -> list[Action]:
    """What happens in the world of a seed."""
    chance = random.Random(seed)  # noqa: S311
    kinds = chance.choices(list(KINDS), list(KINDS.values()), k=length)
    return [
        Action(round(chance.expovariate(2.0), 3), kind, chance.randrange(1000), chance.randrange(1000))
        for kind in kinds
    ]


class Outcome(msgspec.Struct):
    """What became of one world: what was wrong when all had to be right, and what it cost."""

    wrong: list[str]
    round_trips_per_second: float
    virtual_seconds: float


def run_world(seed: int, actions: Sequence[Action], judge: Callable[[World], list[str]] | None = None) -> Outcome:
    """Play a schedule, let the world rest, and judge the rows; the same seed and schedule give the same outcome."""

    async def play() -> Outcome:
        world = World(seed)
        loop = asyncio.get_running_loop()
        following = asyncio.ensure_future(world.monitor.follow())
        for action in actions:
            await asyncio.sleep(action.after)
            world.act(action)
        world.rest()
        before = world.link.round_trips
        await asyncio.sleep(BOUND_SECONDS)
        if following.done():
            following.result()
        wrong = (judge or judged)(world)
        return Outcome(wrong, (world.link.round_trips - before) / BOUND_SECONDS, loop.time())

    return run_virtually(play())


def judged(world: World) -> list[str]:
    """All that is wrong in a world at rest."""
    wrong = wrong_rows(world.monitor.board, world.server)
    word = world.monitor.status.word()
    return wrong if word.startswith(("LIVE", "IDLE")) else [f"the header says {word}", *wrong]


def shrunk(seed: int, actions: Sequence[Action]) -> list[Action]:
    """The fewest actions of a failing schedule that still fail: ever smaller pieces are left out."""
    left, size = list(actions), len(actions) // 2
    while size:
        place = 0
        while place < len(left):
            without = left[:place] + left[place + size :]
            if run_world(seed, without).wrong:
                left = without
            else:
                place += size
        size //= 2
    return left
