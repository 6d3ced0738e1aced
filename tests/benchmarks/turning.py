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
_LOADING = "loading"
_DOWN, _RIGHT = b"\x1b[B", b"\x1b[C"
# t shows other texts in a column; s asks for the column to sort by, and S reverses the order.
_KEYS = (
    ("another time format", (b"t",)),
    ("the first letter of a filter", (b"/", RARE_LETTER.encode())),
    ("the second letter", (b"n",)),
    ("leaving the filter", (ESCAPE,)),
    ("a filter by age", (b"/", b"age<2h", ESCAPE)),
    ("details", (ENTER, ENTER)),
    ("sorting by name", (b"s", _DOWN, _DOWN, _DOWN, ENTER)),
    ("reversing the order", (b"S",)),
    ("the digest", (b"I", ESCAPE)),
    ("the digest of a week", (b"I", _RIGHT, _RIGHT, _RIGHT, ESCAPE)),
    ("unfolding and folding all", (b"G", b",", b",")),
)


class Turn(NamedTuple):
    """When a turn began, and its seconds: in all, and of them on a processor."""

    began: float
    seconds: float
    on_processor: float


def longest_within(turns: list[Turn], start: float, end: float) -> Turn:
    """The most seconds of those turns that began between two moments, and the most on a processor; 0 without any."""
    within = [turn for turn in turns if start <= turn.began < end]
    seconds = max((turn.seconds for turn in within), default=0.0)
    return Turn(start, seconds, max((turn.on_processor for turn in within), default=0.0))


def _turns_of(rows: int, key_seconds: float) -> dict[str, Turn]:
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
                    time.sleep(key_seconds)
                moments.append((what, before, time.perf_counter()))
        noted = [Turn(*map(float, line.split())) for line in path.read_text(encoding="utf-8").splitlines()]
    return {what: longest_within(noted, start, end) for what, start, end in moments}


def turns(bench: Bench) -> Iterator[Figure]:
    """The longest turn of the loop after the first frame; those under 4 ms are not noted and count as nothing."""
    for rows in (5000,) if bench.quick else (50_000, 200_000):
        runs = [_turns_of(rows, 0.5 if bench.quick else 1.5) for _ in range(bench.sized(3, 1))]
        for what in runs[0]:
            yield Figure(
                row="turns",
                what=f"{what}, {rows} rows",
                ours=[run[what].seconds for run in runs],
                baseline_name="longest on a processor",
                baseline=[run[what].on_processor for run in runs],
                goal=_WITHIN,
            )
