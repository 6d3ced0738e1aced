"""The curves of a running scan: bytes to the terminal for each frame, and keys beside the same with the pane closed."""

from __future__ import annotations

import itertools
import math
import statistics
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from scantui.models import ScanState
from tests.benchmarks.frames import frames
from tests.benchmarks.installed import peer_command
from tests.benchmarks.measure import Figure, Goal
from tests.benchmarks.monitor import arrivals, monitor_of, pauses
from tests.benchmarks.pressing import pressed_in_turns
from tests.benchmarks.screen import showing
from tests.benchmarks.stores import Bench, NewScan, new_scan, store_of
from tests.benchmarks.terminal import Terminal
from tests.benchmarks.wire import Wire, packed
from tests.servers import RealRedis

_NUMBER, _POINTS, _LOOKS_A_SECOND = 99_999, 8_000, 1
_POINTS_AT_ONCE, _EVERY_SECONDS = 2, 0.1
_SETTLE_SECONDS = 2.0
# The pane is below the table, or beside it in a wide terminal; so many lines are not its own.
_LINES_ABOVE, _LINES_AROUND, _BESIDE_FROM = 10, 5, 140
# Links of so many kilobytes a second.
_SLOW_LINKS = (30, 8)
_CURVES = b"c"
_MARK = b" "
_FOLLOWING = ((b"k", ("k",)), (b"G", ("G",)))


@contextmanager
def _growing(server: RealRedis) -> Iterator[NewScan]:
    """A running scan of three counters that gets twenty points a second while the block runs."""
    scan = new_scan(_NUMBER, 2000, ScanState.STARTED, time.time(), "loopscan 8000 0.025", streams_each=3)
    ended = threading.Event()

    def publish() -> None:
        with Wire(server) as wire:
            for number in range(0, _POINTS, _POINTS_AT_ONCE):
                wire.exchange(b"".join(_points(scan, number)))
                if ended.wait(_EVERY_SECONDS):
                    return

    with Wire(server) as wire:
        wire.exchange(scan.commands + packed("JSON.SET", scan.key, "$.info.npoints", _POINTS))
    publisher = threading.Thread(target=publish, daemon=True)
    publisher.start()
    try:
        yield scan
    finally:
        ended.set()
        publisher.join()


def _points(scan: NewScan, first: int) -> Iterator[bytes]:
    for number in range(first, first + _POINTS_AT_ONCE):
        for place, stream in enumerate(scan.data_streams, 1):
            value = 1000 * math.sin(number / 150 / place) + 20 * math.sin(number * 7.3)
            yield packed("XADD", stream, f"{number}-1", "payload", struct.pack("<d", value))


def _bytes_a_frame(seconds: int, size: tuple[int, int]) -> tuple[list[float], list[float], list[float]]:
    """Bytes of each second without and with the pane, and the mean of what is left for a frame of the curves."""
    columns, lines = size
    with (
        store_of(100, age_seconds=5 * 3600.0) as (server, _),
        _growing(server),
        monitor_of(server.url, 101, size=(columns, lines)) as terminal,
    ):
        time.sleep(_SETTLE_SECONDS)
        without = [float(terminal.bytes_within(1.0)) for _ in range(seconds)]
        terminal.press(_CURVES)
        terminal.wait_for(showing("of 3 counters"))
        time.sleep(_SETTLE_SECONDS)
        shown = [float(terminal.bytes_within(1.0)) for _ in range(seconds)]
    return without, shown, [(statistics.mean(shown) - statistics.mean(without)) / _LOOKS_A_SECOND]


def _stock_bytes(seconds: int, size: tuple[int, int]) -> list[float]:
    """Bytes of each second of the same curves in a stock app, a frame a second, as large as the pane."""
    columns, lines = size
    pane = (columns, lines - _LINES_ABOVE) if columns < _BESIDE_FROM else (columns // 2, lines - _LINES_AROUND)
    with Terminal(*peer_command("stock_curves"), str(_POINTS), columns=pane[0], lines=pane[1]) as terminal:
        terminal.wait_for(showing("chan2"), 60.0)
        time.sleep(_SETTLE_SECONDS)
        return [float(terminal.bytes_within(1.0)) for _ in range(seconds)]


def curves(bench: Bench) -> Iterator[Figure]:
    """What a frame of growing curves takes and writes, and how keys feel while they grow."""
    yield from frames(bench)
    for size in [(80, 24)] if bench.quick else [(80, 24), (200, 50)]:
        without, shown, each_frame = _bytes_a_frame(bench.sized(30, 5), size)
        at = f"{size[0]}x{size[1]}"
        yield Figure(
            row="curves",
            what=f"a second with the curves open, {at}",
            ours=shown,
            baseline_name="without",
            baseline=without,
            unit="bytes",
        )
        yield Figure(
            row="curves",
            what=f"mean of a frame of two curves, {at}",
            ours=each_frame,
            baseline_name="stock Textual, same curves",
            baseline=[statistics.mean(_stock_bytes(bench.sized(30, 5), size))],
            unit="bytes",
            goal=Goal(150, relative=False) if size == (80, 24) else None,
        )
    rows, blocks = bench.sized(50_000, 2000), bench.sized(8, 2)
    with (
        store_of(rows) as (server, _),
        _growing(server),
        monitor_of(server.url, rows + 1) as terminal,
        ExitStack() as stack,
    ):
        # The scan that grows is the newest: it is marked, so that it is drawn while the cursor is elsewhere.
        terminal.press(_MARK)
        terminal.wait_for(showing("1 marked"))
        stack.enter_context(arrivals(server, 200))
        time.sleep(_SETTLE_SECONDS)
        for kilobytes in (0, *_SLOW_LINKS):
            terminal.bytes_per_second = 1000 * kilobytes
            taken = _pressed_with_and_without(terminal, bench.sized(10, 2), blocks if not kilobytes else 2)
            link = f" at {kilobytes} kB/s" if kilobytes else ""
            for key, statistic in itertools.product(("k", "G"), ("median", "p90")):
                yield Figure(
                    row="curves",
                    what=f"{key}{link} with the curves open, {rows} rows, 200/s",
                    ours=taken[True][key],
                    baseline_name="without",
                    baseline=taken[False][key],
                    goal=Goal(1.2, statistic),
                )


def _pressed_with_and_without(terminal: Terminal, rounds: int, blocks: int) -> dict[bool, dict[str, list[float]]]:
    """Seconds of keys without the pane and with it, in turns, since the load of a machine changes; it ends closed."""
    taken: dict[bool, dict[str, list[float]]] = {False: {}, True: {}}
    for block in range(2 * blocks):
        pressed = pressed_in_turns(terminal, None, rounds, pauses(0.2, 0.4), _FOLLOWING)
        for name, seconds in pressed.taken.items():
            taken[bool(block % 2)].setdefault(name, []).extend(seconds)
        terminal.press(_CURVES)
        time.sleep(_SETTLE_SECONDS)
        if not block:
            terminal.wait_for(showing("loopscan 8000"))
    return taken
