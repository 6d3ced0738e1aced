"""Turns the events of a feed into what commands report: scans that begin to match a filter, and their changes.

Rule: board and filter decide, as on the screen. A scan is new when it first matches; a scan that existed at the start
is new only if it did not match then.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from scantui.board import Board
from scantui.cli.output import notify, notify_person
from scantui.exceptions import ConnectionFailed, NotInitialisedError
from scantui.export import ExportedScan
from scantui.feed import Changed, Connected, Created, Event, Gone, Heartbeat, Loaded, Lost, Progress
from scantui.filters import ScanFilter
from scantui.models import ScanState, ScanSummary
from scantui.words import counted, state_word

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

GONE = "GONE"


class ScanEvent(NamedTuple):
    """A scan that is new, or whose word changed.

    `at_ms` is the time by the server's clock, in milliseconds since 1970; `quiet_ms` is how long a stalled scan has had
    no new points.
    """

    kind: Literal["new", "state"]
    at_ms: int
    scan: ExportedScan
    quiet_ms: int = 0


class ScanWatch:
    """What happens to the scans that match a filter, in the order of their creation.

    `is_due` narrows the filter. `includes_old` decides whether a scan that existed at the start counts as new; by
    default none does. While scans are being loaded, all events wait, so that the order holds.
    """

    def __init__(
        self,
        scan_filter: ScanFilter,
        is_due: Callable[[ScanSummary], bool] = lambda _: True,
        includes_old: Callable[[ScanSummary], bool] = lambda _: False,
    ) -> None:
        self.board = Board()
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

    @property
    def running(self) -> list[str]:
        """The open scans that match, including those from before the start, oldest first."""
        board, matches = self.board, self._matches
        rows = (row for key in self._words if (row := board.row(key)) is not None and row.is_open)
        return [row.key for row in sorted(rows, key=lambda row: row.rank) if matches(row, board.word_of(row))]

    def was_there(self, key: str) -> bool:
        """Whether a scan existed at the start."""
        return self._old is None or key in self._old

    async def begin(self, store: AsyncDataStore) -> None:
        """Note which scans exist now; any other scan is newer, whichever event brings it."""
        if self._old is None:
            # If the connection is lost, the feed makes a new one.
            with suppress(ConnectionFailed):
                began_ms = (await store.monitoring.poll_status([])).server_ms
                listed = (await store.monitoring.list_scans()).keys
                # The history's timestamps come from the server's clock.
                news = await store.wait_for_news(f"{began_ms}-0", {}, 0)
                self._old = frozenset(listed).difference(ref.key for ref in news.created)
                self._began_ms = began_ms

    def handle(self, event: Event) -> list[ScanEvent]:
        """Process an event of the feed, and return what to report."""
        if self._old is None and isinstance(event, Lost) and isinstance(event.error, NotInitialisedError):
            # No scan can exist in a database that blissdata has not set up: all that come are new.
            self._old = frozenset()
        if isinstance(event, (Loaded, Lost)):
            self._is_loading = isinstance(event, Loaded) and event.remaining > 0
        self._waiting |= self._touched(event)
        if self._is_loading:
            return []
        touched, self._waiting = self._waiting, set()
        return [scan_event for key in sorted(touched, key=self._rank_of) if (scan_event := self._look_at(key))]

    def _rank_of(self, key: str) -> str:
        row = self.board.row(key)
        return row.rank if row is not None else key

    def _touched(self, event: Event) -> set[str]:
        board = self.board
        if isinstance(event, (Loaded, Created, Changed)):
            return {row.key for row in event.rows} | board.put(event.rows).touched
        if isinstance(event, Gone):
            return set(board.mark_gone(event.keys).touched)
        if isinstance(event, Progress):
            return set(board.note_progress(event.points, event.seen).touched)
        if not isinstance(event, Heartbeat):
            return set()
        turned = board.tell_time(event.server_ms).touched
        # Any scan may begin to match as time passes.
        return {board.key_at(index) for index in range(len(board))} if self._filter.depends_on_time else set(turned)

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
        return self._is_due(row) and self._filter.matches(row, word, self.board.now_ms)

    def _word_at_start(self, row: ScanSummary) -> str | None:
        """The word of a scan at the start, None if it did not match then; it may have changed before it was loaded."""
        if self._began_ms and row.state_ms >= self._began_ms and row.state is not None:
            if row.state is ScanState.CREATED:
                return None
            earlier = ScanState.STARTED if row.state is ScanState.CLOSED else ScanState(row.state - 1)
            row = msgspec.structs.replace(row, state=earlier)
        word = state_word(row)
        return word if self._matches(row, word) else None


class Narrator:
    """Reports lost and restored connections on stderr, each problem once.

    `name_at` gives the name of the server while the store with a label is open.
    """

    def __init__(self, name_at: Callable[[str], str]) -> None:
        self._name_at = name_at
        self._problem = ""

    def handle(self, event: Event) -> None:
        if isinstance(event, Lost):
            problem = str(event.error)
            if problem != self._problem:
                notify(f"{problem}; retrying")
            self._problem = problem
        elif isinstance(event, Connected):
            name = self._name_at(event.store.label)
            if self._problem:
                notify(f"reconnected to {name}")
            else:
                notify_person(f"watching {name} ({counted(event.total, 'scan')}); press Ctrl-C to stop")
            self._problem = ""
