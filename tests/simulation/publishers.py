"""Publishers in a simulated world: they act at once, through the same operations as real ones of ours."""

from __future__ import annotations

import copy
from itertools import pairwise
from typing import Any

import msgspec

from scantui.exceptions import StoreError
from scantui.models import Scan, ScanState
from scantui.store.drivers.driver import carry_out
from scantui.store.operations import append, setup, write
from scantui.store.operations.requests import Batch, Command, Operation, Request, Result, Transaction
from scantui.store.wire import documents, protocol
from scantui.words import iso_time
from tests.simulation.server import Document, SimServer

_STREAMS = ("axis:samx", "timer:epoch")
_CHAIN = {"axis": {"master": {"scalars": ["axis:samx"]}, "scalars": ["timer:epoch"]}}
_LARGE = bytes(1_000_000)


class DirectDriver:
    """Carries operations to the simulated server without any way between."""

    label = "direct"

    def __init__(self, server: SimServer) -> None:
        self._server = server

    def converse(self) -> DirectDriver:
        return self

    def perform(self, request: Request) -> Any:
        if isinstance(request, Batch):
            return self._server.execute_all(list(request.commands))
        if isinstance(request, Transaction):
            replies = self._server.execute_all(list(request.commands))
            for reply in replies:
                if isinstance(reply, StoreError):
                    raise reply
            return replies
        return self._server.execute(request) if isinstance(request, Command) else None

    def end(self) -> None:
        """There is nothing to release."""

    def drop_idle_connections(self) -> None:
        """There is no connection."""

    def close(self) -> None:
        """There is nothing to close."""


class Life(msgspec.Struct):
    """What really became of a scan: when its points came by the server's clock, and by how much its writer's is off."""

    skew: float
    stream: str
    created_ms: int
    started_ms: int = 0
    moments: list[int] = []
    is_large: bool = False
    grows: bool = False

    @property
    def longest_interval_ms(self) -> int:
        moments = sorted(filter(None, (self.created_ms, self.started_ms, *self.moments)))
        return max((after - before for before, after in pairwise(moments)), default=0)


