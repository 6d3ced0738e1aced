"""The command that watches a scan: the bell rings when it ends, stalls or goes away."""

from __future__ import annotations

from scantui.tui.commands.collaborators import Host, Notify
from scantui.tui.scan_view import ScanView


class WatchCommands:
    """Watches one scan at a time; `look` is to be called after each repaint."""

    def __init__(self, view: ScanView, host: Host, notify: Notify) -> None:
        self._view = view
        self._host = host
        self._notify = notify
        self._watched: str | None = None

    def watch(self) -> None:
        """Watch the scan under the cursor; the same key again ends the watch."""
        row = self._view.row
        if row is None or not row.is_open or self._view.board.is_gone(row.key):
            self._notify("This scan has already ended")
        elif row.key == self._watched:
            self._watched = None
            self._notify("No longer watching a scan")
        else:
            self._watched = row.key
            self._notify(f"Watching {self._view.whole_name_of(row.key)}: the bell rings when it ends or stalls")

    def look(self) -> None:
        """Ring when the watched scan has ended, fallen silent or gone away."""
        row = self._view.board.row(self._watched or "")
        if row is None:
            return
        word = self._view.board.word_of(row)
        if not row.is_open or word in ("STALL", "GONE"):
            self._watched = None
            ending = f"watched: {self._view.whole_name_of(row.key)}"
            self._host.notify_by_terminal(ending)
            self._notify(ending, is_error=word != "DONE")
