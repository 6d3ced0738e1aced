"""The command that watches another server."""

from __future__ import annotations

from collections.abc import Callable

from scantui.tui.commands.collaborators import Dialogs, Notify
from scantui.tui.dialogs.choice import Choice
from scantui.tui.watched_server import WatchedServer


class ServerCommands:
    """The choice among servers; `choose` gets the name of the one that is to be watched."""

    def __init__(
        self, server: WatchedServer, dialogs: Dialogs, notify: Notify, choose: Callable[[str], object]
    ) -> None:
        self._server = server
        self._dialogs = dialogs
        self._notify = notify
        self._choose = choose

    def servers(self) -> None:
        label, names = self._server.label, self._server.others
        if not any(name != label for name in names):
            self._notify("No other server is configured: see scantui help configuration")
            return
        choices = [Choice(name, name) for name in names]
        self._dialogs.menu("Server", choices, self._chosen, label)

    def _chosen(self, name: str | None) -> None:
        if name is not None and name != self._server.label:
            self._choose(name)
