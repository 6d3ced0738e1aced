"""A planned scan runs like a publisher's on a real server, and is closed whatever interrupts it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, TypeVar, cast

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
from scantui.publishing.run import PlannedScan, PlannedStream, publish_scan, run_scan
from scantui.store import AsyncDataStore
from scantui.words import iso_time
from tests.servers import command, plain_client

LONGEST_WAIT = 30.0
END_SECONDS = 1_700_000_000.0
END_TIME = iso_time(END_SECONDS * 1000, None)
SEAL = b"18446744073709551615-18446744073709551615"
IDENTITY = {"name": "ascan", "number": 1, "data_policy": "None"}
STREAMS = (
    PlannedStream(name="axis:samx", value_at=lambda index: index / 2),
    PlannedStream(name="diode:image", dtype="int32", value_at=lambda index: index**2),
)
STREAM_NAMES = [stream.name for stream in STREAMS]

Result = TypeVar("Result")


async def within_reason(awaited: Awaitable[Result]) -> Result:
    return await asyncio.wait_for(awaited, LONGEST_WAIT)


def clock() -> float:
    return END_SECONDS


class Pauses:
    """Counts pauses instead of waiting; it can block at a given pause, and reports that."""

    def __init__(self, stands_still_at: int | None = None) -> None:
        self.made: list[float] = []
        self.is_standing = asyncio.Event()
        self._stands_still_at = stands_still_at

    async def __call__(self, seconds: float) -> None:
        self.made.append(seconds)
        if len(self.made) == self._stands_still_at:
            self.is_standing.set()
            await asyncio.Event().wait()


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[AsyncDataStore]:
    async with AsyncDataStore.open(store_url) as store:
        yield store


@pytest.fixture
def raw(store_url: str) -> Iterator[redis.Redis]:
    """A plain client of the same database."""
    with plain_client(store_url) as client:
        yield client


def plan(**changes: Any) -> PlannedScan:
    return PlannedScan(**{"identity": IDENTITY, "streams": STREAMS, "points": 3, "interval": 0.25, **changes})


async def run(store: AsyncDataStore, planned: PlannedScan, pause: Callable[[float], Awaitable[None]]) -> Scan:
    scan = await store.create_scan(planned.identity, planned.info)
    return await within_reason(run_scan(store, scan, planned, pause, clock))


def states_of(raw: redis.Redis, scan: Scan) -> list[int]:
    return [int(fields[1]) for _, fields in listed(command(raw, "XRANGE", scan.state_stream, "-", "+"))]


def listed(entries: Any) -> list[tuple[bytes, list[bytes]]]:
    """Entries with their fields as a flat list, whichever shape the client library gives them."""
    return [
        (id_, [part for pair in fields.items() for part in pair] if isinstance(fields, dict) else list(fields))
        for id_, fields in entries
    ]


def points_and_seal(raw: redis.Redis, scan: Scan, name: str) -> tuple[int, bool]:
    """The number of points in a stream, and whether it is sealed."""
    entries = listed(command(raw, "XRANGE", scan.streams[name].key, "-", "+"))
    is_sealed = bool(entries) and entries[-1][0] == SEAL
    batches = [fields for id_, fields in entries if id_ != SEAL]
    return sum(int(dict(zip(fields[::2], fields[1::2], strict=True)).get(b"len", 1)) for fields in batches), is_sealed


async def test_a_success_passes_all_states_and_seals_its_streams(store: AsyncDataStore, raw: redis.Redis) -> None:
    pauses = Pauses()
    planned = plan(info={"title": "t"}, info_prepared={"npoints": 3}, info_closed={"comments": []})
    scan = await run(store, planned, pauses)
    assert scan == await store.load_scan(scan.key)
    assert states_of(raw, scan) == [0, 1, 2, 3, 4]
    assert scan.info == {
        "title": "t",
        "npoints": 3,
        "comments": [],
        "end_time": END_TIME,
        "end_reason": "SUCCESS",
    }
    assert pauses.made == [0.25] * 3
    assert {name: points_and_seal(raw, scan, name) for name in scan.streams} == {
        "axis:samx": (3, True),
        "diode:image": (3, True),
    }
    with pytest.raises(StreamError):
        await store.append(scan, "axis:samx", 1.0)


async def test_the_points_are_those_of_the_plan(store: AsyncDataStore, raw: redis.Redis) -> None:
    scan = await run(store, plan(end_reason=None), Pauses())
    assert (scan.streams["axis:samx"].dtype, scan.streams["diode:image"].dtype) == ("<f8", "<i4")
    entries = listed(command(raw, "XRANGE", scan.streams["diode:image"].key, "-", "+"))
    payloads = [dict(zip(fields[::2], fields[1::2], strict=True))[b"payload"] for _, fields in entries]
    assert [int.from_bytes(payload, "little") for payload in payloads] == [0, 1, 4]


@pytest.mark.parametrize("end_reason", ["FAILURE", "USER_ABORT"])
async def test_any_other_end_skips_stopped(store: AsyncDataStore, raw: redis.Redis, end_reason: str) -> None:
    scan = await run(store, plan(end_reason=end_reason, info_closed={"end_time": "now"}), Pauses())
    assert states_of(raw, scan) == [0, 1, 2, 4]
    assert scan.info == {"end_time": "now", "end_reason": end_reason}, "what the plan says goes before the clock"
    assert all(points_and_seal(raw, scan, name) == (3, True) for name in scan.streams)


async def test_a_silent_end_leaves_the_scan_as_a_killed_publisher_does(store: AsyncDataStore, raw: redis.Redis) -> None:
    scan = await run(store, plan(end_reason=None, info_closed={"end_time": "now"}), Pauses())
    assert scan.state is ScanState.STARTED
    assert scan == await store.load_scan(scan.key)
    assert "end_time" not in scan.info
    assert all(points_and_seal(raw, scan, name) == (3, False) for name in scan.streams)


async def test_points_at_once_take_one_pause_and_one_entry(store: AsyncDataStore, raw: redis.Redis) -> None:
    pauses = Pauses()
    scan = await run(store, plan(points=5, points_at_once=2), pauses)
    assert pauses.made == [0.5, 0.5, 0.25]
    assert [id_ for id_, _ in listed(command(raw, "XRANGE", scan.streams["axis:samx"].key, "-", "+"))] == [
        *(b"0-1", b"2-1", b"4-1"),
        SEAL,
    ]
    assert points_and_seal(raw, scan, "diode:image") == (5, True)


async def test_a_scan_stays_in_its_states_as_long_as_planned(store: AsyncDataStore, raw: redis.Redis) -> None:
    pauses = Pauses()
    scan = await run(store, plan(points=1, preparing=7.0, arming=8.0, finishing=9.0), pauses)
    assert pauses.made == [7.0, 8.0, 0.25, 9.0]
    assert states_of(raw, scan) == [0, 1, 2, 3, 4]


async def test_a_scan_without_points_and_streams_ends_at_once(store: AsyncDataStore, raw: redis.Redis) -> None:
    pauses = Pauses()
    scan = await run(store, plan(streams=(), points=0), pauses)
    assert states_of(raw, scan) == [0, 1, 2, 3, 4]
    assert pauses.made == []


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
async def test_a_scan_that_is_cancelled_while_it_is_created_is_told_and_closed(
    store_url: str, raw: redis.Redis, runs: bool, states: list[int]
) -> None:
    told: list[Scan] = []
    async with AsyncDataStore.open(store_url) as plain:
        store = Creates(plain._driver)
        publishing = asyncio.create_task(publish_scan(store, plan(), runs, told.append, Pauses()))
        await within_reason(store.has_created.wait())
        publishing.cancel()
        await asyncio.sleep(0)
        publishing.cancel()
        store.may_answer.set()
        with pytest.raises(asyncio.CancelledError):
            await within_reason(publishing)
        assert [scan.key for scan in told] == [(await plain.get_last_scan()).key]
    assert states_of(raw, told[0]) == states


async def test_a_creation_that_fails_is_told_although_it_was_cancelled() -> None:
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


async def test_many_scans_run_side_by_side(store: AsyncDataStore, raw: redis.Redis) -> None:
    scans = await within_reason(asyncio.gather(*(run(store, plan(), Pauses()) for _ in range(10))))
    assert {tuple(states_of(raw, scan)) for scan in scans} == {(0, 1, 2, 3, 4)}
    assert {points_and_seal(raw, scan, name) for scan in scans for name in scan.streams} == {(3, True)}
