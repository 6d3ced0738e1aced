"""The servers that a monitor watches, each with its feed, its intake and how its connection is doing.

Rule: a server's troubles stay its own. With one server there is nothing here but what that one needs.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from scantui.tui.messages import FeedEvent, FoundOnServer, MemoryFound, PostMessage, RightsFound
from scantui.tui.watched_server import WatchedServer, WatchedServers
from scantui.tui.widgets.status_line import ConnectionStatus

if TYPE_CHECKING:
    from scantui.models import ScanSummary
    from scantui.tui.commands.collaborators import Notify, StartWork
    from scantui.tui.connections import ConnectionStatuses
    from scantui.tui.intake import FeedIntake
    from scantui.tui.scan_view import ScanView
    from scantui.tui.workers import EventSource

_UPDATE_SECONDS = 0.2
_CLOCK_STEP_MS = 1_500
_FEED, _RIGHTS, _MEMORY = "feed ", "rights ", "memory "


def wall_ms() -> int:
    """This computer's time in milliseconds since 1970."""
    return int(time.time() * 1000)


class Stations:
    """All servers of a monitor; `clock` counts seconds and never jumps, `wall_ms` is this computer's time."""

    def __init__(
        self,
        servers: WatchedServers,
        feeds: Mapping[str, EventSource],
        clock: Callable[[], float],
        wall_ms: Callable[[], int],
    ) -> None:
        self._servers = servers
        self._feeds = feeds
        self._statuses = {server.label: ConnectionStatus(server.label, clock) for server in servers}
        for server in servers:
            server.word, server.skew = self._statuses[server.label].word, self._skew_of(server.label)
        self.connection = self._joined(wall_ms)
        self._intakes: dict[str, FeedIntake] = {}
        self._is_to_update = False

    def _skew_of(self, name: str) -> Callable[[], str]:
        return lambda: self._statuses[name].skew

    def _joined(self, wall_ms: Callable[[], int]) -> ConnectionStatus | ConnectionStatuses:
        if not self._servers.are_many:
            return next(iter(self._statuses.values()))
        # Imported for several only: the first frame of one does not wait.
        from scantui.tui.connections import ConnectionStatuses

        return ConnectionStatuses(self._statuses, wall_ms)

    def provide(
        self,
        view: ScanView,
        notify: Notify,
        start_work: StartWork,
        post: PostMessage,
        connected: Callable[[], None],
        loaded: Callable[[], None],
        set_timer: Callable[[float, Callable[[], None]], object],
    ) -> None:
        """Give the servers what they work with, before they are followed."""
        self._view, self._start_work, self._post, self._connected = view, start_work, post, connected
        self._notify, self._loaded, self._set_timer = notify, loaded, set_timer

    def follow(self) -> None:
        """Follow all servers, anew those that are followed already."""
        from scantui.system.threads import abandon_calls_at_end
        from scantui.tui.workers import follow_feed

        # A name server may keep a call waiting for minutes, and the user may leave meanwhile.
        abandon_calls_at_end(asyncio.get_running_loop())
        for name, feed in self._feeds.items():
            self._start_work(follow_feed(feed, name, self._post), f"{_FEED}{name}")

    def watch(self, keys: Sequence[str]) -> None:
        """Let the feeds look after these scans first."""
        for feed in self._feeds.values():
            feed.watched = keys

    def take_in(self, message: FeedEvent) -> None:
        """Show what an event of a server means."""
        # Imported with the first event: the first frame does not wait.
        from scantui.feed.events import Connected, Heartbeat, Loaded, Lost

        event = message.event
        self._intake_of(message.server).take_in(event)
        if self._servers.are_many and isinstance(event, (Connected, Lost, Heartbeat)):
            self._note_silence(message.server, isinstance(event, Lost))
        if self._servers.marked_before and isinstance(event, Loaded):
            self._mark_again()

    def _mark_again(self) -> None:
        """Mark scans that were marked before other servers were chosen, as they come."""
        board, waiting = self._view.board, self._servers.marked_before
        come = [key for key in waiting if board.row(key) is not None]
        self._servers.marked_before = [key for key in waiting if board.row(key) is None]
        self._view.changed(board.toggle_marks([key for key in come if not board.is_marked(key)]))

    def worker_failed(self, group: str) -> bool:
        """Note that work in the background ended with an internal error; returns whether it was a feed."""
        if not group.startswith(_FEED):
            return False
        name = group.removeprefix(_FEED)
        self._servers.named(name).store = None
        self._statuses[name].fail()
        return True

    def note_rights(self, message: RightsFound) -> None:
        """Note what may be done on a server."""
        self._servers.named(message.server).note_rights(message.may_write)

    def note_found(self, message: FoundOnServer) -> None:
        """Note how many scans a search brought that their servers had not listed."""
        for name, number in Counter(self._servers.of(row).label for row in message.rows).items():
            self._statuses[name].note_found(number)

    def note_memory(self, message: MemoryFound) -> None:
        """Note how full the memory of a server is."""
        self._statuses[message.server].note_memory(message.share)

    def rights_at(self, row: ScanSummary | None) -> str:
        """What may be done where a scan is, with the name of the server unless it is the same on all."""
        rights = {server.rights for server in self._servers} - {""}
        server = self._servers.to_write_to(row)
        return next(iter(rights), "") if len(rights) < 2 else f"{server.label} {server.rights}".rstrip()

    def _intake_of(self, name: str) -> FeedIntake:
        """What takes in the events of a server, which come after the first frame."""
        if name not in self._intakes:
            from scantui.tui.intake import FeedIntake

            server = self._servers.named(name)
            notify, connected = self._notify_of(server, self._notify), self._connected_to(server)
            update_lines = self._update_lines_soon if self._servers.are_many else self._view.update_lines
            self._intakes[name] = FeedIntake(
                self._view, server, self._statuses[name], notify, connected, self._loaded, self._beat, update_lines
            )
        return self._intakes[name]

    def _note_silence(self, server: str, is_silent: bool) -> None:
        """Make rows of a server that does not answer look stale."""
        silent = self._view.board.silent_servers
        if (server in silent) is not is_silent:
            (silent.add if is_silent else silent.discard)(server)
            self._view.table.refresh()

    def _beat(self) -> None:
        """Have the clock of the only server go on with each of its answers; that of several goes on with the second."""
        if not self._servers.are_many or not self._view.board.now_ms:
            now_ms = self.connection.now_ms()
            # The header's clock goes on by itself, and takes the rows along in the same frame.
            if abs(now_ms - self._view.board.now_ms) > _CLOCK_STEP_MS:
                self._view.tell_time(now_ms)
            self._view.update_lines()

    def _update_lines_soon(self) -> None:
        """Update the lines around the table once for what several servers bring within a moment."""
        if not self._is_to_update:
            self._is_to_update = True
            self._set_timer(_UPDATE_SECONDS, self._update_lines)

    def _update_lines(self) -> None:
        self._is_to_update = False
        self._view.update_lines()

    def _connected_to(self, server: WatchedServer) -> Callable[[], None]:
        from scantui.tui.workers import find_out_rights, follow_memory

        def connected() -> None:
            if server.store is not None:
                name = server.label
                self._start_work(find_out_rights(server.store, name, self._post), f"{_RIGHTS}{name}")
                self._start_work(follow_memory(server.store, name, self._post), f"{_MEMORY}{name}")
            for each in self._servers:
                first = self._servers.first_with_data_of(each)
                if first is not each and server in (first, each):
                    self._notify(f"{each.label} holds the same data as {first.label}: each scan is listed once")
            self._connected()

        return connected

    def _notify_of(self, server: WatchedServer, notify: Notify) -> Notify:
        if not self._servers.are_many:
            return notify

        said = ""

        def named(text: str, is_error: bool = False) -> None:
            nonlocal said
            # News that one server is well, or still away, must not replace the message of another.
            if text and text != said:
                notify(f"{server.label}: {text}", is_error)
            said = text

        return named
