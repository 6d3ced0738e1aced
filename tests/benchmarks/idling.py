"""What a monitor that just watches asks of Redis, counted by the server and by a proxy between the two."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing

from scantui.feed import Feed, Loaded
from scantui.models import ScanState
from scantui.store.aio import AsyncDataStore
from tests.benchmarks.measure import Figure, Goal
from tests.benchmarks.stores import Bench, blissdata_times, store_of
from tests.servers import RealRedis, plain_client

_OPEN_SCANS = 1000
_ROWS_IN_VIEW = 21
_TRACKER_PERIOD = 30.0  # blissdata's default, in seconds
_COUNTING = frozenset(("config|resetstat", "info"))


class CountingProxy:
    """Passes bytes on between a client and the server; a round trip is a question after an answer."""

    def __init__(self, server: RealRedis) -> None:
        self.round_trips = self.asked_bytes = self.answered_bytes = 0
        self._port = server.port
        self._passing: set[asyncio.Task[None]] = set()

    async def open(self) -> str:
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return "redis://127.0.0.1:{1}".format(*self._listener.sockets[0].getsockname())

    def close(self) -> None:
        self._listener.close()
        for task in self._passing:
            task.cancel()

    def reset(self) -> None:
        self.round_trips = self.asked_bytes = self.answered_bytes = 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._port)
        answered = True

        async def ask() -> None:
            nonlocal answered
            while data := await reader.read(1 << 16):
                self.round_trips += answered
                answered = False
                self.asked_bytes += len(data)
                server_writer.write(data)
            server_writer.close()

        async def answer() -> None:
            nonlocal answered
            while data := await server_reader.read(1 << 16):
                answered = True
                self.answered_bytes += len(data)
                writer.write(data)
            writer.close()

        for passing in (ask(), answer()):
            task = asyncio.create_task(passing)
            self._passing.add(task)
            task.add_done_callback(self._passing.discard)


def commands_counted(server: RealRedis) -> int:
    """How many commands the server carried out since its counters were reset."""
    with plain_client(server.url) as client:
        stats = client.info("commandstats")
    return sum(each["calls"] for name, each in stats.items() if name.removeprefix("cmdstat_") not in _COUNTING)


def reset_counters(server: RealRedis) -> None:
    with plain_client(server.url) as client:
        client.config_resetstat()


async def _watched(server: RealRedis, keys: list[str], seconds: float) -> tuple[CountingProxy, int, int]:
    """Follow the store for so long: the proxy with its counts, the commands, and the connections blocked."""
    proxy = CountingProxy(server)
    url = await proxy.open()
    settled = asyncio.Event()

    async def opened() -> AsyncDataStore:
        return await AsyncDataStore.open(url)

    async def follow() -> None:
        feed = Feed(opened)
        feed.watched = keys[-_ROWS_IN_VIEW:]
        async with aclosing(feed.events()) as events:
            async for event in events:
                if isinstance(event, Loaded) and not event.remaining:
                    settled.set()

    following = asyncio.create_task(follow())
    await settled.wait()
    await asyncio.sleep(1.5)
    await asyncio.to_thread(reset_counters, server)
    proxy.reset()
    await asyncio.sleep(seconds)
    # What the counting itself needs to greet the server, a command or two, is counted with it.
    counted = await asyncio.to_thread(commands_counted, server)
    with plain_client(server.url) as client:
        blocked = int(client.info("clients")["blocked_clients"])
    following.cancel()
    await asyncio.wait([following])
    proxy.close()
    return proxy, counted, blocked


def idle(bench: Bench) -> Iterator[Figure]:
    """Commands and round trips a second, with a thousand scans open and nothing happening."""
    seconds = bench.sized(20, 5)
    updates = bench.sized(2, 1)
    with store_of(_OPEN_SCANS, 4000, ScanState.STARTED) as (server, keys):
        proxy, commands, blocked = asyncio.run(_watched(server, keys, seconds))
        # It resets the counters once it has started.
        blissdata_times("track", server.url, updates)
        tracking = commands_counted(server) / updates / _TRACKER_PERIOD
    what = f"{_OPEN_SCANS} open scans"
    yield Figure(
        row="idle",
        what=f"{what}, commands a second",
        ours=[commands / seconds],
        baseline_name="blissdata memory_tracker",
        baseline=[tracking],
        unit="/s",
        goal=Goal(60, relative=False),
    )
    yield Figure(
        row="idle",
        what=f"{what}, round trips a second",
        ours=[proxy.round_trips / seconds],
        unit="/s",
        goal=Goal(2.2, relative=False),
    )
    yield Figure(row="idle", what=f"{what}, blocked connections", ours=[blocked], unit="", goal=Goal(1, relative=False))
    yield Figure(row="idle", what=f"{what}, bytes asked a second", ours=[proxy.asked_bytes / seconds], unit="bytes")
