"""Has the curves read that the column CURVE and the pinned lines show; what reads them is imported then."""

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
    """`look` starts or ends the reading, as the columns of the table, the pinned scans and the connection are."""

    def __init__(
        self,
        view: ScanView,
        server: WatchedServer,
        pinned: Callable[[], Sequence[str]],
        is_its_own: Callable[[ScanSummary], bool],
        start_work: StartWork,
        post: PostMessage,
    ) -> None:
        """`pinned` gives the keys of scans in the pinned lines, `is_its_own` answers whether one is on the server."""
        self._view = view
        self._pinned = pinned
        self._server = server
        self._is_its_own = is_its_own
        self._start_work = start_work
        self._post = post
        self._store: AsyncDataStore | None = None
        self._worker: Worker[None] | None = None

    def look(self, ascii_only: bool) -> None:
        """Read if there is something to show, anew on another connection."""
        store = self._server.store if self._has_column or self._pinned() else None
        if store is self._store:
            return
        self._store = store
        if self._worker is not None:
            self._worker.cancel()
            self._worker = None
        if store is not None:
            from scantui.curves.glyphs import ASCII, BLOCKS
            from scantui.tui.curves.column import follow_sparklines

            work = follow_sparklines(store, self.points, ASCII if ascii_only else BLOCKS, self._send)
            self._worker = self._start_work(work, f"{_GROUP} {self._server.label}")

    @property
    def _has_column(self) -> bool:
        return COLUMN in self._view.table.shown_columns

    def points(self) -> dict[str, int]:
        """How many points running scans on the screen have, as far as it is known: pinned ones, then the newest."""
        board = self._view.board
        in_view = reversed(self._view.table.keys_in_view) if self._has_column else ()
        rows = [board.row(key) for key in (*self._pinned(), *in_view)]
        # What a sequence publishes are its scans, which are no curve.
        own = [row for row in rows if row and row.is_open and not row.is_sequence and self._is_its_own(row)]
        return {row.key: board.glance.points_of(row.key) for row in own}

    def _send(self, message: Message) -> None:
        if isinstance(message, SparklinesCame):
            message = SparklinesCame(message.texts, message.counters, self._server.label)
        self._post(message)
