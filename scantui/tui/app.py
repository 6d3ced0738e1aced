"""The doorway: the application, which holds nothing but the monitor's screen and the ways to leave it."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import Callable, Sequence
from typing import Any

from textual.binding import Binding
from textual.theme import BUILTIN_THEMES
from textual.worker import WorkerFailed

from scantui.exceptions import ScanTuiError
from scantui.system.clipboard import osc52
from scantui.system.notification import osc9
from scantui.system.state import Memory
from scantui.system.threads import abandon_calls_at_end
from scantui.tui.keys import keymap_keys
from scantui.tui.messages import ServerChosen
from scantui.tui.monitor import Monitor
from scantui.tui.terminal import LeanDisplay
from scantui.tui.terminal.driver import AsciiDriver, SteadyDriver, in_ascii
from scantui.tui.terminal.key_queue import KeysInOrder
from scantui.tui.workers import EventSource

# The second is its name before Textual 8.2.5.
ANSI_THEME = "ansi-dark" if "ansi-dark" in BUILTIN_THEMES else "textual-ansi"
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_log = logging.getLogger(__name__)


class ScanTuiApp(KeysInOrder, LeanDisplay):
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
        # With colours of its own Textual makes NO_COLOR black on black.
        super().__init__(
            driver_class=AsciiDriver if ascii_only else SteadyDriver, ansi_color=True if own_colours_only else None
        )
        if own_colours_only:
            # The terminal's own colours, and not shades of grey in the place of ours.
            self.theme = ANSI_THEME
        self._ascii_only = ascii_only
        self._clock, self._memory, self._log_lines = clock, memory or Memory(), log_lines
        self._servers, self._feed_of = tuple(servers), feed_of
        self.set_keymap({name: keymap_keys(keys) for name, keys in self._memory.preferences.keys.items()})
        self.monitor = self._monitor_of(feed, label)
        self._left_before: list[str] = []
        self.fault: Exception | None = None
        self._leaving: asyncio.Task[None] | None = None

    async def run_async(self, **options: Any) -> None:
        """Run until the user or a signal ends it, or a fault of ours, which is kept as `fault`.

        Signals are taken from before the terminal is until after it is given back.
        """
        loop = asyncio.get_running_loop()
        abandon_calls_at_end(loop)
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._leave_by, number)
        try:
            await super().run_async(**options)
        finally:
            # After a fault nothing has closed them yet.
            await self.monitor.close_test_scans()

    def _monitor_of(self, feed: EventSource, label: str) -> Monitor:
        monitor = Monitor(feed, label, self._clock, self._memory, self._log_lines, self)
        monitor.servers = self._servers
        return monitor

    def on_mount(self) -> None:
        self.push_screen(self.monitor)

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
        self._left_before += before.test_scans_left_open
        self.monitor = self._monitor_of(feed, message.name)
        self.monitor.start_filter, self.monitor.read_only = before.board.filter, before.read_only
        await self.switch_screen(self.monitor)

    @property
    def test_scans_left_open(self) -> list[str]:
        """The keys of those test scans, on all servers that were watched, that could not be closed."""
        return [*self._left_before, *self.monitor.test_scans_left_open]

    def fit_for_terminal(self, text: str) -> str:
        """A text that is printed beside the screen, as the terminal can show it."""
        return in_ascii(text) if self._ascii_only else text

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
        self.exit(return_code=return_code)

    def _handle_exception(self, error: Exception) -> None:
        """Keep what nobody dealt with, and end: Textual would show it with all local variables, passwords too."""
        if self.is_headless:
            super()._handle_exception(error)
            return
        error = error.error if isinstance(error, WorkerFailed) and isinstance(error.error, Exception) else error
        if self.fault is None:
            self.fault = error
        else:
            _log.error("after the first fault", exc_info=error)
        self._close_messages_no_wait()
