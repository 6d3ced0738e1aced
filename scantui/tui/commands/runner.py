"""Runs commands by their names, each by the group that has a method of that name."""

from __future__ import annotations

from collections.abc import Callable

from scantui.tui.commands.collaborators import Notify
from scantui.tui.commands.command import KeyCommand
from scantui.tui.commands.table import GROUPS

_PLACES: dict[str, tuple[str, KeyCommand]] = {
    command.name: (group, command) for group, commands in GROUPS.items() for command in commands
}


class CommandRunner:
    """Runs commands; `group_of` gives the group of a name, which is made then.

    `refusal` answers why nothing can be written, "" when it can.
    """

    def __init__(self, group_of: Callable[[str], object], refusal: Callable[[], str], notify: Notify) -> None:
        self._group_of = group_of
        self._refusal = refusal
        self._notify = notify

    def run(self, name: str) -> object:
        """Run a command; one that writes is refused with a sentence where nothing can be written.

        Returns what the command returns, which may have to be awaited.
        """
        group, command = _PLACES[name]
        refusal = self._refusal() if command.writes else ""
        if refusal:
            self._notify(refusal, is_error=True)
            return None
        return getattr(self._group_of(group), name)()
