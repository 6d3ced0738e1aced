"""Which server is watched, and what may be done there; a floor between the rows and what changes them.

Rule 1: what may be done is asked, and never tried out.
Rule 2: another server is another monitor, so that nothing of the old one stays but the filter.
"""

from __future__ import annotations

from typing import Any

from textual import on
from textual.binding import Binding

from scantui.feed import Connected
from scantui.tui.dialogs.choice import Choice
from scantui.tui.dialogs.opening import open_menu
from scantui.tui.filtering import Filtering
from scantui.tui.messages import FeedEvent, RightsFound, ServerChosen
from scantui.tui.workers import find_out_rights

_RIGHTS = "rights"


class Access(Filtering):
    """The rows of one server among others; `may_write` is None as long as the server did not tell."""

    BINDINGS = [Binding("b", "servers", "Servers: watch another one", show=False, priority=True)]

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.servers: tuple[str, ...] = ()
        self.may_write: bool | None = None

    def on_mount(self) -> None:
        self._status.reads_only = self.read_only

    @on(FeedEvent)
    def _ask_for_rights(self, message: FeedEvent) -> None:
        if isinstance(message.event, Connected):
            work = find_out_rights(message.event.store, self.post_message)
            self.run_worker(work, group=_RIGHTS, exclusive=True, exit_on_error=False)

    @on(RightsFound)
    def _show_rights(self, message: RightsFound) -> None:
        self.may_write = message.may_write
        self._status.reads_only = self.read_only or message.may_write is False
        self._show_status()

    def action_servers(self) -> None:
        others = [name for name in self.servers if name != self.label]
        if not others:
            self.say("no other server has a name: `scantui config --help` shows how to give it one")
            return
        choices = [Choice(name, f"{'x' if name == self.label else ' '} {name}") for name in self.servers]
        open_menu(self.app, "Watch the scans of", choices, self._choose_server)

    def _choose_server(self, name: str | None) -> None:
        if name is not None and name != self.label:
            self.post_message(ServerChosen(name))
