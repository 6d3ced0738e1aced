"""Takes a scan through its life as a publisher does: prepare, start, points, stop, close; for tests and the demo.

Rule: whoever runs a scan closes it, also when it is cancelled halfway.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import msgspec

from scantui.models import Scan, ScanState

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
    """

    identity: dict[str, Any]
    info: dict[str, Any] = {}
    info_prepared: dict[str, Any] = {}
    info_closed: dict[str, Any] = {}
    streams: tuple[PlannedStream, ...] = ()
    points: int = 0
    interval: float = 0.1
    end_reason: str | None = "SUCCESS"


async def run_scan(store: AsyncDataStore, scan: Scan, plan: PlannedScan, pause: Pause = asyncio.sleep) -> Scan:
    """Take a scan that was just created through the rest of its life, and return it as it is at the end.

    Cancelled, it closes the scan with end_reason USER_ABORT; when the store fails it leaves the scan as it is.
    """
    try:
        for stream in plan.streams:
            scan = await store.create_stream(scan, stream.name, stream.dtype)
        scan = await store.advance_scan(scan, ScanState.PREPARED, plan.info_prepared)
        scan = await store.advance_scan(scan, ScanState.STARTED)
        for index in range(plan.points):
            await pause(plan.interval)
            for stream in plan.streams:
                await store.append(scan, stream.name, stream.value_at(index))
        if plan.end_reason is None:
            return scan
        if plan.end_reason == "SUCCESS":
            scan = await store.advance_scan(scan, ScanState.STOPPED)
        return await store.advance_scan(scan, ScanState.CLOSED, {**plan.info_closed, "end_reason": plan.end_reason})
    except asyncio.CancelledError:
        await asyncio.shield(store.advance_scan(scan, ScanState.CLOSED, {"end_reason": "USER_ABORT"}))
        raise
