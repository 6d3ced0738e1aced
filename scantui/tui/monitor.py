"""The monitor: the frame, and what keys and messages do in it.

Rule: an action changes the board, a widget or the screen; what it needs of the store is a worker's.
"""

from __future__ import annotations

import asyncio
from typing import Any

from textual import on
from textual.binding import Binding
from textual.widgets import DataTable
from textual.widgets.data_table import RowDoesNotExist

from scantui.filters import ScanFilter
from scantui.tui.create_scan import CreateScan, TestScan, prefill
from scantui.tui.detail import DetailPane, OpenScan
from scantui.tui.filter_bar import FilterBar
from scantui.tui.frame import Frame
from scantui.tui.help import HelpScreen, described
from scantui.tui.log import LogScreen
from scantui.tui.message_line import MessageLine
from scantui.tui.messages import (
    DetailsLoaded,
    FilterEntered,
    FilterLeft,
    FilterRefused,
    FilterTyped,
    FoundOnServer,
)
from scantui.tui.scan_table import ScanTable
from scantui.tui.workers import follow_details, publish_test_scan, search_server

SEARCH, DETAILS, TEST_SCANS = "search", "details", "test scan"
_CLOSING_SECONDS = 5.0


class Monitor(Frame):
    """The scans of one store, and all that can be done with them from the keyboard."""

    BINDINGS = [
        Binding("question_mark,f1", "help", "Help", key_display="?"),
        # With priority the bar has the keyboard before the next key is looked at: what is typed ahead goes into it.
        Binding("slash", "filter", "Filter", key_display="/", priority=True),
        Binding("u", "toggle_filter", "Filter off/on", show=False),
        Binding("f,F", "follow", "Follow", key_display="f"),
        Binding("G,end", "follow", "Newest scan, and follow", show=False, key_display="G End"),
        Binding("C", "create_scan", "New", key_display="C"),
        Binding("tab", "other_pane", "Between table and details", show=False, key_display="Tab"),
        Binding("escape", "back", "Close the details", show=False, key_display="Esc"),
        Binding("L", "log", "Log", show=False),
        Binding("ctrl+l", "redraw", "Redraw", show=False),
        Binding("q", "leave", "Quit"),
    ]

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._switched_off = ScanFilter()
        self._last_form: dict[str, str] = {}
        self._detailed: str | None = None

    # Keys

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        table = self.query_one(ScanTable)
        self._follow_if_at_end()
        if self.has_class("-details"):
            self._follow_details(table.cursor_key)
        row = self.board.row(table.cursor_key or "")
        if row is not None and row.problem:
            self.say(row.problem, is_error=True)
        self._show_status()

    def _follow_if_at_end(self) -> None:
        """Whoever is at the newest scan, and looks at nothing else, wants to see the next one."""
        self._following = self.query_one(ScanTable).at_end and not self.has_class("-details")
        if self._following:
            self.query_one(MessageLine).unseen = 0
        self._show_status()

    def action_follow(self) -> None:
        self._following = True
        self.query_one(MessageLine).unseen = 0
        self.query_one(ScanTable).follow_end()
        self._show_status()

    def action_redraw(self) -> None:
        self.app.refresh(repaint=True, layout=True)

    def action_log(self) -> None:
        self.app.push_screen(LogScreen(self._log_lines))

    def action_help(self) -> None:
        bindings = [*self.BINDINGS, *ScanTable.BINDINGS, *DetailPane.BINDINGS]
        self.app.push_screen(HelpScreen(described(bindings, hidden=True)))

    async def action_leave(self) -> None:
        """One level back, and from the table out."""
        if self.has_class("-details"):
            self.action_back()
        else:
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

    # Details

    @on(DataTable.RowSelected)
    def _toggle_details(self) -> None:
        if self.has_class("-details"):
            self.action_back()
        else:
            self.add_class("-details")
            self._follow_if_at_end()
            self._follow_details(self.query_one(ScanTable).cursor_key)

    def action_back(self) -> None:
        if self.has_class("-details"):
            self.remove_class("-details")
            self.workers.cancel_group(self, DETAILS)
            self.query_one(ScanTable).focus()
            self.call_after_refresh(self._follow_if_at_end)

    def action_other_pane(self) -> None:
        if self.has_class("-details"):
            pane = self.query_one(DetailPane)
            (self.query_one(ScanTable) if pane.has_focus else pane).focus()

    def _follow_details(self, key: str | None) -> None:
        """Have the details shown of this scan."""
        self._detailed = key
        if key is not None and self._store is not None:
            work = follow_details(self._store, key, self.post_message)
            self.run_worker(work, group=DETAILS, exclusive=True, exit_on_error=False)

    @on(DetailsLoaded)
    def _show_details(self, message: DetailsLoaded) -> None:
        if message.key == self._detailed and self.has_class("-details"):
            row = self.board.row(message.key)
            word = self.board.word_of(row) if row else ""
            self.query_one(DetailPane).show(message.details, self._status.now_ms(), word)

    @on(OpenScan)
    def _open_link(self, message: OpenScan) -> None:
        """Go to a scan that another one names; one that the table does not show is shown in the details alone."""
        try:
            self.query_one(ScanTable).go_to(message.key)
        except RowDoesNotExist:
            self._follow_details(message.key)

    # Filter

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While the filter is edited a slash is a letter of it."""
        return not (action == "filter" and self.query_one(FilterBar).is_edited)

    def action_filter(self) -> None:
        self.query_one(FilterBar).edit(self._memory.state.filter_history)

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
        self._memory.add_filter(message.scan_filter.text)
        self._set_filter(message.scan_filter)
        if self._store is not None and message.scan_filter.terms:
            search = search_server(self._store, message.scan_filter, self._knows, self.post_message)
            self.run_worker(search, group=SEARCH, exclusive=True, exit_on_error=False)

    def _knows(self, key: str) -> bool:
        return self.board.row(key) is not None

    def _set_filter(self, scan_filter: ScanFilter) -> None:
        if scan_filter != self.board.filter:
            self._changed(self.board.set_filter(scan_filter))

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
        work = publish_test_scan(self._store, test_scan, self.post_message)
        self.run_worker(work, group=TEST_SCANS, exit_on_error=False)
