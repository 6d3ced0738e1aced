"""The screen of the monitor: layout, bindings, the one worker that follows the feed, and who gets which message.

Rule: workers post messages, handlers change state, and the table is repainted in one place, some ten times a second at
most.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Protocol

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import DataTable, Static
from textual.worker import Worker, WorkerState

from scantui.board import Board, Change
from scantui.exceptions import StoreError
from scantui.feed import Beat, Changed, Connected, Connecting, Created, Event, Gone, Known, Lost, Progress, load_rows
from scantui.filters import ScanFilter
from scantui.tui.create_scan import CreateScan, TestScan, prefill, publish
from scantui.tui.filter_bar import FilterBar
from scantui.tui.help import HelpScreen, described
from scantui.tui.message_line import MessageLine
from scantui.tui.messages import (
    FeedEvent,
    FilterEntered,
    FilterLeft,
    FilterRefused,
    FilterTyped,
    FoundOnServer,
    Told,
)
from scantui.tui.scan_table import ScanTable
from scantui.tui.status import ConnectionStatus

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

REPAINT_SECONDS = 0.1
FEED, SEARCH, TEST_SCANS = "feed", "search", "test scans"
_CLOSING_SECONDS = 5.0
_RESTART_SECONDS = 5.0


class EventSource(Protocol):
    """What the monitor follows: a Feed, or a recording of one."""

    watched: Sequence[str]

    def events(self) -> AsyncGenerator[Event, None]: ...


class Monitor(Screen[None]):
    """Shows the scans of one store as they come and change."""

    BINDINGS = [
        Binding("question_mark,f1", "help", "Help", key_display="?"),
        # With priority the bar has the keyboard before the next key is looked at: what is typed ahead goes into it.
        Binding("slash", "filter", "Filter", key_display="/", priority=True),
        Binding("u", "toggle_filter", "Filter off/on", show=False),
        Binding("f,F", "follow", "Follow", key_display="f"),
        Binding("G,end", "follow", "Newest scan, and follow", show=False, key_display="G End"),
        Binding("C", "create_scan", "New", key_display="C"),
        Binding("ctrl+l", "redraw", "Redraw", show=False),
        Binding("q", "leave", "Quit"),
    ]

    def __init__(self, feed: EventSource, label: str, clock: Callable[[], float]) -> None:
        super().__init__()
        self.board = Board()
        self._feed = feed
        self._status = ConnectionStatus(label, clock)
        self._store: AsyncDataStore | None = None
        self._following = True
        self._unpainted = Change()
        self._repaint_timer: Timer | None = None
        self._switched_off = ScanFilter()
        self._last_form: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        yield Static(id="status", markup=False)
        yield FilterBar()
        yield ScanTable(self.board)
        yield MessageLine()
        yield Static(" ".join(f"{keys}:{does}" for keys, does in described(self.BINDINGS)), id="hints", markup=False)

    def on_mount(self) -> None:
        self.query_one(ScanTable).focus()
        self._show_status()
        self.set_interval(1.0, self._tick)
        # The first frame is painted before anything is imported or opened for the store.
        self.call_after_refresh(self._start_feed)

    def _start_feed(self) -> None:
        self.run_worker(self._follow_feed(), group=FEED, exclusive=True, exit_on_error=False)

    async def _follow_feed(self) -> None:
        async with aclosing(self._feed.events()) as events:
            async for event in events:
                self.post_message(FeedEvent(event))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is not WorkerState.ERROR:
            return
        # The words of an unknown error may hold anything, a password included.
        kind = type(event.worker.error).__name__
        what = {FEED: "following the store", SEARCH: "the search"}.get(event.worker.group, "the test scan")
        self.say(f"{what} failed by a fault of ours ({kind}); please report it", is_error=True)
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
            if event.store.cannot_search:
                self.say(f"{event.store.cannot_search}: searches look at every scan instead")
            else:
                self.say("")
        elif isinstance(event, Lost):
            self._store = None
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
        self.query_one("#status", Static).update(text, layout=False)

    # Keys

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        table = self.query_one(ScanTable)
        self._following = table.at_end
        if self._following:
            self.query_one(MessageLine).unseen = 0
        row = self.board.row(table.cursor_key or "")
        if row is not None and row.problem:
            self.say(row.problem, is_error=True)
        self._show_status()

    def action_follow(self) -> None:
        self._following = True
        self.query_one(MessageLine).unseen = 0
        self.query_one(ScanTable).follow_end()
        self._show_status()

    def action_redraw(self) -> None:
        self.app.refresh(repaint=True, layout=True)

    def action_help(self) -> None:
        self.app.push_screen(HelpScreen(described([*self.BINDINGS, *ScanTable.BINDINGS], hidden=True)))

    async def action_leave(self) -> None:
        await self.app.action_quit()

    async def close_test_scans(self) -> None:
        """End the test scans that still run: each closes its scan when it is cancelled."""
        running = [worker for worker in self.app.workers if worker.group == TEST_SCANS and worker.is_running]
        for worker in running:
            worker.cancel()
        if running:
            self.say("closing the test scan")
            # A server that is gone is not waited for long.
            await asyncio.wait([asyncio.ensure_future(worker.wait()) for worker in running], timeout=_CLOSING_SECONDS)

    # Filter

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While the filter is edited a slash is a letter of it."""
        return not (action == "filter" and self.query_one(FilterBar).is_edited)

    def action_filter(self) -> None:
        self.query_one(FilterBar).edit()

    def action_toggle_filter(self) -> None:
        switched_off, self._switched_off = self._switched_off, self.board.filter
        self.say("")
        self.query_one(FilterBar).show(switched_off)
        self._set_filter(switched_off)

    @on(FilterTyped)
    def _preview(self, message: FilterTyped) -> None:
        self.say("")
        self._set_filter(message.scan_filter)

    @on(FilterRefused)
    def _say_refused(self, message: FilterRefused) -> None:
        self.say(message.problem, is_error=True)

    @on(FilterLeft)
    def _forget_filter(self, message: FilterLeft) -> None:
        self.query_one(ScanTable).focus()
        self.say("")
        self._set_filter(message.scan_filter)

    @on(FilterEntered)
    def _keep_filter(self, message: FilterEntered) -> None:
        self.query_one(ScanTable).focus()
        self._switched_off = ScanFilter()
        self._set_filter(message.scan_filter)
        if self._store is not None and message.scan_filter.terms:
            self.run_worker(
                self._search(self._store, message.scan_filter), group=SEARCH, exclusive=True, exit_on_error=False
            )

    def _set_filter(self, scan_filter: ScanFilter) -> None:
        if scan_filter != self.board.filter:
            self._changed(self.board.set_filter(scan_filter))

    async def _search(self, store: AsyncDataStore, scan_filter: ScanFilter) -> None:
        """Ask the server too: it may have scans that are not loaded yet."""
        try:
            _, keys = await store.search_existing_scans(**scan_filter.search_arguments)
            rows = await load_rows(store, [key for key in keys if self.board.row(key) is None])
        except StoreError as error:
            self.post_message(Told(f"the search failed: {error}", is_error=True))
        else:
            self.post_message(FoundOnServer(scan_filter, len(keys), rows))

    @on(FoundOnServer)
    def _show_found(self, message: FoundOnServer) -> None:
        self._changed(self.board.put(message.rows))
        if message.scan_filter == self.board.filter:
            self.say(f"{len(self.board)} of {self.board.total} scans match")

    # Test scans

    def action_create_scan(self) -> None:
        if self._store is None:
            self.say("a test scan needs a connection, and there is none", is_error=True)
        else:
            row = self.board.row(self.query_one(ScanTable).cursor_key or "")
            self.app.push_screen(CreateScan(prefill(row, self.board.newest_number(), self._last_form)), self._create)

    def _create(self, test_scan: TestScan | None) -> None:
        if test_scan is None or self._store is None:
            return
        self._last_form = test_scan.form
        self.run_worker(self._publish(self._store, test_scan), group=TEST_SCANS, exit_on_error=False)

    async def _publish(self, store: AsyncDataStore, test_scan: TestScan) -> None:
        try:
            async for step in publish(store, test_scan):
                self.post_message(Told(step))
        except StoreError as error:
            self.post_message(Told(f"the test scan failed: {error}", is_error=True))
