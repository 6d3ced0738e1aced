"""One curve of a figure: two streams, point by point, and what can be computed from them; pure."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from scantui.curves.series import Series

LETTERS = "abcdefgh"


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """The points of a counter over an axis, or over their index if `x` is None.

    `key` is unique among all curves of a plot (the key of the scan and the name of the stream). The legend ends in
    `note`, such as `1 in 417 points`. A curve that `is_behind` is drawn behind the others and has no legend.
    """

    key: str
    label: str
    y: Series
    x: Series | None = None
    unit: str = ""
    decimals: int | None = None
    note: str = ""
    is_behind: bool = False


class Pairs(NamedTuple):
    """The points of a curve that have both coordinates, in order of arrival."""

    xs: Sequence[float]
    ys: Sequence[float]


def pairs_of(curve: Curve) -> Pairs:
    """Return the points of a curve. In a long one, each pair of values stands for several points."""
    x, y = curve.x, curve.y
    if x is None:
        return Pairs(range(y.start, y.start + len(y.values) * y.stride, y.stride), y.values)
    if x.start == y.start and x.stride == y.stride:
        return Pairs(x.values, y.values)
    places = range(y.start, y.start + len(y.values) * y.stride, y.stride)
    common = [(x.at(index), value) for index, value in zip(places, y.values, strict=True) if x.start <= index < x.stop]
    return Pairs([a for a, _ in common], [b for _, b in common])


def derivative(pairs: Pairs) -> Pairs:
    """Return the slope between neighbouring points, at their midpoint; NaN if their x is the same."""
    xs, ys = array("d"), array("d")
    before: tuple[float, float] | None = None
    for x, y in zip(*pairs, strict=False):
        if before is not None:
            step = x - before[0]
            xs.append(x / 2 + before[0] / 2)
            ys.append((y - before[1]) / step if step and math.isfinite(step) else math.nan)
        before = x, y
    return Pairs(xs, ys)


def thinned(pairs: Pairs, most: int) -> Pairs:
    """Return about `most` of the points: the least and the greatest of each group of neighbours, in their order."""
    size = 2 * -(-len(pairs.ys) // most)
    if size <= 2:
        return pairs
    xs, ys = array("d"), array("d")
    # What has no partner yet waits.
    count = min(len(pairs.xs), len(pairs.ys))
    for begin in range(0, count, size):
        part = pairs.ys[begin : min(begin + size, count)]
        if math.isfinite(sum(part)):
            ends = {part.index(min(part)), part.index(max(part))}
        else:
            finite = [place for place, value in enumerate(part) if math.isfinite(value)]
            ends = {min(finite, key=part.__getitem__), max(finite, key=part.__getitem__)} if finite else set()
        xs.extend(pairs.xs[begin + place] for place in sorted(ends))
        ys.extend(part[place] for place in sorted(ends))
    return Pairs(xs, ys)


def extremes(numbers: Sequence[float], above: float = -math.inf) -> tuple[float, float]:
    """Return the least and the greatest finite number above `above`; (inf, -inf) if there is none."""
    least, greatest = math.inf, -math.inf
    for number in numbers:
        if above < number < math.inf:
            least, greatest = min(least, number), max(greatest, number)
    return least, greatest


def point_at(curve: Curve, index: int) -> tuple[float, float]:
    """Return x and y of the point with this index; NaN if it is not kept."""
    return (float(index) if curve.x is None else curve.x.at(index)), curve.y.at(index)


def index_of_peak(curve: Curve) -> int | None:
    """Return the index of the greatest point; None if no point is finite."""
    values = curve.y.values
    finite = [place for place in range(len(values)) if math.isfinite(values[place])]
    if not finite:
        return None
    return curve.y.start + max(finite, key=values.__getitem__) * curve.y.stride
