"""Work that takes several turns of the event loop when there are very many rows, so that keys come between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from scantui.tui.commands.collaborators import StartWork


class InTurns:
    """Prepares a change slice by slice, and makes it; another one takes the place of one that is being prepared."""

    def __init__(self, start_work: StartWork, group: str) -> None:
        self._start_work = start_work
        self._group = group
        self._wanted: Callable[[], None] | None = None

    def make(self, prepare: Callable[[], bool], change: Callable[[], None]) -> None:
        """Call `prepare` until it answers that all is prepared, and then `change`; at once if one call is enough."""
        self._wanted = change
        if prepare():
            change()
        else:
            self._start_work(self._go_on(prepare, change), self._group)

    async def _go_on(self, prepare: Callable[[], bool], change: Callable[[], None]) -> None:
        while self._wanted is change:
            if prepare():
                change()
                return
            await asyncio.sleep(0)
