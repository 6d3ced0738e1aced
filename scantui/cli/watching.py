"""A feed's events as that which a command waits for: scans that come to pass a filter, and those that change then.

Rule: the board knows the words and the filter decides, as on the screen. A scan comes when it passes for the first time
since we look; of those that were there at the start only when it did not pass then.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from scantui.board import Board
from scantui.cli.output import tell, tell_person
from scantui.exceptions import ConnectionFailed
from scantui.export import ExportedScan
from scantui.feed import Changed, Connected, Created, Event, Gone, Heartbeat, Loaded, Lost, Progress
from scantui.filters import ScanFilter
from scantui.models import ScanState, ScanSummary
from scantui.words import state_word

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

GONE = "GONE"


class Happening(NamedTuple):
    """A scan that came, or whose word changed, and when by the server's clock, in milliseconds since 1970."""

    kind: Literal["new", "state"]
    at_ms: int
    scan: ExportedScan


class ScanWatch:
    """What happened to the scans that pass a filter, in the order of their creation.

    `is_due` narrows what passes. `tells_of_old` says of each scan that was there at the start whether it counts as one
    that came; without it none does. While scans are loaded, everything waits, so that the order holds.
    """

    def __init__(
        self,
        scan_filter: ScanFilter,
        is_due: Callable[[ScanSummary], bool] = lambda _: True,
        tells_of_old: Callable[[ScanSummary], bool] = lambda _: False,
    ) -> None:
        self.board = Board()
        self._filter = scan_filter
        self._is_due = is_due
        self._tells_of_old = tells_of_old
        self._old: Collection[str] | None = None
        self._began_ms = 0
        self._looked_at: set[str] = set()
        # The word under which each scan was seen last that has passed once.
        self._words: dict[str, str] = {}
        self._told: set[str] = set()
        # Those told of that may still change: a feed should look after them.
        self.told_and_open: set[str] = set()
        self._waiting: set[str] = set()
        self._is_loading = False

    @property
    def running(self) -> list[str]:
        """The open scans that pass the filter, those that were there at the start too, oldest first."""
        board, passes = self.board, self._passes
        rows = (row for key in self._words if (row := board.row(key)) is not None and row.is_open)
        return sorted(row.key for row in rows if passes(row, board.word_of(row)))

    def was_there(self, key: str) -> bool:
        """Whether a scan was there when we began."""
        return self._old is None or key in self._old

    async def begin(self, store: AsyncDataStore) -> None:
        """Take note of the scans that there are; what is not among them came later, however it becomes known."""
        if self._old is None:
            # A connection that broke already is made anew by the feed.
            with suppress(ConnectionFailed):
                began_ms = (await store.poll_status([])).server_ms
                listed = (await store.list_scans()).keys
                # The timestamps of the history are the server's clock.
                news = await store.wait_for_news(f"{began_ms}-0", {}, 0)
                self._old = frozenset(listed).difference(ref.key for ref in news.created)
                self._began_ms = began_ms

    def take_in(self, event: Event) -> list[Happening]:
        """Take in what the feed tells, and return what is to be told of it."""
        if isinstance(event, (Loaded, Lost)):
            self._is_loading = isinstance(event, Loaded) and event.remaining > 0
        self._waiting |= self._touched(event)
        if self._is_loading:
            return []
        touched, self._waiting = self._waiting, set()
        return [happening for key in sorted(touched) if (happening := self._look_at(key))]

    def _touched(self, event: Event) -> set[str]:
        board = self.board
        if isinstance(event, (Loaded, Created, Changed)):
            return {row.key for row in event.rows} | board.put(event.rows).touched
        if isinstance(event, Gone):
            return set(board.mark_gone(event.keys).touched)
        if isinstance(event, Progress):
            return set(board.note_progress(event.points).touched)
        if not isinstance(event, Heartbeat):
            return set()
        turned = board.tell_time(event.server_ms).touched
        # With time alone any scan may begin to pass.
        return {board.key_at(index) for index in range(len(board))} if self._filter.depends_on_time else set(turned)

    def _look_at(self, key: str) -> Happening | None:
        row = self.board.row(key)
        if row is None:
            return None
        word = self.board.word_of(row)
        is_first_look = key not in self._looked_at
        self._looked_at.add(key)
        if word == GONE or not row.is_open:
            self.told_and_open.discard(key)
        before = self._words.get(key)
        if is_first_look and self.was_there(key) and not self._tells_of_old(row):
            before = self._word_at_start(row)
        if before is not None:
            self._words[key] = word
        passes = self._passes(row, word)
        if before == word or not passes:
            return None
        self._words[key] = word
        # A server that was emptied loses thousands at once, of which nobody was told.
        if word == GONE and key not in self._told and not row.is_open:
            return None
        self._told.add(key)
        if word != GONE and row.is_open:
            self.told_and_open.add(key)
        at_ms = row.created_ms if is_first_look and before is None else 0 if word in (GONE, "STALL") else row.state_ms
        return Happening("state" if before else "new", at_ms or self.board.now_ms, ExportedScan.of(self.board, row))

    def _passes(self, row: ScanSummary, word: str) -> bool:
        return self._is_due(row) and self._filter.matches(row, word, self.board.now_ms)

    def _word_at_start(self, row: ScanSummary) -> str | None:
        """The word of a scan when we began, None if it did not pass then: it may have moved on before it was loaded."""
        if self._began_ms and row.state_ms >= self._began_ms and row.state is not None:
            if row.state is ScanState.CREATED:
                return None
            earlier = ScanState.STARTED if row.state is ScanState.CLOSED else ScanState(row.state - 1)
            row = msgspec.structs.replace(row, state=earlier)
        word = state_word(row)
        return word if self._passes(row, word) else None


class Narrator:
    """Tells on stderr how the server is doing: each trouble once, and its end."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._trouble = ""

    def take_in(self, event: Event) -> None:
        if isinstance(event, Lost):
            trouble = str(event.error)
            if trouble != self._trouble:
                tell(f"{trouble}; trying again until it works")
            self._trouble = trouble
        elif isinstance(event, Connected):
            if self._trouble:
                tell(f"{self._label} answers again")
            else:
                tell_person(f"watching {self._label}, which has {event.total} scans; Ctrl-C ends it")
            self._trouble = ""
