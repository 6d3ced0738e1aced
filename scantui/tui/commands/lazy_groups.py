"""All groups of commands, each made when it is first needed, and what they work with.

Rule: a group is imported when it is made. The first frame needs hardly any of them, and most are never used.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from scantui.system.state import Memory
from scantui.tui.commands.collaborators import Dialogs, FilterLine, Host, Notify, PaneHost, StartWork
from scantui.tui.commands.command import KeyCommand
from scantui.tui.commands.shown import in_force
from scantui.tui.messages import PostMessage, ServersChosen
from scantui.tui.night import NightSettings
from scantui.tui.scan_view import ScanView
from scantui.tui.stations import wall_ms
from scantui.tui.watched_server import WatchedServers

if TYPE_CHECKING:
    from scantui.tui.commands.alerts import AlertCommands
    from scantui.tui.commands.appearance import AppearanceCommands
    from scantui.tui.commands.application import ApplicationCommands
    from scantui.tui.commands.curves import CurvesCommands
    from scantui.tui.commands.details import DetailsCommands
    from scantui.tui.commands.differences import DifferencesCommands
    from scantui.tui.commands.digest import DigestCommands
    from scantui.tui.commands.export import ExportCommands
    from scantui.tui.commands.filtering import FilterCommands
    from scantui.tui.commands.notes import NoteCommands
    from scantui.tui.commands.outline import OutlineCommands
    from scantui.tui.commands.rows import RowCommands
    from scantui.tui.commands.saved_filters import SavedFilterCommands
    from scantui.tui.commands.servers import ServerCommands
    from scantui.tui.commands.test_scans import PublishingCommands
    from scantui.tui.commands.watching import WatchCommands


class Collaborators(msgspec.Struct, frozen=True):
    """What the groups work with; `now_ms` is the server's time in milliseconds since 1970.

    `clock` counts seconds and never jumps.
    """

    view: ScanView
    line: FilterLine
    panes: PaneHost
    servers: WatchedServers
    dialogs: Dialogs
    memory: Memory
    host: Host
    notify: Notify
    start_work: StartWork
    post: PostMessage
    now_ms: Callable[[], int]
    log_lines: Callable[[], Sequence[object]]
    reconnect: Callable[[], None]
    run_later: Callable[[str], object]
    night: NightSettings
    clock: Callable[[], float]


class LazyGroups:
    """The groups of a monitor, by the names of their modules."""

    def __init__(self, given: Collaborators) -> None:
        self._given = given

    def is_made(self, name: str) -> bool:
        """Whether a group was needed already."""
        return name in vars(self)

    def in_force(self) -> list[KeyCommand]:
        """All commands with the keys that work here."""
        return in_force(self._given.memory.preferences.keys, self._given.servers.is_read_only)

    @cached_property
    def rows(self) -> RowCommands:
        from scantui.tui.commands.rows import RowCommands

        given = self._given

        def take_called() -> str | None:
            return self.alerts.take_called() if self.is_made("alerts") else None

        return RowCommands(
            given.view, given.dialogs, given.memory, given.notify, given.now_ms, given.start_work, take_called
        )

    @cached_property
    def export(self) -> ExportCommands:
        from scantui.tui.commands.export import ExportCommands

        given = self._given
        return ExportCommands(given.view, given.servers, given.dialogs, given.host, given.notify, given.start_work)

    @cached_property
    def watching(self) -> WatchCommands:
        from scantui.tui.commands.watching import WatchCommands

        given = self._given
        return WatchCommands(given.view, given.host, given.notify)

    @cached_property
    def notes(self) -> NoteCommands:
        from scantui.tui.commands.notes import NoteCommands

        given = self._given
        return NoteCommands(
            given.view, given.servers, given.dialogs, given.notify, given.start_work, given.post, wall_ms
        )

    @cached_property
    def outline(self) -> OutlineCommands:
        from scantui.tui.commands.outline import OutlineCommands

        given = self._given
        return OutlineCommands(given.view, given.memory, given.notify, given.start_work)

    @cached_property
    def alerts(self) -> AlertCommands:
        from scantui.tui.commands.alerts import AlertCommands

        given = self._given
        return AlertCommands(
            given.view,
            given.servers,
            given.dialogs,
            given.host,
            given.notify,
            given.start_work,
            given.post,
            given.night,
            given.clock,
            given.now_ms,
            lambda: self.watching.watch(),
        )

    @cached_property
    def appearance(self) -> AppearanceCommands:
        from scantui.tui.commands.appearance import AppearanceCommands

        given = self._given
        return AppearanceCommands(given.view, given.dialogs, given.memory, given.host, given.notify)

    @cached_property
    def details(self) -> DetailsCommands:
        from scantui.tui.commands.details import DetailsCommands

        given = self._given
        return DetailsCommands(given.panes, given.view, given.servers)

    @cached_property
    def differences(self) -> DifferencesCommands:
        from scantui.tui.commands.differences import DifferencesCommands

        given = self._given
        return DifferencesCommands(given.panes, given.view, given.servers, given.notify)

    @cached_property
    def digest(self) -> DigestCommands:
        from scantui.tui.commands.digest import DigestCommands

        given = self._given
        return DigestCommands(
            given.panes,
            given.view,
            given.servers,
            given.dialogs,
            given.memory,
            given.notify,
            given.now_ms,
            given.start_work,
        )

    @cached_property
    def curves(self) -> CurvesCommands:
        from scantui.tui.commands.curves import CurvesCommands

        given = self._given
        return CurvesCommands(
            given.panes, self.details, given.view, given.servers, given.memory, given.dialogs, given.host, given.notify
        )

    @cached_property
    def filtering(self) -> FilterCommands:
        from scantui.tui.commands.filtering import FilterCommands

        given = self._given
        return FilterCommands(
            given.view,
            given.line,
            given.servers,
            given.dialogs,
            given.memory,
            given.notify,
            given.start_work,
            given.post,
        )

    @cached_property
    def saved_filters(self) -> SavedFilterCommands:
        from scantui.tui.commands.saved_filters import SavedFilterCommands

        given = self._given
        return SavedFilterCommands(
            given.view.board, given.dialogs, given.memory, given.notify, lambda text: self.filtering.use(text)
        )

    @cached_property
    def servers(self) -> ServerCommands:
        from scantui.tui.commands.servers import ServerCommands

        given = self._given
        return ServerCommands(
            given.servers,
            given.dialogs,
            given.memory,
            given.notify,
            lambda names: given.post(ServersChosen(names)),
        )

    @cached_property
    def test_scans(self) -> PublishingCommands:
        from scantui.tui.commands.test_scans import PublishingCommands

        given = self._given
        return PublishingCommands(
            given.view,
            given.servers,
            given.dialogs,
            given.memory,
            given.notify,
            given.start_work,
            given.post,
        )

    @cached_property
    def application(self) -> ApplicationCommands:
        from scantui.tui.commands.application import ApplicationCommands

        given = self._given
        return ApplicationCommands(
            self.in_force,
            given.run_later,
            lambda key: self.rows.go_to(key),
            given.panes,
            lambda: self.details.back(),
            given.reconnect,
            given.log_lines,
            given.dialogs,
            given.host,
            given.notify,
        )
