"""What commands without a screen cost: round trips and bytes, counted by a proxy."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator

from tests.benchmarks.installed import scantui_command
from tests.benchmarks.measure import Figure, Goal
from tests.benchmarks.proxy import Proxy
from tests.benchmarks.stores import Bench, store_of

_NUMBER = 12
# Requests side by side count as one trip only where the way takes longer than the work.
_ROUND_TRIP_SECONDS = 0.1
# The words of a command, and the most that it may cost in round trips and KiB, where there is a goal.
_COMMANDS: tuple[tuple[tuple[str, ...], int, int | None], ...] = (
    (("last",), 5, 100),
    (("search", "--count"), 5, None),
    (("search", f"number={_NUMBER}"), 5, None),
    (("show", str(_NUMBER)), 5, None),
)


def cli(bench: Bench) -> Iterator[Figure]:
    """Commands on a large store, each in a process of its own."""
    count = bench.sized(50_000, 5000)
    expected = {"last": str(count - 1), "--count": str(count), "show": str(_NUMBER), f"number={_NUMBER}": str(_NUMBER)}
    with store_of(count) as (server, _):
        for words, most_trips, most_kilobytes in _COMMANDS:
            trips: list[float] = []
            kilobytes: list[float] = []
            seconds: list[float] = []
            for _ in range(bench.sized(3, 1)):
                started = time.perf_counter()
                _printed(words, server.url)
                seconds.append(time.perf_counter() - started)
                with Proxy(server.port, _ROUND_TRIP_SECONDS) as proxy:
                    printed = _printed(words, proxy.url)
                    counts = proxy.counts
                found = next(text for word, text in expected.items() if word in words)
                if found not in printed:
                    raise RuntimeError(f"scantui {' '.join(words)} printed {printed[:200]!r}, not {found}")
                trips.append(counts.turns.delivered)
                kilobytes.append((counts.asked_bytes + counts.answered_bytes) / 1024)
            what = f"scantui {' '.join(words)}, {count} scans"
            yield Figure(
                row="cli",
                what=f"{what}, round trips",
                ours=trips,
                unit="",
                goal=Goal(most_trips, "max", relative=False),
            )
            yield Figure(
                row="cli",
                what=f"{what}, both ways",
                ours=kilobytes,
                unit="KiB",
                goal=Goal(most_kilobytes, "max", relative=False) if most_kilobytes else None,
            )
            yield Figure(row="cli", what=what, ours=seconds)


def _printed(words: tuple[str, ...], url: str) -> str:
    command = [scantui_command(), *words, "-s", url]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
