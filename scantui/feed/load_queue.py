"""Scans that are still to be loaded, in chunks; the next ones are on their way while the last one is looked at.

Rule: a chunk is handed out whole and in the order in which it was asked for, and no key comes twice.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence

from scantui.exceptions import ScanTuiError
from scantui.models import ScanSummary

# How many chunks are on their way at a time: the server prepares one while another is read.
_AHEAD = 2
LoadRows = Callable[[Sequence[str]], Awaitable[list[ScanSummary]]]


class LoadQueue:
    """Keys, the last first, and the rows of the next few of them. Close it if not all are taken."""

    def __init__(self, load: LoadRows, chunk: int) -> None:
        self._load = load
        self._chunk = chunk
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
        self._keys = {**self._keys, **added} if self._keys else added

    async def take(self) -> tuple[list[str], list[ScanSummary]]:
        """The keys of the next chunk, and their rows; without those of scans that are gone."""
        self._ask()
        if not self._coming:
            return [], []
        keys, loading = self._coming[0]
        rows = await loading
        self._coming.popleft()
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
        while self._keys and len(self._coming) < _AHEAD:
            keys = [self._keys.popitem()[0] for _ in range(min(self._chunk, len(self._keys)))]
            self._coming.append((keys, asyncio.ensure_future(self._load(keys))))
