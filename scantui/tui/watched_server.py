"""The servers that the monitor watches, and what may be done on each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from scantui.store.address import SENTINEL_STARTS
from scantui.words import short_span

if TYPE_CHECKING:
    from scantui.feed import OpenStore, Replica
    from scantui.models import ScanSummary
    from scantui.report.spans import Span
    from scantui.store import AsyncDataStore

_PRECISE_SECONDS = 10.0
# What a filter calls it.
_SERVER_FIELD = "server"


class WatchedServer:
    """`label` names the server, without secrets; `store` is None while there is no connection.

    `present_name` is what it is called now: a server that Beacon found, by its present address. `name_at` gives that
    name for the label of an open store. `open_store` opens another. `place` makes rows that were searched for ready for
    the list. `may_write` is None as long as the server did not say, and stays None if it cannot; `replica` is None for
    a master.
    """

    def __init__(
        self,
        label: str,
        name_at: Callable[[str], str] | None = None,
        open_store: OpenStore | None = None,
        place: Callable[[Sequence[ScanSummary]], list[ScanSummary]] = list,
    ) -> None:
        self.label = label
        self.present_name = label
        self.store: AsyncDataStore | None = None
        self.open_store = open_store
        self.place = place
        # The state of the connection, and the error of the server's clock, in words, set by the code that follows it.
        self.word: Callable[[], str] = str
        self.skew: Callable[[], str] = str
        # Which data it holds: of several servers, some may hold the same.
        self.data_id: Callable[[], str] = str
        self.read_only = False
        self.may_write: bool | None = None
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

    @property
    def heading(self) -> str:
        """Where its data come from now: for the URL of Sentinels, the Redis that they named."""
        is_named_by_sentinels = self.present_name.startswith(SENTINEL_STARTS)
        place = self.store.disconnects.place if is_named_by_sentinels and self.store is not None else ""
        if not place:
            return self.present_name
        _, service, *_ = self.present_name.partition("://")[2].partition("?")[0].split("/")
        return f"{place} of {service}"

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
            return "not possible: this Redis is a replica, which takes no writes: b chooses its master too"
        if self.may_write is False:
            return "not allowed: this user may only read on the server, so test scans are disabled"
        return ""


class WatchedServers:
    """The servers whose scans are in one list, mostly one.

    `others` are the names of all servers to choose from. `away` is the time without a user, None while a user
    was there. `marked_before` are scans that were marked when these servers were chosen, and are not loaded yet.
    """

    def __init__(self, servers: Sequence[WatchedServer], others: Sequence[str] = ()) -> None:
        self.others = tuple(others)
        self.away: Span | None = None
        self.marked_before: list[str] = []
        self._servers = {server.label: server for server in servers}

    def __iter__(self) -> Iterator[WatchedServer]:
        return iter(self._servers.values())

    @property
    def are_many(self) -> bool:
        return len(self._servers) > 1

    @property
    def names(self) -> tuple[str, ...]:
        """The names by which they were chosen."""
        return tuple(self._servers)

    @property
    def label(self) -> str:
        """The names of all in one label, without secrets."""
        return ", ".join(self._servers)

    @property
    def present_names(self) -> list[str]:
        """The present name of each."""
        return [server.present_name for server in self]

    def of(self, row: ScanSummary | None) -> WatchedServer:
        """The server of a scan; without one, or of one that names none, the first."""
        return self.named((row.server if row is not None else None) or "")

    def to_write_to(self, row: ScanSummary | None) -> WatchedServer:
        """Where test scans go: to the server of a scan; without one, to the first that takes them.

        In the place of a replica it is its master, if that is among the servers.
        """
        takes = (server for server in self if server.store is not None and not server.refusal)
        here = self.of(row)
        if row is None:
            return next(takes, here)
        if here.replica is None:
            return here
        return next(
            (server for server in takes if self.first_with_data_of(server) is self.first_with_data_of(here)), here
        )

    def refusal_at(self, row: ScanSummary | None) -> str:
        """Why nothing can be written where test scans go, of several servers with the name, "" when it can."""
        server = self.to_write_to(row)
        is_named = self.are_many and server.refusal and not self.is_read_only
        return f"{server.label}: {server.refusal}" if is_named else server.refusal

    def named(self, name: str) -> WatchedServer:
        """A server by its name, the first where none has it."""
        return self._servers.get(name, next(iter(self)))

    def first_with_data_of(self, server: WatchedServer) -> WatchedServer:
        """The first that holds the same data as this one, as far as it is known."""
        data_id = server.data_id()
        return next((each for each in self if data_id and each.data_id() == data_id), server)

    def holds(self, server: WatchedServer) -> Callable[[ScanSummary], bool]:
        """Whether a scan is on a server, as a function."""
        return lambda row: self.of(row) is server

    def completing(self, values_of: Callable[[str], list[str]]) -> Callable[[str], list[str]]:
        """What gives the values of a field, given what gives those seen: a server without a scan has a name too."""

        def completed(field: str) -> list[str]:
            seen = values_of(field)
            unseen = (name for name in self.names if name not in seen)
            return [*seen, *unseen] if field == _SERVER_FIELD and self.are_many else seen

        return completed

    @property
    def is_read_only(self) -> bool:
        """Whether the user wants nothing to be written."""
        return all(server.read_only for server in self)

    def forbid_writing(self) -> None:
        """Forbid writing on all of them."""
        for server in self:
            server.read_only = True


def _behind(milliseconds: int | None) -> str:
    if milliseconds is None:
        return ""
    seconds = milliseconds / 1000
    return f"{seconds:.1f} s behind" if seconds < _PRECISE_SECONDS else f"{short_span(seconds)} behind"
