"""The doorway: the application, which holds nothing but the monitor's screen."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.app import App
from textual.binding import Binding

from scantui.tui.monitor import EventSource, Monitor


class ScanTuiApp(App[None]):
    """The terminal monitor on one source of events; `label` names it to the user."""

    CSS_PATH = "monitor.tcss"
    TITLE = "scantui"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [Binding("ctrl+c", "leave", "Leave", show=False, priority=True)]

    def __init__(self, feed: EventSource, label: str, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.monitor = Monitor(feed, label, clock)

    def on_mount(self) -> None:
        self.push_screen(self.monitor)

    async def action_leave(self) -> None:
        await self.monitor.action_leave()
