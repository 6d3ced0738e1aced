"""The feeds of several servers as the feed of one list, as far as one recording can tell it.

Rule: what happens to one of the connections is heard beside; the list is lost only if all are.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

import msgspec

from scantui.feed.events import Connected, Connecting, Event, Heartbeat, Loaded, Lost
from scantui.feed.many import PlacedFeed, merged

_BEAT_MS = 1_000


class JoinedFeed:
    """One list of all servers. `heard` gets each event with the number of its feed, before the list has it."""

    def __init__(self, feeds: Sequence[PlacedFeed], heard: Callable[[int, Event], object]) -> None:
        self.open_store = feeds[0].open_store
        self._feeds = feeds
        self._heard = heard
        self._watched: Sequence[str] = ()
        self._remaining: dict[int, int] = {}
        self._lost: set[int] = set()
        self._has_begun = self._is_connected = False
        self._server_ms = 0

    @property
    def watched(self) -> Sequence[str]:
        return self._watched

    @watched.setter
    def watched(self, keys: Sequence[str]) -> None:
        self._watched = keys
        for feed in self._feeds:
            feed.watched = keys

    async def events(self) -> AsyncGenerator[Event, None]:
        """The events of all servers, as those of one."""
        async with aclosing(merged(self._feeds)) as events:
            async for number, event in events:
                self._heard(number, event)
                joined = self._joined(number, event)
                if joined is not None:
                    yield joined

    def _joined(self, number: int, event: Event) -> Event | None:
        """What an event of one server means for the list, None if nothing."""
        if isinstance(event, Connecting):
            is_first, self._has_begun = not self._has_begun, True
            return event if is_first else None
        if isinstance(event, Lost):
            self._lost.add(number)
            if len(self._lost) < len(self._feeds):
                return None
            self._is_connected = False
            return event
        self._lost.discard(number)
        if isinstance(event, Connected):
            is_back, self._is_connected = not self._is_connected, True
            return event if is_back else None
        if isinstance(event, Heartbeat):
            is_due = event.server_ms - self._server_ms >= _BEAT_MS
            self._server_ms = event.server_ms if is_due else self._server_ms
            return msgspec.structs.replace(event, ahead_ms=0, replica=None) if is_due else None
        if isinstance(event, Loaded):
            self._remaining[number] = event.remaining
            return msgspec.structs.replace(event, remaining=sum(self._remaining.values()))
        return event
