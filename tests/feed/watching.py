"""What a feed shows of a real server, as a test waits for it."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

from scantui.exceptions import (
    ConnectionFailed,
)
from scantui.feed import (
    POLL_SECONDS,
    Changed,
    Created,
    Event,
    Feed,
    Gone,
    Heartbeat,
    Loaded,
)
from scantui.models import Scan, ScanState, ScanSummary
from scantui.store import AsyncDataStore, DataStore
from tests.feed.scripted import within_reason


class Watcher:
    """What a screen would know after the events so far; it holds that none of them contradicts another."""

    def __init__(self, feed: Feed, events: AsyncIterator[Event], watches: bool) -> None:
        self.rows: dict[str, ScanSummary] = {}
        self.gone: set[str] = set()
        self.seen: list[Event] = []
        self._feed = feed
        self._events = events
        self._watches = watches

    @property
    def present(self) -> list[str]:
        return sorted(self.rows.keys() - self.gone)

    async def until(self, is_reached: Callable[[], bool]) -> None:
        """Take events until something holds."""

        async def follow() -> None:
            while not is_reached():
                self._take(await anext(self._events))

        await within_reason(follow())

    async def until_state(self, scan: Scan, state: ScanState) -> ScanSummary:
        await self.until(lambda: scan.key in self.rows and self.rows[scan.key].state is state)
        return self.rows[scan.key]

    async def until_settled(self) -> None:
        """Take events until the server has answered once more and nothing is left to be loaded."""
        start = len(self.seen)
        await self.until(lambda: any(isinstance(event, Heartbeat) for event in self.seen[start:]))
        start = len(self.seen)
        await self.until(lambda: any(isinstance(event, Heartbeat) for event in self.seen[start:]))

    def of_kind(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.seen if isinstance(event, kind)]

    def _take(self, event: Event) -> None:
        self.seen.append(event)
        if isinstance(event, Created):
            assert not self.rows.keys() & {each.key for each in event.rows}, "created twice"
        if isinstance(event, Changed):
            assert self.rows.keys() >= {each.key for each in event.rows}, "changed before it was known"
        if isinstance(event, (Loaded, Created, Changed)):
            self.rows.update((each.key, each) for each in event.rows)
        if isinstance(event, Gone):
            assert set(self.present) >= set(event.keys), "gone and not there before"
            self.gone.update(event.keys)
        if self._watches:
            self._feed.watched = list(self.rows)


async def no_pause(seconds: float) -> None:
    """Instead of a pause."""


@asynccontextmanager
async def watching(
    url: str,
    opened: Callable[[AsyncDataStore], object] = lambda store: store,
    watches: bool = True,
    tick: float = POLL_SECONDS,
) -> AsyncIterator[Watcher]:
    """Follow a server with a clock that ticks whenever it is looked at, so that each turn feels the pulse."""
    seconds = itertools.count()

    async def open_store() -> AsyncDataStore:
        store = await AsyncDataStore.open(url)
        opened(store)
        return store

    feed = Feed(open_store, no_pause, clock=lambda: next(seconds) * tick)
    async with aclosing(feed.events()) as events:
        yield Watcher(feed, events, watches)


def ended(publisher: DataStore, scan: Scan, reason: str = "SUCCESS") -> Scan:
    return publisher.advance_scan(scan, ScanState.CLOSED, {"end_reason": reason})


class Outage:
    """Disconnects each store that was opened at its next pulse, once when asked to."""

    def __init__(self) -> None:
        self.is_due = False

    def may_strike(self, store: AsyncDataStore) -> None:
        poll_status = store.monitoring.poll_status

        async def feel_or_break(*asked: Any) -> Any:
            if self.is_due:
                self.is_due = False
                raise ConnectionFailed("the network is down")
            return await poll_status(*asked)

        setattr(store.monitoring, "poll_status", feel_or_break)  # noqa: B010 - a plain assignment is refused by mypy
