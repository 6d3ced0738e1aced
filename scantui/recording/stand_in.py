"""What stands in the place of a store where there is only a recording of what happened in one."""

from __future__ import annotations

from scantui.exceptions import NotRecordedError
from scantui.store.aio import AsyncDataStore
from scantui.store.operations.requests import Operation, Result
from scantui.store.operations.search import SearchAbility

_SENTENCE = "a recording holds the rows, and no more: details, searches and test scans need the server"


class RecordedStore(AsyncDataStore):
    """A store that answers every question with a NotRecordedError, which says what a recording cannot do."""

    def __init__(self) -> None:
        self._ability = SearchAbility()
        self.label = "a recording"

    async def aclose(self) -> None:
        """There is nothing to close."""

    async def _run(self, operation: Operation[Result]) -> Result:
        operation.close()
        raise NotRecordedError(_SENTENCE)


async def open_no_store() -> AsyncDataStore:
    """Where a store of its own is wanted: raises NotRecordedError."""
    raise NotRecordedError(_SENTENCE)
