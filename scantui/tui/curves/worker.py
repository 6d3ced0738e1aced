"""The worker behind the curves: it reads the scans that are drawn, one look a second, or two if there is more to read.

Rule: a worker touches no widget and changes no state of the screen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from scantui.exceptions import ConnectionFailed, StoreError
from scantui.publishing.run import Pause
from scantui.store.operations.looks import PointsRead, PointsWanted
from scantui.tui.curves.messages import CurvesComplete
from scantui.tui.curves.reader import CurvesWanted, ScanReader
from scantui.tui.curves.stream_reader import MOST_STREAMS_A_LOOK, StreamReader, looks_of

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore
    from scantui.tui.messages import PostMessage

LOOK_SECONDS = 0.5
# A look waits for a poll of the feed, which is made once a second, to share its round trips.
_PATIENCE_SECONDS = 1.1
# On the way through the table the curves of each row are not wanted.
_DELAY_SECONDS = 0.15
# One look in this many is also at scans without streams, and one at detectors.
_UNPREPARED, _DETECTORS = 2, 2


async def follow_curves(
    store: AsyncDataStore,
    wanted: Sequence[CurvesWanted],
    generation: int,
    post: PostMessage,
    look_seconds: Callable[[], float] = lambda: LOOK_SECONDS,
    pause: Pause = asyncio.sleep,
) -> None:
    """Read scans and what comes of them until all are complete; `look_seconds` is the time between two looks."""
    await pause(_DELAY_SECONDS)
    readers = {each.key: ScanReader(store, each, generation, post) for each in wanted}
    number, is_urgent = 0, True
    while readers:
        came = False
        # What is shown stays when the connection is lost, and the feed reports what is wrong.
        with suppress(ConnectionFailed):
            came = await _look(store, readers, number, 0.0 if is_urgent else _PATIENCE_SECONDS)
        for key in [key for key, reader in readers.items() if reader.is_done]:
            del readers[key]
            post(CurvesComplete(generation, key))
        number += 1
        if readers:
            # Where nothing came, less is asked.
            await pause(look_seconds() * (1 if came else 2))
        is_urgent = any(reader.is_behind for reader in readers.values())


async def _look(store: AsyncDataStore, readers: dict[str, ScanReader], number: int, patience: float) -> bool:
    """Look at what is to be looked at this time; returns whether points came."""
    for key, reader in list(readers.items()):
        try:
            if reader.scan is None or (number % _UNPREPARED == 0 and not reader.scan.streams):
                await reader.open()
            elif reader.is_far_behind:
                await reader.sample()
        except ConnectionFailed:
            raise
        except StoreError as error:
            reader.complain(str(error))
            del readers[key]
    turn = looks_of(_next_streams(list(readers.values()), number))
    frames = [reader.look_at_detectors(patience) for reader in readers.values() if number % _DETECTORS == 0]
    # At the same time, so that they share their round trips.
    looked_at, _ = await asyncio.gather(_looked_at(store, turn, patience), asyncio.gather(*frames))
    for reader in readers.values():
        reader.take_in([each for each in looked_at if each[0] in reader.streams])
        await reader.read_files()
    return any(not isinstance(seen.points, StoreError) and len(seen.points) > 0 for _, _, seen in looked_at)


async def _looked_at(
    store: AsyncDataStore, turn: Sequence[tuple[StreamReader, PointsWanted]], patience: float
) -> list[tuple[StreamReader, PointsWanted, PointsRead]]:
    """What a look brings to each stream; nothing is asked for none."""
    seen = await store.monitoring.look_at_points([wanted for _, wanted in turn], patience) if turn else []
    return [(stream, wanted, each) for (stream, wanted), each in zip(turn, seen, strict=True)]


def _next_streams(readers: Sequence[ScanReader], number: int) -> list[StreamReader]:
    """The streams of a look: as many as are read together, in turns."""
    all_ = [stream for reader in readers for stream in reader.streams if not stream.is_done]
    start = number * MOST_STREAMS_A_LOOK % len(all_) if len(all_) > MOST_STREAMS_A_LOOK else 0
    return (all_[start:] + all_[:start])[:MOST_STREAMS_A_LOOK]
