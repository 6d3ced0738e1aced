"""A run that is cancelled, at any moment and by any obstacle, closes its scan or names it."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
import redis

from scantui.exceptions import (
    ConflictError,
    NoAnswerError,
    NotAllowedError,
    OutOfMemory,
    ScanNotFoundError,
    StoreError,
    StreamError,
    UnauthorizedStateTransition,
)
from scantui.models import Scan, ScanState
from scantui.publishing.run import publish_scan, run_scan
from scantui.store import AsyncDataStore
from tests.publishing.runs import (
    END_TIME,
    IDENTITY,
    STREAM_NAMES,
    Pauses,
    clock,
    plan,
    points_and_seal,
    states_of,
    within_reason,
)


async def test_a_scan_that_is_cancelled_midway_is_closed_as_aborted(store: AsyncDataStore, raw: redis.Redis) -> None:
    pauses = Pauses(stands_still_at=3)
    scan = await store.create_scan(IDENTITY)
    running = asyncio.create_task(run_scan(store, scan, plan(), pauses, clock))
    await within_reason(pauses.is_standing.wait())
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await within_reason(running)
    scan = await store.load_scan(scan.key)
    assert states_of(raw, scan) == [0, 1, 2, 4]
    assert scan.info == {"end_time": END_TIME, "end_reason": "USER_ABORT"}
    assert all(points_and_seal(raw, scan, name) == (2, True) for name in STREAM_NAMES)


class TakesItsTime(AsyncDataStore):
    """A store that closes a scan only when the test allows it."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.is_asked, self.may_go_on = asyncio.Event(), asyncio.Event()

    async def advance_scan(self, scan_or_key: Scan | str, state: ScanState | int, info: Any = None) -> Scan:
        if state == ScanState.CLOSED:
            self.is_asked.set()
            await self.may_go_on.wait()
        return await super().advance_scan(scan_or_key, state, info)


async def test_a_scan_that_is_cancelled_again_while_it_closes_is_closed(store_url: str, raw: redis.Redis) -> None:
    async with AsyncDataStore.open(store_url) as plain:
        store, pauses = TakesItsTime(plain._driver), Pauses(stands_still_at=3)
        scan = await store.create_scan(IDENTITY)
        running = asyncio.create_task(run_scan(store, scan, plan(), pauses, clock))
        await within_reason(pauses.is_standing.wait())
        running.cancel()
        await within_reason(store.is_asked.wait())
        running.cancel()
        await asyncio.sleep(0)
        running.cancel()
        store.may_go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await within_reason(running)
    assert states_of(raw, scan) == [0, 1, 2, 4]


class StandsStill(AsyncDataStore):
    """A store that advances a scan and withholds the answer."""

    def hold_at(self, state: ScanState) -> None:
        self.held_state = state
        self.is_held = asyncio.Event()

    async def advance_scan(self, scan_or_key: Scan | str, state: ScanState | int, info: Any = None) -> Scan:
        scan = await super().advance_scan(scan_or_key, state, info)
        if state == self.held_state and not self.is_held.is_set():
            self.is_held.set()
            await asyncio.Event().wait()
        return scan


@pytest.mark.parametrize(
    ("state", "states", "end_reason"),
    [
        (ScanState.PREPARED, [0, 1, 4], "USER_ABORT"),
        (ScanState.STARTED, [0, 1, 2, 4], "USER_ABORT"),
        (ScanState.STOPPED, [0, 1, 2, 3, 4], "USER_ABORT"),
        (ScanState.CLOSED, [0, 1, 2, 3, 4], "SUCCESS"),
    ],
    ids=lambda value: value.name if isinstance(value, ScanState) else "",
)
async def test_a_scan_that_is_cancelled_in_a_step_is_closed_once(
    store_url: str, raw: redis.Redis, state: ScanState, states: list[int], end_reason: str
) -> None:
    async with AsyncDataStore.open(store_url) as plain:
        store = StandsStill(plain._driver)
        store.hold_at(state)
        scan = await store.create_scan(IDENTITY)
        running = asyncio.create_task(run_scan(store, scan, plan(), Pauses(), clock))
        await within_reason(store.is_held.wait())
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await within_reason(running)
        scan = await plain.load_scan(scan.key)
    assert states_of(raw, scan) == states
    assert scan.info["end_reason"] == end_reason
    assert all(points_and_seal(raw, scan, name)[1] for name in STREAM_NAMES)


