"""The way between a monitor and the simulated server: late, cut, silent, and with others' commands between ours."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

from scantui.exceptions import (
    ConnectionFailed,
    NoAnswerError,
    NotAllowedError,
    StoreError,
    TooLargeError,
    UnreachableError,
)
from scantui.store.drivers.connections import Disconnects
from scantui.store.operations.requests import (
    ANSWER_SECONDS,
    LATE_SECONDS,
    Batch,
    Command,
    Request,
    Transaction,
    Turn,
    Watch,
)
from tests.simulation.server import SimServer


class Link:
    """What all connections of one monitor have in common; the world changes it while they are in use."""

    def __init__(self, server: SimServer, chance: random.Random) -> None:
        self.server = server
        self.chance = chance
        self.is_up = True
        # Commands that the monitor's user may not run.
        self.denied: frozenset[str] = frozenset()
        self.is_silent = False
        self.slowest = 0.01
        # Grows whenever all connections break.
        self.epoch = 0
        # The chance that others act between two commands of one batch.
        self.interleaving = 0.1
        self.between: Callable[[], None] = lambda: None
        self.round_trips = 0
        self.bytes_read = 0
        self._woken: asyncio.Event = asyncio.Event()

    def break_connections(self) -> None:
        self.epoch += 1
        self.wake()

    def wake(self) -> None:
        """Have those who wait on the server look again."""
        woken, self._woken = self._woken, asyncio.Event()
        woken.set()

    def execute(self, command: Command) -> Any:
        """The server's reply to a command of the monitor's; a refusal is raised."""
        if command[0] in self.denied:
            raise NotAllowedError(f"not allowed: NOPERM this user has no permissions to run '{command[0]!s}'")
        return self.server.execute(command)

    def execute_all(self, commands: Sequence[Command]) -> list[Any]:
        """The replies to several commands, a StoreError in the place of each that is refused."""
        replies: list[Any] = []
        for command in commands:
            try:
                replies.append(self.execute(command))
            except StoreError as error:
                replies.append(error)
        return replies

    async def changed(self, timeout: float) -> None:
        """Wait until anything changes on the server."""
        waiting = asyncio.ensure_future(self._woken.wait())
        # A loop takes a timer of less than a nanosecond for due, and the clock would stand still.
        await asyncio.wait([waiting], timeout=max(timeout, 1e-6))
        waiting.cancel()


class SimDriver:
    """A driver of one store over a link."""

    def __init__(self, link: Link) -> None:
        self.label = "simulated"
        self.disconnects = Disconnects()
        self._link = link
        self._epoch = link.epoch
        self._is_closed = False

    def converse(self) -> SimConversation:
        if self._is_closed:
            raise ConnectionFailed("the store was closed: open another one")
        return SimConversation(self._link, self)

    async def drop_idle_connections(self) -> None:
        await asyncio.sleep(0)

    async def aclose(self) -> None:
        self._is_closed = True

    def notices_break(self) -> bool:
        """Whether all connections broke since the last request: the next one finds that out."""
        broke, self._epoch = self._epoch != self._link.epoch, self._link.epoch
        self.disconnects.count += broke
        return broke


class SimConversation:
    """The requests of one operation."""

    def __init__(self, link: Link, driver: SimDriver) -> None:
        self._link = link
        self._driver = driver

    async def perform(self, request: Request) -> Any:
        if isinstance(request, Turn):
            return await asyncio.sleep(0)
        # A connection that broke while it was idle is replaced, and counted.
        self._driver.notices_break()
        try:
            return await self._answered(request)
        except (UnreachableError, NoAnswerError):
            raise
        except ConnectionFailed:
            if not request.repeatable or not self._driver.notices_break():
                raise
        return await self._answered(request)

    async def end(self) -> None:
        await asyncio.sleep(0)

    async def _answered(self, request: Request) -> Any:
        link = self._link
        if not link.is_up:
            raise UnreachableError("cannot reach the simulated server: Connection refused")
        epoch = link.epoch
        blocks_for = request.blocks_for if isinstance(request, Command) else 0.0
        deadline = asyncio.get_running_loop().time() + max(ANSWER_SECONDS, blocks_for + LATE_SECONDS)
        await self._travel(epoch, deadline)
        reply = await self._executed(request, epoch, deadline)
        await self._travel(epoch, deadline)
        link.round_trips += 1
        size = _size(reply)
        if isinstance(request, Batch) and 0 < request.most < size:
            link.bytes_read += request.most
            error = TooLargeError(f"the reply has more than {request.most} bytes and is not read")
            ends = accumulate(map(_size, reply))
            error.came = tuple(each for each, end in zip(reply, ends, strict=True) if end <= request.most)
            raise error
        link.bytes_read += size
        if isinstance(reply, StoreError):
            raise reply
        return reply

    async def _travel(self, epoch: int, deadline: float) -> None:
        link, loop = self._link, asyncio.get_running_loop()
        await asyncio.sleep(link.chance.uniform(0.0001, link.slowest))
        while link.is_silent and link.epoch == epoch:
            if loop.time() >= deadline:
                raise NoAnswerError("the server did not answer in time")
            await link.changed(deadline - loop.time())
        if link.epoch != epoch:
            raise ConnectionFailed("the connection was closed by the simulated server")

    async def _executed(self, request: Request, epoch: int, deadline: float) -> Any:
        link = self._link
        if isinstance(request, Batch):
            replies = []
            for command in request.commands:
                if link.chance.random() < link.interleaving:
                    link.between()
                replies += link.execute_all([command])
            return replies
        if isinstance(request, Transaction):
            replies = link.execute_all(request.commands)
            return next((reply for reply in replies if isinstance(reply, StoreError)), replies)
        if isinstance(request, Watch | Turn):
            return b"OK"
        try:
            reply = link.execute(request)
            until = asyncio.get_running_loop().time() + request.blocks_for
            while reply is None and (left := until - asyncio.get_running_loop().time()) > 0 and link.epoch == epoch:
                await link.changed(left)
                reply = link.execute(request)
        except StoreError as error:
            return error
        return reply


def _size(reply: Any) -> int:
    """About how many bytes a reply is on the wire."""
    if isinstance(reply, (bytes, str)):
        return len(reply) + 8
    if isinstance(reply, (list, tuple)):
        return 8 + sum(map(_size, reply))
    return 8
