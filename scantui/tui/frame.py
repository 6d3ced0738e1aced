"""The frame of the monitor: the board on the screen, kept as the feed tells, and the lines around it.

Rule: workers post messages, handlers change state, and the table is repainted in one place, some ten times a second at
most. What keys do is the monitor's, one file further.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from scantui.board import Board, Change
from scantui.feed import Beat, Changed, Connected, Connecting, Created, Gone, Known, Lost, Progress
from scantui.machine.state import Memory
from scantui.tui.detail import DetailPane
from scantui.tui.filter_bar import FilterBar
from scantui.tui.help import described
from scantui.tui.message_line import MessageLine
from scantui.tui.messages import FeedEvent, Told
from scantui.tui.scan_table import ScanTable
from scantui.tui.status import ConnectionStatus
from scantui.tui.workers import EventSource, follow_feed

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

_log = logging.getLogger(__name__)
REPAINT_SECONDS = 0.1
FEED = "feed"
_RESTART_SECONDS = 5.0


class Frame(Screen[None]):
    """Shows the scans of one store as they come and change."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (140, "-wide")]

    def __init__(
        self,
        feed: EventSource,
        label: str,
        clock: Callable[[], float],
        memory: Memory,
        log_lines: Callable[[], Sequence[object]],
    ) -> None:
        super().__init__()
        self.board = Board()
        self._memory = memory
        self._log_lines = log_lines
        self._feed = feed
        self._status = ConnectionStatus(label, clock)
        self._store: AsyncDataStore | None = None
        self._status_shown = ""
        self._following = True
        self._unpainted = Change()
        self._repaint_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="status", markup=False)
        yield FilterBar()
        with Container(id="body"):
            yield ScanTable(self.board)
            yield DetailPane(self.name_of)
        yield MessageLine()
        yield Static(" ".join(f"{keys}:{does}" for keys, does in described(self.BINDINGS)), id="hints", markup=False)

    def on_mount(self) -> None:
        self.query_one(ScanTable).focus()
        self.say(self._memory.problem, is_error=True)
        self._show_status()
        self.set_interval(1.0, self._tick)
        # The first frame is painted before anything is imported or opened for the store.
        self.call_after_refresh(self._start_feed)

    def _start_feed(self) -> None:
        self.run_worker(follow_feed(self._feed, self.post_message), group=FEED, exclusive=True, exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is not WorkerState.ERROR:
            return
        # The words of an unknown error may hold anything, a password included.
        kind = type(event.worker.error).__name__
        _log.error("a worker failed", exc_info=event.worker.error)
        self.say(f"{event.worker.group}: a fault of ours ({kind}), please report it", is_error=True)
        if event.worker.group == FEED:
            self.set_timer(_RESTART_SECONDS, self._start_feed)

    # What the feed tells

    @on(FeedEvent)
    def _take_in(self, message: FeedEvent) -> None:
        event = message.event
        self._status.take_in(event)
        if isinstance(event, Known | Created | Changed):
            self._changed(self.board.put(event.rows))
        elif isinstance(event, Gone):
            self._changed(self.board.mark_gone(event.keys))
        elif isinstance(event, Connected):
            self._store = event.store
            _log.info("connected, %d scans", event.total)
            if event.store.cannot_search:
                self.say(f"{event.store.cannot_search}: searches look at every scan instead")
            else:
                self.say("")
        elif isinstance(event, Lost):
            self._store = None
            _log.warning("lost, try %d in %g s: %s", event.attempt, event.retry_in, event.error)
            self.say(str(event.error), is_error=True)
        elif isinstance(event, Progress):
            self._changed(self.board.note_progress(event.points))
        elif isinstance(event, Beat):
            self._tell_time()
        if not isinstance(event, Known | Changed | Progress | Connecting):
            self._show_status()

    def _changed(self, change: Change) -> None:
        """Repaint now, or with what else comes until the next repaint is due."""
        if change == Change() == self._unpainted:
            return
        self._unpainted |= change
        if self._repaint_timer is None:
            self._repaint()
            self._repaint_timer = self.set_timer(REPAINT_SECONDS, self._repaint_due)

    def _repaint_due(self) -> None:
        self._repaint_timer = None
        self._changed(Change())

    def _repaint(self) -> None:
        change, self._unpainted = self._unpainted, Change()
        table = self.query_one(ScanTable)
        for key in change.touched:
            table.refresh_row(key)
        if change.rearranged:
            if self._following:
                table.follow_end()
            else:
                table.rows_changed()
                self.query_one(MessageLine).unseen += change.appended
            self._feed.watched = table.keys_in_view
        self._show_status()

    def _tick(self) -> None:
        self._tell_time()
        self._feed.watched = self.query_one(ScanTable).keys_in_view
        self._show_status()

    def _tell_time(self) -> None:
        self._changed(self.board.tell_time(self._status.now_ms()))
        self.query_one(ScanTable).time_passed()

    # The lines around the table

    def say(self, text: str, is_error: bool = False) -> None:
        """Put a sentence on the message line."""
        self.query_one(MessageLine).say(text, is_error)

    @on(Told)
    def _say_told(self, message: Told) -> None:
        self.say(message.text, message.is_error)

    def _show_status(self) -> None:
        text = self._status.line(self.board, self._following, self.size.width)
        if text != self._status_shown:
            self._status_shown = text
            self.query_one("#status", Static).update(text, layout=False)

    def name_of(self, key: str) -> str:
        row = self.board.row(key)
        if row is None or row.identity is None:
            return ""
        return f"{self.board.word_of(row)} {row.identity.number} {row.title or row.identity.name}"
