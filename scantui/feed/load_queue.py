"""Scans that are still to be loaded, in chunks; the next ones are on their way while the last one is handled.

Rule: a chunk is handed out whole and in the order in which it was asked for, and no key comes twice.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import NamedTuple

from scantui.exceptions import ScanTuiError
from scantui.models import ScanSummary

# How many scans are asked for at once, at first and from a server far away.
CHUNK = 100
LARGEST_CHUNK = 300
# What a row takes of a reply, without its title; and how much a reply is to have at most, with room for longer titles.
_ROW_BYTES = 650
_REPLY_BYTES = 210 << 10
# How many chunks are on their way at a time: the server prepares one while another is read.
_AHEAD = 2
_MOST_AHEAD = 6
# How many scans a second are wanted, however long the way.
_RATE = 5000
# Answers that take this many times as long as the quickest mean that the line is full.
_FULL = 3
LoadRows = Callable[[Sequence[str]], Awaitable[list[ScanSummary]]]


class LoadingWindow:
    """How many scans are asked for at once and how many chunks are on their way, by how long the answers take; pure.

    From a server nearby, small chunks let keys and news come between. The longer the way, the more is on it.
    """

    def __init__(self, chunk: int = CHUNK, ahead: int = _AHEAD) -> None:
        self.chunk = chunk
        self.ahead = self._least_ahead = ahead
        self._rows = self._least_rows = ahead * chunk
        self._quickest = math.inf
        self._fitting = LARGEST_CHUNK

    @property
    def at_once(self) -> int:
        """How many chunks that have come may be taken together, before keys and news have their turn."""
        return self.ahead - 1

    @property
    def most_held(self) -> int:
        """How many chunks may be on their way or wait to be taken."""
        return 2 * (self.ahead - 1)

    def note(self, seconds: float, rows: Sequence[ScanSummary]) -> None:
        """Adapt to the time that a chunk took from the request to its rows, and to the length of their titles."""
        if rows:
            row_bytes = _ROW_BYTES + sum(len(row.title or "") for row in rows) // len(rows)
            self._fitting = min(LARGEST_CHUNK, max(1, _REPLY_BYTES // row_bytes))
        self._quickest = min(self._quickest, seconds)
        if seconds > _FULL * self._quickest:
            wanted = self._rows // 2
        else:
            wanted = min(2 * self._rows, round(_RATE * self._quickest))
        self._rows = min(max(wanted, self._least_rows), _MOST_AHEAD * LARGEST_CHUNK)
        self.ahead = min(max(math.ceil(self._rows / LARGEST_CHUNK), self._least_ahead), _MOST_AHEAD)
        self.chunk = min(self._rows // self.ahead, self._fitting)


class LoadedChunk(NamedTuple):
    """Keys and their rows, without those of scans that are gone, and how many scans are to come after them."""

    keys: list[str]
    rows: list[ScanSummary]
    remaining: int


class LoadQueue:
    """Keys, the last first, and the rows of the next few of them. Close it if not all are taken.

    `clock` counts seconds and never jumps.
    """

    def __init__(
        self, load: LoadRows, window: LoadingWindow | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._load = load
        self._window = window or LoadingWindow()
        self._clock = clock
        self._keys: dict[str, None] = {}
        self._coming: deque[tuple[list[str], asyncio.Task[list[ScanSummary]]]] = deque()

    def __len__(self) -> int:
        """How many scans are still to be handed out."""
        return len(self._keys) + sum(len(keys) for keys, _ in self._coming)

    def __contains__(self, key: str) -> bool:
        return key in self._keys or any(key in keys for keys, _ in self._coming)

    def add(self, keys: Iterable[str]) -> None:
        """Put more at the end, from where the next chunk is taken."""
        added = dict.fromkeys(keys)
        for coming, _ in self._coming:
            for key in coming:
                added.pop(key, None)
        self._keys.update(added)

    async def take(self) -> LoadedChunk:
        """The next chunk, once it is there; without any, an empty one."""
        self._ask()
        if not self._coming:
            return LoadedChunk([], [], 0)
        keys, loading = self._coming[0]
        rows = await loading
        self._coming.popleft()
        self._ask()
        return LoadedChunk(keys, rows, len(self))

    async def take_ready(self) -> list[LoadedChunk]:
        """The next chunk, once it is there, and those after it that are there too."""
        chunks = [await self.take()]
        while self._coming and len(chunks) < self._window.at_once and _is_loaded(self._coming[0][1]):
            chunks.append(await self.take())
        return chunks

    async def close(self) -> None:
        """Stop waiting; an internal error of a chunk that was not taken is raised, and never lost."""
        tasks = [loading for _, loading in self._coming]
        self._coming.clear()
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception) and not isinstance(ended, ScanTuiError):
                raise ended

    def _ask(self) -> None:
        on_way = sum(not loading.done() for _, loading in self._coming)
        while self._keys and on_way < self._window.ahead and len(self._coming) < self._window.most_held:
            keys = [self._keys.popitem()[0] for _ in range(min(self._window.chunk, len(self._keys)))]
            if not self._keys:
                # A dictionary keeps the room that it once needed.
                self._keys = {}
            loading = asyncio.ensure_future(self._timed(keys))
            # The next is asked for as soon as one has come, also if that is taken later.
            loading.add_done_callback(self._ask_for_next)
            self._coming.append((keys, loading))
            on_way += 1

    def _ask_for_next(self, loaded: asyncio.Task[list[ScanSummary]]) -> None:
        if self._coming and _is_loaded(loaded):
            self._ask()

    async def _timed(self, keys: Sequence[str]) -> list[ScanSummary]:
        started = self._clock()
        rows = await self._load(keys)
        self._window.note(self._clock() - started, rows)
        return rows


def _is_loaded(loading: asyncio.Task[list[ScanSummary]]) -> bool:
    return loading.done() and not loading.cancelled() and loading.exception() is None
