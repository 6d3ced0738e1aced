"""Titles as SPEC, BLISS and bluesky write them, and as people do: made like their commands, by a seed."""

from __future__ import annotations

import random
from collections.abc import Callable

_MOTORS = (
    "samx",
    "samy",
    "phi",
    "th",
    "tth",
    "chi",
    "Energy",
    "mono",
    "del",
    "ar",
    "rot",
    "hexa_tz",
    "Slit1.top",
    "m1 y",
)
_COUNTERS = ("diode", "i0", "mca:roi_1", "eiger:roi1_avg", "Seconds")
_COMMENTS = (
    "align -- rough", "sample 3 -> sample 4", "Au foil, 300 K", "T = 25 C, p = 1e-3 mbar", "after beam dump!", "a & b",
    "ascan samx -1 1", "dark / flat", "100% beam", "~ 12 keV", "#3 again", "(test)", "test (old) [2]", "don't use",
    "time: 12:30", "Sample user: somebody", "x^2 + y^2", "z*2", "*** start ***", "rock and roll", "not good",
    "beam on or off", "µ-beam", "20\u00a0keV", "caf\u00e9", "cafe\u0301", "Å\u212b\u0041\u030a", "a|b", "a,b", "-",
    "--", "->", "no beam", "no: beam", "is it ok?", "point 5/10", "C:\\data\\x.dat", "file /data/visitor/hc1234/x.h5",
    "¡hola!", "f(x, y", "x) y", "line\nbreak", "tab\there", "100°C", "-5°C", "-.5 mm", "a -1.5e-3 b", "{'a': 1}",
    "fast! !slow", "a != b", "θ\u20132θ", "1.000 mm", "\u22121 mm", "300 \u212a", "5 \u2126",
)  # fmt: skip


def titles(count: int, seed: int = 1) -> list[str]:
    """So many different titles."""
    rng = random.Random(seed)  # noqa: S311 - the same each time is what is wanted
    found = dict.fromkeys(_COMMENTS)
    while len(found) < count:
        found[rng.choice(_WRITERS)(rng)] = None
    return list(found)


def _number(rng: random.Random, decimals: int | None = None) -> str:
    value = rng.choice([0.0, 1.0, -1.0, 0.1, 2e-05, -7.9, 0.1 + 0.2, 11.01, rng.uniform(-180, 180), rng.gauss(0, 1e-4)])
    return repr(value) if decimals is None else f"{value:.{decimals}f}"


def _spec(rng: random.Random) -> str:
    def axis() -> str:
        return f"{rng.choice(_MOTORS)} {rng.choice(['', ' '])}{_plain(rng)} {_plain(rng)} {rng.randint(1, 99)}"

    command, axes = rng.choice([("ascan", 1), ("dscan", 1), ("a2scan", 2), ("mesh", 2), ("d3scan", 3), ("cscan", 1)])
    return f"{command}  {' '.join(axis() for _ in range(axes))} {rng.choice(['1', '0.1', '-20000', '.5', '5.'])}"


def _plain(rng: random.Random) -> str:
    return rng.choice([_number(rng), str(rng.randint(-9, 9)), f"{rng.randint(-9, 9)}.", "-.5", "1e-05", "-1E-05"])


def _bliss(rng: random.Random) -> str:
    decimals = rng.choice([3, 5, 9])
    axes = " ".join(
        f"{rng.choice(_MOTORS)} {_number(rng, decimals)} {_number(rng, decimals)} {rng.randint(1, 200)}"
        for _ in range(rng.randint(1, 2))
    )
    return rng.choice(
        [
            f"{rng.choice(['ascan', 'dscan', 'amesh', 'anscan'])} {axes} {rng.choice([0.1, 0.05, 0.1 + 0.2])}",
            f"loopscan {rng.randint(1, 999)} {_number(rng)}",
            f"fscan {rng.choice(_MOTORS)} {_number(rng)} {_number(rng)} {rng.randint(1, 99)} - {rng.choice(_COUNTERS)}",
            f"lookupscan {rng.choice(_MOTORS)} on {rng.choice(_COUNTERS)}",
            f"{rng.choice(_COUNTERS)} {rng.choice(_COMMENTS)}",
        ]
    )


def _bluesky(rng: random.Random) -> str:
    motor, counter = rng.choice(_MOTORS), rng.choice(_COUNTERS)
    return rng.choice(
        [
            f"count(detectors=['{counter}'], num={rng.randint(1, 9)})",
            f'scan(["{counter}"], "{motor}", {_number(rng)}, {_number(rng)}, num={rng.randint(1, 99)})',
            f"fly(motor='{motor}', speed={_number(rng)})",
            f"grid_scan([{counter}], {motor}, {_number(rng)}, {_number(rng)}, 5, snake_axes=True)",
            f"rel_list_scan(md={{'user': '{motor}'}}, points=[{_number(rng)}, {_number(rng)}])",
        ]
    )


_WRITERS: tuple[Callable[[random.Random], str], ...] = (_spec, _bliss, _bluesky)
