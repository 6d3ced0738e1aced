"""One world: a server, publishers and a monitor on virtual time, and what happens to them; all by one seed.

Rule: an action takes its parameters modulo what is there, so that a schedule stays valid with some actions left out.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import msgspec

from scantui.store.operations import append
from scantui.store.operations.requests import Command
from scantui.store.wire import documents, protocol, ulid
from scantui.store.wire.ulid import ALPHABET
from tests.simulation.judging import wrong_durations, wrong_order, wrong_progress, wrong_rows, wrong_words
from tests.simulation.link import Link
from tests.simulation.loop import run_virtually
from tests.simulation.monitor import EPOCH, SimMonitor
from tests.simulation.publishers import Publishers
from tests.simulation.server import SimServer

# All has to be right again so long after the last fault.
BOUND_SECONDS = 45.0
HISTORY = protocol.SCAN_HISTORY
FIRST_SIGHT_SECONDS = 4.0
MOST_BYTES_A_SECOND = 100_000


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
        # Another one, which begins when all is over.
        self.newcomer = SimMonitor(self.link, self.chance)
        self._saved = self.server.snapshot()
        self.has_jumped = False
        # Whether counts of the index were missing, which are asked for again after a minute only.
        self.was_uncounted = False
        self.bytes_at_rest = 0

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

    def _die(self, place: int, _: int) -> None:
        """A publisher is killed: its scan stays as it is, for ever."""
        self.publishers.kill(place)

    def _keep_going(self, place: int, _: int) -> None:
        """A scan that gets a point each second from now on."""
        self.publishers.keep_going(place)

    def _large(self, place: int, size: int) -> None:
        self.publishers.append_large(place, 1 + size % 50)

    def _others_look(self, _: int, __: int) -> None:
        """Other monitors read all streams, and leave traces in the server's idle times."""
        self.server.touch_all()

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

    def _burst_and_trim(self, count: int, _: int) -> None:
        """All of them are out of the history before anybody can read it."""
        self._burst(count, 0)
        self._trim(0, 0)

    def _crowd(self, count: int, _: int) -> None:
        self.publishers.crowd(500 + count)

    def _expire(self, place: int, seconds: int) -> None:
        self.publishers.expire(place, seconds)

    def _begin(self, length: int, _: int) -> None:
        """A new database, and in the same moment a scan that ends, which the history may not show."""
        self._flush(0, 0)
        self.publishers.run_at_once()
        self._trim(length % 2, 0)

    def _flush(self, _: int, __: int) -> None:
        self.server.execute(Command("FLUSHALL"))
        self.publishers.scans.clear()
        self.publishers.initialise()

    # What happens to the server and the way to it

    def _lose_index(self, _: int, __: int) -> None:
        """The server cannot search from now on."""
        self.server.has_index, self.was_uncounted = False, True
        self.link.break_connections()

    def _save(self, _: int, __: int) -> None:
        self._saved = self.server.snapshot()

    def _restart(self, older: int, _: int) -> None:
        self.has_jumped |= bool(older % 2)
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
        self.was_uncounted |= "FT.SEARCH" in self.link.denied
        asyncio.get_running_loop().call_later(5, self._heal)

    def _skew(self, seconds: int, _: int) -> None:
        """The server's clock jumps."""
        self.server.skew_ms = (seconds % 120 - 60) * 1000
        self.has_jumped = True

    def _writers_skew(self, seconds: int, _: int) -> None:
        self.publishers.skew = float(seconds % 1200 - 600)

    def _notes_skew(self, seconds: int, _: int) -> None:
        """Writers note other times in their documents than those of their keys."""
        self.publishers.notes_skew = float(seconds % 14_400 - 7_200)

    def _heal(self) -> None:
        self.link.is_up, self.link.is_silent = True, False
        self.link.denied = frozenset()
        self.link.wake()

    def rest(self) -> None:
        """No fault goes on."""
        self._heal()
        self.link.slowest = 0.01


KINDS = {
    "create": 30,
    "advance": 40,
    "append": 30,
    "die": 3,
    "keep_going": 3,
    "large": 2,
    "others_look": 2,
    "close": 15,
    "delete": 6,
    "vanish": 3,
    "burst": 2,
    "trim": 2,
    "create_and_trim": 3,
    "flush": 1,
    "lose_index": 1,
    "save": 2,
    "restart": 2,
    "cut": 3,
    "down": 2,
    "silence": 2,
    "slow": 2,
    "deny": 2,
    "skew": 1,
    "writers_skew": 1,
    "notes_skew": 1,
}


