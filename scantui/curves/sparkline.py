"""Sparklines: a curve in a few cells of one line, for tables and details; pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scantui.curves.glyphs import BLOCKS, MarkSet


def sparkline(values: Sequence[float], cells: int, marks: MarkSet = BLOCKS) -> str:
    """Return the values as a sparkline of at most this many cells; cells without a finite value are blank.

    A cell for several values shows the one farthest from the mean, so no spike is lost. Equal values are a line in the
    middle.
    """
    finite = [value for value in values if math.isfinite(value)]
    if not finite or cells <= 0:
        return ""
    least, greatest = min(finite), max(finite)
    mean = math.fsum(value / len(finite) for value in finite)
    count = min(cells, len(values))
    steps = len(marks.sparks) - 1
    line = []
    for cell in range(count):
        part = values[cell * len(values) // count : (cell + 1) * len(values) // count]
        shown = [value for value in part if math.isfinite(value)]
        if not shown:
            line.append(" ")
            continue
        value = max(shown, key=lambda each: abs(each - mean))
        # Subtract halves, because the difference of finite numbers may be infinite.
        share = (value / 2 - least / 2) / (greatest / 2 - least / 2) if least / 2 < greatest / 2 else 0.5
        line.append(marks.sparks[int(share * steps + 0.5)])
    return "".join(line)
