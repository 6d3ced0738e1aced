"""Figures: what is read from samples, and when a goal is reached."""

from __future__ import annotations

import math

import pytest

from tests.benchmarks.measure import Figure, Goal, percentile, spelled


def test_a_relative_goal_compares_the_same_statistic_of_both() -> None:
    ours, baseline = [1.0, 1.0, 1.0, 9.0], [1.0, 1.0, 1.0, 4.0]
    median = Figure(row="r", what="w", ours=ours, baseline=baseline, goal=Goal(2))
    p90 = Figure(row="r", what="w", ours=ours, baseline=baseline, goal=Goal(2, "p90"))
    assert (median.ratio, median.reached) == (1.0, True)
    assert (p90.ratio, p90.reached) == (2.25, False)


@pytest.mark.parametrize(("sample", "reached"), [(3.0, True), (3.1, False), (math.inf, False)])
def test_an_absolute_goal_needs_no_baseline(sample: float, reached: bool) -> None:
    assert Figure(row="r", what="w", ours=[sample], goal=Goal(3, "max", relative=False)).reached is reached


def test_a_relative_goal_without_a_baseline_is_neither_reached_nor_missed() -> None:
    assert Figure(row="r", what="w", ours=[1.0], goal=Goal(2)).reached is None


def test_percentiles_are_samples() -> None:
    samples = [float(number) for number in range(100)]
    assert [percentile(samples, share) for share in (0.9, 0.99, 1.0)] == [90.0, 99.0, 99.0]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(0.0123, "s", "12.3 ms"), (2e-5, "s", "20 us"), (math.inf, "s", "never"), (2048.0, "bytes", "2,048")],
)
def test_values_are_written_in_fitting_units(value: float, unit: str, text: str) -> None:
    assert spelled(value, unit) == text
