"""All groups of commands, each with its collaborators, and the runner that finds them by name."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.message import Message

from scantui.system.state import Memory
from scantui.tui import messages
from scantui.tui.commands.alerts import AlertCommands
from scantui.tui.commands.appearance import AppearanceCommands
from scantui.tui.commands.application import ApplicationCommands
from scantui.tui.commands.collaborators import Dialogs, FilterLine, Host, Notify, StartWork
from scantui.tui.commands.command import PANE_TITLES, KeyCommand, Place
from scantui.tui.commands.curves import CurvesCommands
from scantui.tui.commands.details import DetailsCommands, PaneHost
from scantui.tui.commands.differences import DifferencesCommands
from scantui.tui.commands.digest import DigestCommands
from scantui.tui.commands.export import ExportCommands
from scantui.tui.commands.filtering import FilterCommands
from scantui.tui.commands.notes import NoteCommands
from scantui.tui.commands.outline import OutlineCommands
from scantui.tui.commands.rows import RowCommands
from scantui.tui.commands.runner import CommandRunner
from scantui.tui.commands.saved_filters import SavedFilterCommands
from scantui.tui.commands.servers import ServerCommands
from scantui.tui.commands.shown import hidden_at, in_force
from scantui.tui.commands.table import commands_at
from scantui.tui.commands.test_scans import PublishingCommands
from scantui.tui.commands.watching import WatchCommands
from scantui.tui.messages import PostMessage, ServersChosen
from scantui.tui.night import NightSettings
from scantui.tui.scan_view import ScanView
from scantui.tui.watched_server import WatchedServers


@dataclass(frozen=True)
class Collaborators:
    """What the groups work with; `now_ms` is the server's time in milliseconds since 1970.

    `clock` counts seconds and never jumps.
    """

    view: ScanView
    line: FilterLine
    panes: PaneHost
    servers: WatchedServers
    dialogs: Dialogs
    memory: Memory
    host: Host
    notify: Notify
    start_work: StartWork
    post: PostMessage
    now_ms: Callable[[], int]
    log_lines: Callable[[], Sequence[object]]
    reconnect: Callable[[], None]
    run_later: Callable[[str], object]
    night: NightSettings
    clock: Callable[[], float]


def wall_ms() -> int:
    """This computer's time in milliseconds since 1970."""
    return int(time.time() * 1000)


class CommandGroups:
    """The groups of a monitor; `run` runs a command of any of them."""

    def __init__(self, given: Collaborators) -> None:
        view, servers, dialogs, memory = given.view, given.servers, given.dialogs, given.memory
        host, notify, post = given.host, given.notify, given.post
        self._given = given
        self.rows = RowCommands(view, dialogs, memory, notify, given.now_ms, given.start_work, self._take_called)
        self.export = ExportCommands(view, servers, dialogs, host, notify)
        self.watching = WatchCommands(view, host, notify)
        self.notes = NoteCommands(view, servers, dialogs, notify, given.start_work, post, wall_ms)
        self.outline = OutlineCommands(view, memory, notify)
        self.alerts = AlertCommands(
            view,
            servers,
            dialogs,
            host,
            notify,
            given.start_work,
            post,
            given.night,
            given.clock,
            given.now_ms,
            self.watching.watch,
        )
        self.appearance = AppearanceCommands(view, dialogs, memory, host, notify)
        self.details = DetailsCommands(given.panes, view, servers)
        self.differences = DifferencesCommands(given.panes, view, servers, notify)
        self.digest = DigestCommands(
            given.panes, view, servers, dialogs, memory, notify, given.now_ms, given.start_work
        )
        self.curves = CurvesCommands(given.panes, self.details, view, servers, memory, dialogs, host, notify)
        self.filtering = FilterCommands(view, given.line, servers, dialogs, memory, notify, given.start_work, post)
        self.saved_filters = SavedFilterCommands(view.board, dialogs, memory, notify, self.filtering.use)
        self.servers = ServerCommands(servers, dialogs, memory, notify, lambda names: post(ServersChosen(names)))
        self.test_scans = PublishingCommands(view, servers, dialogs, memory, notify, given.start_work, post)
        self.application = ApplicationCommands(
            self.in_force,
            given.run_later,
            self.rows.go_to,
            given.panes,
            self.details.back,
            given.reconnect,
            given.log_lines,
            dialogs,
            host,
            notify,
        )
        groups = [
            self.rows,
            self.export,
            self.watching,
            self.alerts,
            self.notes,
            self.outline,
            self.appearance,
            self.details,
            self.differences,
            self.digest,
            self.curves,
            self.filtering,
            self.saved_filters,
            self.servers,
            self.test_scans,
            self.application,
        ]
        in_panes = (*commands_at(Place.CURVES), *commands_at(Place.DIFFERENCES))
        commands = (*commands_at(Place.MONITOR), *(command for command in in_panes if not command.action))
        self.run = CommandRunner(commands, groups, lambda: servers.of(view.row).refusal, notify).run

    def in_force(self) -> list[KeyCommand]:
        """All commands with the keys that work here."""
        return in_force(self._given.memory.preferences.keys, self._given.servers.is_read_only)

    def _take_called(self) -> str | None:
        return self.alerts.take_called()

    def hidden_at(self, place: Place) -> frozenset[str]:
        """The names of commands whose keys mean something else at a place."""
        return hidden_at(self.in_force(), place) if place in PANE_TITLES else frozenset()

    def take_message(self, message: Message) -> None:
        """Have the group that a message is meant for take it."""
        if isinstance(message, messages.Notice):
            self._given.notify(message.text, message.is_error)
        elif isinstance(message, messages.FilterTyped):
            self.filtering.typed(message.scan_filter)
        elif isinstance(message, messages.FilterEntered):
            self.filtering.entered(message.scan_filter)
        elif isinstance(message, messages.FilterLeft):
            self.filtering.left(message.scan_filter)
        elif isinstance(message, messages.FilterRefused):
            self._given.notify(message.problem, is_error=True)
        elif isinstance(message, messages.FoundOnServer):
            self.filtering.show_found(message)
        elif isinstance(message, messages.OpenScan):
            self.details.open_link(message.key)
        elif isinstance(message, messages.AlertsCame):
            self.alerts.came(message.alerts)
        elif isinstance(message, messages.NotesRead):
            self.notes.read(message.book)
        elif isinstance(message, messages.ReportWanted):
            self.digest.write_report(message.span)
        elif isinstance(message, messages.PublishingBegan):
            self.test_scans.note_running(message)
