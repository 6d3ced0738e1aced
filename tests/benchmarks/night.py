"""Memory: a row's, and what is left of scans that were created, closed and expired, with keys in between."""

from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Iterator

from scantui.models import ScanState
from tests.benchmarks.budgets import budgets
from tests.benchmarks.machine import resident_bytes
from tests.benchmarks.measure import Figure, Goal
from tests.benchmarks.monitor import monitor_of
from tests.benchmarks.screen import showing
from tests.benchmarks.stores import Bench, NewScan, chunks, new_scan, store_of
from tests.benchmarks.wire import Wire
from tests.servers import RealRedis

_SIZE = 2000
_HOURS_KEPT = 3
_KEYS = (b"k", b"k", b"t", b"\r", b"\r", b"G")
_KEY_SECONDS = 0.2
_SETTLE_SECONDS = 1.0
_FEW = 100


class Publisher:
    """Publishes an hour's scans, closes them, and lets those of some hours before expire."""

    def __init__(self, server: RealRedis) -> None:
        self._server = server
        self._hours: deque[list[NewScan]] = deque()
        self._numbers = itertools.count(1)

    def create(self, count: int) -> None:
        scans = [new_scan(next(self._numbers), _SIZE, ScanState.CREATED, time.time()) for _ in range(count)]
        self._hours.append(scans)
        self._exchange([scan.commands for scan in scans])

    def close_and_expire(self) -> None:
        self._exchange([scan.closing() for scan in self._hours[-1]])
        if len(self._hours) > _HOURS_KEPT:
            self._exchange([scan.removal() for scan in self._hours.popleft()])

    def _exchange(self, commands: list[bytes]) -> None:
        with Wire(self._server) as wire:
            for some in chunks(commands, 50):
                wire.exchange(b"".join(some))


def night(bench: Bench) -> Iterator[Figure]:
    """The budgets of what watches, and what the process holds at the end of each hour, which is made short."""
    yield from budgets(bench)
    hours, scans = bench.sized(24, 8), bench.sized(1000, 150)
    memory: list[int] = []
    rows: list[int] = []
    with store_of(_FEW) as (server, _), monitor_of(server.url, _FEW) as terminal:
        publisher = Publisher(server)
        for hour in range(1, hours + 1):
            publisher.create(scans)
            terminal.wait_for(showing(f" {hour * scans} "))
            publisher.close_and_expire()
            terminal.wait_for(lambda screen: all(row.startswith("DONE") for row in screen.rows))
            for key in _KEYS:
                terminal.press(key)
                time.sleep(_KEY_SECONDS)
            time.sleep(_SETTLE_SECONDS)
            memory.append(resident_bytes(terminal.pid))
            rows.append(terminal.look().total)
    what = f"{hours} hours of {scans} scans"
    grown = max(0, memory[-1] - memory[0])
    yield Figure(
        row="night",
        what=f"{what}, each hour",
        ours=[each / 2**20 for each in memory],
        baseline_name="after hour one",
        baseline=[memory[0] / 2**20],
        unit="MiB",
    )
    yield Figure(
        row="night",
        what=f"{what}, growth since hour one, a row shown",
        ours=[grown / rows[-1]],
        unit="bytes",
        goal=Goal(1024, relative=False),
    )
    yield Figure(row="night", what=f"{what}, growth, a scan seen", ours=[grown / (scans * (hours - 1))], unit="bytes")


def memory(bench: Bench) -> Iterator[Figure]:
    """What the process holds with many rows above what it holds with few, a row."""
    count = bench.sized(50_000, 10_000)
    held = {}
    for rows in (_FEW, count):
        with store_of(rows) as (server, _), monitor_of(server.url, rows) as terminal:
            time.sleep(_SETTLE_SECONDS)
            held[rows] = resident_bytes(terminal.pid)
    yield Figure(
        row="memory",
        what=f"a row of {count}",
        ours=[(held[count] - held[_FEW]) / (count - _FEW)],
        unit="bytes",
        goal=Goal(700, relative=False),
    )
