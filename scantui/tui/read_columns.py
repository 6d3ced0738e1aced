"""What rows show that only the store knows: curves of running scans, and why others ended early.

Rule: only rows on the screen are looked at; what reads them is imported then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from scantui.models import ScanSummary
from scantui.tui.commands.collaborators import StartWork
from scantui.tui.curves_column import CurvesColumn
from scantui.tui.messages import PostMessage, ReasonsRead, SparklinesCame
from scantui.tui.scan_view import ScanView
from scantui.tui.watched_server import WatchedServer, WatchedServers

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

ENDED_EARLY = frozenset(("FAIL", "ABRT", "LOST"))
_GROUP = "reasons"
# Each costs four round trips, once; this many are read in a second, the newest first.
_AT_ONCE, _MOST_KEPT = 8, 1000


class ReadColumns:
    """Has both read, and keeps what came on the board; the second that passes next repaints its rows."""

    def __init__(
        self,
        view: ScanView,
        servers: WatchedServers,
        pinned: Callable[[], Sequence[str]],
        in_pane: Callable[[], Sequence[str]],
        start_work: StartWork,
        post: PostMessage,
    ) -> None:
        """`in_pane` are the scans that the open pane lists."""
        self._board = view.board
        self._came: dict[str, SparklinesCame] = {}
        held = [(server, servers.holds(server)) for server in servers]
        self._curves = [CurvesColumn(view, server, pinned, holds, start_work, post) for server, holds in held]
        self._reasons = [ReasonsColumn(view, server, in_pane, holds, start_work, post) for server, holds in held]

    def look(self, ascii_only: bool) -> None:
        """Read what rows on the screen lack; curves in ASCII where the terminal has nothing else."""
        for reasons in self._reasons:
            reasons.look()
        for curves in self._curves:
            curves.look(ascii_only)

    def take(self, message: SparklinesCame | ReasonsRead) -> None:
        """Keep what was read."""
        if isinstance(message, ReasonsRead):
            self._board.reasons.update(message.texts)
            dropped = list(self._board.reasons)[:-_MOST_KEPT]
            for key in dropped:
                del self._board.reasons[key]
            for reasons in self._reasons:
                reasons.forget(dropped)
        else:
            self._came[message.server] = message
            came = self._came.values()
            self._board.curves = {key: text for each in came for key, text in each.texts.items()}
            self._board.counters = {key: name for each in came for key, name in each.counters.items()}


class ReasonsColumn:
    """`look` has the reasons read of rows that came into view."""

    def __init__(
        self,
        view: ScanView,
        server: WatchedServer,
        in_pane: Callable[[], Sequence[str]],
        is_its_own: Callable[[ScanSummary], bool],
        start_work: StartWork,
        post: PostMessage,
    ) -> None:
        """`is_its_own` answers whether a scan is on the server."""
        self._view = view
        self._server = server
        self._in_pane = in_pane
        self._is_its_own = is_its_own
        self._start_work = start_work
        self._post = post
        self._asked: dict[str, None] = {}
        self._store: AsyncDataStore | None = None

    def look(self) -> None:
        """Read why the next few rows in view ended early, each of them once."""
        store = self._server.store
        if store is not self._store:
            # What was asked for on a lost connection may not have come.
            self._store, self._asked = store, dict.fromkeys(self._view.board.reasons)
        keys = self._unknown()[:_AT_ONCE]
        if store is None or not keys:
            return
        from scantui.tui.workers import read_reasons

        self._asked.update(dict.fromkeys(keys))
        self._start_work(read_reasons(store, keys, self._post), _GROUP, exclusive=False)

    def forget(self, keys: Iterable[str]) -> None:
        """Read reasons again, when needed, that are no longer kept."""
        for key in keys:
            self._asked.pop(key, None)

    def _unknown(self) -> Sequence[str]:
        board = self._view.board
        seen = dict.fromkeys([*self._in_pane(), *self._view.table.keys_in_view])
        rows = (board.row(key) for key in reversed(seen) if key not in self._asked)
        return [row.key for row in rows if row and self._is_its_own(row) and board.word_of(row) in ENDED_EARLY]
