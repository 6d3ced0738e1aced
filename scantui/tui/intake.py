"""What the feed's events mean for the monitor: the rows of the view, the server, and the lines around the table."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable

from scantui.feed import (
    Changed,
    Connected,
    Connecting,
    Created,
    Ended,
    Event,
    Gone,
    Heartbeat,
    Loaded,
    Lost,
    Progress,
)
from scantui.system.config import DEMO
from scantui.tui.commands.collaborators import Notify
from scantui.tui.scan_view import ScanView
from scantui.tui.watched_server import WatchedServer
from scantui.tui.widgets.status_line import ConnectionStatus

_log = logging.getLogger(__name__)


class FeedIntake:
    """Takes in the events of a feed; `connected` is called after each connection was made,
    `loaded` when all scans that existed then were taken in."""

    def __init__(
        self,
        view: ScanView,
        server: WatchedServer,
        connection: ConnectionStatus,
        notify: Notify,
        connected: Callable[[], None],
        loaded: Callable[[], None],
    ) -> None:
        self._view = view
        self._board = view.board
        self._server = server
        self._connection = connection
        self._notify = notify
        self._connected = connected
        self._loaded = loaded
        self._has_connected = False

    def take_in(self, event: Event) -> None:
        """Show what an event means."""
        self._connection.take_in(event)
        if isinstance(event, Loaded | Created | Changed):
            self._view.arrived(self._board.put(event.rows))
            if isinstance(event, Loaded) and not event.remaining:
                self._view.arrived(self._board.settle())
                self._loaded()
        elif isinstance(event, Gone):
            self._view.arrived(self._board.mark_gone(event.keys))
        elif isinstance(event, Connected):
            self._connect(event)
        elif isinstance(event, Lost):
            self._server.store = None
            _log.warning("lost, try %d in %.0f s: %s", event.attempt, event.retry_in, event.error)
            self._notify(str(event.error), is_error=True)
        elif isinstance(event, Progress):
            self._view.arrived(self._board.note_progress(event.points))
        elif isinstance(event, Heartbeat):
            self._view.tell_time(self._connection.now_ms())
        elif isinstance(event, Ended):
            self._notify(event.reason)
        if not isinstance(event, Loaded | Changed | Progress | Connecting):
            self._view.update_lines()

    def _connect(self, event: Connected) -> None:
        self._server.store = event.store
        if not self._has_connected:
            self._has_connected = True
            # All is imported, and stays: to look through it for garbage while rows come would make keys wait.
            gc.freeze()
        _log.info("connected, %d scans", event.total)
        if event.store.cannot_search and self._server.label != DEMO:
            self._notify(f"{event.store.cannot_search}: searches look at every scan instead")
        else:
            self._notify("")
        self._connected()
