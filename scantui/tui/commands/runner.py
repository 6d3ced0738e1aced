"""Runs commands by their names, each by the group that has a method of that name."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from scantui.tui.commands.collaborators import Notify
from scantui.tui.commands.command import KeyCommand


class CommandRunner:
    """Runs `commands` through `groups`; `refusal` answers why nothing can be written, "" when it can."""

    def __init__(
        self, commands: Iterable[KeyCommand], groups: Iterable[object], refusal: Callable[[], str], notify: Notify
    ) -> None:
        owned = {name: group for group in groups for name in vars(type(group))}
        self._methods: dict[str, Callable[[], object]] = {
            command.name: getattr(owned[command.name], command.name) for command in commands
        }
        self._writing = {command.name for command in commands if command.writes}
        self._refusal = refusal
        self._notify = notify

    def run(self, name: str) -> object:
        """Run a command; one that writes is refused with a sentence where nothing can be written.

        Returns what the command returns, which may have to be awaited.
        """
        refusal = self._refusal() if name in self._writing else ""
        if refusal:
            self._notify(refusal, is_error=True)
            return None
        return self._methods[name]()
