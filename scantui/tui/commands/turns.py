"""Work that takes several turns of the event loop when there are very many rows, so that keys come between."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator

from scantui.tui.commands.collaborators import StartWork

# After this time, keys get their turn.
_TURN_SECONDS = 0.005


def in_short_turns(
    steps: Iterator[object], seconds: float = _TURN_SECONDS, clock: Callable[[], float] = time.perf_counter
) -> Callable[[], bool]:
    """A function that takes steps for so many seconds, and answers whether all were taken."""

    def go_on() -> bool:
        until = clock() + seconds
        return all(clock() < until for _ in steps)

    return go_on


class InTurns:
    """Prepares a change slice by slice, and makes it; another one takes the place of one that is being prepared."""

    def __init__(self, start_work: StartWork, group: str) -> None:
        self._start_work = start_work
        self._group = group
        self._wanted: Callable[[], None] | None = None

    def make(self, prepare: Callable[[], bool], change: Callable[[], None]) -> bool:
        """Call `prepare` until it answers that all is prepared, and then `change`; returns whether that was at once."""
        self._wanted = change
        if prepare():
            change()
            return True
        self._start_work(self._go_on(prepare, change), self._group)
        return False

    async def _go_on(self, prepare: Callable[[], bool], change: Callable[[], None]) -> None:
        while self._wanted is change:
            if prepare():
                change()
                return
            await asyncio.sleep(0)
