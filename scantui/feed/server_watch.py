"""Whether the server behind a store still holds the data that were read from it, and how far it is behind as a replica.

Rule 1: a change is an error, ServerChangedError, so that a new session lists all scans again, and the user learns why.
Rule 2: the clocks of two servers are never compared, only how long news took by both and how long they took before.
"""

from __future__ import annotations

from collections import deque
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
# The quickest news of this time count as on time; after it, the difference of the clocks may have changed.
_REMEMBERED_SECONDS = 600.0
# News that was not waited for may have been there for longer than this.
_UNWATCHED_SECONDS = 0.2
_LISTED_AGAIN = "all scans are listed again"


class ServerWatch:
    """Compares looks at the server of one session; `clock` counts seconds and never jumps."""

    def __init__(self, store: AsyncDataStore, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._known: ServerIdentity | None = None
        self._disconnects = 0
        self._next_look = 0.0
        self._delays = Delays(clock)

    @property
    def replica(self) -> Replica | None:
        """How the server is doing as a replica; None for a master."""
        known = self._known
        if known is None or not known.is_replica:
            return None
        from scantui.store.operations.identity import behind_ms

        return Replica(behind_ms(known, self._delays.latest_ms), known.is_linked)

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

    def is_due(self) -> bool:
        """Whether it is time to ask the server which one it is."""
        return self._says_who and self._clock() >= self._next_look

    async def look(self) -> None:
        """Raise ServerChangedError if the server holds other data on the same connections."""
        if self._says_who:
            await self._look()

    def compare(self, identity: ServerIdentity | None) -> None:
        """Take in which server answered, if it was asked. Raises ServerChangedError if it holds other data."""
        if identity is None or self._known is None:
            return
        from scantui.store.operations.identity import change_between

        self._next_look = self._clock() + LOOK_SECONDS
        change = change_between(self._known, identity)
        if change:
            raise ServerChangedError(change, _LISTED_AGAIN)
        self._known = identity

    @property
    def _says_who(self) -> bool:
        return self._known is not None and bool(self._known.history_id)

    def note_time(self, server_ms: int) -> None:
        """Note the server's clock, in milliseconds since 1970."""
        self._delays.note_time(server_ms)

    def start_waiting(self) -> None:
        """Note that the wait for news begins."""
        self._delays.start_waiting()

    def note_news(self, news: News) -> None:
        """Measure how long what just arrived at a replica took: the ids of its entries are times of its master."""
        ids = [ref.timestamp for ref in news.created] + list(news.moved.values())
        self._delays.note_arrival(max((int(id_.partition("-")[0]) for id_ in ids), default=None))

    async def _look(self) -> None:
        self.compare(await self._store.monitoring.get_server_identity())


class Delays:
    """How much longer than usual news take from a master to its replica; `clock` counts seconds and never jumps.

    What they take by the two servers' clocks contains the difference of these, which is not known: so the quickest news
    of the last minutes count as on time. A replica that has been equally late all the time does not look late.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._server_ms = 0
        self._server_seen = 0.0
        self._read_at = -_REMEMBERED_SECONDS
        self._unwatched = _REMEMBERED_SECONDS
        self._took: deque[tuple[float, int]] = deque()

    @property
    def latest_ms(self) -> int | None:
        """How late the latest news were, None with nothing to compare them with."""
        return self._took[-1][1] - min(took for _, took in self._took) if len(self._took) > 1 else None

    def note_time(self, server_ms: int) -> None:
        """Note the replica's clock, in milliseconds since 1970."""
        self._server_ms, self._server_seen = server_ms, self._clock()

    def start_waiting(self) -> None:
        """Note that from now on news are read as they arrive."""
        self._unwatched = self._clock() - self._read_at

    def note_arrival(self, written_ms: int | None) -> None:
        """Note that a wait ended, with something that was written at this time of the master's clock, or nothing."""
        now = self._read_at = self._clock()
        if written_ms is None or not self._server_ms or self._unwatched > _UNWATCHED_SECONDS:
            return
        self._took.append((now, self._server_ms + round((now - self._server_seen) * 1000) - written_ms))
        while self._took[0][0] < now - _REMEMBERED_SECONDS:
            self._took.popleft()
