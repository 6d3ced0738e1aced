"""Turns the events of a feed into what happened: scans that begin to match a filter, and their changes.

Rule: board and filter decide, as on the screen. A scan is new when it first matches; a scan that existed at the start
is new only if it did not match then.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, NamedTuple

from scantui.board import Board
from scantui.exceptions import ConnectionFailed, NotInitialisedError
from scantui.export import ExportedScan
from scantui.feed import Changed, Connected, Created, Event, Gone, Heartbeat, Loaded, Lost, Progress
from scantui.filters import ScanFilter
from scantui.models import ScanState, ScanSummary
from scantui.words import state_word

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

GONE = "GONE"
# The points of very many scans are not looked at within a second.
_HEARTBEATS = 3


class ScanEvent(NamedTuple):
    """A scan that is new, or whose word changed.

    `at_ms` is the time by the server's clock, in milliseconds since 1970; `quiet_ms` is how long a stalled scan has had
    nothing new.
    """

    kind: Literal["new", "state"]
    at_ms: int
    scan: ExportedScan
    quiet_ms: int = 0


def taken_in(board: Board, event: Event) -> set[str]:
    """Let a board take in an event; returns the keys of the scans that may look different."""
    if isinstance(event, (Loaded, Created, Changed)):
        return {row.key for row in event.rows} | board.put(event.rows).touched
    if isinstance(event, Gone):
        return set(board.mark_gone(event.keys).touched)
    if isinstance(event, Progress):
        return set(board.note_progress(event.points, event.seen).touched)
    return set(board.tell_time(event.server_ms).touched) if isinstance(event, Heartbeat) else set()


class ScanWatch:
    """What happens to the scans that match a filter, in the order of their creation.

    `is_due` narrows the filter. `includes_old` decides whether a scan that existed at the start counts as new; by
    default none does. While scans are being loaded, all events wait, so that the order holds; then for the first look
    at the points of those that count as new, since one that fell silent is to be reported so. Several may share a
    `board`, which then takes in each event once.
    """

    def __init__(
        self,
        scan_filter: ScanFilter,
        is_due: Callable[[ScanSummary], bool] = lambda _: True,
        includes_old: Callable[[ScanSummary], bool] = lambda _: False,
        board: Board | None = None,
    ) -> None:
        self.board = Board() if board is None else board
        self._filter = scan_filter
        self._is_due = is_due
        self._includes_old = includes_old
        self._old: Collection[str] | None = None
        self._began_ms = 0
        self._looked_at: set[str] = set()
        # The last word of each scan that has matched.
        self._words: dict[str, str] = {}
        self._reported: set[str] = set()
        # Reported scans that may still change: a feed should watch them.
        self.reported_and_open: set[str] = set()
        self._waiting: set[str] = set()
        self._is_loading = False
        # How many more heartbeats old scans wait for the first look at their points.
        self._patience = 0
        self._begins_with_loaded = False

    @property
    def running(self) -> list[str]:
        """The open scans that match, including those from before the start, oldest first."""
        board, matches = self.board, self._matches
        rows = (row for key in self._words if (row := board.row(key)) is not None and row.is_open)
        return [row.key for row in sorted(rows, key=lambda row: row.rank) if matches(row, board.word_of(row))]

    def was_there(self, key: str) -> bool:
        """Whether a scan existed at the start."""
        return self._old is None or key in self._old

    async def begin(self, store: AsyncDataStore, ahead_ms: int = 0) -> None:
        """Note which scans exist now; any other scan is newer, whichever event brings it.

        The server's clock is `ahead_ms` milliseconds ahead of the one by which rows are placed.
        """
        if self._old is None:
            # If the connection is lost, the feed makes a new one.
            with suppress(ConnectionFailed):
                began_ms = (await store.monitoring.poll_status([])).server_ms
                listed = (await store.monitoring.list_scans()).keys
                # The history's timestamps come from the server's clock.
                news = await store.wait_for_news(f"{began_ms}-0", {}, 0)
                self._old = frozenset(listed).difference(ref.key for ref in news.created)
                self._began_ms = began_ms - ahead_ms

    def begin_with(self, keys: Iterable[str], began_ms: int, is_loading: bool) -> None:
        """Begin with these scans without a look at the store; those that are still being loaded existed too.

        `began_ms` is the server's time now, 0 for that of the first heartbeat.
        """
        self._old, self._began_ms, self._begins_with_loaded = set(keys), began_ms, is_loading

    def handle(self, event: Event) -> list[ScanEvent]:
        """Process an event of the feed, and return what to report."""
        return self.look(event, taken_in(self.board, event))

    def look(self, event: Event, touched: Collection[str]) -> list[ScanEvent]:
        """The same when the board has taken in the event already, and these scans may look different."""
        if self._old is None and isinstance(event, Lost) and isinstance(event.error, NotInitialisedError):
            # No scan can exist in a database that blissdata has not set up: all that come are new.
            self._old = frozenset()
        self._note_beginning(event)
        if isinstance(event, (Loaded, Lost)):
            self._is_loading = isinstance(event, Loaded) and event.remaining > 0
            self._patience = _HEARTBEATS if isinstance(event, Loaded) else 0
        elif isinstance(event, Heartbeat):
            self._patience = max(0, self._patience - 1)
        self._waiting.update(touched)
        if isinstance(event, Heartbeat) and self._filter.depends_on_time:
            # Any scan may begin to match as time passes.
            self._waiting.update(self.board.key_at(index) for index in range(len(self.board)))
        if self.holds_back:
            return []
        waiting, self._waiting = self._waiting, set()
        return [scan_event for key in sorted(waiting, key=self._rank_of) if (scan_event := self._look_at(key))]

    @property
    def holds_back(self) -> bool:
        """Whether events wait for scans to be loaded and looked at."""
        return self._is_loading or (self._patience > 0 and any(map(self._is_unclear, self._waiting)))

    def _is_unclear(self, key: str) -> bool:
        """Whether a scan is reported as soon as its points were looked at."""
        row = self.board.row(key)
        return (
            row is not None
            and row.state is ScanState.STARTED
            and key not in self._looked_at
            and self.was_there(key)
            and self._includes_old(row)
            and not self.board.glance.was_measured(key)
        )

    def _rank_of(self, key: str) -> str:
        row = self.board.row(key)
        return row.rank if row is not None else key

    def _note_beginning(self, event: Event) -> None:
        if isinstance(event, Heartbeat) and self._old is not None and not self._began_ms:
            self._began_ms = event.server_ms
        if not self._begins_with_loaded or not isinstance(self._old, set):
            return
        if isinstance(event, Loaded):
            self._old.update(row.key for row in event.rows)
            self._begins_with_loaded = event.remaining > 0
        elif isinstance(event, Connected):
            self._begins_with_loaded = event.total > 0

    def _look_at(self, key: str) -> ScanEvent | None:
        row = self.board.row(key)
        if row is None:
            return None
        word = self.board.word_of(row)
        is_first_look = key not in self._looked_at
        self._looked_at.add(key)
        if word == GONE or not row.is_open:
            self.reported_and_open.discard(key)
        before = self._words.get(key)
        if is_first_look and self.was_there(key) and not self._includes_old(row):
            before = self._word_at_start(row)
        if before is not None:
            self._words[key] = word
        matches = self._matches(row, word)
        if before == word or not matches:
            return None
        self._words[key] = word
        # Deleting all keys of a server removes thousands of scans that were never reported: stay silent about them.
        if word == GONE and key not in self._reported and not row.is_open:
            return None
        self._reported.add(key)
        if word != GONE and row.is_open:
            self.reported_and_open.add(key)
        at_ms = row.born_ms if is_first_look and before is None else 0 if word in (GONE, "STALL") else row.state_ms
        return ScanEvent(
            "state" if before else "new",
            at_ms or self.board.now_ms,
            ExportedScan.of(self.board, row),
            self.board.quiet_ms(row),
        )

    def _matches(self, row: ScanSummary, word: str) -> bool:
        return self._is_due(row) and self._filter.matches(row, word, self.board.now_ms, server=self.board.server)

    def _word_at_start(self, row: ScanSummary) -> str | None:
        """The word of a scan at the start, None if it did not match then; it may have changed before it was loaded."""
        if self._began_ms and row.state_ms >= self._began_ms and row.state is not None:
            if row.state is ScanState.CREATED:
                return None
            earlier = ScanState.STARTED if row.state is ScanState.CLOSED else ScanState(row.state - 1)
            row = row.replaced(state=earlier)
        word = state_word(row)
        return word if self._matches(row, word) else None
