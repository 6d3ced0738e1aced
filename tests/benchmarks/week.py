"""A week in minutes: scans are created, closed and expire in a real Redis, on a screen where keys are pressed."""

from __future__ import annotations

import itertools
import os
import signal
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from scantui.models import ScanState
from tests.benchmarks.installed import peer_command
from tests.benchmarks.machine import resident_bytes
from tests.benchmarks.measure import Figure, Goal
from tests.benchmarks.screen import counting
from tests.benchmarks.stores import Bench, NewScan, chunks, new_scan, store_of
from tests.benchmarks.terminal import Terminal
from tests.benchmarks.wire import Wire, packed
from tests.servers import RealRedis

_SIZE = 2000
_FEW = 100
# So wide that the header has room for its count, whatever else it shows.
_COLUMNS = 160
_OPEN_SECONDS = 2
# Up and down, another form of the times, details, a filter, a mark, the digest, and back to the newest.
_KEYS = (b"k", b"k", b"t", b"\r", b"\r", b"/", b"u", b"\x1b", b" ", b" ", b"I", b"\x1b", b",", b",", b"G")
_KEY_SECONDS = 0.25
_ANSWER_SECONDS = 30.0


class Plan(NamedTuple):
    """How many scans are created in a second, how many seconds they live, and when what is held is looked at."""

    per_second: int
    lifetime: int
    looks: int
    between: int


class Holding(NamedTuple):
    """What a monitor held at a look: its memory, the bytes of its objects, its rows, and its longest collection."""

    resident: int
    traced: int
    rows: int
    longest_collection: float


class Monitor:
    """A monitor on a terminal of its own that says what it holds."""

    def __init__(self, terminal: Terminal, path: Path) -> None:
        self.terminal = terminal
        self._path = path
        self._lines = 0

    def look(self) -> Holding:
        """What it holds now."""
        os.kill(self.terminal.pid, signal.SIGUSR1)
        self._lines += 1
        deadline = time.perf_counter() + _ANSWER_SECONDS
        while len(lines := self._read()) < self._lines:
            if time.perf_counter() > deadline:
                raise TimeoutError("the monitor does not say what it holds")
            time.sleep(0.05)
        traced, longest = lines[-1].split()
        self.terminal.wait_for(lambda screen: screen.has_total, _ANSWER_SECONDS)
        rows = self.terminal.screen.total
        return Holding(resident_bytes(self.terminal.pid), int(traced), rows, float(longest))

    def _read(self) -> list[str]:
        return self._path.read_text(encoding="utf-8").splitlines() if self._path.exists() else []


class Expiring:
    """Publishes scans each second, closes them a little later, and has Redis forget them after their lifetime."""

    def __init__(self, server: RealRedis, plan: Plan) -> None:
        self._server = server
        self._plan = plan
        self._open: deque[list[NewScan]] = deque()
        self._numbers = itertools.count(_FEW)
        self.created = 0

    def publish(self) -> None:
        """Do what is due in one second."""
        count = self._plan.per_second
        scans = [new_scan(next(self._numbers), _SIZE, ScanState.CREATED, time.time()) for _ in range(count)]
        self._open.append(scans)
        self.created += count
        commands = [scan.commands for scan in scans]
        if len(self._open) > _OPEN_SECONDS:
            ended = self._open.popleft()
            commands += [scan.closing() + self._expiry(scan) for scan in ended]
        with Wire(self._server) as wire:
            for some in chunks(commands, 50):
                wire.exchange(b"".join(some))

    def _expiry(self, scan: NewScan) -> bytes:
        keys = (scan.key, scan.state_stream, *scan.data_streams)
        return b"".join(packed("PEXPIRE", key, 1000 * self._plan.lifetime) for key in keys)


@contextmanager
def _monitor(server: RealRedis, place: str, kind: str) -> Iterator[Monitor]:
    path = Path(place) / kind
    with Terminal(*peer_command("held"), str(path), kind, server.url, columns=_COLUMNS) as terminal:
        terminal.wait_for(counting(_FEW), 120.0)
        yield Monitor(terminal, path)


def _lived(plan: Plan) -> tuple[list[Holding], list[Holding], int]:
    """What a monitor held at each look, what one held whose objects are traced, and how many scans they saw."""
    with (
        tempfile.TemporaryDirectory() as place,
        store_of(_FEW) as (server, _),
        _monitor(server, place, "plain") as plain,
        _monitor(server, place, "traced") as traced,
    ):
        publisher, keys = Expiring(server, plan), itertools.cycle(_KEYS)
        held: list[Holding] = []
        objects: list[Holding] = []
        for key in _KEYS:
            # What keys import, they import once.
            for monitor in (plain, traced):
                monitor.terminal.press(key)
            time.sleep(_KEY_SECONDS)
        started = time.perf_counter()
        for second in range(1, plan.looks * plan.between + 1):
            publisher.publish()
            for monitor in (plain, traced):
                monitor.terminal.look()
            while time.perf_counter() < started + second:
                key = next(keys)
                plain.terminal.press(key)
                traced.terminal.press(key)
                time.sleep(_KEY_SECONDS)
            if second % plan.between == 0:
                held.append(plain.look())
                objects.append(traced.look())
    return held, objects, publisher.created


def growth(held: list[int], rows: int) -> float:
    """How many bytes more are held at the end of the last third than at that of the first, a row; medians of three."""
    third = len(held) // 3
    before, after = (sorted(held[end - 3 : end])[1] for end in (max(3, third), len(held)))
    return max(0, after - before) / rows


def week(bench: Bench) -> Iterator[Figure]:
    """As many scans as beamlines make in a week come and expire in minutes."""
    plan = Plan(20, 4, 9, 2) if bench.quick else Plan(45, 60, 10, 60)
    held, objects, created = _lived(plan)
    rows = held[-1].rows
    what = f"{created} scans, {rows} rows shown"
    yield Figure(
        row="week",
        what=f"{what}, each minute",
        ours=[each.resident / 2**20 for each in held],
        baseline_name="of traced objects",
        baseline=[each.traced / 2**20 for each in objects],
        unit="MiB",
    )
    for name, values in (
        ("growth, a row shown", [each.resident for each in held]),
        ("growth of traced objects, a row shown", [each.traced for each in objects]),
    ):
        yield Figure(
            row="week",
            what=f"{what}, {name}",
            ours=[growth(values, rows)],
            unit="bytes",
            # In seconds there is no equal state: rows of scans that went away only begin to be dropped.
            goal=None if bench.quick else Goal(1024, relative=False),
        )
    yield Figure(
        row="week",
        what=f"{what}, longest full collection of garbage, on a processor",
        ours=[each.longest_collection for each in held],
        goal=Goal(0.016, "max", relative=False),
    )
