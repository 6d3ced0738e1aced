"""A curve as a small SVG for a page: a line, the ends of both axes, and what is drawn; pure.

Rule: every text passes through `html_text`. Everything is drawn in `currentColor`, so that it fits any theme.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from scantui.curves.axes import number_text, place_text
from scantui.curves.curve import Pairs, extremes, thinned
from scantui.escaping import html_text

_WIDTH, _HEIGHT, _LEFT, _TOP, _FOOT = 320, 132, 6, 20, 18
_MOST_POINTS = 400
_TEXT = 'font-size="11" fill="currentColor"'


def svg_of(pairs: Pairs, label: str, x_label: str) -> str:
    """The curve of a counter as an element; "" when no point has both coordinates."""
    least, greatest = extremes(pairs.ys)
    low, high = extremes(pairs.xs)
    lines = [line for line in _lines(thinned(pairs, _MOST_POINTS), low, high, least, greatest) if line]
    if not lines:
        return ""
    name, axis = html_text(label), html_text(x_label)
    ends = [place_text(value, high - low) for value in (low, high)]
    values = [number_text(value) for value in (least, greatest)]
    foot = _HEIGHT - 5
    drawn = "".join(
        f'<polyline fill="none" stroke="currentColor" stroke-width="1.5" points="{line}"/>'
        if " " in line
        else '<circle r="2" fill="currentColor" cx="{}" cy="{}"/>'.format(*line.split(","))
        for line in lines
    )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{name} over {axis}, {values[0]} to {values[1]}">'
        f'<rect x="{_LEFT}" y="{_TOP}" width="{_WIDTH - 2 * _LEFT}" height="{_HEIGHT - _TOP - _FOOT}" fill="none" '
        f'stroke="currentColor" stroke-opacity="0.25"/>{drawn}'
        f'<text x="{_LEFT}" y="13" {_TEXT}>{name} {values[0]} to {values[1]}</text>'
        f'<text x="{_LEFT}" y="{foot}" {_TEXT}>{ends[0]}</text>'
        f'<text x="{_WIDTH // 2}" y="{foot}" {_TEXT} text-anchor="middle">{axis}</text>'
        f'<text x="{_WIDTH - _LEFT}" y="{foot}" {_TEXT} text-anchor="end">{ends[1]}</text></svg>'
    )


def _lines(pairs: Pairs, low: float, high: float, least: float, greatest: float) -> Iterator[str]:
    """The points of each stretch without a gap."""
    line: list[str] = []
    for x, y in zip(*pairs, strict=False):
        if math.isfinite(x) and math.isfinite(y):
            across = _LEFT + (_WIDTH - 2 * _LEFT) * _share(x, low, high)
            up = (_HEIGHT - _TOP - _FOOT - 8) * _share(y, least, greatest)
            line.append(f"{across:.1f},{_HEIGHT - _FOOT - 4 - up:.1f}")
        elif line:
            yield " ".join(line)
            line = []
    yield " ".join(line)


def _share(value: float, least: float, greatest: float) -> float:
    # Halves are subtracted, since the difference of finite numbers may be infinite.
    span = greatest / 2 - least / 2
    return (value / 2 - least / 2) / span if span > 0 else 0.5
