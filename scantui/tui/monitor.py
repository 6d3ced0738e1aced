"""The monitor's screen: it composes the widgets, gives the commands their collaborators, and routes messages.

Rule: workers and widgets post messages, commands change the board or a widget, and the view repaints rows.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Coroutine, Sequence
from inspect import isawaitable
from typing import Any, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import DataTable
from textual.worker import Worker

from scantui.board import SORT_COLUMNS, Board
from scantui.filters import ScanFilter
from scantui.system.state import Memory
from scantui.tui import messages
from scantui.tui.commands.collaborators import Host
from scantui.tui.commands.command import Place
from scantui.tui.commands.groups import Collaborators, CommandGroups
from scantui.tui.commands.keys import bindings_of
from scantui.tui.commands.table import commands_at
from scantui.tui.dialogs.opening import OverMonitor
from scantui.tui.intake import FeedIntake
from scantui.tui.night import NightSettings
from scantui.tui.scan_view import ScanView
from scantui.tui.terminal import LeanScreen
from scantui.tui.terminal.survival import error_sentence
from scantui.tui.watched_server import WatchedServer
from scantui.tui.widgets.filter_bar import FilterBar
from scantui.tui.widgets.hint_line import HintLine
from scantui.tui.widgets.message_line import MessageLine
from scantui.tui.widgets.panes import Panes
from scantui.tui.widgets.scan_table import ScanTable
from scantui.tui.widgets.status_line import ConnectionStatus, StatusLine
from scantui.tui.workers import EventSource, find_out_rights, follow_feed

_FEED, _RIGHTS = "feed", "rights"
Result = TypeVar("Result")


class Monitor(LeanScreen[None], inherit_bindings=False):
    """The scans of one store, and all that can be done with them from the keyboard."""

    AUTO_FOCUS = "ScanTable"
    HORIZONTAL_BREAKPOINTS = [(140, "-wide")]
    BINDINGS = bindings_of(commands_at(Place.MONITOR))

    def __init__(
        self,
        feed: EventSource,
        server: WatchedServer,
        clock: Callable[[], float],
        memory: Memory,
        log_lines: Callable[[], Sequence[object]],
        host: Host,
        night: NightSettings,
    ) -> None:
        super().__init__()
        self._night, self._host = night, host
        self.start_filter = ScanFilter()
        self.server = server
        self.memory = memory
        self._feed = feed
        self.board = Board()
        self.connection = ConnectionStatus(server.label, clock)
        self.status_line = StatusLine(self.board, self.connection)
        self.filter_bar = FilterBar(self.board.values_of)
        self.table = ScanTable(self.board)
        self.panes = Panes(self.table)
        self.message_line = MessageLine()
        self.hint_line = HintLine(lambda: self.groups.in_force())
        self.view = ScanView(self.board, self.table, self._looks_elsewhere, self.set_timer, self._update_lines)
        self.panes.provide(self.view, server, self.connection.now_ms)
        self.groups = CommandGroups(
            Collaborators(
                view=self.view,
                line=self.filter_bar,
                panes=self.panes,
                server=server,
                dialogs=OverMonitor(self),
                memory=memory,
                host=host,
                notify=self.message_line.show,
                start_work=self.start_work,
                post=self.post_message,
                open_store=feed.open_store,
                now_ms=self.connection.now_ms,
                log_lines=log_lines,
                reconnect=self.start_feed,
                run_later=lambda name: self.call_later(self.action_command, name),
                night=night,
                clock=clock,
            )
        )
        notify, loaded = self.message_line.show, self.groups.digest.loaded
        self._intake = FeedIntake(self.view, server, self.connection, notify, self._connected, loaded)

    def compose(self) -> ComposeResult:
        yield self.status_line
        yield self.filter_bar
        yield self.panes
        yield self.message_line
        yield self.hint_line

    def on_mount(self) -> None:
        self.board.set_filter(self.start_filter)
        for column, descending in self.memory.state.sort:
            if column in SORT_COLUMNS:
                self.board.sort_by(column, descending)
        self.filter_bar.show(self.start_filter)
        self.groups.outline.apply()
        self.groups.alerts.start()
        self.groups.appearance.apply()
        self._update_lines()
        # The first frame is painted before anything is imported or opened for the store.
        self.call_after_refresh(self.start_feed)

    def start_feed(self) -> None:
        """Follow the store, anew when it is followed already."""
        gc.enable()
        self.start_work(follow_feed(self._feed, self.post_message), _FEED)
        if self._night.open_notes is not None:
            self.groups.notes.start(self._night.open_notes)

    def start_work(self, work: Coroutine[Any, Any, Result], group: str, exclusive: bool = True) -> Worker[Result]:
        """Run a coroutine in the background; an `exclusive` one ends others of its group."""
        return self.run_worker(work, group=group, exclusive=exclusive, exit_on_error=False)

    def worker_failed(self, group: str, error: BaseException) -> None:
        if group == _FEED:
            self.server.store = None
            self.connection.fail()
            self.status_line.show()
            self.message_line.show(f"{error_sentence(error)}. R reconnects", is_error=True)

    # Commands

    def key_pressed(self) -> None:
        """Note that a user is there."""
        self.groups.alerts.key_pressed()
        self.groups.digest.key_pressed()

    async def action_command(self, name: str) -> None:
        """Run a command."""
        result = self.groups.run(name)
        if isawaitable(result):
            await result

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let the filter have every key while it is edited, and a pane its own keys."""
        if action != "command":
            return True
        return not self.filter_bar.is_edited and parameters[0] not in self.groups.hidden_at(self.hint_line.place)

    # The lines around the table

    def _looks_elsewhere(self) -> bool:
        return bool(self.panes.opened) or self.filter_bar.is_edited

    def _update_lines(self) -> None:
        self._feed.watched = [*self.groups.alerts.watched, *self.table.keys_in_view]
        self.connection.alarms = self.groups.alerts.unseen
        self.connection.lag_seconds = self._host.terminal_lag()
        self.connection.reads_only = self.server.reads_only
        self.status_line.show()
        self.message_line.show_news(self.view.news())
        self.groups.watching.look()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self.hint_line.show_place_of(event.widget)

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
        self._intake.take_in(message.event)
        self.groups.alerts.take_in(message.event)

    def _connected(self) -> None:
        if self.server.store is not None:
            self.start_work(find_out_rights(self.server.store, self.post_message), _RIGHTS)
        self.groups.details.load_again()

    @on(messages.SecondPassed)
    def _go_on(self) -> None:
        now_ms = self.connection.now_ms()
        self.view.tell_time(now_ms)
        self.groups.details.tell_time(now_ms)
        self.groups.digest.tell_time(now_ms)
        self.groups.alerts.tell_time()
        self.groups.appearance.check_memory()
        self._update_lines()

    @on(DataTable.RowHighlighted)
    def _cursor_moved(self) -> None:
        self.view.follow_if_at_end()
        self.groups.details.follow_cursor()
        row = self.view.row
        if row is not None and row.problem:
            self.message_line.show(row.problem, is_error=True)

    @on(DataTable.RowSelected)
    def _row_clicked(self) -> None:
        self.groups.details.details()

    @on(messages.RightsFound)
    def _show_rights(self, message: messages.RightsFound) -> None:
        self.server.may_write = message.may_write
        self._update_lines()

    def on_paste(self, event: events.Paste) -> None:
        """Add to the filter what is pasted outside an input line."""
        event.stop()
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
        if isinstance(message, messages.Notice):
            self.message_line.show(message.text, message.is_error)
        elif isinstance(message, messages.FilterTyped):
            self.groups.filtering.typed(message.scan_filter)
        elif isinstance(message, messages.FilterEntered):
            self.groups.filtering.entered(message.scan_filter)
        elif isinstance(message, messages.FilterLeft):
            self.groups.filtering.left(message.scan_filter)
        elif isinstance(message, messages.FilterRefused):
            self.message_line.show(message.problem, is_error=True)
        elif isinstance(message, messages.FoundOnServer):
            self.groups.filtering.show_found(message)
        elif isinstance(message, messages.OpenScan):
            self.groups.details.open_link(message.key)
        elif isinstance(message, messages.AlertsCame):
            self.groups.alerts.came(message.alerts)
        elif isinstance(message, messages.NotesRead):
            self.groups.notes.read(message.book)
        elif isinstance(message, messages.ReportWanted):
            self.groups.digest.write_report(message.span)
        elif isinstance(message, messages.PublishingBegan):
            self.groups.test_scans.note_running(message)
