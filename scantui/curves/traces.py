"""Traces: curves reduced to runs of points that fall into the same column of a plot; pure.

Rule: add points in their order; each is read once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from scantui.curves.axes import FARTHEST


class TraceRun(NamedTuple):
    """Successive points in one column: the first, least, greatest and last y.

    If `is_joined`, a line connects it with the run before; a point that cannot be drawn breaks the line.
    """

    column: int
    first: float
    low: float
    high: float
    last: float
    is_joined: bool


class Trace:
    """A curve on an x axis from `low` to `high` with `columns` dots; `above` is 0 for a logarithmic y axis.

    `left_out` counts the points that cannot be drawn: not finite, outside of the axis, or not above `above`.
    """

    def __init__(self, low: float, high: float, columns: int, above: float = -FARTHEST) -> None:
        self.low, self.high, self.columns, self.above = low, high, columns, above
        self.added = self.left_out = 0
        self._runs: list[TraceRun] = []
        self._open: TraceRun | None = None
        self._is_broken = True

    def runs(self) -> list[TraceRun]:
        """Return the runs; the last one may still grow."""
        return [*self._runs, self._open] if self._open else self._runs

    def add(self, xs: Iterable[float], ys: Iterable[float]) -> None:
        """Add the next points."""
        x_low, x_high, above, most = self.low, self.high, self.above, FARTHEST
        per_x = (self.columns - 1) / (x_high - x_low)
        # Half a column makes int() round to the nearest column.
        offset = 0.5 - x_low * per_x
        runs, column = self._runs, -1
        first = low = high = last = 0.0
        is_joined = False
        broken = self._is_broken
        if self._open is not None:
            column, first, low, high, last, is_joined = self._open
        added = left_out = 0
        for x, y in zip(xs, ys):  # noqa: B905 - what has no partner yet waits
            added += 1
            if not (x_low <= x <= x_high and above < y < most):
                left_out += 1
                broken = True
                continue
            here = int(x * per_x + offset)
            if here == column and not broken:
                if y < low:
                    low = y
                elif y > high:
                    high = y
            else:
                if column >= 0:
                    runs.append(TraceRun(column, first, low, high, last, is_joined))
                column, first, low, high, is_joined, broken = here, y, y, y, not broken, False
            last = y
        self._open = TraceRun(column, first, low, high, last, is_joined) if column >= 0 else None
        self._is_broken = broken
        self.added += added
        self.left_out += left_out
