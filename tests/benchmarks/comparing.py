"""Two runs side by side, from their JSON files; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.benchmarks.measure import Goal, spelled, spelled_ratio

_WIDTHS = (52, 10, 10, 7, 30, 8, 8, 14, 12)
_HEADINGS = ("row", "A", "B", "B/A", "baseline", "ratio A", "ratio B", "goal", "reached")
_VERDICTS = {None: "-", True: "yes", False: "NO"}


def side_by_side(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """A line for each figure of either run: its goal's statistic, else the median, in both; and what was not quiet."""
    runs = [{(each["row"], each["what"], each["baseline"]): each for each in run["figures"]} for run in (first, second)]
    found = {key: [run.get(key) for run in runs] for key in {**runs[0], **runs[1]}}
    lines = [_line(_HEADINGS), *(_line(_cells(*figures)) for figures in found.values())]
    for name, run in (("A", first), ("B", second)):
        loud = [row for row, machine in run.get("rows", {}).items() if not machine["quiet"]]
        lines.append(f"{name}: {'not quiet: ' + ', '.join(loud) if loud else 'all quiet'}{' (quick)' * run['quick']}")
    return lines


def _cells(*figures: Mapping[str, Any] | None) -> list[str]:
    known = next(figure for figure in figures if figure is not None)
    goal = known["goal"] and Goal(**known["goal"])
    statistic = goal.statistic if goal else "median"
    values = [None if figure is None else _number(figure[statistic]) for figure in figures]
    ratios = [None if figure is None else figure["ratio"] for figure in figures]
    limit = "" if not goal else spelled_ratio(goal.limit) if goal.relative else spelled(goal.limit, known["unit"])
    a, b = values
    return [
        f"{known['row']}: {known['what']}",
        *("" if value is None else spelled(value, known["unit"]) for value in values),
        f"{b / a:.2f}" if a and b else "",
        known["baseline"],
        *("" if ratio is None else spelled_ratio(ratio) for ratio in ratios),
        f"{'' if statistic == 'median' else statistic + ' '}<= {limit}" if goal else "",
        " / ".join("" if figure is None else _VERDICTS[figure["reached"]] for figure in figures) if goal else "",
    ]


def _number(value: float | None) -> float:
    # JSON has no infinity, with which something that never came is noted.
    return float("inf") if value is None else value


def _line(cells: tuple[str, ...] | list[str]) -> str:
    return "  ".join(
        cell.ljust(width) if place in (0, 4) else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(cells, _WIDTHS, strict=True))
    ).rstrip()
