"""Keys and frames while scans pour in, and the bytes of a change: our table and the stock one on a pty."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

from tests.benchmarks.marks import READY, mark
from tests.benchmarks.measure import Figure, Goal
from tests.benchmarks.stores import Bench
from tests.benchmarks.terminal import Terminal

_MODULE = "tests.benchmarks.painting_app"
_ARRIVALS = 200  # a second
_SETTLE_SECONDS = 1.0
_QUIET_SECONDS = 0.5
_UP = b"\x1b[A"


def key_to_frame(table: str, rows: int, presses: int, bytes_per_second: int = 0) -> list[float]:
    """Seconds from a key to the frame that answers it, while scans arrive and the table follows."""
    odd = random.Random(3)  # noqa: S311 - no secret
    taken = []
    with Terminal("-m", _MODULE, table, str(rows), str(_ARRIVALS)) as terminal:
        terminal.wait_for((READY.encode(),), patience=90)
        terminal.bytes_per_second = bytes_per_second
        time.sleep(_SETTLE_SECONDS)
        for number in range(1, presses + 1):
            time.sleep(odd.uniform(0.1, 0.4))
            since = terminal.written
            pressed = terminal.press(b"x")
            taken.append(terminal.wait_for((mark(number).encode(),), since) - pressed)
    return taken


def bytes_of(table: str, rows: int, keys: bytes, repeats: int, columns: int, lines: int) -> list[float]:
    """Bytes written for a key that changes something, with nothing else happening."""
    counted: list[float] = []
    with Terminal("-m", _MODULE, table, str(rows), "0", columns=columns, lines=lines) as terminal:
        terminal.wait_for((READY.encode(),), patience=90)
        terminal.bytes_until_quiet(0, 2 * _QUIET_SECONDS)
        for _ in range(repeats):
            since = terminal.written
            terminal.press(keys)
            counted.append(terminal.bytes_until_quiet(since, _QUIET_SECONDS))
    return counted


def keys(bench: Bench) -> Iterator[Figure]:
    """A key to its painted frame, following."""
    rows = bench.sized(50_000, 20_000)
    ours = key_to_frame("ours", rows, bench.sized(150, 40))
    stock = key_to_frame("stock", rows, bench.sized(40, 10))
    for goal in (Goal(1 / 50), Goal(0.02, "p90", relative=False)):
        yield Figure(
            row="keys",
            what=f"key to frame, {rows} rows, {_ARRIVALS}/s",
            ours=ours,
            baseline_name="stock DataTable",
            baseline=stock,
            goal=goal,
        )


def written(bench: Bench) -> Iterator[Figure]:
    """What goes to the terminal for one change."""
    sizes = [(80, 24)] if bench.quick else [(80, 24), (200, 60)]
    rows = bench.sized(5000, 1000)
    for columns, lines in sizes:
        for what, key, goal in (
            ("state change", b"y", Goal(1 / 50)),
            ("arrival, following", b"z", None),
            ("cursor up", _UP, None),
        ):
            yield Figure(
                row="written",
                what=f"{what}, {columns}x{lines}",
                ours=bytes_of("ours", rows, key, 5, columns, lines),
                baseline_name="stock DataTable",
                baseline=bytes_of("stock", rows, key, 3, columns, lines),
                unit="bytes",
                goal=goal,
            )


def slow(bench: Bench) -> Iterator[Figure]:
    """The same keys over a link that takes few bytes a second; the stock table has fewer rows, or it never answers."""
    rows = bench.sized(50_000, 20_000)
    for kilobytes, limit in ((30, 0.05), (8, 0.3)):
        stock: list[float] = []
        if not bench.quick:
            stock = key_to_frame("stock", 5000, 3, 1000 * kilobytes)
        yield Figure(
            row="slow",
            what=f"key to frame at {kilobytes} kB/s",
            ours=key_to_frame("ours", rows, bench.sized(60, 12), 1000 * kilobytes),
            baseline_name="stock DataTable, 5000 rows",
            baseline=stock,
            goal=Goal(limit, "p90", relative=False),
        )
