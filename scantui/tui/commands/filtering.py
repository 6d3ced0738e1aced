"""Commands that decide which scans are shown: the filter bar, and keys that make a filter.

Rule: the rows on the screen are filtered at once, and Enter searches the server for those that are not loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from scantui.exceptions import FilterSyntaxError
from scantui.filters import ScanFilter, remark, why_none, with_or_without, with_value, without_value
from scantui.filters.grammar import SERVER_FIELD
from scantui.matching import FIELDS
from scantui.system.state import Memory
from scantui.tui.commands.collaborators import Dialogs, FilterLine, Notify, StartWork
from scantui.tui.commands.turns import InTurns
from scantui.tui.dialogs.choice import Choice
from scantui.tui.messages import FoundOnServer, PostMessage
from scantui.tui.scan_view import ScanView
from scantui.tui.watched_server import WatchedServers
from scantui.tui.workers import search_server
from scantui.words import counted

_SEARCH = "search"
_APPLYING = "filter"


class Spot(NamedTuple):
    """Where the user is: on which scan, and whether the newest is followed."""

    key: str
    follows: bool


class FilterCommands:
    """Filters a view from the filter bar and by keys."""

    def __init__(
        self,
        view: ScanView,
        line: FilterLine,
        servers: WatchedServers,
        dialogs: Dialogs,
        memory: Memory,
        notify: Notify,
        start_work: StartWork,
        post: PostMessage,
    ) -> None:
        self._view = view
        self._board = view.board
        self._line = line
        self._servers = servers
        self._dialogs = dialogs
        self._memory = memory
        self._notify = notify
        self._start_work = start_work
        self._post = post
        self._in_turns = InTurns(start_work, _APPLYING)
        self._switched_off = ScanFilter()
        self._spot: Spot | None = None
        self._last_spot = Spot("", follows=True)

    # Keys

    def filter(self) -> None:
        self.edit()

    def edit(self, pasted: str = "") -> None:
        """Edit the filter; a text that was `pasted` is added to it."""
        self._spot = self._spot_now()
        self._line.edit(self._memory.state.filter_history, pasted)

    def toggle_filter(self) -> None:
        switched_off, self._switched_off = self._switched_off, self._board.filter
        self._notify("")
        self._line.show(switched_off)
        self._spot = self._spot_now()
        self._set_filter(switched_off, self._return)

    def only_running(self) -> None:
        self._only("is=open")

    def only_problems(self) -> None:
        self._only("is=problem")

    def keep_value(self) -> None:
        self._narrow(keep=True)

    def exclude_value(self) -> None:
        self._narrow(keep=False)

    def use(self, text: str) -> None:
        """Use a filter as if it had been typed; FilterSyntaxError when it cannot be read."""
        scan_filter = ScanFilter.parse(text)
        self._line.show(scan_filter)
        self.entered(scan_filter)

    def _only(self, term: str) -> None:
        self.use(with_or_without(self._board.filter.text, term))

    def _narrow(self, *, keep: bool) -> None:
        identity = self._view.row.identity if self._view.row else None
        if identity is None:
            self._notify("No readable scan under the cursor")
            return
        values = {field: getattr(identity, field) for field in FIELDS if getattr(identity, field) is not None}
        if self._view.row is not None and self._view.row.server:
            values[SERVER_FIELD] = self._view.row.server
        choices = [Choice(field, f"{field} = {value}") for field, value in values.items()]

        def choose(field: str | None) -> None:
            if field is not None:
                change = with_value if keep else without_value
                try:
                    self.use(change(self._board.filter.text, field, str(values[field])))
                except FilterSyntaxError as error:
                    self._notify(str(error), is_error=True)

        self._dialogs.menu("Keep only" if keep else "Exclude", choices, choose)

    # What the filter bar reports

    def typed(self, scan_filter: ScanFilter) -> None:
        """Show the rows of a filter that is being typed."""
        self._set_filter(scan_filter, self._show_typed)

    def left(self, scan_filter: ScanFilter) -> None:
        """Go back to the filter that held before it was edited."""
        self._view.table.take_focus()
        self._notify("")
        self._set_filter(scan_filter, self._return)

    def entered(self, scan_filter: ScanFilter) -> None:
        """Keep a filter, and search the server for it."""
        self._view.table.take_focus()
        self._switched_off = ScanFilter()
        self._memory.add_filter(scan_filter.text)
        self._spot = self._spot or self._spot_now()
        self._set_filter(scan_filter, self._return)
        asked = [server for server in self._servers if server.store is not None and scan_filter.terms]
        for server in asked:
            work = search_server(server, scan_filter, self._knows, self._post)
            self._start_work(work, f"{_SEARCH} {server.label}" if self._servers.are_many else _SEARCH)
        if not asked:
            self._notify(remark(scan_filter))

    def show_found(self, message: FoundOnServer) -> None:
        """Show what the server found for a filter."""
        self._view.changed(self._board.put(message.rows) | self._board.settle())
        if message.scan_filter == self._board.filter:
            # How many match is in the header, which stays right when more come.
            found = f"Found {counted(len(message.rows), 'more scan')} on the server" if message.rows else ""
            self._notify((remark(self._board.filter) or found) if len(self._board) else self._no_match())

    def _no_match(self) -> str:
        return f"No scans match: {why_none(self._board.filter)}"

    def _knows(self, key: str) -> bool:
        return self._board.row(key) is not None

    def _set_filter(self, scan_filter: ScanFilter, then: Callable[[], None]) -> None:
        """Show the rows of a filter; with very many rows over several turns, between which keys may change it."""
        self._in_turns.make(partial(self._board.prepare, scan_filter), partial(self._apply, scan_filter, then))

    def _apply(self, scan_filter: ScanFilter, then: Callable[[], None]) -> None:
        self._view.changed(self._board.set_filter(scan_filter))
        self._view.follow_if_at_end()
        then()

    # Where the user is

    def _spot_now(self) -> Spot:
        """Where the user is; while nothing is shown, where they were when something was."""
        table = self._view.table
        if table.cursor_key is not None:
            self._last_spot = Spot(table.cursor_key, follows=not self._board.held and table.at_end)
        return self._last_spot

    def _show_typed(self) -> None:
        nothing_matches = self._board.total and not len(self._board)
        self._notify(self._no_match() if nothing_matches else remark(self._board.filter))
        if self._spot is not None and self._board.is_shown(self._spot.key):
            self._view.table.go_to(self._spot.key)

    def _return(self) -> None:
        """Go back to where the user was when the filter began to change, or to the newest scan if that was followed."""
        spot, self._spot = self._spot, None
        if spot is not None and spot.follows:
            self._view.table.follow_end()
        elif spot is not None and self._board.is_shown(spot.key):
            self._view.table.go_to(spot.key)
        self._view.follow_if_at_end()
