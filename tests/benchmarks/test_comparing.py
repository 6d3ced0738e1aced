"""Two runs side by side."""

from __future__ import annotations

import math
from typing import Any

import msgspec

from tests.benchmarks.comparing import side_by_side
from tests.benchmarks.machine import busy_cores
from tests.benchmarks.measure import Figure, Goal


def run(*figures: Figure, quiet: bool = True) -> Any:
    """A run as it comes back from its file."""
    report = {"quick": False, "rows": {"load": {"quiet": quiet}}, "figures": [figure.plain() for figure in figures]}
    return msgspec.json.decode(msgspec.json.encode(report))


def figure(what: str, *ours: float, goal: Goal | None = None) -> Figure:
    return Figure(row="load", what=what, ours=ours, baseline_name="peer", baseline=[1.0], goal=goal)


def test_each_figure_stands_beside_that_of_the_other_run() -> None:
    goal, limit = Goal(0.5), Goal(1, "max", relative=False)
    lines = side_by_side(
        run(figure("rows", 0.25, goal=goal), figure("old", 1.0)),
        run(figure("rows", 0.75, goal=goal), figure("never", math.inf, goal=limit), quiet=False),
    )
    assert [line.split() for line in lines[1:]] == [
        ["load:", "rows", "250", "ms", "750", "ms", "3.00", "peer", "1/4", "1/1.33", "<=", "1/2", "yes", "/", "NO"],
        ["load:", "old", "1", "s", "peer", "1x"],
        ["load:", "never", "never", "peer", "max", "<=", "1", "s", "/", "NO"],
        ["A:", "all", "quiet"],
        ["B:", "not", "quiet:", "load"],
    ]


def test_no_machine_has_a_negative_load() -> None:
    assert busy_cores(0.01) >= 0


def test_a_figure_with_two_baselines_has_a_line_for_each() -> None:
    figures = [
        Figure(row="load", what="rows", ours=[1.0], baseline_name=name, baseline=[2.0]) for name in ("peer", "limit")
    ]
    lines = side_by_side(run(*figures), run(*figures))
    assert ["peer" in line for line in lines[1:3]] == ["limit" not in line for line in lines[1:3]] == [True, False]
