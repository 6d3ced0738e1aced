"""The digest and the outline on many rows: from the key to the frame that shows them."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tests.benchmarks.measure import Figure, Goal
from tests.benchmarks.monitor import DOWN, ESCAPE, UP, monitor_of
from tests.benchmarks.screen import Screen, showing
from tests.benchmarks.stores import Bench, store_of
from tests.benchmarks.terminal import Terminal

_OPENS_WITHIN = Goal(0.1, "max", relative=False)
_SHOWN = "of the time"
_SETTLE_SECONDS = 2.0


def _opening(terminal: Terminal) -> float:
    """Seconds from the key of the digest to its frame."""
    pressed = terminal.press(b"I")
    shown, _ = terminal.wait_for(showing(_SHOWN))
    terminal.press(ESCAPE)
    terminal.wait_for(lambda screen: _SHOWN not in screen.text)
    return shown - pressed


def _moving(terminal: Terminal) -> float:
    """Seconds from a key that moves the cursor to its frame."""
    before = terminal.look().cursor

    def has_moved(screen: Screen) -> bool:
        return screen.cursor != before

    pressed = terminal.press(UP)
    moved, _ = terminal.wait_for(has_moved)
    terminal.press(DOWN)
    terminal.wait_for(lambda screen: screen.cursor == before)
    return moved - pressed


def digest(bench: Bench) -> Iterator[Figure]:
    """Opening the digest, and moving the cursor for comparison."""
    rows, repeats = bench.sized(50_000, 2000), bench.sized(20, 5)
    with store_of(rows) as (server, _), monitor_of(server.url, rows) as terminal:
        time.sleep(_SETTLE_SECONDS)
        opening = [_opening(terminal) for _ in range(repeats)]
        moving = [_moving(terminal) for _ in range(repeats)]
    yield Figure(
        row="digest",
        what=f"the digest opens, {rows} rows",
        ours=opening,
        baseline_name="a row up",
        baseline=moving,
        goal=_OPENS_WITHIN,
    )
