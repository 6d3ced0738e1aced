"""The command that watches other servers, one or several."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scantui.system.state import Memory
from scantui.tui.commands.collaborators import Dialogs, Notify
from scantui.tui.dialogs.choice import Choice
from scantui.tui.watched_server import WatchedServers


class ServerCommands:
    """The choice among servers; `choose` gets the names of those that are to be watched."""

    def __init__(
        self,
        servers: WatchedServers,
        dialogs: Dialogs,
        memory: Memory,
        notify: Notify,
        choose: Callable[[Sequence[str]], object],
    ) -> None:
        self._servers = servers
        self._dialogs = dialogs
        self._memory = memory
        self._notify = notify
        self._choose = choose

    def servers(self) -> None:
        watched, names = self._servers.names, self._servers.others
        if not any(name not in watched for name in names) and not self._servers.are_many:
            self._notify("No other server is configured: see scantui help configuration")
            return
        width = max(map(len, names), default=0)
        choices = [Choice(name, f"{name:<{width}}  {self._standing(name)}".rstrip()) for name in names]
        remembered = self._memory.state.marked_servers
        # From one server a space leads back to those that were watched together before.
        marked = remembered if not self._servers.are_many and watched[0] in remembered else watched
        self._dialogs.mark("Servers (space marks several)", choices, self._chosen, marked, watched[0])

    def _standing(self, name: str) -> str:
        """The state of a watched server."""
        if name not in self._servers.names:
            return ""
        server = self._servers.named(name)
        first = self._servers.first_with_data_of(server)
        same = "" if first is server else f"same data as {first.label}"
        return "  ".join(filter(None, (server.word(), server.rights, server.skew(), same)))

    def _chosen(self, names: list[str] | None) -> None:
        if not names:
            return
        if len(names) > 1:
            self._memory.change(marked_servers=names)
        if set(names) != set(self._servers.names):
            self._choose(names)
