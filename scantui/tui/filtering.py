"""Which scans are shown: the filter bar, and the keys that make a filter; a floor of the monitor.

Rule: the rows on the screen are filtered at once, and Enter asks the server for those that are not loaded.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from textual import events, on
from textual.binding import Binding

from scantui.exceptions import FilterSyntaxError
from scantui.filters import ScanFilter, explain, with_value, without_value
from scantui.matching import FIELDS
from scantui.tui.dialogs.choice import Choice
from scantui.tui.dialogs.opening import open_menu
from scantui.tui.inspection import Inspection
from scantui.tui.messages import FilterEntered, FilterLeft, FilterRefused, FilterTyped, FoundOnServer
from scantui.tui.widgets.filter_bar import FilterBar
from scantui.tui.widgets.scan_table import ScanTable
from scantui.tui.workers import search_server

_SEARCH = "search"


class _Place(NamedTuple):
    """Where the user is: on which scan, and whether the newest is followed."""

    key: str
    follows: bool


class Filtering(Inspection):
    """The rows and their details, and the filter that chooses among them."""

    BINDINGS = [
        Binding("slash", "filter", "Filter", key_display="/", priority=True),
        Binding("u", "toggle_filter", "Filter off/on", show=False),
        Binding("r", "only('state=run')", "Only running scans, and all again", show=False),
        Binding("exclamation_mark", "only('is=problem')", "Only problems, and all again", show=False, key_display="!"),
        Binding("equals_sign", "narrow(True)", "Keep a value of this scan", show=False, key_display="="),
        Binding("minus", "narrow(False)", "Exclude a value of this scan", show=False, key_display="-"),
    ]

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._switched_off = ScanFilter()
        self._place: _Place | None = None
        self._last_place = _Place("", follows=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While the filter is edited every key is a letter of it."""
        return not any(bar.is_edited for bar in self.query(FilterBar))

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted beside a line to type in is meant for the filter."""
        event.stop()
        self._edit(event.text)

    def action_filter(self) -> None:
        self._edit()

    def _edit(self, pasted: str = "") -> None:
        self._place = self._place_now()
        self.query_one(FilterBar).edit(self.memory.state.filter_history, pasted)

    def action_toggle_filter(self) -> None:
        switched_off, self._switched_off = self._switched_off, self.board.filter
        self.say("")
        self.query_one(FilterBar).show(switched_off)
        self._place = self._place_now()
        self._set_filter(switched_off)
        self._return()

    @on(FilterTyped)
    def _preview(self, message: FilterTyped) -> None:
        self._set_filter(message.scan_filter)
        self.say("" if len(self.board) or not self.board.total else self._no_match())
        if self._place is not None and self.board.is_shown(self._place.key):
            self.query_one(ScanTable).go_to(self._place.key)

    @on(FilterRefused)
    def _say_refused(self, message: FilterRefused) -> None:
        self.say(message.problem, is_error=True)

    @on(FilterLeft)
    def _forget_filter(self, message: FilterLeft) -> None:
        self.query_one(ScanTable).focus()
        self.say("")
        self._set_filter(message.scan_filter)
        self._return()

    @on(FilterEntered)
    def _keep_filter(self, message: FilterEntered) -> None:
        self.query_one(ScanTable).focus()
        self._switched_off = ScanFilter()
        self.memory.add_filter(message.scan_filter.text)
        self._place = self._place or self._place_now()
        self._set_filter(message.scan_filter)
        self._return()
        if self._store is not None and message.scan_filter.terms:
            search = search_server(self._store, message.scan_filter, self._knows, self.post_message)
            self.run_worker(search, group=_SEARCH, exclusive=True, exit_on_error=False)

    def action_only(self, text: str) -> None:
        """A filter of one key: set it, or take it away again."""
        self.use_filter("" if self.board.filter.text == text else text)

    def action_narrow(self, keep: bool) -> None:
        identity = self.row_under_cursor.identity if self.row_under_cursor else None
        if identity is None:
            self.say("there is no scan under the cursor that could be read")
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

        open_menu(self.app, "Keep only" if keep else "Exclude", choices, choose)

    def _place_now(self) -> _Place:
        """Where the user is; where nothing is shown, where they were when something was."""
        table = self.query_one(ScanTable)
        if table.cursor_key is not None:
            self._last_place = _Place(table.cursor_key, follows=not self.board.held and table.at_end)
        return self._last_place

    def _return(self) -> None:
        """Go back to where the user was when the filter began to change, or to the newest scan if that was followed."""
        place, self._place = self._place, None
        table = self.query_one(ScanTable)
        if place is not None and place.follows:
            table.follow_end()
        elif place is not None and self.board.is_shown(place.key):
            table.go_to(place.key)
        self.follow_if_at_end()

    def _knows(self, key: str) -> bool:
        return self.board.row(key) is not None

    def _set_filter(self, scan_filter: ScanFilter) -> None:
        self.changed(self.board.set_filter(scan_filter))
        self.follow_if_at_end()

    @on(FoundOnServer)
    def _show_found(self, message: FoundOnServer) -> None:
        self.changed(self.board.put(message.rows) | self.board.settle())
        if message.scan_filter == self.board.filter:
            self.say(f"{len(self.board)} of {self.board.total} scans match" if len(self.board) else self._no_match())

    def _no_match(self) -> str:
        return f"No scans match: {explain(self.board.filter.text)}"
