"""The 256 colours of a terminal: which of them is nearest to a colour, as an eye sees it; pure.

Rule: a grey stays grey. Rich takes each part of a colour to its nearest step, which turns dark greys into navy.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

Rgb: TypeAlias = tuple[int, int, int]

_CUBE_STEPS = (0, 95, 135, 175, 215, 255)
_GREYS = tuple(range(8, 239, 10))
# The first 16 are whatever the user made of them.
_FIRST_FIXED = 16

FIXED: tuple[Rgb, ...] = (
    *((red, green, blue) for red in _CUBE_STEPS for green in _CUBE_STEPS for blue in _CUBE_STEPS),
    *((grey, grey, grey) for grey in _GREYS),
)

# From these on, a part of a colour is nearer to the next step.
_HALF_WAY = tuple((low + high + 1) // 2 for low, high in pairwise(_CUBE_STEPS))


@lru_cache(maxsize=512)
def nearest(colour: Rgb) -> int:
    """The number of the fixed colour that is nearest to a colour."""
    red, green, blue = colour
    # Starting from a near one, hardly any other has to be compared: a first frame looks for dozens of colours.
    found = 36 * bisect_right(_HALF_WAY, red) + 6 * bisect_right(_HALF_WAY, green) + bisect_right(_HALF_WAY, blue)
    least = _distance(FIXED[found], colour)
    reds = [36 * step for step, value in enumerate(_CUBE_STEPS) if 2 * (value - red) ** 2 <= least]
    greens = [6 * step for step, value in enumerate(_CUBE_STEPS) if 4 * (value - green) ** 2 <= least]
    blues = [step for step, value in enumerate(_CUBE_STEPS) if 2 * (value - blue) ** 2 <= least]
    greys = [place for place, grey in enumerate(_GREYS, len(_CUBE_STEPS) ** 3) if 4 * (grey - green) ** 2 <= least]
    near = [*(place + green_place + step for place in reds for green_place in greens for step in blues), *greys]
    return _FIRST_FIXED + min(near, key=lambda index: (_distance(FIXED[index], colour), index))


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
