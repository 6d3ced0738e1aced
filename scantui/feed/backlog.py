"""Scans that are still to be loaded, in chunks; the next chunk is on its way while the last one is looked at.

Rule: a chunk is handed out whole and in the order in which it was asked for, and no key comes twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

from scantui.models import ScanSummary

LoadRows = Callable[[Sequence[str]], Awaitable[list[ScanSummary]]]


class Backlog:
    """Keys, the last first, and the rows of the next few of them. Close it when it is not taken to its end."""

    def __init__(self, load: LoadRows, chunk: int) -> None:
        self._load = load
        self._chunk = chunk
        self._keys: dict[str, None] = {}
        self._coming: list[str] = []
        self._rows: asyncio.Task[list[ScanSummary]] | None = None

    def __len__(self) -> int:
        """How many scans were not handed out yet."""
        return len(self._keys) + len(self._coming)

    def add(self, keys: Iterable[str]) -> None:
        """Put more at the end, from where the next chunk is taken."""
        added = dict.fromkeys(keys)
        for key in self._coming:
            added.pop(key, None)
        self._keys = {**self._keys, **added} if self._keys else added

    async def take(self) -> tuple[list[str], list[ScanSummary]]:
        """The keys of the next chunk, and their rows; those of scans that are gone are missing."""
        if self._rows is None:
            self._ask()
        if self._rows is None:
            return [], []
        keys, rows = self._coming, await self._rows
        self._ask()
        return keys, rows

    async def close(self) -> None:
        """Wait for nothing any more."""
        if self._rows is not None:
            self._rows.cancel()
            await asyncio.wait([self._rows])
            if not self._rows.cancelled():
                self._rows.exception()  # nobody is to hear of it
            self._rows = None

    def _ask(self) -> None:
        self._coming = [self._keys.popitem()[0] for _ in range(min(self._chunk, len(self._keys)))]
        self._rows = asyncio.ensure_future(self._load(self._coming)) if self._coming else None
