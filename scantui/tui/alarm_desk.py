"""Rules at work in the background: they see the events of the feeds, and their alerts are posted.

Rule: a paused screen, an open dialog or a filter changes nothing here; rules have boards of their own, one a server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from scantui.feed import Connected, Event, Heartbeat, Loaded
from scantui.filters.servers import may_hold_at
from scantui.models import ScanSummary
from scantui.tui.messages import AlertsCame, PostMessage
from scantui.vigil.alarms import Alarms

if TYPE_CHECKING:
    from scantui.alerts import Alert, AlertRule
    from scantui.store import AsyncDataStore

# A scan that fails calls within a second, and this is how often rules are looked at.
_LOOK_SECONDS = 0.25
# Rows known before the first rule was armed are taken in this many at a time.
_ROWS_AT_ONCE = 500


class AlarmDesk:
    """Shows each event of a server to the rules there; `clock` counts seconds and never jumps.

    Of several servers, each is named in its alerts.
    """

    def __init__(self, post: PostMessage, clock: Callable[[], float], servers: Sequence[str]) -> None:
        self._alarms = {name: Alarms([], clock, asks_store=False, server=name) for name in servers}
        self._post = post
        self._coming: asyncio.Queue[tuple[str, Event] | Callable[[], None]] = asyncio.Queue()

    @property
    def watched(self) -> list[str]:
        """The scans that the feeds should look after first."""
        return [key for alarms in self._alarms.values() for key in alarms.watched]

    def reading_of(self, name: str) -> str:
        """What a rule has read last of counters and memory, of several servers with their names."""
        readings = {server: alarms.reading_of(name) for server, alarms in self._alarms.items()}
        several = len(readings) > 1
        return ", ".join(f"{server} {text}" if several else text for server, text in readings.items() if text)

    def begin(self, server: str, rows: Sequence[ScanSummary], now_ms: int, store: AsyncDataStore | None) -> None:
        """Take in what is known already of a server, at the time of the list, 0 while it is not known."""
        if store is not None:
            self.see(server, Connected(store, len(rows)))
        if now_ms:
            self.see(server, Heartbeat(now_ms, 0))
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            remaining = max(0, len(rows) - start - _ROWS_AT_ONCE)
            self.see(server, Loaded(list(rows[start : start + _ROWS_AT_ONCE]), remaining))

    def see(self, server: str, event: Event) -> None:
        """Take in an event of a server when those before it were."""
        self._coming.put_nowait((server, event))

    def arm(self, rule: AlertRule) -> None:
        """Arm a rule; it ignores what came before."""
        self._coming.put_nowait(lambda: self._arm(rule))

    def disarm(self, name: str) -> None:
        """Disarm a rule."""
        self._coming.put_nowait(lambda: self._disarm(name))

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
                    server, event = coming
                    await self._alarms[server].take_in(event)
            due = [alert for server in self._alarms for alert in self._due(server)]
            if due:
                self._post(AlertsCame(due))

    def _arm(self, rule: AlertRule) -> None:
        for server, alarms in self._alarms.items():
            # A rule for other servers must not call because nothing happens on this one.
            if len(self._alarms) == 1 or may_hold_at(rule.filter.terms, server):
                alarms.arm(rule)

    def _disarm(self, name: str) -> None:
        for alarms in self._alarms.values():
            alarms.disarm(name)

    def _due(self, server: str) -> list[Alert]:
        due = self._alarms[server].due()
        if len(self._alarms) == 1:
            return due
        return [msgspec.structs.replace(each, server=server) for each in due]
