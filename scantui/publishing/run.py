"""Runs a scan as a publisher does: prepare, start, points, stop, close; for test scans and the demo.

Rule: the code that runs a scan also closes it, even if it is cancelled halfway.
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
    """A stream of a planned scan; `value_at` returns the point with a given index: a number, or a list for a shape."""

    name: str
    dtype: str = "float64"
    shape: tuple[int, ...] = ()
    value_at: Callable[[int], Any] = float


class PlannedScan(msgspec.Struct, frozen=True, kw_only=True):
    """A scan to run: its metadata and its course.

    `info` is published at creation; `info_prepared` and `info_closed` are added in those states. The scan takes
    `points` points, one every `interval` seconds, and ends with `end_reason`: SUCCESS passes through STOPPED, any other
    end does not. With `end_reason` None it never ends, but falls silent after its points, like a killed publisher. It
    stays CREATED for `preparing` seconds, PREPARED for `arming` and STOPPED for `finishing`. Each entry of a stream
    holds `points_at_once` points.
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
    store: AsyncDataStore,
    plan: PlannedScan,
    runs: bool,
    on_created: Callable[[Scan], object],
    pause: Pause = asyncio.sleep,
    takes_next_number: bool = False,
) -> Scan:
    """Create a planned scan, pass it to `on_created`, and run it if `runs` is true.

    With `takes_next_number` it gets the number after that of the newest scan, whatever its plan says.

    If it is cancelled during the creation, it waits for the result, so that no unknown scan stays open. Later
    cancellations work as in run_scan.
    """
    create = store.monitoring.create_next_scan if takes_next_number else store.create_scan
    creation = asyncio.ensure_future(create(plan.identity, plan.info))
    try:
        await asyncio.wait([creation])
    except asyncio.CancelledError:
        scan = await _finish(creation)
        on_created(scan)
        if runs:
            await _abort(store, scan, plan, time.time)
        raise
    scan = creation.result()
    on_created(scan)
    return await run_scan(store, scan, plan, pause) if runs else scan


async def run_scan(
    store: AsyncDataStore,
    scan: Scan,
    plan: PlannedScan,
    pause: Pause = asyncio.sleep,
    clock: Callable[[], float] = time.time,
) -> Scan:
    """Run a scan that was just created to its end, and return its final version.

    `clock` gives its end_time. If it is cancelled, it closes the scan with end_reason USER_ABORT, and raises the error
    of the store if that fails. If the store fails before, the scan stays as it is.
    """
    try:
        for stream in plan.streams:
            scan = await store.create_stream(scan, stream.name, stream.dtype, stream.shape)
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


async def close_left_open(store: AsyncDataStore, key: str, clock: Callable[[], float] = time.time) -> Scan:
    """Close a scan that the program that ran it has left open, as aborted; its data stay."""
    ending = {"end_time": iso_time(clock() * 1000, None), "end_reason": "USER_ABORT"}
    return await store.advance_scan(key, ScanState.CLOSED, ending)


async def _abort(store: AsyncDataStore, scan: Scan, plan: PlannedScan, clock: Callable[[], float]) -> None:
    """Close a scan whose run was cancelled, despite further cancellations."""
    try:
        await _finish(_close(store, scan, plan, "USER_ABORT", clock))
    except (ScanNotFoundError, UnauthorizedStateTransition):
        pass  # it was being closed already, or another program has closed or deleted it
    except StoreError as error:
        raise type(error)(f"{scan.key} is still open: {error}") from error


async def _finish(work: Awaitable[Scan]) -> Scan:
    """Wait for work that must be done despite cancellations, which may come more than once while a program ends."""
    task = asyncio.ensure_future(work)
    while not task.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait([task])
    return task.result()


async def _stay(seconds: float, pause: Pause) -> None:
    if seconds:
        await pause(seconds)
