"""A session of the demo: the embedded server, and the beamline that publishes to it."""

from __future__ import annotations

import asyncio
import time
from random import Random

from scantui.demo.beamline import fill_history, operate
from scantui.demo.embedded import EmbeddedServer, require_extra
from scantui.store import AsyncDataStore
from scantui.store.operations.examine import Examination, examine

_SEED = 11
# A second beamline begins its first minutes later, so that scans of both alternate.
_LATER_SECONDS = 20.0


class DemoSession:
    """Opens stores on a simulated beamline, which starts when the first store is opened."""

    def __init__(self, number: int = 0) -> None:
        """Make the beamline of a number, from 0 on; each is another one.

        Raises MissingExtraError if the packages of the extra `demo` are not installed.
        """
        require_extra()
        self._number = number
        self._server: EmbeddedServer | None = None
        self._work: asyncio.Task[None] | None = None

    async def open_store(self) -> AsyncDataStore:
        return await (await self._running_server()).open_store()

    async def examine(self) -> Examination:
        """Find out how the embedded server is doing."""
        return await (await self._running_server()).carry_out(examine(time.time, time.perf_counter))

    async def _running_server(self) -> EmbeddedServer:
        if self._server is None:
            self._server = await EmbeddedServer.start()
            random = Random(_SEED + self._number)  # noqa: S311 - scans, not secrets
            await fill_history(self._server, random, time.time())
            self._work = asyncio.create_task(self._operate(self._server, random))
        return self._server

    async def _operate(self, server: EmbeddedServer, random: Random) -> None:
        store = await server.open_store()
        await asyncio.sleep(_LATER_SECONDS * self._number)
        await operate(store, random)
