"""Reads the rows of scans, and once how many points they have."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from scantui.exceptions import ConnectionFailed, NotAllowedError, ScanNotFoundError, StoreError
from scantui.feed.load_queue import CHUNK, LoadingWindow, LoadQueue
from scantui.feed.tracker import points_in
from scantui.models import UNCOUNTED, ScanState, ScanSummary
from scantui.store.operations.progress import UncountedStreams
from scantui.store.wire.protocol import is_scan_key, timetag_before, timetag_order
from scantui.store.wire.streams import lists_scans
from scantui.store.wire.ulid import ulid_milliseconds
from scantui.words import ended_early

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

# Nothing else waits for its turn while rows are loaded, so that chunks may be larger than those of a feed. Each takes
# two round trips, so that with three on their way the server always has one to work on.
_CHUNK = 200
_AHEAD = 3
# Each of them costs three round trips; sequences within sequences are rarely more than two deep.
_MOST_SEQUENCES = 50
_DEEPEST = 4


async def at_once(*requests: Awaitable[Any]) -> list[Any]:
    """The results of requests made at the same time. All of them end before the first error is raised."""
    results = await asyncio.gather(*requests, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


async def load_rows(store: AsyncDataStore, keys: Sequence[str]) -> list[ScanSummary]:
    """The rows of these scans, without those that are gone; one that cannot be read carries its problem.

    Raises ConnectionFailed and NotAllowedError: then the server refuses, and nothing is wrong with the scans.
    """
    if len(keys) <= CHUNK:
        return await load_at_once(store, keys)
    rows: list[ScanSummary] = []
    queue = LoadQueue(partial(load_at_once, store), LoadingWindow(_CHUNK, _AHEAD))
    queue.add(reversed(keys))
    try:
        while queue:
            rows += (await queue.take()).rows
    finally:
        await queue.close()
    return rows


async def load_at_once(store: AsyncDataStore, keys: Sequence[str]) -> list[ScanSummary]:
    """The same in one request."""
    rows: list[ScanSummary] = []
    for key, loaded in zip(keys, await store.load_summaries(keys), strict=True):
        if isinstance(loaded, ScanSummary):
            rows.append(loaded)
        elif isinstance(loaded, (ConnectionFailed, NotAllowedError)):
            raise loaded
        elif not isinstance(loaded, ScanNotFoundError):
            rows.append(ScanSummary(key=key, problem=str(loaded)))
    return rows


async def load_children(
    store: AsyncDataStore, rows: Sequence[ScanSummary], is_known: Callable[[str], bool]
) -> list[ScanSummary]:
    """The rows of the scans that the newest sequences among these consist of, at any depth; without known ones.

    They show how far a sequence has come, and whether any of it goes on.
    """
    children: dict[str, ScanSummary] = {}
    sequences = [row.key for row in rows if row.is_sequence][-_MOST_SEQUENCES:]
    for _ in range(_DEEPEST):
        if not sequences:
            break
        listed = await at_once(*(_children_of(store, key) for key in sequences))
        unknown = dict.fromkeys(key for keys in listed for key in keys if key not in children and not is_known(key))
        loaded = await load_rows(store, list(unknown))
        children |= {row.key: row for row in loaded}
        sequences = [row.key for row in loaded if row.is_sequence][-_MOST_SEQUENCES:]
    return list(children.values())


async def _children_of(store: AsyncDataStore, key: str) -> list[str]:
    try:
        scan = await store.load_scan(key)
        lists = [stream.name for stream in scan.streams.values() if lists_scans(stream)]
        entries = [entry for name in lists for entry in (await store.read_points(scan, name)).values]
    except (ConnectionFailed, NotAllowedError):
        raise
    except StoreError:
        return []  # it expired meanwhile, or cannot be read, which its row shows
    named = [entry.get("key") for entry in entries if isinstance(entry, Mapping)]
    return [each for each in named if isinstance(each, str) and is_scan_key(each)]


async def count_ended_early(store: AsyncDataStore, rows: Iterable[ScanSummary]) -> dict[str, int]:
    """How many points those scans have that ended before they had all, as far as it is cheap to count them."""
    return await count_closed(store, [row.key for row in rows if ended_early(row)])


async def count_closed(store: AsyncDataStore, keys: Sequence[str]) -> dict[str, int]:
    """How many points these scans have, as far as it is cheap to count them."""
    if not keys:
        return {}
    streams = await store.monitoring.find_progress_streams(keys)
    counted = {key: names for key, names in zip(keys, streams, strict=True) if not isinstance(names, UncountedStreams)}
    return await count_points(store, counted)


def uncounted(rows: Iterable[ScanSummary], streams_by_scan: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """UNCOUNTED for each started scan without streams."""
    started = [row.key for row in rows if row.state is ScanState.STARTED]
    return {key: UNCOUNTED for key in started if not streams_by_scan.get(key)}


async def count_points(store: AsyncDataStore, streams_by_scan: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """How many points each of these scans has, by the streams that show it; without those that cannot be read."""
    streams = [stream for scan_streams in streams_by_scan.values() for stream in scan_streams]
    lengths = zip(streams, await store.get_stream_lengths(streams), strict=True)
    return points_in(streams_by_scan, {name: length for name, length in lengths if isinstance(length, int)})


def with_timetags(rows: Iterable[ScanSummary], timetags: Mapping[str, str]) -> list[ScanSummary]:
    """The rows, with the timetags of those that have one."""
    return [row.replaced(timetag=timetag) if (timetag := timetags.get(row.key)) else row for row in rows]


def missed_timetags(missed: Iterable[str], timetags: Mapping[str, str], read_to: str, now_ms: int) -> dict[str, str]:
    """Timetags for scans that the history lost before they were read; it was read up to `read_to`.

    A history loses its oldest scans, so these came before those that it still has, or by the server's time `now_ms`.
    Between these limits their writers' clocks are believed.
    """
    (began_ms, sequence), first = timetag_order(read_to), next(iter(timetags.values()), "")
    earliest = f"{began_ms}-{sequence + 1}"
    latest = timetag_before(first) if first else max(earliest, f"{now_ms}-0", key=timetag_order)
    earliest, ended_ms = min(earliest, latest, key=timetag_order), timetag_order(latest)[0]
    made = {key: ulid_milliseconds(key.rpartition(":")[2]) for key in missed}
    return {
        key: f"{ms}-0" if began_ms < ms < ended_ms else latest if ms >= ended_ms else earliest
        for key, ms in made.items()
    }
