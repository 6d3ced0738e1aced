"""Play simulated worlds: `python -m tests.simulation --seed 1 --worlds 1000`; one that fails is shrunk and printed.

With `--without MEND` a rule of the program is taken out, which a world finds sooner or later.
"""

from __future__ import annotations

import argparse
import time
from contextlib import nullcontext

from tests.simulation.mends import CHANGES, without
from tests.simulation.world import run_world, schedule_of, shrunk


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="seed of the first world")
    parser.add_argument("--worlds", type=int, default=1000, help="how many worlds, with seeds one after the other")
    parser.add_argument("--minutes", type=float, help="stop after so many minutes")
    parser.add_argument("--length", type=int, default=60, help="how many actions a world has")
    parser.add_argument("--without", choices=CHANGES, help="take out a rule of the program")
    options = parser.parse_args()
    with without(options.without) if options.without else nullcontext():
        return play(options)


def play(options: argparse.Namespace) -> int:
    """Play the worlds; 1 if one fails."""
    started, played, virtual = time.monotonic(), 0, 0.0
    for seed in range(options.seed, options.seed + options.worlds):
        actions = schedule_of(seed, options.length)
        outcome = run_world(seed, actions)
        played, virtual = played + 1, virtual + outcome.virtual_seconds
        if outcome.wrong:
            print(f"seed {seed}, after {time.monotonic() - started:.1f} s: {outcome.wrong[:5]}")
            for action in shrunk(seed, actions):
                print(f"  {action}")
            return 1
        if options.minutes and time.monotonic() - started > options.minutes * 60:
            break
    took = time.monotonic() - started
    hours, pace = virtual / 3600, played / took * 60
    print(f"{played} worlds, {hours:.1f} virtual hours in {took:.1f} s, {pace:.0f} a minute: all right")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
