"""Whether the server behind a store still holds the data that were read from it, and how far it is behind as a replica.

Rule: a change is an error, ServerChangedError, so that a new session lists all scans again, and the user learns why.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from scantui.exceptions import ServerChangedError
from scantui.feed.events import Replica

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore
    from scantui.store.operations.follow import News
    from scantui.store.operations.identity import ServerIdentity

# A change is to be reported within five seconds.
LOOK_SECONDS = 2.0
_LISTED_AGAIN = "all scans are listed again"


class ServerWatch:
    """Compares looks at the server of one session; `clock` counts seconds and never jumps."""

    def __init__(self, store: AsyncDataStore, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._known: ServerIdentity | None = None
        self._disconnects = 0
        self._next_look = 0.0
        self._server_ms = 0
        self._server_seen = 0.0
        self._measured_ms: int | None = None

    @property
    def replica(self) -> Replica | None:
        """How the server is doing as a replica; None for a master."""
        known = self._known
        if known is None or not known.is_replica:
            return None
        from scantui.store.operations.identity import behind_ms

        return Replica(behind_ms(known, self._measured_ms), known.is_linked)

    async def learn(self) -> None:
        """Note which server it is, before its scans are listed."""
        identity = await self._store.monitoring.get_server_identity()
        await self.require_same()
        self._known = identity
        self._next_look = self._clock() + LOOK_SECONDS

    async def require_same(self) -> None:
        """Raise ServerChangedError if a connection broke and the server may hold other data since."""
        disconnects = self._store.disconnects.count
        if disconnects == self._disconnects:
            return
        await self._look()
        if self._known is None or not self._known.run_id:
            raise ServerChangedError("the connection was lost", _LISTED_AGAIN)
        self._disconnects = disconnects

    async def look(self, is_suspicious: bool = False) -> None:
        """Now and then, or at once, raise ServerChangedError if the server holds other data on the same connections."""
        is_due = is_suspicious or self._clock() >= self._next_look
        if is_due and self._known is not None and self._known.history_id:
            self._next_look = self._clock() + LOOK_SECONDS
            await self._look()

    def note_time(self, server_ms: int) -> None:
        """Note the server's clock, in milliseconds since 1970."""
        self._server_ms, self._server_seen = server_ms, self._clock()

    def note_news(self, news: News) -> None:
        """Measure how long what just arrived at a replica took: the ids of its entries are times of its master."""
        if self._known is None or not self._known.is_replica or not self._server_ms:
            return
        ids = [ref.timestamp for ref in news.created] + list(news.moved.values())
        if ids:
            newest_ms = max(int(id_.partition("-")[0]) for id_ in ids)
            server_ms = self._server_ms + round((self._clock() - self._server_seen) * 1000)
            self._measured_ms = max(0, server_ms - newest_ms)

    async def _look(self) -> None:
        identity = await self._store.monitoring.get_server_identity()
        if self._known is not None:
            from scantui.store.operations.identity import change_between

            change = change_between(self._known, identity)
            if change:
                raise ServerChangedError(change, _LISTED_AGAIN)
            self._known = identity
