"""Rules at work in the background: they see the events of the feed, and their alerts are posted.

Rule: a paused screen, an open dialog or a filter changes nothing here; rules have a board of their own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from scantui.feed import Connected, Event, Heartbeat, Loaded
from scantui.models import ScanSummary
from scantui.tui.messages import AlertsCame, PostMessage
from scantui.vigil.alarms import Alarms

if TYPE_CHECKING:
    from scantui.alerts import AlertRule
    from scantui.store import AsyncDataStore

# A scan that fails calls within a second, and this is how often rules are looked at.
_LOOK_SECONDS = 0.25
# Rows known before the first rule was armed are taken in so many at a time.
_ROWS_AT_ONCE = 500


class AlarmDesk:
    """Shows each event to the rules; `clock` counts seconds and never jumps."""

    def __init__(self, post: PostMessage, clock: Callable[[], float]) -> None:
        self.alarms = Alarms([], clock, asks_store=False)
        self._post = post
        self._coming: asyncio.Queue[Event | Callable[[], None]] = asyncio.Queue()

    def begin(self, rows: Sequence[ScanSummary], now_ms: int, store: AsyncDataStore | None) -> None:
        """Take in what is known already, at the server's time, 0 while it is not known."""
        if store is not None:
            self.see(Connected(store, len(rows)))
        if now_ms:
            self.see(Heartbeat(now_ms, 0))
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            remaining = max(0, len(rows) - start - _ROWS_AT_ONCE)
            self.see(Loaded(list(rows[start : start + _ROWS_AT_ONCE]), remaining))

    def see(self, event: Event) -> None:
        """Take in an event when those before it were."""
        self._coming.put_nowait(event)

    def arm(self, rule: AlertRule) -> None:
        """Put a rule to work; what came before is old to it."""
        self._coming.put_nowait(lambda: self.alarms.arm(rule))

    def disarm(self, name: str) -> None:
        """Let a rule rest."""
        self._coming.put_nowait(lambda: self.alarms.disarm(name))

    async def run(self) -> None:
        """Work until it is cancelled."""
        while True:
            try:
                coming = await asyncio.wait_for(self._coming.get(), _LOOK_SECONDS)
            except asyncio.TimeoutError:
                pass
            else:
                if callable(coming):
                    coming()
                else:
                    await self.alarms.take_in(coming)
            due = self.alarms.due()
            if due:
                self._post(AlertsCame(due))
