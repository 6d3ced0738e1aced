"""Features of a curve are those that BLISS finds, and flat curves have none."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.curves.curve import Pairs, thinned
from scantui.curves.noise import noise_of
from scantui.curves.shapes import NOTHING, shapes_of
from tests.curves.expected_shapes import EXPECTED
from tests.curves.signals import PROFILES, SIGNALS, Signal, signals


def is_shown(x: list[float], y: list[float]) -> bool:
    """Whether the curve has enough points for a result."""
    finite = {a: b for a, b in zip(x[::-1], y[::-1], strict=True) if math.isfinite(a) and math.isfinite(b)}
    return len(finite) >= 5 and min(finite.values()) < max(finite.values())


def test_a_thousand_curves_have_the_features_that_bliss_finds() -> None:
    expected = json.loads(EXPECTED.read_text())
    assert len(expected) == SIGNALS
    compared = dict.fromkeys(PROFILES, 0)
    for (name, signal), values in zip(signals(), expected, strict=True):
        if is_shown(*signal):
            compared[name] += 1
            compare(signal, values)
    assert min(compared.values()) > 90


def compare(signal: Signal, expected: list[float | None]) -> None:
    peak_x, peak_y, trough_x, trough_y, com, cen, fwhm = expected
    shapes = shapes_of(*signal)
    assert shapes.peak == pytest.approx((peak_x, peak_y))
    assert shapes.trough == pytest.approx((trough_x, trough_y))
    close = 0.01 * abs(fwhm) if fwhm else 1e-6
    for found, wanted in ((shapes.com, com), (shapes.cen, cen), (shapes.fwhm, fwhm)):
        assert found == (None if wanted is None else pytest.approx(wanted, rel=1e-6, abs=close))


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([], []),
        ([1, 2, 3, 4], [1, 5, 2, 1]),
        ([1, 2, 3, 4, 5], [2, 2, 2, 2, 2]),
        ([1, 2, 3, 4, 5, 6, 7], [math.nan, math.inf, 1, 2, 3, -math.inf, 4]),
        ([math.nan] * 6, [1, 2, 3, 4, 5, 6]),
    ],
)
def test_nothing_is_found_in_few_points_or_a_flat_curve(x: list[float], y: list[float]) -> None:
    assert shapes_of(x, y) == NOTHING


def test_points_all_at_one_place_have_a_peak_and_no_width() -> None:
    shapes = shapes_of([3] * 6, [1, 2, 9, 2, 1, 0])
    assert shapes.peak == (3.0, 9.0)
    assert [shapes.cen, shapes.fwhm, shapes.com] == [None] * 3


def test_huge_and_tiny_numbers_raise_nothing() -> None:
    extremes: list[float] = [1e308, -1e308, 1e299, -1e299, 5e-324, 0, 1, 2, 1e-320]
    for shift in range(len(extremes)):
        y = extremes[shift:] + extremes[:shift]
        assert shapes_of(extremes, y).peak is not None
        assert shapes_of([float(place) for place in range(len(y))] * 3, y * 3).peak is not None


@given(st.lists(st.integers(0, 60), min_size=5, max_size=40), st.integers(-(2**62), 2**62))
def test_counts_of_sixty_bits_have_the_features_of_small_ones(counts: list[int], offset: int) -> None:
    x = [float(place) for place in range(len(counts))]
    small, large = shapes_of(x, counts), shapes_of(x, [count + offset for count in counts])
    assert (large.com, large.cen, large.fwhm) == (small.com, small.cen, small.fwhm)


def test_a_cubic_has_no_noise_and_a_saw_has() -> None:
    assert noise_of([(place / 10) ** 3 - place for place in range(60)]) == pytest.approx(0, abs=1e-9)
    assert noise_of([place % 2 for place in range(60)]) == pytest.approx(0.5, rel=0.1)
    assert noise_of([1, 5, 2, 8]) == 0


def test_a_thinned_curve_keeps_its_features() -> None:
    x = [place / 1000 for place in range(40_000)]
    y = [math.exp(-(((a - 17.3) / 2) ** 2) / 2) for a in x]
    y[123] = math.nan
    few = thinned(Pairs(x, y), 1_000)
    assert len(few.xs) == len(few.ys) <= 1_000
    whole, thin = shapes_of(x, y), shapes_of(*few)
    assert thin.peak == whole.peak
    assert (thin.cen, thin.fwhm, thin.com) == pytest.approx((whole.cen, whole.fwhm, whole.com), rel=1e-3)
    assert thinned(Pairs(x[:9], y[:9]), 9) == Pairs(x[:9], y[:9])
    assert thinned(Pairs(x[:-37], y), 1_000).ys[:900] == few.ys[:900]
    assert thinned(Pairs(x, y[:-37]), 1_000).ys[:900] == few.ys[:900]
