"""Reports on stderr what happens to the connection of a command that follows a feed."""

from __future__ import annotations

from collections.abc import Callable

from scantui.cli.output import notify, notify_person
from scantui.feed import Connected, Event, Lost
from scantui.words import counted


class Narrator:
    """Reports lost and restored connections on stderr, each problem once.

    `name_at` gives the name of the server while the store with a label is open. `server` begins what is reported about
    one of several.
    """

    def __init__(self, name_at: Callable[[str], str], server: str = "") -> None:
        self._name_at = name_at
        self._server = f"{server}: " if server else ""
        self._problem = ""

    @property
    def is_lost(self) -> bool:
        """Whether the server cannot be reached or used."""
        return bool(self._problem)

    def handle(self, event: Event) -> None:
        if isinstance(event, Lost):
            problem = str(event.error)
            if problem != self._problem:
                notify(f"{self._server}{problem}; retrying")
            self._problem = problem
        elif isinstance(event, Connected):
            name = self._name_at(event.store.label)
            if self._problem:
                notify(f"reconnected to {name}")
            else:
                notify_person(f"watching {name} ({counted(event.total, 'scan')}); press Ctrl-C to stop")
            self._problem = ""
