"""The noise of a curve, and its outliers; pure.

Rule: sums of large numbers may be infinite and must not raise, so use `sum`, not `math.fsum`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate
from statistics import median

# The standard deviation of a normal distribution, in units of its median absolute deviation.
_NORMAL = 1.4826
_FARTHEST = 3


def is_usual(values: Sequence[float]) -> list[bool]:
    """Return for each value whether it lies within three standard deviations of the median."""
    if not values:
        return []
    middle = median(values)
    away = [abs(value - middle) for value in values]
    limit = median(away) * _FARTHEST * _NORMAL
    return [limit == 0 or distance <= limit for distance in away]


def noise_of(values: Sequence[float]) -> float:
    """Return the standard deviation of values from a smooth curve: around each value, the cubic that fits best.

    The cubic is fitted to a window of a quarter of the values (an odd number); the first and last windows serve all
    values at the ends.
    """
    window = len(values) // 4
    window += 1 - window % 2
    if window < 5:
        # A cubic fits so few values exactly.
        return 0.0
    reach = window // 2
    mean = sum(values) / len(values)
    level = [value - mean for value in values]
    smooth = _middles(level, reach)
    head, tail = _cubic(level[:window], reach), _cubic(level[-window:], reach)
    rest = [
        *(value - fit for value, fit in zip(level[:reach], head, strict=False)),
        *(value - fit for value, fit in zip(level[reach:], smooth, strict=False)),
        *(value - fit for value, fit in zip(level[-reach:], tail[-reach:], strict=True)),
    ]
    middle = sum(rest) / len(rest)
    return math.sqrt(sum((value - middle) * (value - middle) for value in rest) / len(rest))


def _middles(values: Sequence[float], reach: int) -> list[float]:
    """The value of the cubic in the middle of each window: a weighted sum, from three running sums."""
    window = 2 * reach + 1
    squares = reach * (reach + 1) * window / 3
    fourths = squares * (3 * reach * reach + 3 * reach - 1) / 5
    bottom = window * fourths - squares * squares
    sums = [0.0, *accumulate(values)]
    firsts = [0.0, *accumulate(place * value for place, value in enumerate(values))]
    seconds = [0.0, *accumulate(place * place * value for place, value in enumerate(values))]
    middles = []
    for middle in range(reach, len(values) - reach):
        begin, end = middle - reach, middle + reach + 1
        zeroth = sums[end] - sums[begin]
        first = firsts[end] - firsts[begin]
        second = seconds[end] - seconds[begin] - 2 * middle * first + middle * middle * zeroth
        middles.append((fourths * zeroth - squares * second) / bottom)
    return middles


def _cubic(values: Sequence[float], reach: int) -> list[float]:
    """The cubic that fits a window best, as a sum of orthogonal polynomials."""
    places = range(-reach, reach + 1)
    squares = sum(place * place for place in places)
    fourths = sum(place**4 for place in places)
    quadratic_mean, cubic_share = squares / len(places), fourths / squares
    polynomials = (
        [1.0] * len(places),
        [float(place) for place in places],
        [place * place - quadratic_mean for place in places],
        [place**3 - cubic_share * place for place in places],
    )
    fit = [0.0] * len(places)
    for polynomial in polynomials:
        norm = sum(each * each for each in polynomial)
        share = sum(each * value for each, value in zip(polynomial, values, strict=True)) / norm
        fit = [sum_ + share * each for sum_, each in zip(fit, polynomial, strict=True)]
    return fit
