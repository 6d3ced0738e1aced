"""Takes a scan through its life as a publisher does: prepare, start, points, stop, close; for tests and the demo.

Rule: whoever runs a scan closes it, also when it is cancelled halfway.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import msgspec

from scantui.exceptions import ScanNotFoundError, StoreError, UnauthorizedStateTransition
from scantui.models import Scan, ScanState
from scantui.words import iso_time

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

PUBLISHER = "scantui"
Pause = Callable[[float], Awaitable[None]]


class PlannedStream(msgspec.Struct, frozen=True, kw_only=True):
    """A scalar stream of a planned scan; `value_at` gives the value of a point from its index."""

    name: str
    dtype: str = "float64"
    value_at: Callable[[int], float] = float


class PlannedScan(msgspec.Struct, frozen=True, kw_only=True):
    """A scan to be run: what it says of itself, and how it goes.

    `info` is published at creation, `info_prepared` and `info_closed` are added at those states. It takes `points`
    points, one every `interval` seconds, and ends with `end_reason`; SUCCESS passes STOPPED, any other end does not.
    With `end_reason` None it never ends: it falls silent after its points, as a killed publisher does.
    It stays CREATED for `preparing` seconds, PREPARED for `arming` and STOPPED for `finishing`, and publishes
    `points_at_once` points in one entry.
    """

    identity: dict[str, Any]
    info: dict[str, Any] = {}
    info_prepared: dict[str, Any] = {}
    info_closed: dict[str, Any] = {}
    streams: tuple[PlannedStream, ...] = ()
    points: int = 0
    interval: float = 0.1
    end_reason: str | None = "SUCCESS"
    preparing: float = 0.0
    arming: float = 0.0
    finishing: float = 0.0
    points_at_once: int = 1


async def publish_scan(
    store: AsyncDataStore, plan: PlannedScan, runs: bool, tell: Callable[[Scan], object], pause: Pause = asyncio.sleep
) -> Scan:
    """Create a planned scan, `tell` of it as soon as it is there, and take it through its life if it `runs`.

    Cancelled while it is being created it waits for what came of that, so that no scan is left open that nobody heard
    of; else it is as run_scan is.
    """
    creation = asyncio.ensure_future(store.create_scan(plan.identity, plan.info))
    try:
        await asyncio.wait([creation])
    except asyncio.CancelledError:
        scan = await _to_its_end(creation)
        tell(scan)
        if runs:
            await _abort(store, scan, plan, time.time)
        raise
    scan = creation.result()
    tell(scan)
    return await run_scan(store, scan, plan, pause) if runs else scan


async def run_scan(
    store: AsyncDataStore,
    scan: Scan,
    plan: PlannedScan,
    pause: Pause = asyncio.sleep,
    clock: Callable[[], float] = time.time,
) -> Scan:
    """Take a scan that was just created through the rest of its life, and return it as it is at the end.

    Its end_time is what `clock` says then. Cancelled, it closes the scan with end_reason USER_ABORT, and raises the
    store's error when that cannot be done; when the store fails it leaves the scan as it is.
    """

    try:
        for stream in plan.streams:
            scan = await store.create_stream(scan, stream.name, stream.dtype)
        await _stay(plan.preparing, pause)
        scan = await store.advance_scan(scan, ScanState.PREPARED, plan.info_prepared)
        await _stay(plan.arming, pause)
        scan = await store.advance_scan(scan, ScanState.STARTED)
        for first in range(0, plan.points, plan.points_at_once):
            indices = range(first, min(first + plan.points_at_once, plan.points))
            await pause(plan.interval * len(indices))
            for stream in plan.streams:
                await store.append(scan, stream.name, [stream.value_at(index) for index in indices])
        if plan.end_reason is None:
            return scan
        if plan.end_reason == "SUCCESS":
            scan = await store.advance_scan(scan, ScanState.STOPPED)
            await _stay(plan.finishing, pause)
        return await _close(store, scan, plan, plan.end_reason, clock)
    except asyncio.CancelledError:
        await _abort(store, scan, plan, clock)
        raise


async def _close(
    store: AsyncDataStore, scan: Scan, plan: PlannedScan, end_reason: str, clock: Callable[[], float]
) -> Scan:
    ending = {"end_time": iso_time(clock() * 1000, None), **plan.info_closed, "end_reason": end_reason}
    return await store.advance_scan(scan, ScanState.CLOSED, ending)


async def _abort(store: AsyncDataStore, scan: Scan, plan: PlannedScan, clock: Callable[[], float]) -> None:
    """Close a scan whose run was cancelled, whatever else is cancelled meanwhile."""
    try:
        await _to_its_end(_close(store, scan, plan, "USER_ABORT", clock))
    except (ScanNotFoundError, UnauthorizedStateTransition):
        pass  # the cancellation came while the scan was being closed, or somebody else has closed or deleted it
    except StoreError as error:
        raise type(error)(f"{scan.key} was left open: {error}") from error


async def _to_its_end(work: Awaitable[Scan]) -> Scan:
    """Do a work that another cancellation does not take us from: who ends a program cancels all, more than once."""
    task = asyncio.ensure_future(work)
    while not task.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait([task])
    return task.result()


async def _stay(seconds: float, pause: Pause) -> None:
    if seconds:
        await pause(seconds)
