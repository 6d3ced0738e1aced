"""A Redis inside this process, with real stores on top of it.

Rule: fakeredis is imported when a server is started and nowhere else, since only the demo's extra brings it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from scantui.exceptions import MissingExtraError
from scantui.store.aio import AsyncDataStore
from scantui.store.drivers.aio import AsyncRedisDriver
from scantui.store.drivers.driver import AsyncConversation, AsyncDriver, carry_out_async
from scantui.store.operations.requests import NO_LIMIT, Batch, Command, Operation, Request, Result, Transaction
from scantui.store.operations.setup import initialise_without_search

if TYPE_CHECKING:
    import fakeredis

LABEL = "demo"
# fakeredis is silent about its want of the other two until a document is written or a stream sealed.
_PACKAGES = ("fakeredis", "jsonpath_ng", "lupa")


def require_extra() -> None:
    """Raise MissingExtraError unless the packages of the demo's extra are installed; none of them is imported."""
    if any(find_spec(package) is None for package in _PACKAGES):
        raise MissingExtraError("the demo needs packages that are not installed: pip install 'scantui[demo]'")


async def open_embedded_store(clock: Callable[[], float] = time.time) -> AsyncDataStore:
    """Open a store, ready and empty, on an embedded server of its own."""
    return await (await EmbeddedServer.start()).open_store(clock)


class EmbeddedServer:
    """A Redis with JSON and without search; its data live as long as it does, however often stores open and close."""

    def __init__(self, data: fakeredis.FakeServer) -> None:
        self._data = data

    @classmethod
    async def start(cls) -> EmbeddedServer:
        """Start a server whose database is initialised.

        Raises MissingExtraError if the packages of the demo's extra are not installed.
        """
        require_extra()
        import fakeredis

        server = cls(fakeredis.FakeServer())
        await server.carry_out(initialise_without_search())
        return server

    async def open_store(self, clock: Callable[[], float] = time.time) -> AsyncDataStore:
        """Open one more store on this server."""
        return AsyncDataStore(self._driver(), clock)

    async def open_dated_store(self, clock: Callable[[], float]) -> AsyncDataStore:
        """Open a store that writes as if `clock` were the server's clock too: for scans of the past.

        The ids of a stream can only grow, so its scans have to come in the order of their times.
        """
        return AsyncDataStore(self._driver(clock), clock)

    async def carry_out(self, operation: Operation[Result]) -> Result:
        """Take one operation to its end, and return its result."""
        driver = self._driver()
        try:
            return await carry_out_async(driver, operation)
        finally:
            await driver.aclose()

    def _driver(self, clock: Callable[[], float] | None = None) -> _EmbeddedDriver:
        import fakeredis

        # A time-out of the client's own would swallow cancellations, as it does over a socket.
        client = fakeredis.FakeAsyncRedis(
            server=self._data, protocol=2, decode_responses=False, socket_timeout=None, max_connections=NO_LIMIT
        )
        return _EmbeddedDriver(AsyncRedisDriver(client, LABEL), clock)


class _EmbeddedDriver:
    """Laid over the driver of an embedded server; with a `clock`, entries of streams get its time."""

    def __init__(self, driver: AsyncDriver, clock: Callable[[], float] | None) -> None:
        self.label = driver.label
        self.disconnects = driver.disconnects
        self.drop_idle_connections = driver.drop_idle_connections
        self.aclose = driver.aclose
        self._driver = driver
        self._clock = clock

    def converse(self) -> _EmbeddedConversation:
        return _EmbeddedConversation(self._driver.converse(), self._clock)


class _EmbeddedConversation:
    def __init__(self, conversation: AsyncConversation, clock: Callable[[], float] | None) -> None:
        self.end = conversation.end
        self._conversation = conversation
        self._clock = clock

    async def perform(self, request: Request) -> Any:
        reply = await self._conversation.perform(self._dated(request))
        # The server in this process never lets us wait, so others would get no turn.
        await asyncio.sleep(0)
        return reply

    def _dated(self, request: Request) -> Request:
        if self._clock is None:
            return request
        timestamp = f"{int(self._clock() * 1000)}-*"
        if isinstance(request, Transaction):
            return Transaction([_with_id(command, timestamp) for command in request.commands])
        if isinstance(request, Batch):
            return Batch([_with_id(command, timestamp) for command in request.commands])
        return _with_id(request, timestamp) if isinstance(request, Command) else request


def _with_id(command: Command, id_: str) -> Command:
    """The command, with this id in place of the server's for a new entry."""
    return Command(*(id_ if word == "*" else word for word in command)) if command[0] == "XADD" else command
