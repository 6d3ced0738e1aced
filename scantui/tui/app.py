"""The doorway: the application, which holds nothing but the monitor's screen and the ways to leave it."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Sequence

from textual.binding import Binding
from textual.theme import BUILTIN_THEMES

from scantui.exceptions import ScanTuiError
from scantui.machine.clipboard import osc52
from scantui.machine.notification import osc9
from scantui.machine.state import Memory
from scantui.tui.display import LeanDisplay
from scantui.tui.keys import keymap_keys
from scantui.tui.messages import ServerChosen
from scantui.tui.monitor import Monitor
from scantui.tui.terminal import AsciiDriver
from scantui.tui.workers import EventSource

# The second is its name before Textual 8.2.5.
ANSI_THEME = "ansi-dark" if "ansi-dark" in BUILTIN_THEMES else "textual-ansi"
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class ScanTuiApp(LeanDisplay):
    """The terminal monitor on one source of events; `label` names it to the user."""

    CSS_PATH = "monitor.tcss"
    TITLE = "scantui"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [
        Binding("ctrl+c,ctrl+q", "quit", "Leave", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True),
    ]

    def __init__(
        self,
        feed: EventSource,
        label: str,
        clock: Callable[[], float] = time.monotonic,
        memory: Memory | None = None,
        log_lines: Callable[[], Sequence[object]] = tuple,
        own_colours_only: bool = False,
        ascii_only: bool = False,
        servers: Sequence[str] = (),
        feed_of: Callable[[str], EventSource] | None = None,
    ) -> None:
        """`servers` are the names to choose from; `feed_of` gives the events of one, or raises a ScanTuiError."""
        super().__init__(driver_class=AsciiDriver if ascii_only else None)
        if own_colours_only:
            # The terminal's own colours, and not shades of grey in the place of ours.
            self.theme = ANSI_THEME
        self._clock, self._memory, self._log_lines = clock, memory or Memory(), log_lines
        self._servers, self._feed_of = tuple(servers), feed_of
        self.set_keymap({name: keymap_keys(keys) for name, keys in self._memory.preferences.keys.items()})
        self.monitor = self._monitor_of(feed, label)
        self._leaving: asyncio.Task[None] | None = None

    def on_mount(self) -> None:
        self.push_screen(self.monitor)
        if not self.is_headless:
            loop = asyncio.get_running_loop()
            for number in _SIGNALS:
                loop.add_signal_handler(number, self._leave_by, number)

    def _monitor_of(self, feed: EventSource, label: str) -> Monitor:
        monitor = Monitor(feed, label, self._clock, self._memory, self._log_lines, self)
        monitor.servers = self._servers
        return monitor

    async def on_server_chosen(self, message: ServerChosen) -> None:
        """Watch another server, with the same filter; test scans on the old one are closed first."""
        before = self.monitor
        try:
            if self._feed_of is None:
                return
            feed = self._feed_of(message.name)
        except ScanTuiError as error:
            before.say(str(error), is_error=True)
            return
        await before.close_test_scans()
        self.monitor = self._monitor_of(feed, message.name)
        self.monitor.start_filter, self.monitor.read_only = before.board.filter, before.read_only
        await self.switch_screen(self.monitor)

    def copy_by_terminal(self, text: str) -> None:
        """Have the terminal copy a text; MachineError when it is too long for one."""
        self._tell_terminal(osc52(text, os.environ))

    def notify_by_terminal(self, text: str) -> None:
        """Ring the terminal's bell, and have a desktop that listens show a notification."""
        self.bell()
        self._tell_terminal(osc9(text, os.environ))

    def _tell_terminal(self, sequence: str) -> None:
        if self._driver is not None:
            self._driver.write(sequence)

    async def action_quit(self) -> None:
        await self.leave()

    def _leave_by(self, number: int) -> None:
        self._leaving = asyncio.ensure_future(self.leave(128 + number))

    async def leave(self, return_code: int = 0) -> None:
        """Close what is ours in the store, give the terminal back, and end."""
        await self.monitor.close_test_scans()
        await self.last_answer()
        self.exit(return_code=return_code)
