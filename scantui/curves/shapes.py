"""The features of a curve: peak, trough, centre of mass, centre and width at half height; pure, without a fit.

Rule: the results are those of BLISS 2.4 for the same points, so that `cen` is where `goto_cen` goes (the tests compare
them). There is no result for fewer than FEWEST points or for a flat curve.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec

from scantui.curves.axes import FARTHEST
from scantui.curves.noise import is_usual, noise_of

FEWEST = 5
# The heights of a Gaussian edge at half its width to either side of its middle, as fractions.
_EDGE_LOW, _EDGE_HIGH = 0.12, 0.88
# The centre of an edge may differ from its crossing of half height by this fraction of the range.
_FARTHEST_SHIFT = 0.2
# The least number of points for an estimate of their noise.
_ENOUGH_FOR_NOISE = 9


class Shapes(msgspec.Struct, frozen=True, kw_only=True):
    """The features of a curve, in units of x and y; each is None if there is no result.

    `peak` and `trough` are (x, y) of the greatest and the least point, `com` the centre of mass above the least point,
    `cen` the middle at half height (of a peak, a trough or an edge) and `fwhm` the width there.
    """

    peak: tuple[float, float] | None = None
    trough: tuple[float, float] | None = None
    com: float | None = None
    cen: float | None = None
    fwhm: float | None = None


NOTHING = Shapes()


class _Points(NamedTuple):
    """Finite points sorted by x, each x once."""

    x: list[float]
    y: list[float]


class _Half(NamedTuple):
    """One flank: the index of the point next to it, the height to find on it, and its direction (1 rises, -1 falls)."""

    place: int
    height: float
    direction: int


def shapes_of(x: Sequence[float], y: Sequence[float]) -> Shapes:
    """Return the features of a curve; points with an x or y that is not finite, or beyond FARTHEST, are left out."""
    finite = [(a, b) for a, b in zip(x, y, strict=False) if abs(a) < FARTHEST and abs(b) < FARTHEST]
    if len(finite) < FEWEST:
        return NOTHING
    peak = max(finite, key=lambda point: point[1])
    trough = min(finite, key=lambda point: point[1])
    if peak[1] == trough[1]:
        return NOTHING
    first_at: dict[float, float] = {}
    for a, b in finite:
        first_at.setdefault(a, b)
    points = _Points(*map(list, zip(*sorted(first_at.items()), strict=True)))
    cen, fwhm = _centre(points) if len(points.x) > 1 else (None, None)
    return Shapes(peak=peak, trough=trough, com=_centre_of_mass(points), cen=cen, fwhm=fwhm)


def _centre_of_mass(points: _Points) -> float | None:
    least = min(points.y)
    weights = [value - least for value in points.y]
    total = math.fsum(weights)
    if not 0 < total < math.inf:
        return None
    return _finite_or_none(math.fsum(a * (weight / total) for a, weight in zip(points.x, weights, strict=True)))


def _finite_or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _centre(points: _Points) -> tuple[float | None, float | None]:
    """The centre and the width at half height."""
    low, high = min(points.y), max(points.y)
    if low == high:
        return None, None
    if isinstance(low, int):
        # Half of a large count has no exact float, but half of a difference has.
        points = _Points(points.x, [value - low for value in points.y])
        low, high = 0, high - low
    y, half = points.y, low / 2 + high / 2
    above = [index for index, value in enumerate(y) if value >= half]
    starts_high, ends_high = above[0] == 0, above[-1] == len(y) - 1
    if not starts_high and not ends_high:
        return _between(points, _flanks(above, half, 1))
    if starts_high and ends_high:
        return _between(points, _flanks([index for index, value in enumerate(y) if value <= half], half, -1))
    return _step(points, above, half, is_falling=starts_high)


def _flanks(inside: Sequence[int], height: float, direction: int) -> tuple[_Half, _Half]:
    """The flanks of a peak or trough: next to its outermost points, or around its only point."""
    first, last = inside[0], inside[-1]
    if len(inside) == 1:
        first, last = first - 1, last + 1
    return _Half(first, height, direction), _Half(last, height, -direction)


def _between(points: _Points, flanks: tuple[_Half, _Half]) -> tuple[float | None, float | None]:
    """The middle of two flanks, and their distance."""
    left, right = (_crossing(points, flank) for flank in flanks)
    return _finite_or_none(left / 2 + right / 2), _finite_or_none(right - left)


def _crossing(points: _Points, flank: _Half) -> float:
    """The x where a flank has its height, extrapolated from the point next to it along the steepest slope nearby."""
    x, y = points
    slope = _slope_near(_slopes(points), flank.place, flank.direction)
    if slope:
        shift = (flank.height - y[flank.place]) / slope
        if abs(shift) <= x[-1] - x[0]:
            return x[flank.place] + shift
    return x[flank.place]


def _slopes(points: _Points) -> list[float]:
    """The slope at each point: of the parabola through its neighbours; at the ends, of the line to the neighbour."""
    x, y = points
    steps = [after - before for before, after in pairwise(x)]
    lines = [(after - before) / step if step else 0.0 for before, after, step in zip(y, y[1:], steps, strict=False)]
    middle = [
        (lines[place] * steps[place + 1] + lines[place + 1] * steps[place]) / (steps[place] + steps[place + 1])
        for place in range(len(lines) - 1)
    ]
    return [lines[0], *middle, lines[-1]]


def _slope_near(slopes: Sequence[float], index: int, direction: int) -> float:
    """The steepest of the nearest slopes in a direction, or else in any direction; 0 if all points are level."""
    count = max(min(len(slopes) // 4, 5), 1)
    fitting = [place for place, slope in enumerate(slopes) if slope * direction > 0]
    fitting = fitting or [place for place, slope in enumerate(slopes) if slope]
    nearest = sorted(fitting, key=lambda place: abs(place - index))[:count]
    return max((slopes[place] for place in nearest), key=abs, default=0.0)


def _step(points: _Points, above: Sequence[int], half: float, is_falling: bool) -> tuple[float | None, float | None]:
    """The centre and the width of an edge, or of a peak with only one flank."""
    x, y = points
    low, high = min(y), max(y)
    direction = -1 if is_falling else 1
    middle = _crossing(points, _Half(above[-1] if is_falling else above[0], half, direction))
    noise_above = noise_of([y[index] for index in above]) if len(above) >= _ENOUGH_FOR_NOISE else 0.0
    # A curve that is still high at the end of the range is an edge; otherwise it is a partial peak.
    needed = min(1 - min(6 * noise_above / (high - half), 1), 0.9)
    if max(y[above[0] if is_falling else above[-1]] - half, 0) < needed * (high - half):
        position = x[max(range(len(y)), key=y.__getitem__)]
        return position, _finite_or_none(abs(position - middle) * 2)
    below = [value for value in y if value < half]
    noise_below = noise_of(below) if len(below) >= _ENOUGH_FOR_NOISE else 0.0
    high, low = high - 3 * noise_above, low + 3 * noise_below
    if low >= high:
        return middle, None
    limits = [low + share * (high - low) for share in (_EDGE_LOW, _EDGE_HIGH)]
    inside = [index for index, value in enumerate(y) if limits[0] <= value <= limits[1]]
    usual = is_usual([x[index] for index in inside])
    inside = [index for index, kept in zip(inside, usual, strict=True) if kept]
    if len(inside) < 2:
        return middle, 0.0
    start, end = reversed(limits) if is_falling else limits
    cen, fwhm = _between(points, (_Half(inside[0], start, direction), _Half(inside[-1], end, direction)))
    if cen is None or abs(cen - middle) >= _FARTHEST_SHIFT * (x[-1] - x[0]):
        cen = middle
    return cen, fwhm
