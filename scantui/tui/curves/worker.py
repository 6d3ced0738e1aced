"""The worker behind the curves: it reads the scans that are drawn, two looks a second.

Rule: a worker touches no widget and changes no state of the screen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from scantui.exceptions import ConnectionFailed, StoreError
from scantui.publishing.run import Pause
from scantui.tui.curves.messages import CurvesComplete
from scantui.tui.curves.reader import MOST_STREAMS_A_LOOK, CurvesWanted, ScanReader, StreamReader, looks_of

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore
    from scantui.tui.messages import PostMessage

LOOK_SECONDS = 0.5
# On the way through the table the curves of each row are not wanted.
_DELAY_SECONDS = 0.15
# Of so many looks, one is also at the spectrum and at scans without streams, one at detectors, and one
# for streams that were deleted.
_SPECTRUM, _DETECTORS, _DELETED = 2, 4, 20


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
    number = 0
    while readers:
        came = False
        # What is shown stays when the connection is lost, and the feed reports what is wrong.
        with suppress(ConnectionFailed):
            came = await _look(store, readers, number)
        for key in [key for key, reader in readers.items() if reader.is_done]:
            del readers[key]
            post(CurvesComplete(generation, key))
        number += 1
        if readers:
            # Where nothing came, less is asked.
            await pause(look_seconds() * (1 if came else 2))


async def _look(store: AsyncDataStore, readers: dict[str, ScanReader], number: int) -> bool:
    """Look at what is to be looked at this time; returns whether points came."""
    for key, reader in list(readers.items()):
        is_spectrum = number % _SPECTRUM == 0
        if reader.scan is None or (is_spectrum and not reader.scan.streams):
            try:
                await reader.open()
            except ConnectionFailed:
                raise
            except StoreError as error:
                reader.complain(str(error))
                del readers[key]
                continue
        if is_spectrum:
            await reader.read_spectrum()
        if number % _DETECTORS == 0:
            await reader.look_at_detectors()
        if number % _DELETED == _DELETED - 1:
            await reader.look_for_deleted()
    turn = _next_streams(list(readers.values()), number)
    if not turn:
        return False
    looked_at = await store.monitoring.look_at_points(looks_of([stream for _, stream in turn]))
    for reader in readers.values():
        reader.take_in(
            [(stream, points) for (owner, stream), points in zip(turn, looked_at, strict=True) if owner is reader]
        )
    return any(not isinstance(points, StoreError) and len(points) for points in looked_at)


def _next_streams(readers: Sequence[ScanReader], number: int) -> list[tuple[ScanReader, StreamReader]]:
    """The streams of a look: as many as are read together, in turns."""
    all_ = [(reader, stream) for reader in readers for stream in reader.streams if not stream.is_done]
    start = number * MOST_STREAMS_A_LOOK % len(all_) if len(all_) > MOST_STREAMS_A_LOOK else 0
    return (all_[start:] + all_[:start])[:MOST_STREAMS_A_LOOK]
