"""Axes hold their data, stay where they are, and have labels that differ."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.curves.axes import grown, is_level, nice_step, number_text, place_scale, place_text, value_scale

FINITE = st.floats(allow_nan=False, allow_infinity=False)
MODERATE = st.floats(-1e12, 1e12)


@given(FINITE, FINITE, st.integers(1, 20), st.booleans())
def test_an_axis_holds_its_data_whatever_they_are(one: float, other: float, most: int, is_log: bool) -> None:
    least, greatest = min(one, other), max(one, other)
    scale = value_scale(least, greatest, most, is_log=is_log)
    assert scale.low < scale.high
    assert math.isfinite(scale.low) and math.isfinite(scale.high)
    assert len(scale.ticks) == len(scale.texts) <= 4 * most + 8
    if not scale.is_log and abs(least) < 1e300 and abs(greatest) < 1e300:
        assert scale.holds(least, greatest)
    for tick in scale.ticks:
        assert 0 <= scale.share(tick) <= 1


@given(MODERATE, st.floats(1e-6, 1e12), st.integers(2, 12))
def test_figures_of_an_axis_differ_and_are_in_steps(low: float, extent: float, most: int) -> None:
    if extent < abs(low) * 1e-9:
        return
    for scale in (place_scale(low, low + extent, most), value_scale(low, low + extent, most)):
        assert len(set(scale.texts)) == len(scale.texts)
        assert len(scale.ticks) <= most + 1
        assert max(map(len, scale.texts), default=0) <= 17


@pytest.mark.parametrize(
    ("span", "most", "step"),
    [(10, 5, 2), (10, 4, 5), (0.12, 5, 0.05), (0.1, 10, 0.01), (7e6, 7, 1e6), (0, 5, 1), (math.inf, 5, 1)],
)
def test_steps_are_one_two_and_five(span: float, most: int, step: float) -> None:
    assert nice_step(span, most) == pytest.approx(step, rel=1e-12)


def test_limits_stay_while_they_hold_the_data() -> None:
    first = value_scale(0, 91, 4)
    assert value_scale(3, 99, 4, first) is first
    assert value_scale(0, 120, 4, first) is not first


def test_limits_that_are_twice_too_wide_are_narrowed() -> None:
    first = value_scale(0, 100, 4)
    assert value_scale(0, 60, 4, first) is first
    assert value_scale(0, 20, 4, first).high == 20


@pytest.mark.parametrize("most", [2, 4, 9, 20])
def test_a_noisy_signal_moves_the_limits_seldom_in_a_plot_of_any_height(most: int) -> None:
    scale, moves = None, 0
    for place in range(1, 400):
        after = value_scale(-place % 7, place, most, scale)
        moves += after is not scale
        scale = after
    assert moves < 30


def test_a_level_line_lies_in_the_middle_and_bears_its_value() -> None:
    scale = value_scale(7.5, 7.5, 4)
    assert (scale.share(7.5), scale.texts) == (0.5, ("7.5",))
    assert value_scale(0, 0, 4).share(0) == 0.5


def test_a_logarithmic_axis_has_decades() -> None:
    scale = value_scale(3, 4200, 6, is_log=True)
    assert (scale.low, scale.high, scale.texts) == (1, 10000, ("1", "10", "100", "1000", "1e4"))
    assert scale.share(100) == pytest.approx(0.5)
    assert not value_scale(-3, 0, 6, is_log=True).is_log


def test_an_x_axis_has_exactly_its_limits() -> None:
    scale = place_scale(7.08, 7.2, 5)
    assert (scale.low, scale.high, scale.texts) == (7.08, 7.2, ("7.1", "7.15", "7.2"))


def test_an_axis_of_times_bears_clock_times() -> None:
    scale = place_scale(1_700_000_000, 1_700_000_120, 4, is_time=True)
    assert len(scale.texts) in (4, 5)
    assert all(len(text) == 8 and text.count(":") == 2 and text.endswith(("00", "30")) for text in scale.texts)
    assert place_scale(0, 86400 * 900, 4, is_time=True).texts
    assert place_scale(-1e300, 1e300, 4, is_time=True).ticks


@given(MODERATE, MODERATE, MODERATE, MODERATE)
def test_a_growing_axis_doubles_until_it_holds(low: float, high: float, one: float, other: float) -> None:
    least, greatest = min(one, other), max(one, other)
    after_low, after_high = grown(low, high, least, greatest)
    assert after_low <= least and after_high >= greatest
    if low < high and not is_level(low, high):
        assert after_low <= low and after_high >= high
        parts = (after_high - after_low) / (high - low)
        # An axis that was all but nothing grows by more than a float holds.
        assert math.isinf(parts) or parts == pytest.approx(2.0 ** round(math.log2(parts)), rel=1e-3)


def test_an_endless_scan_doubles_seldom() -> None:
    limits, moves = (0.0, 0.0), 0
    for place in range(1, 5000):
        after = grown(*limits, 0, place / 10)
        moves += after != limits
        limits = after
    assert moves < 15
    assert limits[1] < 1100


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3560, "3560"),
        (7.118, "7.118"),
        (0.0114, "0.0114"),
        (17400.0, "17400"),
        (1.25e12, "1.25e12"),
        (-2.5e-9, "-2.5e-9"),
        (0.0, "0"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
    ],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("value", "span", "text"),
    [(7.118234, 0.12, "7.1182"), (4213.5678, 1000, "4214"), (3.0, 0.0, "3"), (5e20, 1, "5e20")],
)
def test_positions_are_as_precise_as_their_axis(value: float, span: float, text: str) -> None:
    assert place_text(value, span) == text
