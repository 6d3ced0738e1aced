"""The 256 colours of a terminal: which of them is nearest to a colour, as an eye sees it; pure.

Rule: a grey stays grey. Rich takes each part of a colour to its nearest step, which turns dark greys into navy.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

Rgb: TypeAlias = tuple[int, int, int]

_CUBE_STEPS = (0, 95, 135, 175, 215, 255)
# The first 16 are whatever the user made of them.
_FIRST_FIXED = 16


def _fixed_colours() -> Iterator[Rgb]:
    for red in _CUBE_STEPS:
        for green in _CUBE_STEPS:
            for blue in _CUBE_STEPS:
                yield red, green, blue
    for grey in range(8, 239, 10):
        yield grey, grey, grey


FIXED = tuple(_fixed_colours())

# From these on, a part of a colour is nearer to the next step.
_HALF_WAY = tuple((low + high + 1) // 2 for low, high in pairwise(_CUBE_STEPS))
_BY_GREEN = {
    green: [index for index, fixed in enumerate(FIXED) if fixed[1] == green] for green in {fixed[1] for fixed in FIXED}
}


@lru_cache(maxsize=512)
def nearest(colour: Rgb) -> int:
    """The number of the fixed colour that is nearest to a colour."""
    red, green, blue = colour
    # Starting from a near one, hardly any other has to be compared: a first frame looks for dozens of colours.
    found = 36 * bisect_right(_HALF_WAY, red) + 6 * bisect_right(_HALF_WAY, green) + bisect_right(_HALF_WAY, blue)
    least = _distance(FIXED[found], colour)
    for fixed_green, indices in _BY_GREEN.items():
        by_green = 4 * (fixed_green - green) ** 2
        if by_green > least:
            continue
        for index in indices:
            fixed_red, _, fixed_blue = FIXED[index]
            if 2 * (fixed_red - red) ** 2 + by_green + 2 * (fixed_blue - blue) ** 2 <= least:
                (least, found) = min((least, found), (_distance(FIXED[index], colour), index))
    return _FIRST_FIXED + found


def in_256(colour: Rgb) -> Rgb:
    """A colour as a terminal of 256 colours shows it."""
    return FIXED[nearest(colour) - _FIRST_FIXED]


def _distance(one: Rgb, other: Rgb) -> float:
    """How different two colours look: the eye sees green best, and red better the more of it there is."""
    # Thousands of these come before the first frame.
    red, green, blue = one[0] - other[0], one[1] - other[1], one[2] - other[2]
    mean = (one[0] + other[0]) / 2
    tint = max(one) - min(one) - (max(other) - min(other))
    return (2 + mean / 256) * red * red + 4 * green * green + (3 - mean / 256) * blue * blue + 3 * tint * tint
