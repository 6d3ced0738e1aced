"""`python -m tests.chaos --seed N --minutes M`: real faults for some minutes, and what was survived."""

from __future__ import annotations

import argparse
import asyncio
import random
import time

from tests.chaos.beamlines import all_right, beamlines, harm
from tests.chaos.faults import FAULTS
from tests.chaos.run import Figures, on_stage, play, quiet
from tests.chaos.stage import Scene

AT_ONCE = 3


async def run_together(seed: int, minutes: float, rate: float, count: int) -> None:
    """Harm some of several servers again and again, and compare the one list with all stores."""
    chance, started = random.Random(seed), time.monotonic()  # noqa: S311 - to be replayed, not to be secret
    async with beamlines(seed, count, rate, 1.0, asyncio.sleep) as together:
        tell_time(f"{await all_right(together)} scans on {count} servers")
        while time.monotonic() - started < 60 * minutes:
            await harm(together, chance, tell_time)
            tell_time(f"{await all_right(together)} scans, all as the stores have them")


async def run(seed: int, minutes: float, rate: float, kinds: list[str]) -> None:
    figures, started = Figures(), time.monotonic()
    chance = random.Random(seed)  # noqa: S311 - to be replayed, not to be secret
    deck: list[str] = []
    async with on_stage(seed, rate, 1.0, asyncio.sleep) as scene:
        try:
            await quiet(scene, figures)
            while time.monotonic() - started < 60 * minutes:
                # Each kind comes before any comes again.
                deck = deck or chance.sample(kinds, len(kinds))
                drawn, deck = deck[:AT_ONCE], deck[AT_ONCE:]
                scene.publishers.start()
                await play(scene, drawn, figures, tell_time)
        finally:
            print(summary(figures, scene))


def tell_time(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what}", flush=True)


def summary(figures: Figures, scene: Scene) -> str:
    return "\n".join(
        (
            f"{sum(figures.faults.values())} faults: {dict(figures.faults)}",
            f"{figures.compared} scans compared in {figures.quiet_phases} quiet phases",
            f"the longest quiet phase took {figures.longest_quiet:.1f} s",
            f"publishers did {dict(scene.publishers.done)} and failed {dict(scene.publishers.failures)}",
            f"the feed reported {dict(scene.screen.events)}, lost by {dict(scene.screen.errors)}",
            f"longest time until it was said: {scene.longest_unsaid}",
        )
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--rate", type=float, default=200.0, help="scans a second")
    parser.add_argument("--only", nargs="+", choices=FAULTS, default=list(FAULTS), help="these kinds of faults alone")
    parser.add_argument("--beamlines", type=int, metavar="N", help="N servers in one list, at least 8")
    options = parser.parse_args()
    if options.beamlines:
        asyncio.run(run_together(options.seed, options.minutes, options.rate, options.beamlines))
    else:
        asyncio.run(run(options.seed, options.minutes, options.rate, options.only))
