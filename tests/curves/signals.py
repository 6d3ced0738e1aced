"""Curves as detectors give them, a thousand and always the same: peaks, troughs, edges, parts of them, noise."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from random import Random

SIGNALS = 1_000

Signal = tuple[list[float], list[float]]
Profile = Callable[[float], float]


def _peak(x: float) -> float:
    return math.exp(-x * x / 2)


def _trough(x: float) -> float:
    return 1 - _peak(x)


def _rise(x: float) -> float:
    return (1 + math.erf(x / math.sqrt(2))) / 2


def _fall(x: float) -> float:
    return 1 - _rise(x)


def _box(x: float) -> float:
    return float(abs(x) < 1.2)


def _level(_: float) -> float:
    return 0.5


PROFILES: dict[str, Profile] = {
    "peak": _peak,
    "trough": _trough,
    "rise": _rise,
    "fall": _fall,
    "box": _box,
    "noise": _level,
}


def _normal(random: Random) -> float:
    """Nearly a normal deviate, from the one function of Random that no version of Python changes."""
    return sum(random.random() for _ in range(12)) - 6


def signals() -> Iterator[tuple[str, Signal]]:
    """The name of each profile, and x and y; rounded, so that no library's last digit matters."""
    names = list(PROFILES)
    for number in range(SIGNALS):
        random = Random(number)  # noqa: S311 - the same curves each time
        name = names[number % len(names)]
        yield name, _signal(random, PROFILES[name])


def _signal(random: Random, profile: Profile) -> Signal:
    count = 5 + int(random.random() ** 2 * 200)
    start, reach = random.random() * 20 - 10, 10 ** (random.random() * 4 - 2)
    centre = start + reach * (random.random() * 1.4 - 0.2)
    width = reach * (0.02 + random.random() * 0.3)
    height, ground = 10 ** (random.random() * 8 - 3), random.random() * 2 - 0.5
    noise = (0.0, 0.0, 0.01, 0.05)[int(random.random() * 4)]
    x, y = [], []
    for place in range(count):
        a = start + reach * place / (count - 1)
        b = height * (ground + profile((a - centre) / width) + noise * _normal(random))
        x.append(float(f"{a:.7g}"))
        y.append(float(f"{b:.7g}"))
    return _disturbed(random, x, y)


def _disturbed(random: Random, x: list[float], y: list[float]) -> Signal:
    """Now and then backwards, in any order, with an x twice, or with values that are not finite."""
    chance = random.random()
    if chance < 0.1:
        x, y = x[::-1], y[::-1]
    elif chance < 0.2:
        order = sorted(range(len(x)), key=lambda _: random.random())
        x, y = [x[place] for place in order], [y[place] for place in order]
    elif chance < 0.3:
        for _ in range(3):
            place = int(random.random() * len(x))
            x.append(x[place])
            y.append(y[place] * (1 + 0.1 * random.random()))
    elif chance < 0.4:
        for bad in (math.nan, math.inf, -math.inf):
            (y if random.random() < 0.7 else x)[int(random.random() * len(x))] = bad
    return x, y
