"""Publishers in a simulated world: they act at once, through the same operations as real ones of ours."""

from __future__ import annotations

from typing import Any

from scantui.exceptions import StoreError
from scantui.models import Scan, ScanState
from scantui.store.drivers.driver import carry_out
from scantui.store.operations import append, setup, write
from scantui.store.operations.requests import Batch, Command, Operation, Request, Result, Transaction
from tests.simulation.server import SimServer


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


class Publishers:
    """Writers on one server; `skew` is how far their clock is ahead, in seconds."""

    def __init__(self, server: SimServer) -> None:
        self._server = server
        self._driver = DirectDriver(server)
        self._numbers = 0
        self.skew = 0.0
        self.scans: list[Scan] = []

    def initialise(self) -> None:
        """Prepare an empty database, as blissdata does."""
        self._do(setup.initialise_without_search())
        self._server.has_index = True

    def create(self, npoints: int = 10) -> Scan:
        self._numbers += 1
        identity = {"name": "ascan", "number": self._numbers, "data_policy": "None"}
        info = {"title": f"scan {self._numbers}", "npoints": npoints}
        scan = self._do(write.create_scan(identity, info, self._now()))
        scan = self._do(append.create_stream(scan, "axis:samx", "<f8", (), self._now()))
        self.scans.append(scan)
        return scan

    def advance(self, place: int) -> None:
        """Take one of the open scans a step further."""
        self._step(place, lambda scan: ScanState(scan.state + 1))

    def close(self, place: int) -> None:
        self._step(place, lambda _: ScanState.CLOSED)

    def append(self, place: int, points: int) -> None:
        """Add points to one of the open scans."""
        scan = self._one(place)
        if scan is not None and ScanState.PREPARED <= scan.state < ScanState.STOPPED:
            self._try(append.append(scan, "axis:samx", [0.0] * (1 + points % 3)))

    def delete(self, place: int) -> None:
        """Delete any scan there is, as blissdata does: it expires ten seconds later."""
        keys = [key for key, value in self._server.values.items() if isinstance(value, dict)]
        if keys:
            self._try(write.delete_scan(keys[place % len(keys)], force=True))

    def vanish(self, place: int) -> None:
        """Have the keys of a scan gone at once, as when they expired."""
        keys = [key for key, value in self._server.values.items() if isinstance(value, dict)]
        if keys:
            self._server.execute(Command("DEL", keys[place % len(keys)]))

    def _step(self, place: int, target: Any) -> None:
        scan = self._one(place)
        if scan is None:
            return
        wanted = target(scan)
        info = {"end_reason": "SUCCESS"} if wanted is ScanState.CLOSED else None
        moved = self._try(write.advance_scan(scan.key, wanted, info))
        self.scans.remove(scan)
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
