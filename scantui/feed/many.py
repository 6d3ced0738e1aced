"""The feeds of several servers: each with its rows placed in the list of all, and all of them as one stream of events.

Rule: servers do not wait for each other. A scan that several servers have is that of the server that reported it
first; on the screen, of those that hold the same data, such as a master and its replica, that of the first in the list.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec

from scantui.exceptions import StoreError
from scantui.feed.events import (
    Changed,
    Connected,
    Created,
    Event,
    Gone,
    Heartbeat,
    Loaded,
    OpenStore,
    Progress,
)
from scantui.feed.feed import Feed
from scantui.feed.placing import Placer
from scantui.store.address import database_in

if TYPE_CHECKING:
    from scantui.models import ScanSummary
    from scantui.store import AsyncDataStore

Found = TypeVar("Found")
FoundNow = TypeVar("FoundNow", covariant=True)


class LiveFeed(Protocol):
    """A feed, or what stands for one."""

    watched: Sequence[str]
    open_store: OpenStore

    def events(self) -> AsyncGenerator[Event, None]: ...


class Source(Protocol[FoundNow]):
    """What yields events of one server, whatever these are."""

    def events(self) -> AsyncGenerator[FoundNow, None]: ...


class PlacedFeed:
    """The feed of one server of several.

    `owners` has the server of each scan, and is shared by all; `placers` are those of the servers from which
    it may take over scans, in the order of the list.
    """

    def __init__(
        self,
        feed: LiveFeed,
        placer: Placer,
        owners: dict[str, str],
        wall_ms: Callable[[], int],
        placers: Sequence[Placer] = (),
    ) -> None:
        self.placer = placer
        self._placers = placers or [placer]
        self.open_store = feed.open_store
        self._feed = feed
        self._owners = owners
        self._wall_ms = wall_ms

    @property
    def watched(self) -> Sequence[str]:
        return self._feed.watched

    @watched.setter
    def watched(self, keys: Sequence[str]) -> None:
        server = self.placer.origin.server
        self._feed.watched = [key for key in keys if self._owners.get(key, server) == server]

    def data_id(self) -> str:
        """The same for feeds of servers that hold the same data, "" as long as it is not known."""
        return self.placer.data_id

    async def events(self) -> AsyncGenerator[Event, None]:
        """The events of the feed, by the clock of the list."""
        async with aclosing(self._feed.events()) as events:
            async for event in events:
                if isinstance(event, Connected):
                    await self._measure(event.store)
                yield self.placed(event)

    def placed(self, event: Event) -> Event:
        """An event of the server as it counts in the list of all."""
        if isinstance(event, Heartbeat):
            self.placer.note_clock(event.ahead_ms)
            return msgspec.structs.replace(event, server_ms=self.placer.now_ms(event.server_ms))
        if isinstance(event, (Loaded, Created, Changed)):
            return msgspec.structs.replace(event, rows=self.own(event.rows))
        if isinstance(event, Gone):
            mine = [key for key in event.keys if self._owners.get(key) == self.placer.origin.server]
            for key in mine:
                del self._owners[key]
            return Gone(mine)
        if isinstance(event, Progress):
            server = self.placer.origin.server
            points = {key: count for key, count in event.points.items() if self._owners.get(key) == server}
            return Progress(points, {key: seen for key, seen in event.seen.items() if key in points})
        return event

    def own(self, rows: Sequence[ScanSummary]) -> list[ScanSummary]:
        """Those of the rows that are of this server, placed."""
        server, owners, after = self.placer.origin.server, self._owners, self._after
        for row in rows:
            if owners.setdefault(row.key, server) in after:
                owners[row.key] = server
        return self.placer.rows([row for row in rows if owners[row.key] == server])

    @property
    def _after(self) -> set[str]:
        """The servers behind this one in the list that hold the same data."""
        data_id, behind = self.placer.data_id, self._placers[self._placers.index(self.placer) + 1 :]
        return {each.origin.server for each in behind if data_id and each.data_id == data_id}

    async def _measure(self, store: AsyncDataStore) -> None:
        """Measure the clock before the first rows are placed; the feed reports what is wrong with a connection."""
        with suppress(StoreError):
            await get_to_know(self.placer, store, self._wall_ms)


async def get_to_know(placer: Placer, store: AsyncDataStore, wall_ms: Callable[[], int]) -> None:
    """Measure the clock of a server against that of the list, and find out which data it holds. Raises StoreError."""
    status, identity = await asyncio.gather(store.monitoring.poll_status([]), store.monitoring.get_server_identity())
    placer.note_clock(status.server_ms - wall_ms())
    placer.data_id = identity.history_id and f"{identity.history_id}/{database_in(store.label)}"


def wall_ms() -> int:
    """This computer's time in milliseconds since 1970."""
    return round(time.time() * 1000)


def placed_feeds(
    feeds: Mapping[str, LiveFeed], wall_ms: Callable[[], int] = wall_ms, *, prefers_first: bool = False
) -> dict[str, PlacedFeed]:
    """The feeds of several servers by their names, ready for one list; `wall_ms` is the clock of the list.

    With `prefers_first`, of servers with the same data the first takes over what another reported before it, and
    reports it again.
    """
    owners: dict[str, str] = {}
    for feed in feeds.values():
        if isinstance(feed, Feed):
            feed.beside = len(feeds)
    placers = [Placer(name) for name in feeds]
    placed = zip(feeds.values(), placers, strict=True)
    before = placers if prefers_first else ()
    return {each.origin.server: PlacedFeed(feed, each, owners, wall_ms, before) for feed, each in placed}


async def merged(feeds: Sequence[Source[Found]]) -> AsyncGenerator[tuple[int, Found], None]:
    """The events of all feeds, or of what reads one, as they come, each with the number of its feed.

    It goes on until the iterator is closed. Raises the internal error of a feed.
    """
    if len(feeds) == 1:
        async with aclosing(feeds[0].events()) as events:
            async for event in events:
                yield 0, event
        return
    coming: asyncio.Queue[tuple[int, Found | BaseException]] = asyncio.Queue(len(feeds))

    async def pump(number: int, feed: Source[Found]) -> None:
        try:
            async with aclosing(feed.events()) as events:
                async for event in events:
                    await coming.put((number, event))
        except Exception as error:
            await coming.put((number, error))

    pumps = [asyncio.ensure_future(pump(number, feed)) for number, feed in enumerate(feeds)]
    try:
        while True:
            number, came = await coming.get()
            if isinstance(came, BaseException):
                raise came
            yield number, came
    finally:
        for each in pumps:
            each.cancel()
        await asyncio.wait(pumps)
