"""A TCP proxy that counts what passes between clients and a Redis, and can delay it as a long way does."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

_PIECE = 1 << 16


class Turns:
    """Counts round trips that follow each other: a request belongs to the turn after the last answer delivered."""

    def __init__(self) -> None:
        self.delivered = 0
        # When the first answer of each turn was there.
        self.moments: list[float] = []

    def of_request(self) -> int:
        return self.delivered + 1

    def deliver(self, turn: int, moment: float) -> None:
        while self.delivered < turn:
            self.delivered += 1
            self.moments.append(moment)

    def until(self, moment: float) -> int:
        """How many turns were answered by a moment."""
        return sum(each <= moment for each in self.moments)


class Counts:
    """What passed since the counts were made: bytes in each direction, round trips of all connections, and turns.

    `largest_reply` is the most that the server sent between two requests of a connection, `most_on_way` the most that
    it had sent and the clients did not have yet.
    """

    def __init__(self) -> None:
        self.asked_bytes = self.answered_bytes = 0
        self.round_trips = 0
        self.largest_reply = self.most_on_way = 0
        self.turns = Turns()


class Proxy:
    """Forwards connections to a port of this machine, each piece after half of `round_trip_seconds`.

    A connection costs a round trip before its first request, as over a network. Use it as a context.
    """

    def __init__(self, port: int, round_trip_seconds: float = 0.0) -> None:
        self.counts = Counts()
        self._port = port
        self._one_way = round_trip_seconds / 2
        self._on_way = 0
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.url = ""

    def reset(self) -> None:
        """Count from nothing again."""
        self.counts = Counts()

    def __enter__(self) -> Proxy:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = "redis://127.0.0.1:{1}".format(*self._server.sockets[0].getsockname())

    async def _end(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task: Any = asyncio.current_task()
        self._tasks.add(task)
        try:
            await asyncio.sleep(2 * self._one_way)
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._port)
            link = _Link(self)
            pumps = [
                asyncio.ensure_future(self._pump(reader, server_writer, link.asked, link.forwarded)),
                asyncio.ensure_future(self._pump(server_reader, writer, link.answered, link.delivered)),
            ]
            try:
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for pump in pumps:
                    pump.cancel()
                await asyncio.gather(*pumps, return_exceptions=True)
                server_writer.close()
                writer.close()
        except (OSError, asyncio.CancelledError):
            pass  # one side has gone, or the measurement is over
        finally:
            self._tasks.discard(task)

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        comes: Callable[[int], object],
        goes: Callable[[object, int], None],
    ) -> None:
        on_way: asyncio.Queue[tuple[float, object, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                due, noted, data = await on_way.get()
                if (wait := due - time.perf_counter()) > 0:
                    await asyncio.sleep(wait)
                if not data or writer.transport.is_closing():
                    return
                goes(noted, len(data))
                writer.write(data)

        delivering = asyncio.ensure_future(deliver())
        try:
            while data := await reader.read(_PIECE):
                on_way.put_nowait((time.perf_counter() + self._one_way, comes(len(data)), data))
            await self._drained(delivering, on_way)
        finally:
            delivering.cancel()

    async def _drained(self, delivering: Awaitable[None], on_way: asyncio.Queue[tuple[float, object, bytes]]) -> None:
        on_way.put_nowait((time.perf_counter() + self._one_way, 0, b""))
        await delivering


class _Link:
    """One connection: which turn its last request belongs to, and how much of the answer has come."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self._turn = 0
        self._reply = 0
        self._has_answered = True

    def asked(self, length: int) -> None:
        counts = self._proxy.counts
        counts.asked_bytes += length
        counts.round_trips += self._has_answered
        self._has_answered = False
        self._turn = counts.turns.of_request()

    def forwarded(self, _noted: object, _length: int) -> None:
        self._reply = 0

    def answered(self, length: int) -> object:
        counts = self._proxy.counts
        counts.answered_bytes += length
        self._reply += length
        self._proxy._on_way += length
        counts.largest_reply = max(counts.largest_reply, self._reply)
        counts.most_on_way = max(counts.most_on_way, self._proxy._on_way)
        return self._turn

    def delivered(self, turn: object, length: int) -> None:
        self._has_answered = True
        self._proxy._on_way -= length
        assert isinstance(turn, int)
        self._proxy.counts.turns.deliver(turn, time.perf_counter())
