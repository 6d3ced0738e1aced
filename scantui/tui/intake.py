"""What the feed's events mean for the monitor: the rows of the view, the server, and the lines around the table."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterable
from importlib import import_module
from threading import Thread

from scantui.board import MOST_GONE
from scantui.board.alike import known_alike
from scantui.exceptions import ServerChangedError
from scantui.feed import (
    Changed,
    Connected,
    Connecting,
    Created,
    Ended,
    Gone,
    Heartbeat,
    Loaded,
    Lost,
    PlayedEvent,
    Progress,
    Rewound,
)
from scantui.models import ScanSummary
from scantui.publishing.run import PUBLISHER
from scantui.system.config import DEMO_NAMES
from scantui.system.free_memory import give_back
from scantui.tui.commands.collaborators import Notify
from scantui.tui.scan_view import ScanView
from scantui.tui.watched_server import WatchedServer
from scantui.tui.widgets.status_line import ConnectionStatus
from scantui.words import counted

_log = logging.getLogger(__name__)
# Once this many rows are known, older ones are put above them this many at a time, since each time moves all rows.
_TOGETHER = 500
_MANY = 5_000
# After this many further rows, the garbage collector no longer looks through them.
_KEPT_TOGETHER = 20_000
# What the first filter needs: its patterns take longer to compile than a key may wait.
_GRAMMAR = "scantui.filters.explanation"


class FeedIntake:
    """Takes in the events of the feed of one server.

    `connected` is called after each connection was made, `loaded` when all scans that existed then were taken in,
    `beat` each time that the server gave the time, and `update_lines` when the lines around the table may differ.
    """

    def __init__(
        self,
        view: ScanView,
        server: WatchedServer,
        connection: ConnectionStatus,
        notify: Notify,
        connected: Callable[[], None],
        loaded: Callable[[], None],
        beat: Callable[[], None],
        update_lines: Callable[[], None],
    ) -> None:
        self._view = view
        self._board = view.board
        self._server = server
        self._connection = connection
        self._notify = notify
        self._connected = connected
        self._all_loaded = loaded
        self._beat, self._update_lines = beat, update_lines
        self._has_connected = self._has_loaded = self._has_failed = False
        self._change = ""
        self._loaded: list[ScanSummary] = []
        self._reported: set[str] = set()
        self._kept = 0

    def take_in(self, event: PlayedEvent) -> None:
        """Show what an event means."""
        self._connection.take_in(event)
        if isinstance(event, Loaded):
            self._loaded += event.rows
            for row in event.rows:
                # Now, since to take in very many at once takes long enough.
                row.pack()
            is_last = not event.remaining or event.left_out
            if not is_last and len(self._loaded) < _TOGETHER <= self._board.total:
                return
        if self._loaded:
            rows, self._loaded = self._loaded, []
            # Not all that came since the last repaint with the next one; nor these rows now: what holds them grows too.
            self._board.lines.keep_up()
            self._view.arrived(self._board.put(rows))
            self._keep_some()
        if isinstance(event, Created | Changed):
            self._view.arrived(self._board.put(event.rows), is_news=isinstance(event, Created))
        elif isinstance(event, Loaded):
            if not event.remaining:
                self._view.arrived(self._board.settle())
                self._keep_loaded()
                self._all_loaded()
            if event.left_out:
                self._notify(f"{counted(event.left_out, 'older scan')} not listed: / finds them by name, number, …")
        elif isinstance(event, Gone):
            cleared = self._board.cleared_gone
            self._view.arrived(self._board.mark_gone(event.keys))
            if self._board.cleared_gone > cleared:
                self._notify(f"Only the newest {MOST_GONE} GONE rows are kept")
        elif isinstance(event, Connected):
            self._connect(event)
        elif isinstance(event, Rewound):
            self._begin_again(event)
        elif isinstance(event, Lost):
            self._server.store = None
            self._has_failed = True
            self._change = str(event.error) if isinstance(event.error, ServerChangedError) else ""
            _log.warning("lost, try %d in %.0f s: %s", event.attempt, event.retry_in, event.error)
            self._notify(str(event.error), is_error=True)
        elif isinstance(event, Progress):
            self._view.arrived(self._board.note_progress(event.points, event.seen))
            self._report_left_open(event.points)
        elif isinstance(event, Heartbeat):
            self._server.replica = event.replica
            self._beat()
        elif isinstance(event, Ended):
            self._notify(event.reason)
        if not isinstance(event, Loaded | Created | Changed | Progress | Connecting | Heartbeat | Rewound):
            self._update_lines()

    def _begin_again(self, event: Rewound) -> None:
        """Show the scans of another moment, in one turn, so that cursor and view stay on theirs."""
        board = self._board
        change = board.resume()
        # Most scans have ended before both moments. To take in thousands anew would hold the keys.
        alike = known_alike(event.rows, lambda key: None if board.is_gone(key) else board.row(key)) - set(event.gone)
        marks = board.marks
        change |= board.mark_gone([key for key in board.known_keys if key not in alike]) | board.forget_gone()
        board.shift.begin_again(alike)
        change |= (
            board.tell_time(event.server_ms)
            | board.put(row for row in event.before if row.key not in alike)
            | board.put(row for row in event.rows if row.key not in alike)
            | board.note_progress({key: points for key, points in event.points.items() if key not in alike})
        )
        change |= board.toggle_marks(set(marks).difference(board.marks).intersection(board.known_keys))
        self._view.changed(change | board.mark_gone(event.gone) | board.settle())

    def _keep_loaded(self) -> None:
        """Have no collection of garbage look through what the first load left: with many rows keys would wait."""
        if not self._has_loaded:
            self._has_loaded = True
            gc.freeze()
            Thread(target=import_module, args=(_GRAMMAR,), daemon=True).start()
            if self._board.total > _MANY:
                # Loading took memory that is no longer needed.
                Thread(target=give_back, daemon=True).start()

    def _keep_some(self) -> None:
        """The same while very many rows are loaded: to look through all of them would take as long as a key may."""
        if not self._has_loaded and self._board.total - self._kept >= _KEPT_TOGETHER:
            self._kept = self._board.total
            gc.collect(1)
            gc.freeze()

    def _report_left_open(self, keys: Iterable[str]) -> None:
        """Report once that a test scan fell silent: the scantui that ran it was killed."""
        rows = (row for key in keys if (row := self._board.row(key)) is not None and row.publisher == PUBLISHER)
        for row in rows:
            if row.key not in self._reported and self._board.word_of(row) == "STALL" and row.identity is not None:
                self._reported.add(row.key)
                self._notify(f"Test scan {row.identity.number} was left open by a scantui that ended: X closes it")

    def _connect(self, event: Connected) -> None:
        self._server.connect(event.store)
        self._connection.label = self._server.heading
        if not self._has_connected:
            self._has_connected = True
            # All is imported, and stays: to look through it for garbage while rows come would make keys wait.
            gc.freeze()
        _log.info("connected, %d scans", event.total)
        if event.store.cannot_search and self._server.label not in DEMO_NAMES:
            self._notify(f"{event.store.cannot_search}: searches look at every scan instead")
        elif self._has_failed:
            # Why all scans were listed again stays to be read.
            self._notify(self._change)
        self._has_failed = False
        self._connected()
