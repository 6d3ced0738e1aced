"""The monitor's screen: it composes the widgets, gives the commands their collaborators, and routes messages.

Rule: workers and widgets post messages, commands change the board or a widget, and the view repaints rows.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import cached_property
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget
from textual.widgets import DataTable
from textual.worker import Worker

from scantui.filters import ScanFilter
from scantui.system.state import Memory
from scantui.tui import messages
from scantui.tui.commands.command import Place
from scantui.tui.commands.keys import bindings_of, hint_for_letter
from scantui.tui.commands.shown import WELCOME, in_force
from scantui.tui.commands.table import commands_at
from scantui.tui.night import NightSettings
from scantui.tui.stations import Stations, wall_ms
from scantui.tui.terminal import LeanDisplay, LeanScreen
from scantui.tui.terminal.survival import error_sentence
from scantui.tui.watched_server import WatchedServers
from scantui.tui.widgets.filter_bar import FilterBar
from scantui.tui.widgets.hint_line import HintLine
from scantui.tui.widgets.message_line import MessageLine
from scantui.tui.widgets.panes import Panes
from scantui.tui.widgets.pinned import PinnedLines
from scantui.tui.widgets.scan_table import ScanTable
from scantui.tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from scantui.board import Board
    from scantui.tui.commands.collaborators import Host
    from scantui.tui.commands.groups import CommandGroups
    from scantui.tui.scan_view import ScanView
    from scantui.tui.widgets.replay_line import Playback
    from scantui.tui.workers import EventSource
    from scantui.tui.workings import Workings

Result = TypeVar("Result")


class Monitor(LeanScreen[None], inherit_bindings=False):
    """The scans of one store or of several, and all that can be done with them from the keyboard."""

    AUTO_FOCUS = "ScanTable"
    HORIZONTAL_BREAKPOINTS = [(140, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (16, "-high")]
    BINDINGS = bindings_of(commands_at(Place.MONITOR))

    def __init__(
        self,
        feeds: Mapping[str, EventSource],
        servers: WatchedServers,
        clock: Callable[[], float],
        memory: Memory,
        log_lines: Callable[[], Sequence[object]],
        host: Host,
        night: NightSettings,
        playback: Playback | None = None,
    ) -> None:
        super().__init__()
        self.host, self.night, self._playback = host, night, playback
        self._log_lines, self._clock = log_lines, clock
        self._has_begun = self._has_hinted = False
        self.servers, self.memory, self.start_filter = servers, memory, ScanFilter()
        self.stations = Stations(servers, feeds, clock, wall_ms)
        self.connection = self.stations.connection
        self.status_line = StatusLine(self.connection)
        self.filter_bar = FilterBar(servers.completing(lambda field: self.board.values_of(field)))
        self.table = ScanTable()
        self.panes = Panes(self.table)
        self.pinned = PinnedLines()
        self.message_line = MessageLine()
        self.hint_line = HintLine(lambda: in_force(memory.preferences.keys, servers.is_read_only))

    @cached_property
    def workings(self) -> Workings:
        """What stands behind the widgets; made after the first frame, or when it is needed before."""
        from scantui.tui.workings import Workings

        return Workings(self, self._log_lines, self._clock)

    @property
    def board(self) -> Board:
        return self.workings.board

    @property
    def view(self) -> ScanView:
        return self.workings.view

    @property
    def groups(self) -> CommandGroups:
        return self.workings.groups

    def compose(self) -> ComposeResult:
        yield self.status_line
        yield self.filter_bar
        yield self.pinned
        yield self.panes
        yield from self.panes.beside(self._playback, self.start_feed)
        yield self.message_line
        yield self.hint_line

    def on_mount(self) -> None:
        self.filter_bar.show(self.start_filter)
        if self.memory.theme in self.host.theme_names():
            self.host.use_theme(self.memory.theme)
        self.table.look(self.memory.columns, self.memory.time_format, self.memory.dataset_rules)
        if self.memory.is_first_start:
            self.message_line.show_tip(WELCOME)
        self.connection.rights = self.stations.rights_at(None)
        self.update_lines()
        # The first frame is painted before anything is imported or opened for the store.
        self.call_after_refresh(self.start_feed)

    def begin(self) -> None:
        """Show scans and take commands, from the first frame on; a key that comes sooner than that is not lost."""
        if not self._has_begun:
            self._has_begun = True
            # Written now: the first frame does not wait for the disk.
            self.memory.remember_start()
            self.workings.begin(self.start_filter)
            self.update_lines()

    def start_feed(self) -> None:
        """Follow the stores, anew when they are followed already; not when the program was left before it began."""
        if not self.filter_bar.is_attached:
            return
        self.begin()
        self.filter_bar.bring_line()
        gc.freeze()  # what is there stays: to look through it for garbage takes long
        gc.enable()
        self.stations.follow()
        if self.night.open_notes is not None:
            self.groups.notes.start(self.night.open_notes)

    def start_work(self, work: Coroutine[Any, Any, Result], group: str, exclusive: bool = True) -> Worker[Result]:
        """Run a coroutine in the background; an `exclusive` one ends others of its group."""
        return self.run_worker(work, group=group, exclusive=exclusive, exit_on_error=False)

    def worker_failed(self, group: str, error: BaseException) -> None:
        if self.stations.worker_failed(group):
            self.status_line.show()
            self.message_line.show(f"{error_sentence(error)}. R reconnects", is_error=True)

    # Commands

    def key_pressed(self) -> None:
        """Note that a user is there."""
        if self._has_begun:
            self.groups.key_pressed(self.call_later)
            self.view.finish()

    def focus_changed(self, has_focus: bool) -> None:
        """Note that the terminal lost the keyboard, or got it back."""
        if self._has_begun:
            self.groups.digest.focus_changed(has_focus)

    async def action_command(self, name: str) -> None:
        """Run a command."""
        self.begin()
        self.message_line.show_tip("")
        self.message_line.forget()
        result = self.groups.run(name)
        if isawaitable(result):
            await result

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let the filter have every key while it is edited, and a pane its own keys."""
        if action != "command":
            return True
        return not self.filter_bar.is_edited and parameters[0] not in self.groups.hidden_at(self.hint_line.place)

    # The lines around the table

    def looks_elsewhere(self) -> bool:
        return self.panes.holds_rows or self.filter_bar.is_edited

    def update_lines(self) -> None:
        """Show how things are now."""
        if self._has_begun:
            self.workings.update_lines()
        else:
            self.status_line.show()

    def show_anew(self) -> None:
        """Show the lines around the table in the styles of another theme."""
        for line in (self.status_line, self.filter_bar, self.pinned, self.hint_line):
            line.forget_shown()
        self.update_lines()

    def watch_focused(self, focused: Widget | None) -> None:
        """Show the hints of the widget that got the keyboard, in the frame of the key that gave it."""
        if focused is not None and self.hint_line.is_attached:
            self.hint_line.show_place_of(focused)

    def on_screen_suspend(self) -> None:
        """Hint at what can be done in what lies over the monitor."""
        hint = getattr(self.app.screen, "HINT", "")
        if hint:
            self.hint_line.show(hint)

    def on_screen_resume(self) -> None:
        self.hint_line.show_place_of(self.focused)

    # Messages

    @on(messages.FeedEvent)
    def _take_in(self, message: messages.FeedEvent) -> None:
        self.stations.take_in(message)
        self.groups.take_in(message.event, message.server)

    @on(messages.SecondPassed)
    def _go_on(self) -> None:
        if not self._has_begun:
            return
        now_ms = self.connection.now_ms()
        self.view.tell_time(now_ms)
        self.groups.tell_time(now_ms)
        self.workings.read_columns.look(isinstance(self.app, LeanDisplay) and self.app.ascii_only)
        self.update_lines()

    @on(DataTable.RowHighlighted)
    def _cursor_moved(self) -> None:
        self.view.cursor_moved()
        self.groups.cursor_moved()
        if self.view.row is not None and self.view.row.problem:
            self.message_line.show(self.view.row.problem, is_error=True)

    @on(DataTable.HeaderSelected)
    def _header_clicked(self, message: DataTable.HeaderSelected) -> None:
        self.groups.rows.sort_by_header(message.column_key.value or "")

    @on(DataTable.RowSelected)
    def _row_clicked(self) -> None:
        self.groups.details.details()

    @on(messages.SparklinesCame)
    @on(messages.ReasonsRead)
    def _keep_texts(self, message: messages.SparklinesCame | messages.ReasonsRead) -> None:
        self.workings.read_columns.take(message)

    @on(messages.RightsFound)
    def _show_rights(self, message: messages.RightsFound) -> None:
        self.stations.note_rights(message)
        self.update_lines()

    @on(messages.MemoryFound)
    def _show_memory(self, message: messages.MemoryFound) -> None:
        self.stations.note_memory(message)
        self.status_line.show()

    def on_key(self, event: events.Key) -> None:
        """Explain once what to do when the keyboard types letters of another alphabet, which are bound to nothing."""
        hint = "" if self._has_hinted else hint_for_letter(event.character or "")
        if hint and event.key not in self.active_bindings:
            self._has_hinted = True
            self.message_line.show(hint)

    def on_paste(self, event: events.Paste) -> None:
        """Add to the filter what is pasted outside an input line."""
        event.stop()
        self.begin()
        self.groups.filtering.edit(event.text)

    @on(messages.Notice)
    @on(messages.FilterTyped)
    @on(messages.FilterEntered)
    @on(messages.FilterLeft)
    @on(messages.FilterRefused)
    @on(messages.FoundOnServer)
    @on(messages.OpenScan)
    @on(messages.AlertsCame)
    @on(messages.NotesRead)
    @on(messages.ReportWanted)
    @on(messages.PublishingBegan)
    def _route(self, message: Message) -> None:
        if isinstance(message, messages.FoundOnServer):
            self.stations.note_found(message)
        self.groups.take_message(message)
