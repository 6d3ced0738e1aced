"""Points of a scan from Redis, or from its HDF5 file once Redis has dropped them.

Rule: Redis comes first, and only the files of closed scans are opened. A file that cannot be read is not an error: what
Redis still has is returned, with the reason why there is no more.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from scantui.exceptions import MachineError, MissingExtraError, StreamError
from scantui.models import Scan, ScanState
from scantui.points import Points
from scantui.system.hdf5 import Look, look_at_dataset
from scantui.text import printable

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

# A file server that hangs may block a look for ever; its thread is then abandoned.
PATIENCE = 5.0


class FoundPoints(NamedTuple):
    """Points of one stream; `file` is where they were found if Redis no longer had them all.

    `problem` says why points are missing.
    """

    points: Points
    file: str = ""
    problem: str = ""


async def find_points(
    store: AsyncDataStore, scan: Scan, name: str, start: int = 0, stop: int | None = None
) -> FoundPoints:
    """Return the points of a data stream with indices from `start` to before `stop`, wherever they are.

    Raises ScanNotFoundError, and StreamError if there is no such stream or it cannot be read.
    """
    points = await store.read_points(scan, name, start, stop)
    is_past = scan.state is ScanState.CLOSED and name in scan.streams and scan.streams[name].kind == "numeric"
    if not is_past or not await _is_incomplete(store, scan.streams[name].key, points, start, stop):
        return FoundPoints(points)
    file, places = place_in_file(scan, name)
    if not file:
        problem = f"Redis no longer has all points of {printable(name)}, and the scan names no file"
        return FoundPoints(points, problem=problem)
    try:
        return FoundPoints(await _points_in(file, places, name, start, stop), file)
    except (MachineError, MissingExtraError, StreamError) as error:
        return FoundPoints(points, problem=str(error))


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


async def _points_in(file: str, places: tuple[str, ...], name: str, start: int, stop: int | None) -> Points:
    """The points in a file, look by look, so that it is never open for long."""
    looks: list[Look] = []
    end = start
    while not looks or (len(looks[-1].points) and end < (looks[-1].total if stop is None else stop)):
        try:
            look = asyncio.to_thread(look_at_dataset, file, places, name, end, stop)
            looks.append(await asyncio.wait_for(look, PATIENCE))
        except asyncio.TimeoutError as error:
            raise MachineError(f"{printable(file)} could not be read within {PATIENCE:g} s") from error
        end = looks[-1].points.stop
    first, *others = (look.points for look in looks)
    for points in others:
        first.values.extend(points.values)
        if first.raw is not None:
            first.raw.extend(points.raw)
    return msgspec.structs.replace(first, sealed=True)
