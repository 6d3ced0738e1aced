"""The placeholder for a store where there is only a recording."""

from __future__ import annotations

from scantui.exceptions import NotRecordedError
from scantui.store.aio import AsyncDataStore
from scantui.store.drivers.connections import Disconnects
from scantui.store.operations.requests import Request

_SENTENCE = "a recording holds only the rows: details, searches and test scans need the server"


class RecordedDriver:
    """A driver that refuses every request with a NotRecordedError."""

    label = "a recording"

    def __init__(self) -> None:
        self.disconnects = Disconnects()

    def converse(self) -> RecordedDriver:
        return self

    async def perform(self, request: Request) -> object:
        raise NotRecordedError(_SENTENCE)

    async def end(self) -> None:
        """There is nothing to release."""

    async def drop_idle_connections(self) -> None:
        """There are no connections."""

    async def aclose(self) -> None:
        """There is nothing to close."""


def recorded_store() -> AsyncDataStore:
    """A store in which every request is refused."""
    return AsyncDataStore(RecordedDriver())


async def open_no_store() -> AsyncDataStore:
    """The opener of a recording's store: raises NotRecordedError."""
    raise NotRecordedError(_SENTENCE)
