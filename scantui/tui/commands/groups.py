"""The groups of commands as the monitor uses them: it runs commands, and passes on what happens.

Rule: a group that nobody needed yet is not made for what happens: it has nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.message import Message

from scantui.feed import PlayedEvent
from scantui.filters import ScanFilter
from scantui.tui import messages
from scantui.tui.commands.command import PANE_TITLES, Place
from scantui.tui.commands.lazy_groups import Collaborators, LazyGroups
from scantui.tui.commands.runner import CommandRunner
from scantui.tui.commands.shown import hidden_at


class CommandGroups(LazyGroups):
    """The groups of a monitor; `run` runs a command of any of them."""

    def __init__(self, given: Collaborators) -> None:
        super().__init__(given)
        self.run = CommandRunner(
            lambda name: getattr(self, name), lambda: given.servers.refusal_at(given.view.row), given.notify
        ).run

    def hidden_at(self, place: Place) -> frozenset[str]:
        """The names of commands whose keys mean something else at a place."""
        return hidden_at(self.in_force(), place) if place in PANE_TITLES else frozenset()

    def take_message(self, message: Message) -> None:
        """Pass a message to the group that it is meant for."""
        if isinstance(message, messages.Notice):
            self._given.notify(message.text, message.is_error)
        elif isinstance(message, messages.FilterTyped):
            self.filtering.typed(message.scan_filter)
        elif isinstance(message, messages.FilterEntered):
            self.filtering.entered(message.scan_filter)
        elif isinstance(message, messages.FilterLeft):
            self.filtering.left(message.scan_filter)
        elif isinstance(message, messages.FilterRefused):
            self._given.notify(message.problem, is_error=True)
        elif isinstance(message, messages.FoundOnServer):
            self.filtering.show_found(message)
        elif isinstance(message, messages.OpenScan):
            self.details.open_link(message.key)
        elif isinstance(message, messages.AlertsCame):
            self.alerts.came(message.alerts)
        elif isinstance(message, messages.NotesRead):
            self.notes.read(message.book)
        elif isinstance(message, messages.ReportWanted):
            self.digest.write_report(message.span)
        elif isinstance(message, messages.PublishingBegan):
            self.test_scans.note_running(message)

    def start(self, scan_filter: ScanFilter) -> None:
        """Show everything as it is remembered, and how a filter was read; arm the rules of the configuration."""
        self.outline.apply()
        if self._given.night.rules or self.is_made("alerts"):
            self.alerts.start()
        self.appearance.apply()
        if scan_filter.terms:
            from scantui.filters import remark

            if how := remark(scan_filter):
                self._given.notify(how)

    @property
    def watched(self) -> Sequence[str]:
        """The scans that the feed should look after for the rules."""
        return self.alerts.watched if self.is_made("alerts") else ()

    @property
    def unseen_alerts(self) -> int:
        return self.alerts.unseen if self.is_made("alerts") else 0

    def key_pressed(self, later: Callable[[Callable[[], None]], object]) -> None:
        """Note that a user is there; `later` calls a function when the command of the key was run."""
        if self.is_made("alerts"):
            self.alerts.key_pressed()
        self.digest.key_pressed(later)

    def take_in(self, event: PlayedEvent, server: str) -> None:
        """Show an event of a server's feed to the rules."""
        if self.is_made("alerts"):
            self.alerts.take_in(event, server)

    def go_on_from(self, before: CommandGroups) -> None:
        """Start with the alerts of another server's monitor, which last for this run."""
        if before.is_made("alerts"):
            self.alerts.go_on_from(before.alerts)

    def tell_time(self, now_ms: int) -> None:
        """Go on to the server's time."""
        if self._given.panes.pane is not None:
            self.details.tell_time(now_ms)
        self.digest.tell_time(now_ms)
        if self.is_made("alerts"):
            self.alerts.tell_time()
        if self.is_made("curves"):
            self.curves.tell_connection()
        self.appearance.check_memory()

    def repainted(self) -> None:
        """Look at the scan that is watched, after each repaint."""
        if self.is_made("watching"):
            self.watching.look()

    def cursor_moved(self) -> None:
        """Let the open pane follow."""
        if self._given.panes.pane is not None:
            self.details.follow_cursor()

    def connected(self) -> None:
        """Load what the open pane could not read without a connection."""
        if self._given.panes.pane is not None:
            self.details.load_again()

    def loaded(self) -> None:
        """Note that all scans that a server had are there."""
        self.digest.loaded()

    async def close(self) -> None:
        """Remember until when a user looked, end commands of rules, and close the test scans."""
        if self.is_made("digest"):
            self.digest.save(self._given.now_ms())
        if self.is_made("alerts"):
            await self.alerts.close()
        await self.close_test_scans()

    async def close_test_scans(self) -> None:
        if self.is_made("test_scans"):
            await self.test_scans.close()

    @property
    def test_scans_left_open(self) -> Sequence[str]:
        """The keys of test scans that could not be closed."""
        return self.test_scans.left_open if self.is_made("test_scans") else ()
