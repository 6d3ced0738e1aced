"""What differs between two scans: the two that are marked, or the marked one and the one under the cursor."""

from __future__ import annotations

from scantui.tui.commands.collaborators import Notify, PaneHost
from scantui.tui.commands.command import DIFFERENCES
from scantui.tui.scan_view import ScanView
from scantui.tui.watched_server import WatchedServers


class DifferencesCommands:
    """Chooses two scans, which the pane loads and compares, the older one first."""

    def __init__(
        self,
        panes: PaneHost,
        view: ScanView,
        servers: WatchedServers,
        notify: Notify,
    ) -> None:
        self._panes = panes
        self._view = view
        self._servers = servers
        self._notify = notify

    def differences(self) -> None:
        if self._panes.opened == DIFFERENCES:
            self._panes.close()
            self._view.table.take_focus()
            self._view.follow_if_at_end()
            return
        pair = self._pair()
        if pair is None:
            self._notify("Mark one scan with space, then go to another: d shows what differs")
            return
        stores = [self._servers.of(self._view.board.row(key)).store for key in pair]
        older, newer = stores
        if older is None or newer is None:
            self._notify("No connection: scans are compared when the server is back")
        else:
            self._panes.compare((older, newer), pair, self._names(pair))
            self._view.follow_if_at_end()
            self._panes.switch_focus()

    def _pair(self) -> tuple[str, str] | None:
        """The two scans, the older one first; None when there are not two."""
        marks, key = self._view.board.marks, self._view.table.cursor_key
        chosen = marks if len(marks) == 2 or key is None else (*marks, key) if len(marks) == 1 else ()
        older, newer = sorted(chosen, key=self._place_of) if chosen else ("", "")
        return (older, newer) if older != newer else None

    def _place_of(self, key: str) -> str:
        row = self._view.board.row(key)
        return row.rank if row is not None and row.server else key

    def _names(self, pair: tuple[str, str]) -> tuple[str, str]:
        """The servers of two scans, "" of the only one."""
        older, newer = (self._view.board.row(key) for key in pair)
        return (older.server if older else None) or "", (newer.server if newer else None) or ""
