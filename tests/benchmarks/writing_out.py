"""What one change writes to the terminal: the frame that shows it, beside what a stock DataTable writes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

from scantui.models import ScanState
from tests.benchmarks.installed import peer_command
from tests.benchmarks.measure import Figure, Goal
from tests.benchmarks.monitor import monitor_of
from tests.benchmarks.screen import Screen, newest_is, showing
from tests.benchmarks.stores import Bench, new_scan, store_of
from tests.benchmarks.terminal import Terminal
from tests.benchmarks.wire import Wire, packed

_SETTLE_SECONDS = 2.0
_WATCHED_SECONDS = 0.6
_OLD_SECONDS = 5 * 3600.0  # whose ages do not change meanwhile
_STATE, _ARRIVAL, _UP, _DOWN = "state change", "arrival, following", "cursor up", "cursor down"
_STATES = ("PREP", "RUN", "STOP")
# The cursor goes up last, since the table does not follow any more then.
_STOCK_KEYS = {_STATE: b"y", _ARRIVAL: b"z", _UP: b"\x1b[A", _DOWN: b"\x1b[B"}


def _stock_bytes(rows: int, repeats: int, size: tuple[int, int]) -> dict[str, list[float]]:
    """All that the stock table writes after each key; nothing else happens in it."""
    with Terminal(*peer_command("stock_app"), str(rows), columns=size[0], lines=size[1]) as terminal:
        terminal.wait_for(showing(f" {rows - 1} "), 60.0)
        time.sleep(_SETTLE_SECONDS)
        counted: dict[str, list[float]] = {}
        for what, key in _STOCK_KEYS.items():
            for _ in range(repeats):
                terminal.press(key)
                counted.setdefault(what, []).append(terminal.bytes_within(_WATCHED_SECONDS))
        return counted


def _frame_bytes(terminal: Terminal, change: Callable[[], object], is_there: Callable[[Screen], bool]) -> int:
    """The bytes of the frames that a change takes, with those of the clock when it ticks meanwhile."""
    terminal.look()
    before = terminal.painted
    change()
    terminal.wait_for(is_there)
    taken = terminal.painted - before
    time.sleep(_WATCHED_SECONDS)
    return taken


def _bytes(rows: int, repeats: int, size: tuple[int, int], seconds: int) -> tuple[dict[str, list[float]], list[float]]:
    """Bytes of each change of the monitor, and of each second in which nothing happens."""
    counted: dict[str, list[float]] = {what: [] for what in _STOCK_KEYS}
    with store_of(rows) as (server, _), Wire(server) as wire, monitor_of(server.url, rows, size=size) as terminal:
        time.sleep(_SETTLE_SECONDS)
        idle = [float(terminal.bytes_within(1.0)) for _ in range(seconds)]
        for number in range(rows, rows + repeats):
            scan = new_scan(number, 2000, ScanState.CREATED, time.time())
            counted[_ARRIVAL].append(
                _frame_bytes(terminal, partial(wire.exchange, scan.commands), showing(f" {number} "))
            )
            for state, word in enumerate(_STATES, 1):
                change = partial(wire.exchange, packed("XADD", scan.state_stream, "*", "state", state))
                counted[_STATE].append(_frame_bytes(terminal, change, newest_is(word)))
        for what, key in ((_UP, b"k"), (_DOWN, b"j")):
            for _ in range(repeats):
                moved = _cursor_not_at(terminal.look().cursor)
                counted[what].append(_frame_bytes(terminal, partial(terminal.press, key), moved))
    return counted, idle


def _cursor_not_at(line: int | None) -> Callable[[Screen], bool]:
    """Asks a screen whether the cursor went to another row: between two of them there may be a rule."""
    return lambda screen: screen.cursor not in (None, line)


def _running_bytes(seconds: int) -> list[float]:
    """Bytes of each second with a running scan in view that gets ten points a second, below old scans."""
    with (
        store_of(100, age_seconds=_OLD_SECONDS) as (server, _),
        Wire(server) as wire,
        monitor_of(server.url, 100) as terminal,
    ):
        scan = new_scan(100, 2000, ScanState.STARTED, time.time())
        wire.exchange(scan.commands)
        time.sleep(_SETTLE_SECONDS)
        counted = []
        for _ in range(seconds):
            since = terminal.written
            for _ in range(10):
                wire.exchange(
                    b"".join(packed("XADD", stream, "*", "data", b"12345678") for stream in scan.data_streams)
                )
                time.sleep(0.1)
            counted.append(float(terminal.written - since))
        return counted


def written(bench: Bench) -> Iterator[Figure]:
    """Bytes to the terminal for one change, for an idle second, and for a second of a running scan."""
    rows, repeats = bench.sized(5000, 500), bench.sized(5, 1)
    for columns, lines in [(80, 24)] if bench.quick else [(80, 24), (200, 60)]:
        stock = _stock_bytes(rows, repeats, (columns, lines))
        ours, idle = _bytes(rows, repeats, (columns, lines), bench.sized(10, 3))
        for what, counted in ours.items():
            yield Figure(
                row="written",
                what=f"{what}, {columns}x{lines}",
                ours=counted,
                baseline_name="stock DataTable",
                baseline=stock[what],
                unit="bytes",
                goal=Goal(1 / 50) if what == _STATE else None,
            )
        yield Figure(
            row="written", what=f"idle second with a clock and ages, {columns}x{lines}", ours=idle, unit="bytes"
        )
    yield Figure(
        row="written",
        what="second of a running scan in view, 80x24",
        ours=_running_bytes(bench.sized(20, 4)),
        unit="bytes",
        goal=Goal(150, relative=False),
    )
