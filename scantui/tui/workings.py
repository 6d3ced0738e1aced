"""What stands behind the widgets of a monitor: the board, the view that shows it on the table, and the commands.

Rule: nothing of this is imported before the first frame, which shows the lines and the table as they are without scans.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from scantui.board import SORT_COLUMNS, Board
from scantui.tui.commands.groups import CommandGroups
from scantui.tui.commands.lazy_groups import Collaborators
from scantui.tui.commands.shown import why_empty
from scantui.tui.dialogs.opening import OverMonitor
from scantui.tui.header import counts_line
from scantui.tui.read_columns import ReadColumns
from scantui.tui.scan_view import ScanView
from scantui.tui.widgets.pinned import most_lines, pinned_scans

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from textual.geometry import Size

    from scantui.filters import ScanFilter
    from scantui.system.state import Memory
    from scantui.tui.commands.collaborators import Host, StartWork
    from scantui.tui.connections import ConnectionStatuses
    from scantui.tui.messages import PostMessage
    from scantui.tui.night import NightSettings
    from scantui.tui.stations import Stations
    from scantui.tui.watched_server import WatchedServers
    from scantui.tui.widgets.filter_bar import FilterBar
    from scantui.tui.widgets.message_line import MessageLine
    from scantui.tui.widgets.panes import Panes
    from scantui.tui.widgets.pinned import PinnedLines
    from scantui.tui.widgets.scan_table import ScanTable
    from scantui.tui.widgets.status_line import ConnectionStatus, StatusLine


class MonitorScreen(Protocol):
    """The screen of the monitor: its widgets, and what it does for what stands behind them."""

    servers: WatchedServers
    stations: Stations
    connection: ConnectionStatus | ConnectionStatuses
    memory: Memory
    host: Host
    night: NightSettings
    table: ScanTable
    status_line: StatusLine
    filter_bar: FilterBar
    panes: Panes
    pinned: PinnedLines
    message_line: MessageLine

    @property
    def size(self) -> Size: ...

    @property
    def start_work(self) -> StartWork: ...

    @property
    def post_message(self) -> PostMessage: ...

    @property
    def call_later(self) -> Callable[..., object]: ...

    @property
    def set_timer(self) -> Callable[[float, Callable[[], None]], object]: ...

    def looks_elsewhere(self) -> bool: ...

    def update_lines(self) -> None: ...

    def after_frame(self, work: Callable[[], object]) -> None: ...

    def between_keys(self, work: Callable[[], bool]) -> None: ...

    def start_feed(self) -> None: ...

    def action_command(self, name: str) -> Coroutine[Any, Any, None]: ...


class Workings:
    """Gives the widgets of a monitor what they show, and the commands what they work with."""

    def __init__(
        self, monitor: MonitorScreen, log_lines: Callable[[], Sequence[object]], clock: Callable[[], float]
    ) -> None:
        self._monitor = monitor
        servers, memory, connection = monitor.servers, monitor.memory, monitor.connection
        self.board = Board("" if servers.are_many else servers.label)
        monitor.table.show_board(self.board)
        monitor.status_line.show_board(self.board)
        self.view = ScanView(
            self.board,
            monitor.table,
            monitor.looks_elsewhere,
            monitor.set_timer,
            monitor.update_lines,
            monitor.after_frame,
            monitor.between_keys,
        )
        monitor.panes.provide(self.view, servers, connection.now_ms)
        self.groups = CommandGroups(
            Collaborators(
                view=self.view,
                line=monitor.filter_bar,
                panes=monitor.panes,
                servers=servers,
                dialogs=OverMonitor(monitor.panes),
                memory=memory,
                host=monitor.host,
                notify=monitor.message_line.show,
                start_work=monitor.start_work,
                post=monitor.post_message,
                now_ms=connection.now_ms,
                log_lines=log_lines,
                reconnect=monitor.start_feed,
                run_later=lambda name: monitor.call_later(monitor.action_command, name),
                night=monitor.night,
                clock=clock,
            )
        )
        monitor.table.why_empty = lambda: why_empty(self.board, self.groups.in_force())
        self.read_columns = ReadColumns(
            self.view,
            servers,
            monitor.pinned.keys,
            lambda: monitor.panes.keys_in_view,
            monitor.start_work,
            monitor.post_message,
        )
        monitor.stations.provide(
            self.view,
            monitor.message_line.show,
            monitor.start_work,
            monitor.post_message,
            self.groups.connected,
            self.groups.loaded,
            monitor.set_timer,
        )

    def begin(self, scan_filter: ScanFilter) -> None:
        """Show what passes a filter, in the order and outline that are remembered; arm the rules."""
        self.board.set_filter(scan_filter)
        for column, descending in self._monitor.memory.state.sort:
            if column in SORT_COLUMNS:
                self.board.sort_by(column, descending)
        self.groups.start(scan_filter)

    def update_lines(self) -> None:
        """Show around the table what the board and the commands have for it."""
        monitor, table, panes = self._monitor, self._monitor.table, self._monitor.panes
        monitor.stations.watch([*self.groups.watched, *table.keys_in_view, *panes.keys_in_view])
        monitor.connection.alarms = self.groups.unseen_alerts
        monitor.connection.lag_seconds = monitor.host.terminal_lag()
        monitor.connection.rights = monitor.stations.rights_at(self.view.row)
        monitor.status_line.show()
        monitor.filter_bar.show_counts(counts_line(self.board))
        # Fewer are pinned while a pane is open, and not the one that it shows.
        pane = panes.pane
        seen = {*table.keys_in_view, (pane.shown_key if pane is not None else None) or ""}
        monitor.pinned.show(pinned_scans(self.board, seen, most_lines(monitor.size.height, pane is not None)))
        monitor.message_line.show_news(self.view.news())
        self.groups.repainted()
