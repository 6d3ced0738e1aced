"""The first counter of running scans in a few cells, for the column CURVE and for the pinned lines.

Rule: it costs one look a second, for few scans, and nothing for those whose points have not grown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from textual.message import Message

from scantui.curves.glyphs import MarkSet
from scantui.curves.sparkline import sparkline
from scantui.exceptions import ConnectionFailed, StoreError
from scantui.publishing.run import Pause
from scantui.tui.curves.messages import ScanRead
from scantui.tui.curves.reader import CurvesWanted, ScanReader
from scantui.tui.curves.scan_sight import ScanSight
from scantui.tui.curves.stream_reader import MOST_STREAMS_A_LOOK, looks_of
from scantui.tui.messages import SparklinesCame

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore
    from scantui.tui.messages import PostMessage

CELLS = 10
# A look waits for a poll of the feed, which is made once a second, to share its round trips.
_PATIENCE_SECONDS = 1.1
_PAUSE_SECONDS = 0.5
# More values than a few cells can show are passed over.
_MOST_VALUES = 256


class _Followed:
    """One running scan: its reader, and what was read."""

    def __init__(self, store: AsyncDataStore, key: str) -> None:
        wanted = CurvesWanted(key=key, x="", first_only=True)
        self.reader = ScanReader(store, wanted, 0, self._take_in)
        self.sight: ScanSight | None = None
        # How many points the scan had when it was looked at.
        self.looked_at = 0

    def _take_in(self, message: Message) -> None:
        if isinstance(message, ScanRead):
            self.sight = self.sight or ScanSight(message.scan.key, message.choice, message.scan.number)
            self.sight.read_again(message)
        elif self.sight is not None:
            self.sight.take_in(message)

    @property
    def counter(self) -> str:
        """The short name of the counter, "" when it is not known."""
        return self.sight.first.rpartition(":")[2] if self.sight is not None else ""

    def text(self, marks: MarkSet) -> str:
        """The curve in a few cells, "" without points."""
        if self.sight is None or not self.sight.first:
            return ""
        values = self.sight.figure.series(self.sight.first).values
        return sparkline(values[:: max(1, len(values) // _MOST_VALUES)], CELLS, marks)


async def follow_sparklines(
    store: AsyncDataStore,
    points: Callable[[], Mapping[str, int]],
    marks: MarkSet,
    post: PostMessage,
    pause: Pause = asyncio.sleep,
) -> None:
    """Post the curves of running scans each second in which one changed.

    `points` gives how many points each of these scans has, by its key; -1 where that is not known.
    """
    followed: dict[str, _Followed] = {}
    shown: dict[str, str] = {}
    while True:
        wanted = dict(islice(points().items(), MOST_STREAMS_A_LOOK))
        followed = {key: followed.get(key) or _Followed(store, key) for key in wanted}
        with suppress(ConnectionFailed):
            await _look(store, followed, wanted)
        texts = {key: each.text(marks) for key, each in followed.items()}
        if texts != shown:
            shown = texts
            post(SparklinesCame(texts, {key: each.counter for key, each in followed.items()}))
        await pause(_PAUSE_SECONDS)


async def _look(store: AsyncDataStore, followed: dict[str, _Followed], points: Mapping[str, int]) -> None:
    grown = [
        each
        for key, each in followed.items()
        if points[key] < 0 or points[key] != each.looked_at or each.reader.is_behind
    ]
    for each in grown:
        try:
            if each.reader.scan is None or not each.reader.streams:
                await each.reader.open()
            elif each.reader.is_far_behind:
                await each.reader.sample()
        except ConnectionFailed:
            raise
        except StoreError:
            # The row shows what is wrong with the scan.
            continue
    turn = looks_of([stream for each in grown for stream in each.reader.streams if not stream.is_done])
    if turn:
        came = await store.monitoring.look_at_points([wanted for _, wanted in turn], _PATIENCE_SECONDS)
        looks = [(stream, wanted, seen) for (stream, wanted), seen in zip(turn, came, strict=True)]
        for each in grown:
            each.reader.take_in([look for look in looks if look[0] in each.reader.streams])
    for key, each in followed.items():
        each.looked_at = points[key]
