"""The server that the monitor watches, and what may be done there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scantui.report.spans import Span
    from scantui.store import AsyncDataStore


class WatchedServer:
    """`label` names the server, without secrets; `store` is None while there is no connection.

    `others` are the names of all servers to choose from. `may_write` is None as long as the server did not answer that.
    `away` is the time in which nobody looked, None while a user was there.
    """

    def __init__(self, label: str) -> None:
        self.label = label
        self.others: tuple[str, ...] = ()
        self.store: AsyncDataStore | None = None
        self.read_only = False
        self.may_write: bool | None = None
        self.away: Span | None = None

    @property
    def reads_only(self) -> bool:
        return self.read_only or self.may_write is False

    @property
    def refusal(self) -> str:
        """Why nothing can be written, "" when it can."""
        if self.read_only:
            return "read-only: scantui was started with --read-only, so test scans are disabled"
        if self.may_write is False:
            return "not allowed: this user may only read on the server, so test scans are disabled"
        return ""
