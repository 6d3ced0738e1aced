"""Which server is watched: the named ones to choose from; a floor between the rows and what changes them.

Rule: another server is another monitor, so that nothing of the old one stays but the filter.
"""

from __future__ import annotations

from typing import Any

from textual.binding import Binding

from scantui.tui.filtering import Filtering
from scantui.tui.menu import Choice, Menu
from scantui.tui.messages import ServerChosen


class Access(Filtering):
    """The rows of one server among others."""

    BINDINGS = [Binding("b", "servers", "Servers: watch another one", show=False, priority=True)]

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.servers: tuple[str, ...] = ()

    def action_servers(self) -> None:
        others = [name for name in self.servers if name != self.label]
        if not others:
            self.say("no other server has a name: `scantui config --help` shows how to give it one")
            return
        choices = [Choice(name, f"{'x' if name == self.label else ' '} {name}") for name in self.servers]
        self.app.push_screen(Menu("Watch the scans of", choices), self._choose_server)

    def _choose_server(self, name: str | None) -> None:
        if name is not None and name != self.label:
            self.post_message(ServerChosen(name))
