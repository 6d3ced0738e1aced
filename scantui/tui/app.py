"""The application: it holds the monitor's screen, the terminal, and the ways to leave."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from rich.cells import cell_len, set_cell_size
from rich.theme import Theme
from textual import events
from textual.color import Color
from textual.theme import BUILTIN_THEMES
from textual.theme import Theme as TextualTheme

from scantui.exceptions import ScanTuiError, UnreachableError
from scantui.system.state import Memory
from scantui.tui.commands.command import Place
from scantui.tui.commands.keys import bindings_of, keymap_keys
from scantui.tui.commands.table import commands_at
from scantui.tui.looks import ANSI_STYLES, legible, styles_of
from scantui.tui.messages import ServersChosen
from scantui.tui.monitor import Monitor
from scantui.tui.night import NightSettings
from scantui.tui.terminal import LeanDisplay
from scantui.tui.terminal.driver import AsciiDriver, SteadyDriver, in_ascii
from scantui.tui.terminal.key_queue import KeysInOrder
from scantui.tui.watched_server import WatchedServer, WatchedServers

if TYPE_CHECKING:
    from scantui.models import ScanSummary
    from scantui.store import AsyncDataStore
    from scantui.tui.widgets.replay_line import Playback
    from scantui.tui.workers import EventSource

# The second is its name before Textual 8.2.5.
ANSI_THEME = "ansi-dark" if "ansi-dark" in BUILTIN_THEMES else "textual-ansi"
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


class ScanTuiApp(KeysInOrder, LeanDisplay):
    """The terminal monitor on one source of events; `label` names it to the user."""

    CSS_PATH = "monitor.tcss"
    TITLE = "scantui"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = bindings_of(commands_at(Place.APPLICATION))
    # Watchers run while the base class is built.
    _has_styles = False
    _variables: tuple[TextualTheme, dict[str, str]] | None = None

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
        night: NightSettings | None = None,
        name_at: Callable[[str, str], str] | None = None,
        beside: Mapping[str, EventSource] | None = None,
        playback: Playback | None = None,
    ) -> None:
        """`beside` has the feeds of further servers whose scans are in the same list, by their names.

        `servers` are the names to choose from; `feed_of` gives the events of one, or raises a ScanTuiError.
        With a `playback` the monitor has its line.

        `name_at` returns what to call the server of a name, given the label of its open store.
        """
        # Under NO_COLOR, Textual would turn its own colours into black on black.
        super().__init__(
            driver_class=AsciiDriver if ascii_only else SteadyDriver, ansi_color=True if own_colours_only else None
        )
        if own_colours_only:
            # The terminal's own colours instead of shades of grey.
            self.theme = ANSI_THEME
        self.ascii_only = ascii_only
        self._clock, self._memory, self._log_lines = clock, memory or Memory(), log_lines
        self._night = night or NightSettings()
        self._playback = playback
        self._servers, self._feed_of, self._name_at = tuple(servers), feed_of, name_at
        self.set_keymap({name: keymap_keys(keys) for name, keys in self._memory.preferences.keys.items()})
        self.monitor = self._monitor_of({label: feed, **(beside or {})})
        self._left_before: list[str] = []
        self._leaving: asyncio.Task[None] | None = None

    async def run_async(self, **options: Any) -> None:
        """Run until the user or a signal ends it, or an internal error, which is kept as `fault`.

        Signals are handled from before the terminal is taken until after it is given back.
        """
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._leave_by, number)
        try:
            await super().run_async(**options)
        finally:
            # After an internal error nothing has closed them yet.
            await self.monitor.groups.close_test_scans()

    def _monitor_of(self, feeds: Mapping[str, EventSource]) -> Monitor:
        if len(feeds) == 1:
            servers = [self._watched(name, feed) for name, feed in feeds.items()]
        else:
            # Imported for several only: the first frame of one does not wait.
            from scantui.feed.many import placed_feeds

            # A recording, which reports more, is never one of several.
            feeds = placed = placed_feeds(cast("Mapping[str, Any]", feeds), prefers_first=True)
            servers = [self._watched(name, feed, feed.own) for name, feed in placed.items()]
            for server, feed in zip(servers, placed.values(), strict=True):
                server.data_id = feed.data_id
        watched = WatchedServers(servers, self._servers)
        given = self._clock, self._memory, self._log_lines
        return Monitor(feeds, watched, *given, self, self._night, self._playback)

    def _watched(
        self, name: str, feed: EventSource, place: Callable[[Sequence[ScanSummary]], list[ScanSummary]] = list
    ) -> WatchedServer:
        name_at = partial(self._name_at, name) if self._name_at else None
        return WatchedServer(name, name_at, feed.open_store, place)

    def on_load(self) -> None:
        self._use_styles()

    def get_default_screen(self) -> Monitor:
        """The monitor, with no empty screen below it that would cost time at the start."""
        return self.monitor.as_first()

    def get_css_variables(self) -> dict[str, str]:
        """The colours of the theme, changed where a text could not be read."""
        theme = self.current_theme
        # Textual asks more than once before the first frame.
        if self._variables is None or self._variables[0] is not theme:
            variables = super().get_css_variables()
            self._variables = theme, variables if theme.ansi else legible(variables, _rgb)
        self.theme_variables = dict(self._variables[1])
        return self.theme_variables

    def watch_theme(self) -> None:
        """Choose colours for the words that are legible in the theme."""
        self._use_styles()
        if self.is_running:
            self.monitor.show_anew()

    def _use_styles(self) -> None:
        if self._has_styles:
            self.console.pop_theme()
        ansi = self.current_theme.ansi
        styles = ANSI_STYLES if ansi else styles_of(self.get_css_variables(), _rgb)
        self.console.push_theme(Theme(styles))
        self._has_styles = True

    async def on_servers_chosen(self, message: ServersChosen) -> None:
        """Watch other servers, with the same filter; test scans on the old ones are closed first."""
        before = self.monitor
        if self._feed_of is None:
            return
        try:
            feeds = {name: _feed_of_one(self._feed_of, name, len(message.names) > 1) for name in message.names}
        except ScanTuiError as error:
            before.message_line.show(str(error), is_error=True)
            return
        await before.groups.close()
        self._left_before += before.groups.test_scans_left_open
        self.monitor = self._monitor_of(feeds)
        self.monitor.start_filter = before.board.filter
        self.monitor.servers.marked_before = list(before.board.marks)
        if before.servers.is_read_only:
            self.monitor.servers.forbid_writing()
        self.monitor.groups.go_on_from(before.groups)
        await self.switch_screen(self.monitor)

    @property
    def test_scans_left_open(self) -> list[str]:
        """The keys of test scans, on all servers that were watched, that could not be closed."""
        return [*self._left_before, *self.monitor.groups.test_scans_left_open]

    def fit_for_terminal(self, text: str) -> str:
        """A text to print outside the screen, as the terminal can show it."""
        return in_ascii(text) if self.ascii_only else text

    def copy_by_terminal(self, text: str) -> None:
        """Let the terminal copy a text; MachineError when it is too long."""
        from scantui.system.clipboard import osc52

        self.write_to_terminal(osc52(text, os.environ))

    def notify_by_terminal(self, text: str) -> None:
        """Ring the terminal's bell, and show a notification on a desktop that understands it."""
        from scantui.system.notification import osc9

        self.bell()
        self.write_to_terminal(osc9(text, os.environ))

    def leave_screen_for(self, text: str) -> None:
        """Print a text in place of the screen until Enter; the feed goes on meanwhile, and Ctrl-C still leaves."""
        self.monitor.start_work(self._print_plain(text), "plain text")

    async def _print_plain(self, text: str) -> None:
        loop, pressed = asyncio.get_running_loop(), asyncio.Event()
        width = self.size.width

        def print_all() -> None:
            lines = [set_cell_size(line, min(cell_len(line), width)) for line in text.splitlines()]
            shown = "\n".join([*lines, "", "Enter returns to the monitor "])
            print(self.fit_for_terminal(shown), end="", flush=True)

        await self.hear_terminal_out()
        with self.suspend():
            # A terminal may take long for many lines; meanwhile the feed goes on.
            await asyncio.to_thread(print_all)
            loop.add_reader(sys.stdin.fileno(), pressed.set)
            try:
                await pressed.wait()
                sys.stdin.readline()
            finally:
                loop.remove_reader(sys.stdin.fileno())

    @property
    def theme_name(self) -> str:
        """The name of the theme that is shown."""
        return self.theme

    def theme_names(self) -> Iterable[str]:
        """The names of all themes."""
        return self.available_themes

    def use_theme(self, name: str) -> None:
        """Show everything in the colours of a theme."""
        self.theme = name

    def redraw(self) -> None:
        """Write the whole screen again."""
        self.write_anew()
        self.refresh(repaint=True, layout=True)

    @property
    def can_go_on(self) -> bool:
        return self.is_running and self.monitor.is_running and self.monitor.is_mounted

    def show_internal_error(self, sentence: str) -> None:
        self.monitor.message_line.show(sentence, is_error=True)

    async def action_quit(self) -> None:
        await self.leave()

    def _leave_by(self, number: int) -> None:
        self._leaving = asyncio.ensure_future(self.leave(128 + number))

    async def on_event(self, event: events.Event) -> None:
        """Note that a user is there."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            self.monitor.key_pressed()
        elif isinstance(event, events.AppFocus | events.AppBlur):
            self.monitor.focus_changed(isinstance(event, events.AppFocus))
        await super().on_event(event)

    async def leave(self, return_code: int = 0) -> None:
        """Close the test scans, give the terminal back, and end."""
        await self.monitor.groups.close()
        self.exit(return_code=return_code)


def _rgb(colour: str) -> tuple[int, int, int]:
    return Color.parse(colour).rgb


def _feed_of_one(feed_of: Callable[[str], EventSource], name: str, is_one_of_several: bool) -> EventSource:
    """The events of a server; of several, one that is configured wrongly has this as its own trouble."""
    try:
        return feed_of(name)
    except ScanTuiError as error:
        if not is_one_of_several:
            raise
        from scantui.feed import Feed

        return Feed(partial(_refuse, error))


async def _refuse(error: ScanTuiError) -> AsyncDataStore:
    raise UnreachableError(str(error)) from error
