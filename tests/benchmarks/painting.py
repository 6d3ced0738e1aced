"""Keys and frames while scans pour in, and the bytes of a change: our table and the stock one on a pty."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.benchmarks.marks import READY, mark
from tests.benchmarks.measure import Figure, Goal
from tests.benchmarks.stores import Bench
from tests.benchmarks.terminal import Terminal

_MODULE = "tests.benchmarks.painting_app"
_ARRIVALS = 200  # a second
_BURST = 2000
_SETTLE_SECONDS = 1.0
_WATCHED_SECONDS = 0.8
_FILL_SECONDS = 60.0
# Less than the cursor of the filter bar takes to blink.
_TYPING_SECONDS = 0.4
# The cursor goes up last, since the table does not follow any more then.
_CHANGES = {
    "state change": b"y",
    "arrival, following": b"z",
    "nothing, 0.8 s": b"",
    "cursor up": b"\x1b[A",
    "cursor down": b"\x1b[B",
}


def key_to_frame(
    table: str,
    rows: int,
    presses: int,
    bytes_per_second: int = 0,
    most_seconds: float = 60.0,
    arrivals: int = _ARRIVALS,
) -> list[float]:
    """Seconds from a key to the frame that answers it, while scans arrive and the table follows.

    No key is pressed any more when `most_seconds` have passed since the first.
    """
    odd = random.Random(3)  # noqa: S311 - no secret
    taken = []
    with Terminal("-m", _MODULE, table, str(rows), str(arrivals)) as terminal:
        terminal.wait_for((READY.encode(),), patience=_FILL_SECONDS)
        terminal.bytes_per_second = bytes_per_second
        time.sleep(_SETTLE_SECONDS)
        started = time.perf_counter()
        for number in range(1, presses + 1):
            if time.perf_counter() - started > most_seconds:
                break
            time.sleep(odd.uniform(0.1, 0.4))
            since = terminal.written
            pressed = terminal.press(b"x")
            taken.append(terminal.wait_for((mark(number).encode(),), since) - pressed)
    return taken


def bytes_of(table: str, rows: int, repeats: int, columns: int, lines: int) -> dict[str, list[float]]:
    """Bytes written after each key that changes something, and after none, with nothing else happening."""
    counted: dict[str, list[float]] = {}
    with Terminal("-m", _MODULE, table, str(rows), "0", columns=columns, lines=lines) as terminal:
        terminal.wait_for((READY.encode(),), patience=_FILL_SECONDS)
        time.sleep(_SETTLE_SECONDS)
        for what, key in _CHANGES.items():
            counted[what] = []
            for _ in range(repeats):
                if key:
                    terminal.press(key)
                counted[what].append(terminal.bytes_within(_WATCHED_SECONDS))
    return counted


def bytes_in_idle_seconds(table: str, rows: int, seconds: int, columns: int, lines: int) -> list[float]:
    """Bytes written in each second in which nothing happens but that the server's clock goes on."""
    with Terminal("-m", _MODULE, table, str(rows), "0", "beats", columns=columns, lines=lines) as terminal:
        terminal.wait_for((READY.encode(),), patience=_FILL_SECONDS)
        time.sleep(_SETTLE_SECONDS)
        return [terminal.bytes_within(1.0) for _ in range(seconds)]


def typed_to_frame(rows: int, keys: Sequence[bytes]) -> list[float]:
    """Seconds from each key in the filter bar to the last byte that answers it, with nothing else happening."""
    taken = []
    with Terminal("-m", _MODULE, "ours", str(rows), "0") as terminal:
        terminal.wait_for((READY.encode(),), patience=_FILL_SECONDS)
        time.sleep(_SETTLE_SECONDS)
        terminal.press(b"/")
        time.sleep(_TYPING_SECONDS)
        for key in keys:
            pressed = terminal.press(key)
            time.sleep(_TYPING_SECONDS)
            taken.append(terminal.last_written - pressed)
    return taken


def keys(bench: Bench) -> Iterator[Figure]:
    """A key to its painted frame, following."""
    rows = 50_000
    ours = key_to_frame("ours", rows, bench.sized(150, 20))
    stock = key_to_frame("stock", rows, bench.sized(40, 5))
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
    rows, repeats = bench.sized(5000, 1000), bench.sized(5, 1)
    for columns, lines in sizes:
        # Bytes are counted and no times are taken, so the three need not wait for each other.
        with ThreadPoolExecutor() as pool:
            watched = [pool.submit(bytes_of, table, rows, repeats, columns, lines) for table in ("ours", "stock")]
            idle = pool.submit(bytes_in_idle_seconds, "ours", rows, bench.sized(10, 3), columns, lines)
        ours, stock = (each.result() for each in watched)
        for what in _CHANGES:
            yield Figure(
                row="written",
                what=f"{what}, {columns}x{lines}",
                ours=ours[what],
                baseline_name="stock DataTable",
                baseline=stock[what],
                unit="bytes",
                goal=Goal(1 / 50) if what == "state change" else None,
            )
        yield Figure(
            row="written",
            what=f"idle second with a clock and ages, {columns}x{lines}",
            ours=idle.result(),
            unit="bytes",
        )


def slow(bench: Bench) -> Iterator[Figure]:
    """The same keys over a link that takes few bytes a second; the stock table has fewer rows, or it never answers."""
    rows = bench.sized(50_000, 5000)
    for kilobytes, limit in ((30, 0.05), (8, 0.3)):
        stock: list[float] = []
        if not bench.quick:
            stock = key_to_frame("stock", 5000, 3, 1000 * kilobytes, 30)
        yield Figure(
            row="slow",
            what=f"key to frame at {kilobytes} kB/s",
            ours=key_to_frame("ours", rows, bench.sized(60, 10), 1000 * kilobytes, bench.sized(60, 4)),
            baseline_name="stock DataTable, 5000 rows",
            baseline=stock,
            goal=Goal(limit, "p90", relative=False),
        )


def busy(bench: Bench) -> Iterator[Figure]:
    """Keys while two thousand scans come in a second, for as long as that takes in real life and longer."""
    yield Figure(
        row="busy",
        what=f"key to frame, {_BURST}/s",
        ours=key_to_frame("ours", 1000, bench.sized(40, 12), arrivals=_BURST),
        goal=Goal(0.05, "p90", relative=False),
    )
