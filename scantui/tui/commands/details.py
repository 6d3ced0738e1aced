"""Commands for the panes next to the table: open, close, go there; and the keys of the details.

Rule: while a pane is open nothing moves in the table.
"""

from __future__ import annotations

from scantui.tui.commands.collaborators import PaneHost
from scantui.tui.commands.command import DETAILS
from scantui.tui.scan_view import ScanView
from scantui.tui.watched_server import WatchedServers

_NO_CONNECTION = "No connection: the {} are loaded when the server is back"


class DetailsCommands:
    """Shows the details of the scan under the cursor, which follow it and never steal it."""

    def __init__(self, panes: PaneHost, view: ScanView, servers: WatchedServers) -> None:
        self._panes = panes
        self._view = view
        self._servers = servers

    def details(self) -> None:
        if self._panes.opened == DETAILS:
            self.back()
        elif self._view.unfold_run():
            pass  # a run of equal scans has no details of its own
        else:
            self._panes.open(DETAILS)
            self._view.follow_if_at_end()
            self.follow_cursor()

    def back(self) -> None:
        if self._panes.opened:
            self._panes.close()
        self._view.table.take_focus()
        self._view.go_on_at_end()

    def other_pane(self) -> None:
        self._panes.switch_focus()

    def follow_cursor(self) -> None:
        """Let the open pane show the scan under the cursor."""
        self._show(self._view.table.cursor_key)

    def load_again(self) -> None:
        """Load what could not be read while there was no connection."""
        if self._panes.pane is not None:
            self._show(self._panes.pane.shown_key)

    def open_link(self, key: str) -> None:
        """Go to a scan that another one names; one that the table does not show is shown in the pane alone."""
        if self._view.board.is_shown(key):
            self._view.go_to(key)
        else:
            if self._panes.opened != DETAILS:
                self._panes.open(DETAILS)
            self._show(key)

    def tell_time(self, now_ms: int) -> None:
        """Bring the ages in the open pane up to date."""
        pane = self._panes.pane
        if pane is not None:
            ahead_ms = self._view.ahead_ms(pane.shown_key) if self._panes.opened == DETAILS else 0
            pane.tell_time(now_ms + ahead_ms, self._view.word_of(pane.shown_key))

    def _show(self, key: str | None) -> None:
        pane = self._panes.pane
        if pane is None:
            return
        store = self._servers.of(self._view.board.row(key or "")).store
        if store is None:
            pane.show_problem(key, _NO_CONNECTION.format(self._panes.opened))
        elif key is not None:
            pane.follow(store, key)
