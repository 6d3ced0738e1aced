"""Measures the program as the README installs it, on terminals, in front of a real Redis. Without a row: lists them."""

from __future__ import annotations

import argparse
import importlib
import platform
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from tests.benchmarks.comparing import side_by_side
from tests.benchmarks.installed import environment
from tests.benchmarks.machine import busy_cores, load_average
from tests.benchmarks.measure import Figure, heading, line
from tests.benchmarks.stores import Bench

ALL = "all"
# With others at work on less of a core than this, before and after, a row was measured on a quiet machine.
_QUIET_CORES = 0.2
# The module of each row and what it compares.
ROWS = {
    "start": ("starting", "first painted frame, beside Textual's hello with an empty DataTable"),
    "first": ("starting", "first rows: seconds after the first frame, and round trips one after the other"),
    "keys": ("pressing", "keys to their frames while scans arrive, beside a minimal Textual app"),
    "curves": ("drawing", "time and bytes of a frame of curves, and keys with and without them"),
    "slow": ("pressing", "the same over 30 kB/s and 8 kB/s"),
    "busy": ("pressing", "the same while 2000 scans arrive each second"),
    "turns": ("turning", "longest turns of the event loop: load, sort, filter, details"),
    "latency": ("arriving", "a scan created to painted, beside a round trip to Redis"),
    "uneven": ("arriving", "the same on a terminal that answers after 100 to 400 ms"),
    "burst": ("arriving", "2000 scans in a second: all on the screen, and when"),
    "open": ("arriving", "a state to its frame among thousands of running scans"),
    "written": ("writing_out", "bytes to the terminal for one change, beside a stock DataTable"),
    "far": ("far", "200 ms to Redis: first rows, all rows, bytes on their way"),
    "cli": ("command_line", "round trips and bytes of last, search and show"),
    "deleted": ("deleting", "100 scans deleted: when all are GONE, and round trips meanwhile"),
    "idle": ("idling", "commands and bytes into Redis while nothing happens, beside blissdata's memory tracker"),
    "details": ("idling", "bytes from Redis with the details of a running scan open"),
    "monitors": ("idling", "twenty monitors on one server: its share of a core"),
    "many": ("beamlines", "one monitor on thirty servers: idle, loading, keys while scans arrive"),
    "digest": ("digest", "I on many rows: from the key to the digest's frame"),
    "night": ("night", "outline, digest, notes and differences, and memory while scans are created, closed and expire"),
    "week": ("week", "a week of scans that come and expire in minutes: memory and collections of garbage"),
    "memory": ("night", "memory a row"),
    "load": ("loading", "rows and whole scans by the library, beside blissdata and the bytes alone"),
    "streams": ("loading", "scans with many data streams, beside scans with few"),
    "create": ("creating", "create_scan, beside blissdata's and a bare MULTI"),
    "search": ("searching", "searches of the library, beside blissdata's"),
    "next": ("searching", "get_next_scan, beside blissdata's"),
}


def main() -> int:
    listed = "\n".join(f"  {row:9} {what}" for row, (_, what) in ROWS.items())
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description=__doc__,
        epilog=f"rows:\n{listed}\n  {ALL:9} all of them",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help="what to measure")
    parser.add_argument("--quick", action="store_true", help="fewer scans and repeats: less than 30 s a row")
    parser.add_argument(
        "--compare", nargs=2, type=Path, metavar=("A", "B"), help="measure nothing: print two runs side by side"
    )
    parser.add_argument("--json", type=Path, default=Path("bench.json"), metavar="FILE", help="default: %(default)s")
    options = parser.parse_args()
    if options.compare:
        print("\n".join(side_by_side(*(msgspec.json.decode(path.read_bytes()) for path in options.compare))))
        return 0
    if not options.rows:
        parser.print_help()
        return 0
    unknown = sorted(set(options.rows) - {*ROWS, ALL})
    if unknown:
        parser.error(f"no row {unknown[0]!r}: choose from {', '.join(ROWS)}, {ALL}")
    return measure(list(ROWS) if ALL in options.rows else options.rows, Bench(quick=options.quick), options.json)


def measure(rows: list[str], bench: Bench, path: Path) -> int:
    """Print a line for each figure as it comes, write all as JSON, and return the exit code."""
    figures: list[Figure] = []
    failures: dict[str, str] = {}
    seconds: dict[str, float] = {}
    machine: dict[str, dict[str, Any]] = {}
    environment()
    started = time.monotonic()
    print(heading(), flush=True)
    for row in rows:
        # Imported when its turn comes, so that no row weighs on another one's memory.
        module = importlib.import_module(f"tests.benchmarks.{ROWS[row][0]}")
        before = {"load_average_before": load_average(), "others_before": busy_cores()}
        row_started = time.monotonic()
        try:
            for figure in getattr(module, row)(bench):
                figures.append(figure)
                print(line(figure.cells()), flush=True)
        except Exception as error:
            failures[row] = repr(error)
            print(f"{row}: {error}", file=sys.stderr)
        seconds[row] = round(time.monotonic() - row_started, 1)
        machine[row] = {**before, "load_average_after": load_average(), "others_after": busy_cores()}
        machine[row]["quiet"] = max(machine[row]["others_before"], machine[row]["others_after"]) < _QUIET_CORES
        print(f"  {row} took {seconds[row]:.0f} s: {_described(machine[row])}", flush=True)
    report = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "quick": bench.quick,
        "rows": machine,
        "seconds": {**seconds, "all": round(time.monotonic() - started, 1)},
        "figures": [figure.plain() for figure in figures],
        "failures": failures,
    }
    path.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    return 1 if failures else 0


def _described(machine: Mapping[str, Any]) -> str:
    """What others did meanwhile, in words."""
    loads = "load average {load_average_before:.1f} before it, {load_average_after:.1f} after".format(**machine)
    others = "others used {others_before:.2f} and {others_after:.2f} cores".format(**machine)
    return f"{loads}; {others}: {'quiet' if machine['quiet'] else 'NOT quiet'}"


if __name__ == "__main__":
    sys.exit(main())
