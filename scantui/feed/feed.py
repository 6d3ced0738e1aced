"""What happens in the store, as an async iterator of events; no screen, no widgets.

Rule 1: creation and states come by one blocked read. Rule 2: whatever goes wrong with the store becomes a Lost event,
and the feed tries again for ever. An internal error is not the store's: it ends the events.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from scantui.exceptions import ConnectionFailed, LoginError, StoreError, WrongServerError

if TYPE_CHECKING:
    from scantui.feed.events import Event, OpenStore
    from scantui.feed.session import Session
    from scantui.feed.tracker import ScanTracker
    from scantui.store import AsyncDataStore

_JITTER = 0.25
_MOST_GATHERED = 8
_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


class Feed:
    """Follows one store: `events` are the scans that exist, newest first, and then what happens.

    `watched` are the scans on the screen, which come first. `beside` is how many feeds share this computer's time: what
    comes to many is read in fewer, larger pieces.
    """

    def __init__(
        self,
        open_store: OpenStore,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.watched: Sequence[str] = ()
        self.beside = 1
        self.open_store = open_store
        self._pause, self._clock, self._wall_clock = pause, clock, wall_clock
        self._chance = chance
        self._tracker: ScanTracker | None = None

    async def events(self) -> AsyncGenerator[Event, None]:
        """What exists and what happens, until the iterator is closed; raises nothing but internal errors."""
        # Imported when it follows a store: the first frame of the monitor does not wait.
        from scantui.feed.events import Connecting, Lost

        attempt = 0
        while True:
            attempt += 1
            yield Connecting(attempt)
            session: Session | None = None
            try:
                store = await self.open_store()
                try:
                    session = self._new_session(store)
                    async with aclosing(session.events()) as events:
                        async for event in events:
                            yield event
                finally:
                    await store.aclose()
            except StoreError as error:
                # A session that followed the store, however briefly, restarts the count.
                attempt = 1 if session is not None and session.has_followed else attempt
                retry_in = _PAUSES[min(attempt, len(_PAUSES)) - 1]
                if not isinstance(error, ConnectionFailed) or isinstance(error, (LoginError, WrongServerError)):
                    retry_in = max(retry_in, _PAUSES[2])  # a user has to repair something first
                # Many monitors lose a server at once; they must not all come back at once.
                retry_in *= 1 - _JITTER * self._chance()
                yield Lost(error, attempt, retry_in)
                await self._pause(retry_in)

    def _new_session(self, store: AsyncDataStore) -> Session:
        # Imported now: the first frame of the monitor need not wait for what follows a store.
        from scantui.feed.clocks import Clocks
        from scantui.feed.session import GATHER_SECONDS, Session
        from scantui.feed.tracker import ScanTracker

        self._tracker = self._tracker or ScanTracker()
        clocks = Clocks(self._pause, self._clock, self._wall_clock)
        gather_seconds = GATHER_SECONDS * min(self.beside, _MOST_GATHERED)
        return Session(store, self._tracker, clocks, lambda: self.watched, gather_seconds)
