"""Has the column CURVE read while it is shown; what reads it is imported then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from scantui.models import ScanSummary
from scantui.tui.commands.collaborators import StartWork
from scantui.tui.messages import PostMessage, SparklinesCame
from scantui.tui.scan_view import ScanView
from scantui.tui.watched_server import WatchedServer

if TYPE_CHECKING:
    from textual.worker import Worker

    from scantui.store import AsyncDataStore

COLUMN = "curve"
_GROUP = "curve column"


class CurvesColumn:
    """`look` starts or ends the reading, as the columns of the table and the connection are."""

    def __init__(
        self,
        view: ScanView,
        server: WatchedServer,
        is_its_own: Callable[[ScanSummary], bool],
        start_work: StartWork,
        post: PostMessage,
    ) -> None:
        """`is_its_own` answers whether a scan is on the server."""
        self._view = view
        self._server = server
        self._is_its_own = is_its_own
        self._start_work = start_work
        self._post = post
        self._store: AsyncDataStore | None = None
        self._worker: Worker[None] | None = None

    def look(self, ascii_only: bool) -> None:
        """Read if the column is shown, anew on another connection."""
        store = self._server.store if COLUMN in self._view.table.shown_columns else None
        if store is self._store:
            return
        self._store = store
        if self._worker is not None:
            self._worker.cancel()
            self._worker = None
        if store is not None:
            from scantui.curves.glyphs import ASCII, BLOCKS
            from scantui.tui.curves.column import follow_sparklines

            work = follow_sparklines(store, self.running, ASCII if ascii_only else BLOCKS, self._send)
            self._worker = self._start_work(work, f"{_GROUP} {self._server.label}")

    def running(self) -> Sequence[str]:
        """The keys of running scans on the screen, the newest first."""
        rows = [self._view.board.row(key) for key in self._view.table.keys_in_view]
        return [row.key for row in reversed(rows) if row is not None and row.is_open and self._is_its_own(row)]

    def _send(self, message: Message) -> None:
        if isinstance(message, SparklinesCame):
            message = SparklinesCame(message.texts, self._server.label)
        self._post(message)
