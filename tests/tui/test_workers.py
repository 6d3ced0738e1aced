"""How often workers ask, and what they say of what another program did meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from textual.message import Message

from scantui.models import ScanState
from scantui.store import AsyncDataStore
from scantui.store.operations.details import MOST_STREAMS, ScanDetails, StreamTail
from scantui.tui.messages import Notice, PostMessage
from scantui.tui.workers import close_test_scan, delete_test_scan, follow_details
from tests.tui.scenes import running_scan


class RunningScan:
    """A store in which a scan with so many streams is closed at the third look."""

    def __init__(self, streams: int) -> None:
        tails = tuple(StreamTail(name=f"axis:{number}") for number in range(streams))
        self._details = msgspec.structs.replace(running_scan(), streams=tails)
        self._looks = 0

    async def load_details(self, key: str, known: ScanDetails | None) -> ScanDetails:
        self._looks += 1
        summary = self._details.summary.replaced(state=ScanState.STARTED if self._looks < 3 else ScanState.CLOSED)
        return msgspec.structs.replace(self._details, summary=summary)


async def pauses_of(streams: int) -> list[float]:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    store: Any = RunningScan(streams)
    await follow_details(store, "key", lambda message: None, pause)
    # The first is the delay before anything is loaded.
    return pauses[1:3]


async def test_details_are_loaded_each_second_and_those_of_very_many_streams_less_often() -> None:
    assert await pauses_of(3) == [1.0, 1.0]
    assert await pauses_of(80) == [1.0, 1.0]
    assert await pauses_of(MOST_STREAMS) == [1.25, 1.25]


class SlowlyRead:
    """A store without accounts of its memory: of an ended scan it reads one more stream at each look, up to a few."""

    def __init__(self, readable: int) -> None:
        self._readable = readable
        self.looks = 0

    async def load_details(self, key: str, known: ScanDetails | None) -> ScanDetails:
        self.looks += 1
        read = min(self.looks, self._readable)
        tails = tuple(StreamTail(name=f"axis:{number}", held_back=0 if number < read else 100) for number in range(5))
        details = running_scan()
        summary = details.summary.replaced(state=ScanState.CLOSED)
        return msgspec.structs.replace(details, summary=summary, streams=tails)


@pytest.mark.parametrize(("readable", "looks"), [(5, 5), (3, 4), (0, 2)])
async def test_an_ended_scan_is_read_until_nothing_more_comes(readable: int, looks: int) -> None:
    async def pause(seconds: float) -> None:
        pass

    store: Any = SlowlyRead(readable)
    await follow_details(store, "key", lambda message: None, pause)
    assert store.looks == looks


@pytest.mark.parametrize("work", [close_test_scan, delete_test_scan])
async def test_who_comes_late_to_a_test_scan_learns_what_the_other_did(
    store_url: str, work: Callable[[AsyncDataStore, str, PostMessage], Awaitable[None]]
) -> None:
    said: list[str] = []

    def post(message: Message) -> None:
        assert isinstance(message, Notice)
        said.append(message.text)

    async with AsyncDataStore.open(store_url) as store:
        scan = await store.create_scan({"name": "ct", "number": 1, "data_policy": "None"}, {"publisher": "scantui"})
        await store.advance_scan(scan, ScanState.CLOSED)
        await work(store, scan.key, post)
        if work is close_test_scan:
            await store.delete_scan(scan.key, force=True)
        await work(store, scan.key, post)
    closed = "Another program has closed this test scan already"
    deleted = "Another program has deleted this test scan already"
    assert said == [closed if work is close_test_scan else f"Deleted {scan.key}", deleted]
