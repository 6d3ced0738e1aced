"""A scan and its points as they come, over lost connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from scantui.cli.finding import load_named
from scantui.cli.output import notify
from scantui.exceptions import ConnectionFailed, StoreError, StreamError
from scantui.models import Scan, ScanState
from scantui.points import Points

if TYPE_CHECKING:
    from scantui.feed import OpenStore

_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


class Connection:
    """Opens a store again and again; `report` gets a message when the connection is lost, and when it is back."""

    def __init__(
        self,
        open_store: OpenStore,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        report: Callable[[str], None] = notify,
    ) -> None:
        self.open_store = open_store
        self._pause = pause
        self._report = report
        self._failures = 0
        self._problem = ""

    async def wait_after(self, error: ConnectionFailed) -> None:
        """Report an outage, once, and pause before the next attempt."""
        if str(error) != self._problem:
            self._problem = str(error)
            self._report(f"{self._problem}; retrying")
        self._failures += 1
        await self._pause(_PAUSES[min(self._failures, len(_PAUSES)) - 1])

    def works(self) -> None:
        """Report that the connection is back, if it was lost."""
        if self._failures:
            self._report("reconnected")
            self._failures, self._problem = 0, ""


async def load_prepared(connection: Connection, named: str) -> Scan:
    """Return the scan that a key or a number names once it is prepared: before that, it does not name its streams.

    Raises NoScanAvailable and ScanNotFoundError, and ConnectionFailed if the server cannot be reached at first.
    """
    async with await connection.open_store() as store:
        scan = await load_named(store, named)
    while scan.state < ScanState.PREPARED:
        try:
            async with await connection.open_store() as store:
                scan = await store.wait_for_state(scan, ScanState.PREPARED)
            connection.works()
        except ConnectionFailed as error:
            await connection.wait_after(error)
    return scan


async def points_as_they_come(
    connection: Connection, key: str, since: Mapping[str, int]
) -> AsyncGenerator[Points | StoreError, None]:
    """Iterate over the points of several streams until the scan ends; `since` has the first index for each name.

    After a lost connection it connects again and misses nothing. A stream that cannot be read yields its error once.
    Raises ScanNotFoundError if the scan is gone.
    """
    positions = dict(since)
    while positions:
        try:
            async with await connection.open_store() as store:
                async for came in store.follow_points(key, list(positions), positions):
                    connection.works()
                    if isinstance(came, Points):
                        positions[came.name] = came.stop
                    elif isinstance(came, StreamError):
                        positions.pop(came.stream, None)
                    yield came
                return
        except ConnectionFailed as error:
            await connection.wait_after(error)
