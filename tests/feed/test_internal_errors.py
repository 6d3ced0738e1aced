"""A bug in the feed or below it ends the events with that error: it is no lost store, and is not tried again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from scantui.exceptions import ConnectionFailed
from scantui.feed import Connecting, Feed, Lost
from scantui.feed.load_queue import LoadingWindow, LoadQueue
from scantui.feed.tracker import ScanTracker
from scantui.models import ScanSummary
from scantui.store import AsyncDataStore
from scantui.store.operations import follow
from tests.feed.scripted import Play, ScriptedStore, Step, created, key_of, row, within_reason


class BugError(KeyError):
    """Not foreseen by anybody."""


def broken(*_: Any, **__: Any) -> Any:
    raise BugError("x")


async def events_until_bug(feed: Feed) -> list[object]:
    """What the feed tells before it ends with the bug."""
    events: list[object] = []

    async def follow_it() -> None:
        async for event in feed.events():
            events.append(event)  # noqa: PERF401 - those before the bug count

    with pytest.raises(BugError) as caught:
        await within_reason(follow_it())
    assert caught.traceback[-1].name == "broken"
    return events


@pytest.mark.parametrize(
    "method", ["list_newest", "get_server_identity", "list_scans", "load_summaries", "poll_status"]
)
async def test_a_bug_in_the_store_ends_the_events(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ScriptedStore([row(1)], Step(created(2), {key_of(2): row(2)}))
    monkeypatch.setattr(store, method, broken)
    events = await events_until_bug(Play(store).feed)
    assert not [event for event in events if isinstance(event, Lost)]
    assert store.is_closed


@pytest.mark.parametrize("method", ["remember", "next_scans", "take_in_moves"])
async def test_a_bug_in_the_feed_ends_the_events(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ScanTracker, method, broken)
    store = ScriptedStore([row(1)], Step(created(2), {key_of(2): row(2)}))
    events = await events_until_bug(Play(store).feed)
    assert not [event for event in events if isinstance(event, Lost)]
    assert sum(isinstance(event, Connecting) for event in events) == 1


async def test_a_bug_in_an_operation_on_a_real_server_ends_the_events(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def open_store() -> AsyncDataStore:
        return await AsyncDataStore.open(store_url)

    monkeypatch.setattr(follow, "_goes_on", broken)
    events = await events_until_bug(Feed(open_store))
    assert not [event for event in events if isinstance(event, Lost)]


async def test_a_bug_in_a_chunk_that_is_not_taken_any_more_is_not_lost() -> None:
    has_failed = asyncio.Event()

    async def load(keys: Sequence[str]) -> list[ScanSummary]:
        if keys == ["a"]:
            has_failed.set()
            broken()
        await has_failed.wait()
        raise ConnectionFailed("the network is down")

    queue = LoadQueue(load, LoadingWindow(1))
    queue.add(["a", "b"])
    with pytest.raises(ConnectionFailed):
        await queue.take()
    with pytest.raises(BugError):
        await queue.close()
