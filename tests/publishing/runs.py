"""Plans, pauses that only count, and what a run has left in the database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import redis

from scantui.models import Scan
from scantui.publishing.run import PlannedScan, PlannedStream, run_scan
from scantui.store import AsyncDataStore
from scantui.words import iso_time
from tests.servers import command

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