# Every so many worlds something rare is frequent: scans that leave the history at once, new databases, and very many
# scans of which some expire where nobody looks, with an index and without one.
RARE_EVERY = 10
RARE = (
    {**KINDS, "burst_and_trim": 6, "create_and_trim": 20, "trim": 10},
    {**KINDS, "begin": 10, "create_and_trim": 10},
    {"create": 20, "advance": 20, "vanish": 10, "expire": 6, "cut": 2},
    {"create": 20, "advance": 20, "vanish": 10, "expire": 6, "cut": 2},
)
# Nothing announces scans of long ago but a list of all of them, as after a restart.
_CROWD = (Action(0.1, "crowd", 400), Action(0.1, "crowd", 400), Action(0.1, "restart", 0))
_BEGINNINGS: dict[int | None, tuple[Action, ...]] = {2: _CROWD, 3: (Action(0.1, "lose_index"), *_CROWD)}


def schedule_of(seed: int, length: int = 60) -> list[Action]:
    """What happens in the world of a seed."""
    chance = random.Random(seed)  # noqa: S311
    which = seed // RARE_EVERY % len(RARE) if seed % RARE_EVERY == 0 else None
    weights = KINDS if which is None else RARE[which]
    kinds = chance.choices(list(weights), list(weights.values()), k=length)
    happens = [
        Action(round(chance.expovariate(2.0), 3), kind, chance.randrange(1000), chance.randrange(1000))
        for kind in kinds
    ]
    return [*_BEGINNINGS.get(which, ()), *happens]


class Outcome(msgspec.Struct):
    """What became of one world: what was wrong when all had to be right, and what it cost."""

    wrong: list[str]
    round_trips_per_second: float
    virtual_seconds: float


@contextmanager
def seeded_keys(seed: int) -> Iterator[None]:
    """Have new keys made of the seed, and each by a publisher of its own, whose clock may be behind."""
    chance = random.Random(seed)  # noqa: S311

    def new_ulid(seconds: float) -> str:
        number = int(seconds * 1000) << 80 | chance.getrandbits(80)
        return "".join(ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))

    modules = (documents, append)
    for module in modules:
        vars(module)["new_ulid"] = new_ulid
    try:
        yield
    finally:
        for module in modules:
            vars(module)["new_ulid"] = ulid.new_ulid


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
        before, read = world.link.round_trips, world.link.bytes_read
        for _second in range(int(BOUND_SECONDS)):
            world.publishers.go_on()
            await asyncio.sleep(1)
        world.bytes_at_rest = world.link.bytes_read - read
        trips = world.link.round_trips - before
        looking = asyncio.ensure_future(world.newcomer.follow())
        await asyncio.sleep(FIRST_SIGHT_SECONDS)
        looking.cancel()
        if following.done():
            following.result()
        wrong = (judge or judged)(world)
        return Outcome(wrong, trips / BOUND_SECONDS, loop.time())

    with seeded_keys(seed):
        return run_virtually(play())


def judged(world: World) -> list[str]:
    """All that is wrong in a world at rest."""
    board, server, publishers = world.monitor.board, world.server, world.publishers
    wrong = wrong_rows(board, server, may_revive=world.has_jumped and world.was_uncounted)
    # A server whose clock jumps, or that has older data, cannot say for how long nothing has come; and a history that
    # begins anew with earlier times than before says nothing of the order of what was trimmed from it.
    if not world.has_jumped:
        wrong += wrong_order(board, server)
        wrong += [*wrong_words(board, server, publishers)]
        wrong += [f"at first sight {each}" for each in wrong_words(world.newcomer.board, server, publishers)]
        wrong += wrong_durations(board, asyncio.get_running_loop().time())
    wrong += wrong_progress(board, server, publishers)
    if world.bytes_at_rest > BOUND_SECONDS * MOST_BYTES_A_SECOND:
        wrong.append(f"{world.bytes_at_rest} bytes were read in {BOUND_SECONDS} s at rest")
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