class Creates(AsyncDataStore):
    """A store that creates a scan and withholds the answer."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.has_created, self.may_answer = asyncio.Event(), asyncio.Event()

    async def create_scan(self, identity: Any, info: Any = None) -> Scan:
        scan = await super().create_scan(identity, info)
        self.has_created.set()
        await self.may_answer.wait()
        return scan


@pytest.mark.parametrize(("runs", "states"), [(True, [0, 4]), (False, [0])], ids=["to be run", "only created"])
async def test_a_scan_that_is_cancelled_while_it_is_created_is_reported_and_closed(
    store_url: str, raw: redis.Redis, runs: bool, states: list[int]
) -> None:
    reported: list[Scan] = []
    async with AsyncDataStore.open(store_url) as plain:
        store = Creates(plain._driver)
        publishing = asyncio.create_task(publish_scan(store, plan(), runs, reported.append, Pauses()))
        await within_reason(store.has_created.wait())
        publishing.cancel()
        await asyncio.sleep(0)
        publishing.cancel()
        store.may_answer.set()
        with pytest.raises(asyncio.CancelledError):
            await within_reason(publishing)
        assert [scan.key for scan in reported] == [(await plain.get_last_scan()).key]
    assert states_of(raw, reported[0]) == states


async def test_a_creation_that_fails_is_reported_although_it_was_cancelled() -> None:
    class Full:
        async def create_scan(self, identity: Any, info: Any) -> Scan:
            await asyncio.sleep(0)
            raise OutOfMemory("full")

    publishing = asyncio.create_task(publish_scan(cast(Any, Full()), plan(), True, lambda _: None))
    await asyncio.sleep(0)
    publishing.cancel()
    with pytest.raises(OutOfMemory):
        await within_reason(publishing)


class Refuses(AsyncDataStore):
    """A store that refuses to close a scan."""

    refusal: StoreError

    async def advance_scan(self, scan_or_key: Scan | str, state: ScanState | int, info: Any = None) -> Scan:
        if state == ScanState.CLOSED:
            raise self.refusal
        return await super().advance_scan(scan_or_key, state, info)


async def cancel_what_cannot_be_closed(store_url: str, refusal: StoreError) -> None:
    """Cancel a scan that the store refuses to close."""
    async with AsyncDataStore.open(store_url) as plain:
        store, pauses = Refuses(plain._driver), Pauses(stands_still_at=1)
        store.refusal = refusal
        scan = await store.create_scan(IDENTITY)
        running = asyncio.create_task(run_scan(store, scan, plan(), pauses, clock))
        await within_reason(pauses.is_standing.wait())
        running.cancel()
        try:
            await within_reason(running)
        except StoreError as error:
            assert str(error) == f"{scan.key} is still open: {refusal}"
            raise


@pytest.mark.parametrize("kind", [OutOfMemory, NotAllowedError, ConflictError, StreamError, NoAnswerError])
async def test_a_cancelled_scan_that_cannot_be_closed_is_said_to_be_left_open(
    store_url: str, kind: type[StoreError]
) -> None:
    with pytest.raises(kind):
        await cancel_what_cannot_be_closed(store_url, kind("for a reason"))


@pytest.mark.parametrize("kind", [ScanNotFoundError, UnauthorizedStateTransition])
async def test_a_cancelled_scan_that_another_has_ended_is_not_said_to_be_open(
    store_url: str, kind: type[StoreError]
) -> None:
    with pytest.raises(asyncio.CancelledError):
        await cancel_what_cannot_be_closed(store_url, kind("for a reason"))
