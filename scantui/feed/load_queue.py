"""Scans that are still to be loaded, in chunks; the next ones are on their way while the last one is looked at.

Rule: a chunk is handed out whole and in the order in which it was asked for, and no key comes twice.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence

from scantui.exceptions import ScanTuiError
from scantui.models import ScanSummary

# How many scans are asked for at once, at first and from a server far away: a row takes about 700 bytes of a reply.
CHUNK = 100
LARGEST_CHUNK = 300
# How many chunks are on their way at a time: the server prepares one while another is read.
_AHEAD = 2
_MOST_AHEAD = 5
# So many scans a second are wanted, however long the way.
_RATE = 5000
# Answers that take this many times as long as the quickest mean that the line is full.
_FULL = 3
LoadRows = Callable[[Sequence[str]], Awaitable[list[ScanSummary]]]


class LoadingWindow:
    """How many scans are asked for at once and how many chunks are on their way, by how long the answers take; pure.

    From a server nearby, small chunks let keys and news come between. The longer the way, the more is on it.
    """

    def __init__(self, chunk: int = CHUNK) -> None:
        self.chunk = self._smallest = chunk
        self.ahead = _AHEAD
        self._rows = _AHEAD * chunk
        self._quickest = math.inf

    def note(self, seconds: float) -> None:
        """Adapt to the time that a chunk took from the request to its rows."""
        self._quickest = min(self._quickest, seconds)
        if seconds > _FULL * self._quickest:
            wanted = self._rows // 2
        else:
            wanted = min(2 * self._rows, round(_RATE * self._quickest))
        self._rows = min(max(wanted, _AHEAD * self._smallest), _MOST_AHEAD * LARGEST_CHUNK)
        self.ahead = min(max(math.ceil(self._rows / LARGEST_CHUNK), _AHEAD), _MOST_AHEAD)
        self.chunk = self._rows // self.ahead


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
        self._coming: deque[tuple[list[str], asyncio.Task[tuple[list[ScanSummary], float]]]] = deque()

    def __len__(self) -> int:
        """How many scans are still to be handed out."""
        return len(self._keys) + sum(len(keys) for keys, _ in self._coming)

    def add(self, keys: Iterable[str]) -> None:
        """Put more at the end, from where the next chunk is taken."""
        added = dict.fromkeys(keys)
        for coming, _ in self._coming:
            for key in coming:
                added.pop(key, None)
        self._keys = {**self._keys, **added} if self._keys else added

    async def take(self) -> tuple[list[str], list[ScanSummary]]:
        """The keys of the next chunk, and their rows; without those of scans that are gone."""
        self._ask()
        if not self._coming:
            return [], []
        keys, loading = self._coming[0]
        rows, seconds = await loading
        self._coming.popleft()
        self._window.note(seconds)
        self._ask()
        return keys, rows

    async def close(self) -> None:
        """Wait for nothing any more; an internal error of a chunk that was not taken is raised, and never lost."""
        tasks = [loading for _, loading in self._coming]
        self._coming.clear()
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception) and not isinstance(ended, ScanTuiError):
                raise ended

    def _ask(self) -> None:
        while self._keys and len(self._coming) < self._window.ahead:
            keys = [self._keys.popitem()[0] for _ in range(min(self._window.chunk, len(self._keys)))]
            self._coming.append((keys, asyncio.ensure_future(self._timed(keys))))

    async def _timed(self, keys: Sequence[str]) -> tuple[list[ScanSummary], float]:
        started = self._clock()
        return await self._load(keys), self._clock() - started
