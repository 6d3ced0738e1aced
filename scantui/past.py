"""Points of a scan from Redis, or from its HDF5 file once Redis has dropped them.

Rule: Redis comes first, and only the files of closed scans are opened. A file that cannot be read is not an error: what
Redis still has is returned, with the reason why there is no more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from scantui.exceptions import MachineError, MissingExtraError, StoreError, StreamError
from scantui.models import Scan, ScanState
from scantui.points import Points
from scantui.system.hdf5 import DatasetPart, read_dataset
from scantui.text import printable

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

ReadPart = Callable[[str, Sequence[str], str, int, "int | None"], DatasetPart]

# A file server that hangs may block a read for ever; its thread is then abandoned.
PATIENCE = 5.0


class FoundPoints(NamedTuple):
    """Points of one stream; `file` is where they were found if Redis no longer had them all.

    `problem` is the reason why points are missing.
    """

    points: Points
    file: str = ""
    problem: str = ""


async def find_points(
    store: AsyncDataStore,
    scan: Scan,
    name: str,
    start: int = 0,
    stop: int | None = None,
    *,
    read_part: ReadPart = read_dataset,
    patience: float = PATIENCE,
) -> FoundPoints:
    """Return the points of a data stream with indices from `start` to before `stop`, wherever they are.

    A file is read part by part; a part that takes longer than `patience`, in seconds, is given up with its thread.
    Raises ScanNotFoundError, and StreamError if there is no such stream or it cannot be read.
    """
    points = await store.read_points(scan, name, start, stop)
    if not _may_be_past(scan, name) or not await _is_incomplete(store, scan.streams[name].key, points, start, stop):
        return FoundPoints(points)
    return await _points_from_file(scan, points, start, stop, read_part, patience)


async def find_last_point(store: AsyncDataStore, scan: Scan, name: str) -> FoundPoints:
    """Return the last point of a data stream, such as a spectrum, wherever it is; no point if there is none.

    Raises what find_points raises.
    """
    (length,) = await store.get_stream_lengths([scan.streams[name].key])
    if isinstance(length, StoreError):
        raise length
    if length or not _may_be_past(scan, name):
        return await find_points(store, scan, name, max(0, length - 1))
    points = await store.read_points(scan, name)
    # A stream without even a seal is gone.
    return FoundPoints(points) if points.sealed else await _points_from_file(scan, points, None, None)


def _may_be_past(scan: Scan, name: str) -> bool:
    """Whether the points of a stream may be in a file that is no longer written."""
    return scan.state is ScanState.CLOSED and name in scan.streams and scan.streams[name].kind == "numeric"


async def _is_incomplete(store: AsyncDataStore, stream_key: str, points: Points, start: int, stop: int | None) -> bool:
    """Whether points that a closed scan took are missing; a closed scan's stream without even a seal is gone."""
    if len(points):
        return points.lost > 0
    if stop is not None and stop <= start:
        return False
    (length,) = await store.get_stream_lengths([stream_key])
    return length > start if isinstance(length, int) and length else not points.sealed


def place_in_file(scan: Scan, name: str) -> tuple[str, tuple[str, ...]]:
    """Return the file that should have the points of a stream, and where they may be in it; "" without a file."""
    info = scan.streams[name].info
    file, place = info.get("file_path"), info.get("data_path")
    if isinstance(file, str) and file and isinstance(place, str) and place:
        return file, (place,)
    file = scan.path or scan.info.get("filename")
    if not isinstance(file, str):
        return "", ()
    channels = scan.info.get("channels")
    channel = channels.get(name) if isinstance(channels, dict) else None
    displayed = channel.get("display_name") if isinstance(channel, dict) else None
    names = dict.fromkeys(each for each in (displayed, name.rpartition(":")[2], name) if isinstance(each, str) and each)
    return file, tuple(f"/{scan.number}.1/measurement/{each}" for each in names)


async def _points_from_file(
    scan: Scan,
    points: Points,
    start: int | None,
    stop: int | None,
    read_part: ReadPart = read_dataset,
    patience: float = PATIENCE,
) -> FoundPoints:
    """The points of a file in place of those that Redis still has; without a start, its last point."""
    file, places = place_in_file(scan, points.name)
    if not file:
        problem = f"Redis no longer has all points of {printable(points.name)}, and the scan names no file"
        return FoundPoints(points, problem=problem)

    async def read(start: int, stop: int | None) -> DatasetPart:
        reading = asyncio.to_thread(read_part, file, places, points.name, start, stop)
        try:
            return await asyncio.wait_for(reading, patience)
        except asyncio.TimeoutError as error:
            raise MachineError(f"{printable(file)} could not be read within {patience:g} s") from error

    try:
        if start is None:
            start = max(0, (await read(0, 0)).total - 1)
        return FoundPoints(await _all_points(read, start, stop), file)
    except (MachineError, MissingExtraError, StreamError) as error:
        return FoundPoints(points, problem=str(error))


async def _all_points(
    read: Callable[[int, int | None], Awaitable[DatasetPart]], start: int, stop: int | None
) -> Points:
    """The points of a dataset, part by part, so that the file is never open for long."""
    found, total = await read(start, stop)
    values, raw, end = found.values, found.raw, found.stop
    while start < end < (total if stop is None else min(stop, total)):
        more, total = await read(end, stop)
        if not len(more):
            break
        values.extend(more.values)
        if raw is not None:
            raw.extend(more.raw)
        end = more.stop
    return msgspec.structs.replace(found, sealed=True)
