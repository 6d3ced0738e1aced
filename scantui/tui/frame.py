"""The frame of the monitor: the board on the screen, kept as the feed tells, and the lines around it.

Rule: workers post messages, handlers change state, and the table is repainted in one place. What keys do is the
monitor's, one file further.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from scantui.board import SORT_COLUMNS, Board, Change
from scantui.feed import Changed, Connected, Connecting, Created, Ended, Gone, Heartbeat, Loaded, Lost, Progress
from scantui.filters import ScanFilter
from scantui.system.config import DEMO
from scantui.system.state import Memory
from scantui.text import printable
from scantui.titles import row_name
from scantui.tui.keys import KeyedScreen, described, with_keys
from scantui.tui.messages import FeedEvent, FilterEntered, Told
from scantui.tui.repaints import Repaints
from scantui.tui.widgets.filter_bar import FilterBar
from scantui.tui.widgets.message_line import MessageLine
from scantui.tui.widgets.scan_table import ScanTable
from scantui.tui.widgets.status_line import ConnectionStatus
from scantui.tui.workers import EventSource, follow_feed

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

_log = logging.getLogger(__name__)
FEED = "feed"
# What the hint line says, in its order; all of it fits into 80 columns.
_HINTED = {
    action: place
    for place, action in enumerate(
        ("help", "filter", "follow", "pause", "mark", "copy_key", "walk_problems()", "create_scan", "leave")
    )
}
HINTS = {
    "CleanInput": "Enter:Search Tab:Complete ↑↓:Filters of before Esc:Back",
    "DetailPane": "↑↓:Move Enter:Open, fold Tab:Table Esc:Close",
}
_RESTART_SECONDS = 5.0


class Terminal(Protocol):
    """What the terminal can be asked for beside showing the screen."""

    def fit_for_terminal(self, text: str) -> str: ...
    def copy_by_terminal(self, text: str) -> None: ...
    def notify_by_terminal(self, text: str) -> None: ...


class Frame(KeyedScreen):
    """Shows the scans of one store as they come and change."""

    AUTO_FOCUS = "ScanTable"
    HORIZONTAL_BREAKPOINTS = [(140, "-wide")]

    def __init__(
        self,
        feed: EventSource,
        label: str,
        clock: Callable[[], float],
        memory: Memory,
        log_lines: Callable[[], Sequence[object]],
        terminal: Terminal,
    ) -> None:
        super().__init__()
        self.label = label
        self.start_filter = ScanFilter()
        self.read_only = False
        self.mode = ""
        self.watched_scan: str | None = None
        self.terminal = terminal
        self.board = Board()
        self.memory = memory
        self._log_lines = log_lines
        self._feed = feed
        self._status = ConnectionStatus(label, clock)
        self._store: AsyncDataStore | None = None
        self._status_shown = ""
        self._has_connected = False
        self._repaints = Repaints(self.set_timer, self._repaint)

    def compose(self) -> ComposeResult:
        yield Static(id="status", markup=False)
        yield FilterBar(self.board.values_of)
        with Container(id="body"):
            yield ScanTable(self.board)
        yield MessageLine()
        yield Static(id="hints", markup=False)

    @property
    def own_bindings(self) -> list[Binding]:
        """The keys of the monitor as the user has set them: first those hinted at, then those of its upper floors."""
        found = with_keys(self.all_bindings(), self.memory.preferences.keys)
        return sorted(found, key=lambda binding: _HINTED.get(binding.action, len(_HINTED)))

    def on_resize(self) -> None:
        if self.query("#status"):
            self._show_status()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self.hint_at(event.widget)

    def hint_at(self, widget: Widget | None) -> None:
        """Hint at what can be done where the keyboard is."""
        words = HINTS.get(type(widget).__name__)
        if words is None:
            words = " ".join(f"{keys}:{does}" for keys, does in described(self.own_bindings))
        self.query_one("#hints", Static).update(words, layout=False)

    def on_mount(self) -> None:
        self.board.set_filter(self.start_filter)
        for column, descending in self.memory.state.sort:
            if column in SORT_COLUMNS:
                self.board.sort_by(column, descending)
        self.query_one(FilterBar).show(self.start_filter)
        if self.memory.problem:
            self.say(self.memory.problem, is_error=True)
        self._show_status()
        self.set_interval(1.0, self._tick)
        # The first frame is painted before anything is imported or opened for the store.
        self.call_after_refresh(self.start_feed)

    def start_feed(self) -> None:
        gc.enable()
        self.run_worker(follow_feed(self._feed, self.post_message), group=FEED, exclusive=True, exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is not WorkerState.ERROR:
            return
        # The words of an unknown error may hold anything, a password included.
        kind = type(event.worker.error).__name__
        _log.error("a worker failed", exc_info=event.worker.error)
        self.say(f"{event.worker.group}: a fault of ours ({kind}), please report it", is_error=True)
        if event.worker.group == FEED:
            self.set_timer(_RESTART_SECONDS, self.start_feed)

    # What the feed tells

    @on(FeedEvent)
    def _take_in(self, message: FeedEvent) -> None:
        event = message.event
        self._status.take_in(event)
        if isinstance(event, Loaded | Created | Changed):
            self._repaints.in_turn(self.board.put(event.rows))
            if isinstance(event, Loaded) and not event.remaining:
                self._repaints.in_turn(self.board.settle())
            self._show_news()
        elif isinstance(event, Gone):
            self._repaints.in_turn(self.board.mark_gone(event.keys))
        elif isinstance(event, Connected):
            self._store = event.store
            if not self._has_connected:
                self._has_connected = True
                # All is imported, and stays: to look through it for garbage while rows come would make keys wait.
                gc.freeze()
            _log.info("connected, %d scans", event.total)
            if event.store.cannot_search and self.label != DEMO:
                self.say(f"{event.store.cannot_search}: searches look at every scan instead")
            else:
                self.say("")
        elif isinstance(event, Lost):
            self._store = None
            _log.warning("lost, try %d in %.0f s: %s", event.attempt, event.retry_in, event.error)
            self.say(str(event.error), is_error=True)
        elif isinstance(event, Progress):
            self._repaints.in_turn(self.board.note_progress(event.points))
        elif isinstance(event, Heartbeat):
            self._tell_time()
        elif isinstance(event, Ended):
            self.say(event.reason)
        if not isinstance(event, Loaded | Changed | Progress | Connecting):
            self._show_status()

    def _ring_for_watched(self) -> None:
        """Ring once the scan that is watched ended, fell silent or went away."""
        row = self.board.row(self.watched_scan or "")
        if row is None:
            return
        word = self.board.word_of(row)
        if not row.is_open or word in ("STALL", "GONE"):
            self.watched_scan = None
            ending = f"watched: {self.name_of(row.key)}"
            self.terminal.notify_by_terminal(ending)
            self.say(ending, is_error=word != "DONE")

    def use_filter(self, text: str) -> None:
        """Have a filter that a key made, as if it had been typed."""
        scan_filter = ScanFilter.parse(text)
        self.query_one(FilterBar).show(scan_filter)
        self.post_message(FilterEntered(scan_filter))

    def parting_words(self) -> str:
        """What stays in the terminal's own history when the monitor is left: the marked rows, and two lines on all."""
        marked = [row for row in map(self.board.row, self.board.marks) if row is not None]
        counts = ", ".join(f"{count} {word}" for word, count in self.board.counts().items())
        lines = [f"{row.key}  {self.name_of(row.key)}" for row in marked]
        lines += [f"{self.label}: {len(self.board)} of {self.board.total} scans shown", counts or "none"]
        return "\n".join(map(printable, lines))

    def changed(self, change: Change) -> None:
        """Show at once what a key or the clock changed."""
        self._repaints.at_once(change)

    def _repaint(self, change: Change) -> None:
        table = self.query_one(ScanTable)
        for key in change.touched:
            table.refresh_row(key)
        if change.rearranged:
            if self.board.held or not self.board.sorting.is_by_time:
                table.rows_changed()
            else:
                table.follow_end()
            self._feed.watched = table.keys_in_view
        self._show_status()
        self._show_news()
        self._ring_for_watched()

    def _tick(self) -> None:
        self._tell_time()
        self._feed.watched = self.query_one(ScanTable).keys_in_view
        self._show_status()

    def _tell_time(self) -> None:
        self.changed(self.board.tell_time(self._status.now_ms()))
        self.query_one(ScanTable).time_passed()

    # The lines around the table

    def say(self, text: str, is_error: bool = False) -> None:
        """Put a sentence on the message line."""
        self.query_one(MessageLine).say(text, is_error)

    @on(Told)
    def _say_told(self, message: Told) -> None:
        self.say(message.text, message.is_error)

    def follow_if_at_end(self) -> None:
        """Whoever is at the newest scan, and looks at nothing else, wants to see the next one."""
        looks_elsewhere = self.has_class("-details") or self.query_one(FilterBar).is_edited
        by_time = self.board.sorting.is_by_time and not self.board.sorting.descending
        self.changed(self.board.set_held(looks_elsewhere or not by_time or not self.query_one(ScanTable).at_end))
        self._show_news()
        self._show_status()

    def _show_news(self) -> None:
        """What came while the view is held."""
        words = []
        if self.board.held and self.board.new:
            words.append(f"▼ {self.board.new} new (G)")
            if self.board.filter.terms:
                words.append(f"+{self.board.new_matching} matching")
        if self.board.held and not self.board.sorting.is_by_time and self.board.waiting:
            words.append(f"{self.board.waiting} not shown yet (f)")
        self.query_one(MessageLine).news = " ".join(words)

    def _show_status(self) -> None:
        text = self._status.line(self.board, self.size.width, self.mode)
        if text != self._status_shown:
            self._status_shown = text
            self.query_one("#status", Static).update(text, layout=False)

    def name_of(self, key: str) -> str:
        row = self.board.row(key)
        if row is None or row.identity is None:
            return ""
        return f"{self.board.word_of(row)} {row.identity.number} {row_name(row)}"
