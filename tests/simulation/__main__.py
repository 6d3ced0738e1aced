"""Play simulated worlds: `python -m tests.simulation --seed 1 --worlds 1000`; one that fails is shrunk and printed.

With `--without MEND` a rule of the program is taken out, which a world finds sooner or later. Each world depends on its
seed alone, so that several processes can share them.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from functools import partial
from typing import NamedTuple

from tests.simulation.mends import CHANGES, without
from tests.simulation.world import run_world, schedule_of, shrunk

# So many worlds are played before anything is reported, and so many objects made before garbage is looked for.
_TOGETHER = 20
_GARBAGE = 100_000
_FIXED = {**os.environ, "PYTHONHASHSEED": "0"}


class Played(NamedTuple):
    """Some worlds that were played: how many, their virtual seconds, and of the first that failed what is wrong."""

    worlds: int
    virtual_seconds: float
    failed: int | None = None
    wrong: list[str] = []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="seed of the first world")
    parser.add_argument("--worlds", type=int, default=1000, help="how many worlds, with seeds one after the other")
    parser.add_argument("--minutes", type=float, help="stop after so many minutes")
    parser.add_argument("--length", type=int, default=60, help="how many actions a world has")
    parser.add_argument("--without", choices=CHANGES, help="take out a rule of the program")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many processes play, one a core")
    options = parser.parse_args()
    if os.environ.get("PYTHONHASHSEED") != "0":
        # The order of sets is a part of what happens.
        os.execve(sys.executable, [sys.executable, "-m", "tests.simulation", *sys.argv[1:]], _FIXED)  # noqa: S606
    return play(options)


def play(options: argparse.Namespace) -> int:
    """Play the worlds; 1 if one fails."""
    started, played, virtual = time.monotonic(), 0, 0.0
    end = options.seed + options.worlds
    parts = [range(first, min(first + _TOGETHER, end)) for first in range(options.seed, end, _TOGETHER)]
    play_some = partial(play_worlds, options.length, options.without)
    with ProcessPoolExecutor(options.jobs) if options.jobs > 1 else nullcontext() as pool:
        for part in _results(pool, play_some, parts):
            played, virtual = played + part.worlds, virtual + part.virtual_seconds
            took = time.monotonic() - started
            if part.failed is not None:
                print(f"seed {part.failed}, after {took:.1f} s: {part.wrong[:5]}", flush=True)
                if pool is not None:
                    pool.shutdown(wait=False, cancel_futures=True)
                with without(options.without) if options.without else nullcontext():
                    for action in shrunk(part.failed, schedule_of(part.failed, options.length)):
                        print(f"  {action}")
                return 1
            if options.minutes and took > options.minutes * 60:
                if pool is not None:
                    pool.shutdown(wait=False, cancel_futures=True)
                break
    hours, pace = virtual / 3600, played / took * 60
    print(f"{played} worlds, {hours:.1f} virtual hours in {took:.1f} s, {pace:.0f} a minute: all right")
    return 0


def _results(pool: ProcessPoolExecutor | None, play_some: partial[Played], parts: Iterable[range]) -> Iterator[Played]:
    """The results in the order of the seeds, so that the first failing world is always the same."""
    return map(play_some, parts) if pool is None else pool.map(play_some, parts)


def play_worlds(length: int, mend: str | None, seeds: range) -> Played:
    """Play the worlds of some seeds, up to the first that fails."""
    # Nearly all that a world leaves behind goes without a search for garbage.
    gc.freeze()
    gc.set_threshold(_GARBAGE)
    virtual = 0.0
    with without(mend) if mend else nullcontext():
        for seed in seeds:
            outcome = run_world(seed, schedule_of(seed, length))
            virtual += outcome.virtual_seconds
            if outcome.wrong:
                return Played(seed - seeds.start + 1, virtual, seed, outcome.wrong)
    return Played(len(seeds), virtual)


if __name__ == "__main__":
    raise SystemExit(main())
