"""The longest turns of the monitor's event loop, noted by the process itself, while it loads and while keys work."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.installed import peer_command
from tests.benchmarks.measure import Figure, Goal
from tests.benchmarks.monitor import ENTER, ESCAPE
from tests.benchmarks.screen import counting
from tests.benchmarks.starting import has_columns
from tests.benchmarks.stores import RARE_LETTER, Bench, store_of
from tests.benchmarks.terminal import Terminal

_WITHIN = Goal(0.016, "max", relative=False)
_SETTLE_SECONDS = 3.0
_KEY_SECONDS = 1.5
_LOADING = "loading"
# S reverses the order, t shows other texts in a column.
_KEYS = (
    ("reversing the order", (b"S", b"S")),
    ("another time format", (b"t",)),
    ("the first letter of a filter", (b"/", RARE_LETTER.encode())),
    ("the second letter", (b"n",)),
    ("leaving the filter", (ESCAPE,)),
    ("details", (ENTER, ENTER)),
)


class Turn(NamedTuple):
    """When a turn began, and its seconds: in all, and of them on a processor."""

    began: float = 0.0
    seconds: float = 0.0
    on_processor: float = 0.0


def longest_within(turns: list[Turn], start: float, end: float) -> Turn:
    """The longest of the turns that began between two moments; an empty one when none was noted."""
    return max((turn for turn in turns if start <= turn.began < end), key=lambda turn: turn.seconds, default=Turn())


def _turns_of(rows: int) -> dict[str, Turn]:
    """The longest turn of each action on so many rows."""
    with tempfile.TemporaryDirectory() as place, store_of(rows) as (server, _):
        path = Path(place) / "turns"
        with Terminal(*peer_command("turns"), str(path), server.url) as terminal:
            started, _ = terminal.wait_for(has_columns)
            terminal.wait_for(counting(rows), 120.0)
            time.sleep(_SETTLE_SECONDS)
            moments = [(_LOADING, started, time.perf_counter())]
            for what, keys in _KEYS:
                before = time.perf_counter()
                for key in keys:
                    terminal.press(key)
                    time.sleep(_KEY_SECONDS)
                moments.append((what, before, time.perf_counter()))
        noted = [Turn(*map(float, line.split())) for line in path.read_text(encoding="utf-8").splitlines()]
    return {what: longest_within(noted, start, end) for what, start, end in moments}


def turns(bench: Bench) -> Iterator[Figure]:
    """The longest turn of the loop after the first frame; those under 4 ms are not noted and count as nothing."""
    for rows in (5000,) if bench.quick else (50_000, 200_000):
        runs = [_turns_of(rows) for _ in range(bench.sized(3, 1))]
        for what in runs[0]:
            yield Figure(
                row="turns",
                what=f"{what}, {rows} rows",
                ours=[run[what].seconds for run in runs],
                baseline_name="of it on a processor",
                baseline=[run[what].on_processor for run in runs],
                goal=_WITHIN,
            )
