"""Spectra as bars with a resolution of an eighth of a cell; pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scantui.curves.axes import FARTHEST, Scale, value_scale
from scantui.curves.glyphs import MarkSet


def spectrum_scale(values: Sequence[float], most: int, before: Scale | None = None, is_log: bool = False) -> Scale:
    """Return the axis for the counts of a spectrum: from zero, or, if logarithmic, from the least positive count."""
    finite = [value for value in values if math.isfinite(value)]
    if is_log:
        finite = [value for value in finite if value > 0]
        return value_scale(min(finite, default=1.0), max(finite, default=10.0), most, before, is_log=True)
    least = min(0.0, min(finite, default=0.0))
    return value_scale(least, max(0.0, max(finite, default=0.0)) or 1.0, most, before)


def bars(values: Sequence[float], columns: int, rows: int, marks: MarkSet, scale: Scale) -> list[str]:
    """Return the rows of a bar plot; a column for several channels shows the greatest."""
    steps = len(marks.bars) - 1
    heights = []
    for column in range(columns):
        begin = column * len(values) // columns
        part = values[begin : max(begin + 1, (column + 1) * len(values) // columns)]
        greatest = max((value for value in part if math.isfinite(value)), default=-math.inf)
        heights.append(_height(greatest, scale, rows * steps))
    lines = []
    for row in range(rows):
        ground = (rows - 1 - row) * steps
        lines.append("".join(marks.bars[min(steps, max(0, height - ground))] for height in heights))
    return lines


def _height(value: float, scale: Scale, most: int) -> int:
    """The height of a bar in eighths of a cell; at least one if the value is above the axis."""
    if value <= scale.low or value > FARTHEST:
        return 0
    return min(most, max(1, int(scale.share(value) * most + 0.5)))
