"""The server that the monitor watches, and what may be done there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from scantui.words import short_span

if TYPE_CHECKING:
    from scantui.feed import Replica
    from scantui.report.spans import Span
    from scantui.store import AsyncDataStore

_PRECISE_SECONDS = 10.0


class WatchedServer:
    """`label` names the server, without secrets; `store` is None while there is no connection.

    `present_name` is what it is called now: a server that Beacon found, by its present address. `name_at` gives that
    name for the label of an open store. `others` are the names of all servers to choose from. `may_write` is None as
    long as the server did not say, and stays None if it cannot tell; `replica` is None for a master.
    `away` is the time in which nobody looked, None while a user was there.
    """

    def __init__(self, label: str, name_at: Callable[[str], str] | None = None) -> None:
        self.label = label
        self.present_name = label
        self.others: tuple[str, ...] = ()
        self.store: AsyncDataStore | None = None
        self.read_only = False
        self.may_write: bool | None = None
        self.away: Span | None = None
        self.has_said_rights = False
        self.replica: Replica | None = None
        self._name_at = name_at

    def connect(self, store: AsyncDataStore) -> None:
        """Note that a store was opened, perhaps at another address than before."""
        self.store = store
        # A failover may have given it another role.
        self.may_write, self.has_said_rights, self.replica = None, False, None
        if self._name_at is not None:
            self.present_name = self._name_at(store.label)

    def note_rights(self, may_write: bool | None) -> None:
        """Note what the server answered to the question for rights."""
        self.may_write, self.has_said_rights = may_write, True

    @property
    def rights(self) -> str:
        """What may be done, for the header: RO, RW, or "" as long as that is not known."""
        if self.replica is not None:
            return f"RO REPLICA {_behind(self.replica.behind_ms)}".rstrip()
        if self.read_only or self.may_write is False:
            return "RO"
        return "RW" if self.has_said_rights else ""

    @property
    def refusal(self) -> str:
        """Why nothing can be written, "" when it can."""
        if self.read_only:
            return "read-only: scantui was started with --read-only, so test scans are disabled"
        if self.replica is not None:
            return "not possible: this Redis is a replica, which takes no writes; test scans need its master"
        if self.may_write is False:
            return "not allowed: this user may only read on the server, so test scans are disabled"
        return ""


def _behind(milliseconds: int | None) -> str:
    if milliseconds is None:
        return ""
    seconds = milliseconds / 1000
    return f"{seconds:.1f} s behind" if seconds < _PRECISE_SECONDS else f"{short_span(seconds)} behind"