class Publishers:
    """Writers on one server; `skew` is how far their clock is ahead, in seconds."""

    def __init__(self, server: SimServer) -> None:
        self._server = server
        self._driver = DirectDriver(server)
        self._numbers = 0
        self.skew = 0.0
        # How far the times in their documents are ahead of the clock that they make keys by.
        self.notes_skew = 0.0
        self._going: list[Scan] = []
        self.scans: list[Scan] = []
        self.lives: dict[str, Life] = {}

    def initialise(self) -> None:
        """Prepare an empty database, as blissdata does."""
        self._do(setup.initialise_without_search())
        self._server.has_index = True

    def create(self, npoints: int = 10) -> Scan:
        self._numbers += 1
        identity = {"name": "ascan", "number": self._numbers, "data_policy": "None"}
        start = iso_time((self._now() + self.notes_skew) * 1000)
        info = {"title": f"scan {self._numbers}", "npoints": npoints, "start_time": start, "acquisition_chain": _CHAIN}
        scan = self._do(write.create_scan(identity, info, self._now()))
        for name in _STREAMS:
            scan = self._do(append.create_stream(scan, name, "<f8", (), self._now()))
        self.scans.append(scan)
        self.lives[scan.key] = Life(self.skew, scan.streams[_STREAMS[0]].key, self._server.now_ms())
        return scan

    def crowd(self, count: int) -> None:
        """Many scans of long ago, which are closed and not in the history any more."""
        scan = self.create(0)
        self.scans.remove(scan)
        closed = self._do(write.advance_scan(scan.key, ScanState.CLOSED))
        values = self._server.values
        # What makes keys of a world's seed.
        new_ulid = vars(documents)["new_ulid"]
        document, states = values[scan.key].value, values[closed.state_stream]
        for _number in range(count):
            pk, states_pk = (new_ulid(self._now() - 86_400) for _ in range(2))
            named = {"pk": pk, "state_stream": {**document["state_stream"], "pk": states_pk}}
            copied = {**document, **named, "data_streams": {}}
            values[f"{protocol.SCAN_PREFIX}{pk}"] = Document(copied)
            values[f"{protocol.STREAM_PREFIX}{states_pk}"] = copy.deepcopy(states)

    def run_at_once(self) -> None:
        """A scan that is created and ends within a moment."""
        scan = self.create()
        for state in (ScanState.PREPARED, ScanState.STARTED, ScanState.STOPPED, ScanState.CLOSED):
            self._try(write.advance_scan(scan.key, state))
        self.scans.remove(scan)
        del self.lives[scan.key]

    def expire(self, place: int, seconds: int) -> None:
        """Have some scans, here and there, expire one after the other, as those of long ago do."""
        keys = [key for key, value in self._server.values.items() if isinstance(value, Document)]
        for number in range(min(len(keys), 8)):
            key = keys[(place + number * 137) % len(keys)]
            self._server.execute(Command("EXPIRE", key, 11 + (seconds + number) % 20))

    def kill(self, place: int) -> None:
        scan = self._one(place)
        if scan is not None:
            self.scans.remove(scan)

    def keep_going(self, place: int) -> None:
        scan = self._one(place)
        if scan is not None:
            self.scans.remove(scan)
            self._going.append(scan)

    def go_on(self) -> None:
        """One more point of each scan that keeps going."""
        for scan in self._going:
            if scan.state < ScanState.STARTED:
                continue
            self.lives[scan.key].grows = True
            self._append(scan, 1)

    def append_large(self, place: int, megabytes: int) -> None:
        """One entry of so many megabytes at the end of each stream of a scan."""
        scan = self._one(place)
        if scan is None or not ScanState.PREPARED <= scan.state < ScanState.STOPPED:
            return
        self.lives[scan.key].is_large = True
        for name in _STREAMS:
            stream = self._server.stream(scan.streams[name].key)
            first = stream.length if stream is not None else 0
            fields = ("payload", _LARGE[: megabytes * 20_000], "len", 8)
            self._server.execute(Command("XADD", scan.streams[name].key, f"{first}-1", *fields))

    def advance(self, place: int) -> None:
        """Take one of the open scans a step further."""
        self._step(place, lambda scan: ScanState(scan.state + 1))

    def close(self, place: int) -> None:
        self._step(place, lambda _: ScanState.CLOSED)

    def append(self, place: int, points: int) -> None:
        """Add points to one of the open scans."""
        scan = self._one(place)
        if scan is not None and ScanState.PREPARED <= scan.state < ScanState.STOPPED:
            self._append(scan, 1 + points % 3)

    def _append(self, scan: Scan, points: int) -> None:
        life = self.lives[scan.key]
        for name in _STREAMS:
            value = self._server.now_ms() / 1000 + life.skew
            if self._try(append.append(scan, name, [value] * points)) is None:
                return
        life.moments.append(self._server.now_ms())

    def delete(self, place: int) -> None:
        """Delete any scan there is, as blissdata does: it expires ten seconds later."""
        keys = [key for key, value in self._server.values.items() if isinstance(value, Document)]
        if keys:
            self._try(write.delete_scan(keys[place % len(keys)], force=True))

    def vanish(self, place: int) -> None:
        """Have the keys of a scan gone at once, as when they expired."""
        keys = [key for key, value in self._server.values.items() if isinstance(value, Document)]
        if keys:
            self._server.execute(Command("DEL", keys[place % len(keys)]))

    def _step(self, place: int, target: Any) -> None:
        scan = self._one(place)
        if scan is None:
            return
        wanted = target(scan)
        ended = iso_time((self._server.now_ms() / 1000 + self.lives[scan.key].skew) * 1000)
        info = {"end_reason": "SUCCESS", "end_time": ended} if wanted is ScanState.CLOSED else None
        moved = self._try(write.advance_scan(scan.key, wanted, info))
        self.scans.remove(scan)
        if moved is not None and wanted is ScanState.STARTED:
            self.lives[scan.key].started_ms = self._server.now_ms()
        if moved is not None and moved.state < ScanState.CLOSED:
            self.scans.append(moved)

    def _one(self, place: int) -> Scan | None:
        return self.scans[place % len(self.scans)] if self.scans else None

    def _now(self) -> float:
        return self._server.now_ms() / 1000 + self.skew

    def _do(self, operation: Operation[Result]) -> Result:
        return carry_out(self._driver, operation)

    def _try(self, operation: Operation[Result]) -> Result | None:
        """Do it, unless what it is about is gone or was changed by a fault."""
        try:
            return self._do(operation)
        except StoreError:
            return None
