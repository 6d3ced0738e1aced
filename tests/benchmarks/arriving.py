"""From Redis to the screen: a scan or a state that is written there to the frame that shows it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from scantui.models import ScanState
from scantui.store import DataStore
from tests.benchmarks.measure import Figure, Goal, timed
from tests.benchmarks.monitor import monitor_of, pauses
from tests.benchmarks.screen import counting, newest_is, showing
from tests.benchmarks.stores import Bench, NewScan, new_scan, store_of
from tests.benchmarks.wire import Wire, packed
from tests.servers import RealRedis

_SIZE = 4000
_SETTLE_SECONDS = 2.0
_BURST_SECONDS = 1.0
_PORTIONS = 50
_DELETED = 300
_ROUND_TRIP = "XADD round trip"


def _title(number: int) -> str:
    """A title by which a scan is known; no two in a row agree in a letter."""
    return "".join(chr(ord("A") + (7 * number + 3 * place) % 26) for place in range(10))


def _delete_some(server: RealRedis, keys: list[str]) -> None:
    """Take scans away that the history still names, in its middle and at its end."""
    with DataStore(server.url) as store:
        for key in [*keys[: _DELETED // 2], *keys[-_DELETED // 2 :]]:
            store.delete_scan(key, force=True)


def _arrivals(
    count: int, repeats: int, answer_after: Callable[[], float] | None = None, pause: Callable[[], float] | None = None
) -> tuple[list[float], list[float]]:
    """Seconds from sending a new scan until its title is on the screen, and of a round trip beside each."""
    taken: list[float] = []
    round_trips: list[float] = []
    pause = pause or pauses(0.1, 0.3)
    with store_of(count + _DELETED) as (server, keys):
        _delete_some(server, keys)
        with Wire(server) as wire, monitor_of(server.url, count, answer_after=answer_after) as terminal:
            time.sleep(_SETTLE_SECONDS)
            for number in range(repeats):
                time.sleep(pause())
                title = _title(number)
                scan = new_scan(number, _SIZE, ScanState.CREATED, time.time(), title)
                with timed(round_trips):
                    wire.exchange(packed("XADD", "elsewhere", "*", "key", number))
                sent = time.perf_counter()
                wire.exchange(scan.commands)
                painted, _ = terminal.wait_for(showing(title))
                taken.append(painted - sent)
    return taken, round_trips


def latency(bench: Bench) -> Iterator[Figure]:
    """A scan created to painted, while nothing else happens, in a store whose history names deleted scans."""
    count = bench.sized(50_000, 2000)
    taken, round_trips = _arrivals(count, bench.sized(200, 25))
    yield Figure(
        row="latency",
        what=f"scan created to painted, {count} rows",
        ours=taken,
        baseline_name=_ROUND_TRIP,
        baseline=round_trips,
        goal=Goal(0.05, "p99", relative=False),
    )


def uneven(bench: Bench) -> Iterator[Figure]:
    """The same on a terminal that answers after 100 to 400 ms, a different time for each question."""
    taken, round_trips = _arrivals(1000, bench.sized(100, 12), pauses(0.1, 0.4, seed=2), pauses(0.3, 0.8))
    yield Figure(
        row="uneven",
        what="scan created to painted, answers after 100-400 ms",
        ours=taken,
        baseline_name=_ROUND_TRIP,
        baseline=round_trips,
        goal=Goal(0.5, "p90", relative=False),
    )


class Burst(threading.Thread):
    """Creates many scans within a second or more, in even portions, made beforehand."""

    def __init__(self, server: RealRedis, count: int, seconds: float = _BURST_SECONDS) -> None:
        super().__init__(daemon=True)
        self.ended = 0.0
        self._seconds = seconds
        made = [new_scan(number, _SIZE, ScanState.CREATED, time.time()) for number in range(count)]
        self._server = server
        self._portions = [b"".join(scan.commands for scan in made[start::_PORTIONS]) for start in range(_PORTIONS)]

    def run(self) -> None:
        started = time.perf_counter()
        with Wire(self._server) as wire:
            for number, portion in enumerate(self._portions):
                due = started + self._seconds * number / len(self._portions)
                time.sleep(max(0.0, due - time.perf_counter()))
                wire.exchange(portion)
        self.ended = time.perf_counter()


def burst(bench: Bench) -> Iterator[Figure]:
    """Two thousand scans in a second: the header counts all of them, no more and no less."""
    count, rows = 2000, bench.sized(5000, 500)
    after: list[float] = []
    missing: list[float] = []
    for _ in range(bench.sized(7, 3)):
        with store_of(rows) as (server, _), monitor_of(server.url, rows) as terminal:
            time.sleep(_SETTLE_SECONDS)
            publisher = Burst(server, count)
            publisher.start()
            publisher.join()
            try:
                painted, _ = terminal.wait_for(counting(rows + count), 10.0)
                missing.append(0)
                after.append(max(0.0, painted - publisher.ended))
            except TimeoutError:
                missing.append(1)
    what = f"{count} scans in a second"
    yield Figure(
        row="burst",
        what=f"{what}, all on the screen after the last",
        ours=after or [float("inf")],
        goal=Goal(0.15, "max", relative=False),
    )
    yield Figure(
        row="burst",
        what=f"{what}, runs with another count",
        ours=[sum(missing)],
        unit="",
        goal=Goal(0, "max", relative=False),
    )


def open(bench: Bench) -> Iterator[Figure]:  # noqa: A001 - the name of its row
    """One of thousands of running scans, in view, stops: when its row shows it."""
    for count in (1000, 5000):
        taken: list[float] = []
        written: list[float] = []
        pause = pauses(0.1, 0.3)
        with store_of(count, 2000, ScanState.STARTED) as (server, _), Wire(server) as wire:
            arriving = [
                new_scan(count + number, 2000, ScanState.STARTED, time.time()) for number in range(bench.sized(100, 15))
            ]
            with monitor_of(server.url, count) as terminal:
                time.sleep(_SETTLE_SECONDS)
                for total, scan in enumerate(arriving, count + 1):
                    wire.exchange(scan.commands)
                    terminal.wait_for(counting(total))
                    time.sleep(pause())
                    sent = time.perf_counter()
                    with timed(written):
                        wire.exchange(_stopped(scan))
                    taken.append(terminal.wait_for(newest_is("STOP"))[0] - sent)
        yield Figure(
            row="open",
            what=f"{count} running scans, a state to painted",
            ours=taken,
            baseline_name=_ROUND_TRIP,
            baseline=written,
            goal=Goal(0.05, "p99", relative=False),
        )


def _stopped(scan: NewScan) -> bytes:
    return packed("XADD", scan.state_stream, "*", "state", ScanState.STOPPED.value)
