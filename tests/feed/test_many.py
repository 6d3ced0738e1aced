"""The feeds of several servers as one: none waits for another, and each scan is that of one server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import pytest

from scantui.exceptions import UnreachableError
from scantui.feed import Changed, Created, Event, Gone, Heartbeat, Loaded, Lost, OpenStore, Progress
from scantui.feed.many import PlacedFeed, merged
from scantui.feed.placing import Placer
from scantui.models import ScanSummary
from scantui.store import AsyncDataStore
from tests.feed.scripted import within_reason

NOW = 1_700_000_000_000
A, B, C = (ScanSummary(key=f"esrf:scan:{letter}", timetag=f"{NOW}-{letter}") for letter in "012")


async def nobody() -> AsyncDataStore:
    raise UnreachableError("nobody is there")


class Source:
    """Plays its events, and then is silent for ever, or fails."""

    def __init__(self, *events: Event, error: Exception | None = None) -> None:
        self.watched: Sequence[str] = ()
        self.is_closed = False
        self.open_store: OpenStore = nobody
        self._events, self._error = events, error

    async def events(self) -> AsyncGenerator[Event, None]:
        try:
            for event in self._events:
                yield event
            if self._error is not None:
                raise self._error
            await asyncio.Event().wait()
        finally:
            self.is_closed = True


def placed(owners: dict[str, str], server: str, *events: Event) -> PlacedFeed:
    return PlacedFeed(Source(*events), Placer(server), owners, lambda: NOW)


def keys(event: Event) -> list[str]:
    assert isinstance(event, (Loaded, Created, Changed))
    return [row.key for row in event.rows]


async def test_events_come_whatever_other_servers_do() -> None:
    silent, down, lively = Source(), Source(Lost(UnreachableError("down"), 1, 9.0)), Source(*[Heartbeat(NOW)] * 50)
    async with aclosing(merged([silent, down, lively])) as events:
        came = [await within_reason(anext(events)) for _ in range(51)]
    assert sorted(number for number, _ in came) == [1, *[2] * 50]
    assert silent.is_closed
    assert down.is_closed
    assert lively.is_closed


async def test_an_internal_error_of_a_feed_is_not_hidden() -> None:
    async with aclosing(merged([Source(), Source(error=ZeroDivisionError())])) as events:
        with pytest.raises(ZeroDivisionError):
            await within_reason(anext(events))


def test_a_scan_on_a_master_and_its_replica_is_in_the_list_once() -> None:
    owners: dict[str, str] = {}
    master, replica = placed(owners, "master"), placed(owners, "replica")
    assert keys(master.placed(Loaded([A, B], 0))) == [A.key, B.key]
    assert keys(replica.placed(Loaded([A, C], 0))) == [C.key]
    assert keys(replica.placed(Changed([B, C]))) == [C.key]
    assert keys(master.placed(Created([C]))) == []
    assert replica.placed(Progress({A.key: 1, C.key: 2})) == Progress({C.key: 2})
    assert replica.placed(Gone([A.key, C.key])) == Gone([C.key])
    # What one server has lost may come back with another.
    assert keys(master.placed(Loaded([C], 0))) == [C.key]


def test_of_servers_with_the_same_data_the_first_in_the_list_has_the_scans() -> None:
    owners: dict[str, str] = {}
    placers = [Placer("master"), Placer("replica"), Placer("other")]
    master, replica, other = (PlacedFeed(Source(), each, owners, lambda: NOW, placers) for each in placers)
    placers[0].data_id = placers[1].data_id = "a1/0"
    assert keys(replica.placed(Loaded([A], 0))) == [A.key]
    assert keys(other.placed(Loaded([B], 0))) == [B.key]
    assert keys(master.placed(Loaded([A, B], 0))) == [A.key]
    assert keys(replica.placed(Changed([A]))) == []
    assert owners == {A.key: "master", B.key: "other"}


def test_each_feed_watches_its_own_scans() -> None:
    source, owners = Source(), {A.key: "id11", B.key: "id15"}
    feed = PlacedFeed(source, Placer("id11"), owners, lambda: NOW)
    feed.watched = [A.key, B.key, C.key]
    assert list(source.watched) == list(feed.watched) == [A.key, C.key]


def test_the_clock_of_a_server_is_that_of_the_list_from_its_first_answer() -> None:
    feed = placed({}, "id11")
    assert feed.placed(Heartbeat(NOW + 3_600_000, 3_600_000)) == Heartbeat(NOW, 3_600_000)
    (row,) = feed.placer.rows([A])
    assert row.born_ms == NOW - 3_600_000
