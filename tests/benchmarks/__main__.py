"""Measures the rows asked for, prints a line for each figure as it comes, and writes all as JSON."""

from __future__ import annotations

import argparse
import importlib
import platform
import sys
import time
from pathlib import Path

import msgspec

from tests.benchmarks.measure import Figure, heading, line
from tests.benchmarks.stores import Bench

ROWS = {
    "load": "loading",
    "create": "writing",
    "first": "loading",
    "streams": "loading",
    "search": "searching",
    "next": "searching",
    "latency": "following",
    "burst": "following",
    "open": "following",
    "idle": "idling",
    "night": "night",
    "start": "starting",
    "painted": "starting",
    "keys": "painting",
    "written": "painting",
    "slow": "painting",
    "busy": "painting",
    "arrange": "arranging",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"one of {', '.join(ROWS)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="fewer scans and repeats, done in two minutes")
    parser.add_argument("--json", type=Path, default=Path("bench.json"), metavar="FILE", help="default: %(default)s")
    options = parser.parse_args()
    unknown = sorted(set(options.rows) - ROWS.keys())
    if unknown:
        parser.error(f"there is no row {unknown[0]!r}: give some of {', '.join(ROWS)}")
    bench = Bench(quick=options.quick)
    figures: list[Figure] = []
    failures: dict[str, str] = {}
    seconds: dict[str, float] = {}
    started = time.monotonic()
    print(heading(), flush=True)
    for row in options.rows or ROWS:
        # Imported when its turn comes, so that no row weighs on another one's memory.
        measure = getattr(importlib.import_module(f"tests.benchmarks.{ROWS[row]}"), row)
        row_started = time.monotonic()
        try:
            for figure in measure(bench):
                figures.append(figure)
                print(line(figure.cells()), flush=True)
        except Exception as error:
            failures[row] = repr(error)
            print(f"{row}: {error!r}", file=sys.stderr)
        seconds[row] = round(time.monotonic() - row_started, 1)
    report = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "quick": options.quick,
        "seconds": {**seconds, "all": round(time.monotonic() - started, 1)},
        "figures": [figure.plain() for figure in figures],
        "failures": failures,
    }
    options.json.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
