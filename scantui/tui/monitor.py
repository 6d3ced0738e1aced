"""The monitor: the frame, and what keys and messages do in it.

Rule: an action changes the board, a widget or the screen; what it needs of the store is a worker's.
"""

from __future__ import annotations

import asyncio
from typing import Any

from textual import events, on
from textual.binding import Binding
from textual.widgets import DataTable

from scantui.acquisition import PUBLISHER
from scantui.exceptions import FilterSyntaxError
from scantui.filters import ScanFilter, with_value, without_value
from scantui.matching import FIELDS
from scantui.tui.create_scan import CreateScan, TestScan, like, prefill
from scantui.tui.detail import DetailPane
from scantui.tui.filter_bar import FilterBar
from scantui.tui.help import HelpScreen, described
from scantui.tui.inspection import Inspection
from scantui.tui.log import LogScreen
from scantui.tui.menu import Choice, Menu
from scantui.tui.messages import (
    FilterEntered,
    FilterLeft,
    FilterRefused,
    FilterTyped,
    FoundOnServer,
)
from scantui.tui.palette import Command, Palette
from scantui.tui.scan_table import ScanTable
from scantui.tui.workers import delete_test_scan, publish_test_scan, search_server

SEARCH, TEST_SCANS, DELETION = "search", "test scan", "deletion"
_WRITING = ("create_scan", "create_like", "delete_scan")
_CLOSING_SECONDS = 5.0


