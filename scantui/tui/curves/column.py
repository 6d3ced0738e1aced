"""The column CURVE: the first counter of each running scan on the screen, in a few cells.

Rule: it costs one look a second, for few scans, and nothing while the column is not shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.message import Message

from scantui.curves.glyphs import MarkSet
from scantui.curves.sparkline import sparkline
from scantui.exceptions import ConnectionFailed, StoreError
from scantui.publishing.run import Pause
from scantui.tui.curves.messages import ScanRead
from scantui.tui.curves.reader import MOST_STREAMS_A_LOOK, CurvesWanted, ScanReader, looks_of
from scantui.tui.curves.scan_sight import ScanSight
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

    def _take_in(self, message: Message) -> None:
        if isinstance(message, ScanRead):
            self.sight = self.sight or ScanSight(message.scan.key, message.choice, message.scan.number)
            self.sight.read_again(message)
        elif self.sight is not None:
            self.sight.take_in(message)

    def text(self, marks: MarkSet) -> str:
        """The curve in a few cells, "" without points."""
        if self.sight is None or not self.sight.first:
            return ""
        values = self.sight.figure.series(self.sight.first).values
        return sparkline(values[:: max(1, len(values) // _MOST_VALUES)], CELLS, marks)


async def follow_sparklines(
    store: AsyncDataStore,
    keys: Callable[[], Sequence[str]],
    marks: MarkSet,
    post: PostMessage,
    pause: Pause = asyncio.sleep,
) -> None:
    """Post the curves of running scans, which `keys` names, each second in which one changed."""
    followed: dict[str, _Followed] = {}
    shown: dict[str, str] = {}
    while True:
        wanted = keys()[:MOST_STREAMS_A_LOOK]
        followed = {key: followed.get(key) or _Followed(store, key) for key in wanted}
        with suppress(ConnectionFailed):
            await _look(store, followed)
        texts = {key: each.text(marks) for key, each in followed.items()}
        if texts != shown:
            shown = texts
            post(SparklinesCame(texts))
        await pause(_PAUSE_SECONDS)


async def _look(store: AsyncDataStore, followed: dict[str, _Followed]) -> None:
    for each in followed.values():
        if each.reader.scan is None or not each.reader.streams:
            try:
                await each.reader.open()
            except ConnectionFailed:
                raise
            except StoreError:
                # The row shows what is wrong with the scan.
                continue
    turn = looks_of([stream for each in followed.values() for stream in each.reader.streams if not stream.is_done])
    if turn:
        came = await store.monitoring.look_at_points([wanted for _, wanted in turn], _PATIENCE_SECONDS)
        looked_at = [(stream, wanted, seen) for (stream, wanted), seen in zip(turn, came, strict=True)]
        for each in followed.values():
            each.reader.take_in([look for look in looked_at if look[0] in each.reader.streams])
