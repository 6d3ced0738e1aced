"""Figures: samples of scantui beside samples of a baseline, and the goal; pure.

Rule: in every figure less is better, so a ratio below 1 is in favour of scantui.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

_PERCENTILES = {"p90": 0.9, "p99": 0.99, "max": 1.0}
_WIDTHS = (52, 9, 9, 9, 30, 9, 8, 14, 7)
_HEADINGS = ("row", "median", "p90", "p99", "baseline", "median", "ratio", "goal", "reached")


class Goal(msgspec.Struct, frozen=True):
    """A limit for one statistic of our samples, in their unit, or `relative` to the same statistic of the baseline."""

    limit: float
    statistic: str = "median"
    relative: bool = True


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table; `unit` is "s" for times, else the word for what was counted."""

    row: str
    what: str
    ours: Sequence[float]
    baseline_name: str = ""
    baseline: Sequence[float] = ()
    unit: str = "s"
    goal: Goal | None = None

    def statistic(self, name: str) -> float:
        return statistic_of(self.ours, name)

    @property
    def ratio(self) -> float | None:
        """Ours over the baseline's, at the statistic of the goal, else at the median."""
        name = self.goal.statistic if self.goal else "median"
        below = statistic_of(self.baseline, name) if self.baseline else 0.0
        return self.statistic(name) / below if below else None

    @property
    def reached(self) -> bool | None:
        if self.goal is None:
            return None
        if self.goal.relative:
            return None if self.ratio is None else self.ratio <= self.goal.limit
        return self.statistic(self.goal.statistic) <= self.goal.limit

    def cells(self) -> list[str]:
        """The figure as a line of the table."""
        spread = [spelled(self.statistic(name), self.unit) for name in ("median", "p90", "p99")]
        below = spelled(statistics.median(self.baseline), self.unit) if self.baseline else ""
        goal = ""
        if self.goal is not None:
            limit = spelled_ratio(self.goal.limit) if self.goal.relative else spelled(self.goal.limit, self.unit)
            statistic = "" if self.goal.statistic == "median" else f"{self.goal.statistic} "
            goal = f"{statistic}<= {limit}"
        ratio = "" if self.ratio is None else spelled_ratio(self.ratio)
        verdict = {None: "", True: "yes", False: "NO"}[self.reached]
        return [f"{self.row}: {self.what}", *spread, self.baseline_name, below, ratio, goal, verdict]

    def plain(self) -> dict[str, Any]:
        """The figure as it goes into the JSON file."""
        return {
            "row": self.row,
            "what": self.what,
            "unit": self.unit,
            "samples": len(self.ours),
            **{name: self.statistic(name) for name in ("median", "p90", "p99", "max")},
            "baseline": self.baseline_name,
            **{f"baseline_{name}": statistic_of(self.baseline, name) for name in ("median", "p90") if self.baseline},
            "ratio": self.ratio,
            "goal": None if self.goal is None else msgspec.to_builtins(self.goal),
            "reached": self.reached,
        }


def statistic_of(samples: Sequence[float], name: str) -> float:
    """The median, or one of the percentiles."""
    return percentile(samples, _PERCENTILES[name]) if name in _PERCENTILES else statistics.median(samples)


def percentile(samples: Sequence[float], share: float) -> float:
    """The sample below which this share of them lies."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spelled(value: float, unit: str) -> str:
    if value == math.inf:
        return "never"
    if unit != "s":
        return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"
    for factor, word in ((1.0, "s"), (1e3, "ms")):
        if value * factor >= 1:
            return f"{value * factor:.3g} {word}" if value * factor < 1000 else f"{value * factor:.0f} {word}"
    return f"{value * 1e6:.3g} us" if value else "0"


def spelled_ratio(ratio: float) -> str:
    return f"1/{1 / ratio:.3g}" if 0 < ratio < 1 else f"{ratio:.3g}x"


def line(cells: Sequence[str]) -> str:
    """Cells below their headings: texts to the left, numbers to the right."""
    return "  ".join(
        cell.ljust(width) if index in (0, 4) else cell.rjust(width)
        for index, (cell, width) in enumerate(zip(cells, _WIDTHS, strict=True))
    ).rstrip()


def heading() -> str:
    return line(_HEADINGS)


@contextmanager
def timed(samples: list[float], share: int = 1) -> Iterator[None]:
    """Add the seconds that the block takes to the samples, divided among `share` equal parts."""
    started = time.perf_counter()
    yield
    samples.append((time.perf_counter() - started) / share)


def in_turns(repeats: int, *blocks: Callable[[], None]) -> None:
    """Run blocks by turns, so that a machine that drifts does so for each of them."""
    for _ in range(repeats):
        for block in blocks:
            block()