class Monitor(Inspection):
    """The scans of one store, and all that can be done with them from the keyboard."""

    BINDINGS = [
        # With priority the keyboard is elsewhere before the next key is looked at: what is typed ahead goes there.
        Binding("question_mark,f1", "help", "Help", key_display="?", priority=True),
        Binding("slash", "filter", "Filter", key_display="/", priority=True),
        Binding("u", "toggle_filter", "Filter off/on", show=False),
        Binding("f,F", "follow", "Follow", key_display="f"),
        Binding("G,end", "follow", "Newest scan, and follow", show=False, key_display="G End"),
        Binding("C", "create_scan", "New", key_display="C", priority=True),
        Binding("D", "create_like", "New test scan like this one", show=False, priority=True),
        Binding("X", "delete_scan", "Delete a test scan that we made", show=False),
        Binding("W", "watch", "Watch this scan: ring when it ends or stalls", show=False),
        Binding("p", "pause", "Pause", key_display="p"),
        Binding("r", "only('state=run')", "Only running scans, and all again", show=False),
        Binding("exclamation_mark", "only('is=problem')", "Only problems, and all again", show=False, key_display="!"),
        Binding("equals_sign", "narrow(True)", "Keep a value of this scan", show=False, key_display="="),
        Binding("minus", "narrow(False)", "Exclude a value of this scan", show=False, key_display="-"),
        Binding("colon,ctrl+p", "palette", "Commands; :42 goes to scan 42", show=False, key_display=":", priority=True),
        Binding("L", "log", "Log", show=False),
        Binding("R", "reload", "Reconnect and reload", show=False),
        Binding("ctrl+l", "redraw", "Redraw", show=False),
        Binding("q", "leave", "Quit"),
    ]

    @property
    def own_bindings(self) -> list[Binding]:
        """The keys there are, without those that a monitor which only reads has not."""
        return [binding for binding in super().own_bindings if not (self.read_only and binding.action in _WRITING)]

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._switched_off = ScanFilter()

    # Keys

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        table = self.query_one(ScanTable)
        self.follow_if_at_end()
        if self.has_class("-details"):
            self._follow_details(table.cursor_key)
        row = self.board.row(table.cursor_key or "")
        if row is not None and row.problem:
            self.say(row.problem, is_error=True)
        self._show_status()

    def action_pause(self) -> None:
        if self.board.is_paused:
            self.changed(self.board.resume())
        else:
            self.board.pause(self._status.now_ms())
        self._show_status()

    def action_follow(self) -> None:
        if not self.board.sorting.is_by_time or self.board.sorting.descending:
            self._sort_by("time", descending=False)
        self.changed(self.board.set_held(False))
        self.query_one(ScanTable).follow_end()
        self._show_news()
        self._show_status()

    def action_reload(self) -> None:
        self.say("connecting anew")
        self.start_feed()

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted beside a line to type in is meant for the filter."""
        event.stop()
        self.query_one(FilterBar).edit(self.memory.state.filter_history, event.text)

    def action_redraw(self) -> None:
        self.app.refresh(repaint=True, layout=True)

    def action_log(self) -> None:
        self.app.push_screen(LogScreen(self._log_lines))

    def action_palette(self) -> None:
        commands = [
            Command(binding.key_display or binding.key, binding.description, binding.action)
            for binding in self.own_bindings
            if binding.description and binding.action != "palette"
        ]
        self.app.push_screen(Palette(commands), self._obey)

    def _obey(self, chosen: str | int | None) -> None:
        if isinstance(chosen, int):
            self.go_to_number(chosen)
        elif chosen:
            self.call_later(self.run_action, chosen)

    def action_help(self) -> None:
        bindings = [*self.own_bindings, *ScanTable.BINDINGS, *DetailPane.BINDINGS]
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

    def action_watch(self) -> None:
        """Ring when the scan under the cursor ends or stalls; the same key again ends the watch."""
        row = self.row_under_cursor
        if row is None or not row.is_open or self.board.is_gone(row.key):
            self.say("the scan is over already")
        elif row.key == self.watched_scan:
            self.watched_scan = None
            self.say("no scan is watched any more")
        else:
            self.watched_scan = row.key
            self.say(f"watching {self.name_of(row.key)}: the bell rings when it ends or stalls")

    # Filter

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While the filter is edited every key is a letter of it; a monitor that only reads has no key that writes."""
        if any(bar.is_edited for bar in self.query(FilterBar)):
            return False
        return not (self.read_only and action in _WRITING)

    def action_filter(self) -> None:
        self.query_one(FilterBar).edit(self.memory.state.filter_history)

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
        self.memory.add_filter(message.scan_filter.text)
        self._set_filter(message.scan_filter)
        if self._store is not None and message.scan_filter.terms:
            search = search_server(self._store, message.scan_filter, self._knows, self.post_message)
            self.run_worker(search, group=SEARCH, exclusive=True, exit_on_error=False)

    def action_only(self, text: str) -> None:
        """A filter of one key: set it, or take it away again."""
        self.use_filter("" if self.board.filter.text == text else text)

    def action_narrow(self, keep: bool) -> None:
        identity = self.row_under_cursor.identity if self.row_under_cursor else None
        if identity is None:
            return
        values = {field: getattr(identity, field) for field in FIELDS if getattr(identity, field) is not None}
        choices = [Choice(field, f"{field} = {value}") for field, value in values.items()]

        def choose(field: str | None) -> None:
            if field is not None:
                change = with_value if keep else without_value
                try:
                    self.use_filter(change(self.board.filter.text, field, str(values[field])))
                except FilterSyntaxError as error:
                    self.say(str(error), is_error=True)

        self.app.push_screen(Menu("Keep only" if keep else "Exclude", choices), choose)

    def _knows(self, key: str) -> bool:
        return self.board.row(key) is not None

    def _set_filter(self, scan_filter: ScanFilter) -> None:
        self.changed(self.board.set_filter(scan_filter))
        self.follow_if_at_end()

    @on(FoundOnServer)
    def _show_found(self, message: FoundOnServer) -> None:
        self.changed(self.board.put(message.rows) | self.board.settle())
        if message.scan_filter == self.board.filter:
            self.say(f"{len(self.board)} of {self.board.total} scans match")

    # Test scans

    def action_create_scan(self) -> None:
        self._ask_for_scan(prefill(self.row_under_cursor, self.board.newest_number(), self.memory.state.last_test_scan))

    def action_create_like(self) -> None:
        if self.row_under_cursor is not None:
            self._ask_for_scan(like(self.row_under_cursor, self.board.newest_number()))

    def _ask_for_scan(self, values: dict[str, str]) -> None:
        if self._store is None:
            self.say("a test scan needs a connection, and there is none", is_error=True)
        else:
            self.app.push_screen(CreateScan(values), self._create)

    def action_delete_scan(self) -> None:
        row = self.row_under_cursor
        if row is None or row.publisher != PUBLISHER:
            self.say("only test scans that scantui made can be deleted", is_error=True)
            return

        def delete(answer: str | None) -> None:
            if answer == "yes" and self._store is not None:
                work = delete_test_scan(self._store, row.key, self.post_message)
                self.run_worker(work, group=DELETION, exit_on_error=False)

        choices = [Choice("no", "no, keep it", "n"), Choice("yes", "yes, delete it from Redis", "y")]
        self.app.push_screen(Menu(f"Delete test scan {row.identity.number if row.identity else ''}?", choices), delete)

    def _create(self, test_scan: TestScan | None) -> None:
        if test_scan is None or self._store is None:
            return
        self.memory.change(last_test_scan=test_scan.form)
        for plan in test_scan.plans:
            work = publish_test_scan(self._feed.open_store, plan, test_scan.runs, self.post_message)
            self.run_worker(work, group=TEST_SCANS, exit_on_error=False)
