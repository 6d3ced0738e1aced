"""A Redis inside this process, with real stores on top of it.

Rule: fakeredis is imported when a server is started and nowhere else, since only the demo's extra brings it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from scantui.exceptions import MissingExtraError, StoreError
from scantui.store.aio import AsyncDataStore
from scantui.store.drivers.timeouts import let_be_cancelled
from scantui.store.operations.requests import NO_LIMIT, Batch, Command, Operation, Request, Result, Transaction
from scantui.store.operations.setup import initialise_without_search

if TYPE_CHECKING:
    from redis.asyncio import Redis

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
    """A Redis with JSON and without search; its data live as long as it does, whoever opens and closes stores."""

    def __init__(self, new_client: Callable[[], Redis]) -> None:
        self._new_client = new_client

    @classmethod
    async def start(cls) -> EmbeddedServer:
        """Start a server whose database is initialised.

        Raises MissingExtraError when the packages of the demo's extra are not installed.
        """
        require_extra()
        import fakeredis

        data = fakeredis.FakeServer()

        def new_client() -> Redis:
            # A time-out of the client's own would swallow cancellations, as it does over a socket.
            client = fakeredis.FakeAsyncRedis(
                server=data, protocol=2, decode_responses=False, socket_timeout=None, max_connections=NO_LIMIT
            )
            let_be_cancelled(client.connection_pool)
            return client

        server = cls(new_client)
        async with await server.open_store() as store:
            await store._run(initialise_without_search())
        return server

    async def open_store(self, clock: Callable[[], float] = time.time) -> AsyncDataStore:
        """Open one more store on this server."""
        return AsyncDataStore(self._new_client(), LABEL, clock)

    async def open_dated_store(self, clock: Callable[[], float]) -> AsyncDataStore:
        """Open a store that writes as if `clock` were the server's clock too: for scans of the past.

        What one stream holds can only grow younger, so its scans have to come in the order of their times.
        """
        return _DatedStore(self._new_client(), LABEL, clock)


class _DatedStore(AsyncDataStore):
    """A store whose stream entries bear the time of its own clock in place of the server's."""

    async def _run(self, operation: Operation[Result]) -> Result:
        return await super()._run(self._dated(operation))

    def _dated(self, operation: Operation[Result]) -> Operation[Result]:
        try:
            request = next(operation)
            while True:
                try:
                    reply: Any = yield self._with_ids(request)
                except StoreError as error:
                    request = operation.throw(error)
                else:
                    request = operation.send(reply)
        except StopIteration as finished:
            result: Result = finished.value
            return result
        finally:
            operation.close()

    def _with_ids(self, request: Request) -> Request:
        if isinstance(request, Transaction):
            return Transaction([self._with_id(command) for command in request.commands])
        if isinstance(request, Batch):
            return Batch([self._with_id(command) for command in request.commands])
        return self._with_id(request) if isinstance(request, Command) else request

    def _with_id(self, command: Command) -> Command:
        if command[0] != "XADD":
            return command
        return Command(*(f"{int(self._clock() * 1000)}-*" if word == "*" else word for word in command))
