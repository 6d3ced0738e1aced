"""Axes: limits that stay while they hold the data, and ticks in steps of 1, 2 and 5; pure.

Rule: a frame that stays is what keeps a plot cheap on a slow link, so limits move seldom and by whole steps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from scantui.words import moment

# Larger numbers are not drawn: their differences could be infinite.
FARTHEST = 1e300
_LARGE = 1e280
# The largest ratio of the limits of a logarithmic axis.
_DECADES = 1e12
_STEPS = (1, 2, 5, 10)
_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
_LONGEST_PLAIN = 9
# The limits of a value axis lie on steps this many times finer than its ticks; those that were outgrown, on steps of
# at least this part of the values, so that a high plot does not move with each tick.
_FINER, _OUTGROWN = 2, 4
# Limits wider than needed by this factor are narrowed.
_TOO_WIDE = 2.0
# Differences below this fraction of a number are rounding errors.
_ROUNDING = 1e-13


class Scale(msgspec.Struct, frozen=True, kw_only=True):
    """One axis: its limits, its ticks and their labels; `most` is the number of steps it was made for."""

    low: float
    high: float
    ticks: tuple[float, ...] = ()
    texts: tuple[str, ...] = ()
    is_log: bool = False
    most: int = 0

    def holds(self, least: float, greatest: float) -> bool:
        """Whether this range lies within the limits."""
        return self.low <= least and greatest <= self.high

    def share(self, value: float) -> float:
        """The position of a value between the limits: 0 at `low`, 1 at `high`."""
        if self.is_log:
            return math.log10(value / self.low) / math.log10(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


def value_scale(least: float, greatest: float, most: int, before: Scale | None = None, is_log: bool = False) -> Scale:
    """Return an axis for values, with its limits on ticks or fractions of a tick.

    `before` is returned while it holds the values and is not too wide. A logarithmic axis shows positive values; if
    there are none, the axis is linear.
    """
    least, greatest = max(least, -FARTHEST), min(greatest, FARTHEST)
    if not least <= greatest:
        least, greatest = 0.0, 1.0
    is_log = is_log and greatest > 1 / _LARGE
    is_kept = before is not None and before.is_log is is_log and before.most == most
    # Values that outgrew their limits will grow further, so they get wider limits than values drawn first.
    parts = min(most, _OUTGROWN) if is_kept else _FINER * most
    scale = _log_scale(least, greatest, most) if is_log else _linear_scale(least, greatest, most, parts)
    if before is None or not is_kept or not before.holds(least, greatest):
        return scale
    return scale if _extent(before) > _TOO_WIDE * _extent(scale) * (1 + _ROUNDING) else before


def _extent(scale: Scale) -> float:
    return math.log10(scale.high / scale.low) if scale.is_log else scale.high - scale.low


def is_level(least: float, greatest: float) -> bool:
    """Whether two numbers look the same on an axis."""
    return greatest - least <= max(abs(least), abs(greatest)) * _ROUNDING or greatest - least < 1 / FARTHEST


def _linear_scale(least: float, greatest: float, most: int, parts: int) -> Scale:
    if is_level(least, greatest):
        # Draw the line in the middle; the only label is its value.
        reach = max(abs(least) / 2, 1 / FARTHEST) if least else 1.0
        return Scale(low=least - reach, high=least + reach, ticks=(least,), texts=(number_text(least),), most=most)
    fine = nice_step(greatest - least, parts)
    # Rounding may make the products too small.
    low = min(least, math.floor(least / fine) * fine)
    high = max(greatest, math.ceil(greatest / fine) * fine)
    step = nice_step(high - low, most)
    ticks = _multiples(low, high, step)
    return Scale(low=low, high=high, ticks=ticks, texts=tick_texts(ticks, step), most=most)


def _log_scale(least: float, greatest: float, most: int) -> Scale:
    least = max(least, greatest / _DECADES)
    first, last = math.floor(math.log10(least)), math.ceil(math.log10(greatest))
    if first == last:
        last += 1
    every = -(-(last - first) // max(1, most))
    decades = [10.0**power for power in range(first, last + 1, every)]
    ticks = tuple(decades)
    if last - first == 1 and most >= 3:
        ticks = (decades[0], 2 * decades[0], 5 * decades[0], decades[1])
    texts = tuple(_compact(tick) for tick in ticks)
    return Scale(low=10.0**first, high=10.0**last, ticks=ticks, texts=texts, is_log=True, most=most)


def place_scale(low: float, high: float, most: int, is_time: bool = False) -> Scale:
    """Return an x axis with exactly these limits and the ticks between them; times are in seconds since 1970."""
    low, high = max(low, -FARTHEST), min(high, FARTHEST)
    if low > high:
        low, high = high, low
    if is_level(low, high):
        reach = max(abs(low) / 2, 1 / FARTHEST) if low else 0.5
        return Scale(low=low - reach, high=high + reach, ticks=(low,), texts=(number_text(low),), most=most)
    step = _time_step(high - low, most) if is_time else nice_step(high - low, most)
    ticks = _multiples(low, high, step)
    texts = tuple(_clock(tick, step) for tick in ticks) if is_time else tick_texts(ticks, step)
    return Scale(low=low, high=high, ticks=ticks, texts=texts, most=most)


def _multiples(low: float, high: float, step: float) -> tuple[float, ...]:
    """The multiples of a step between two limits."""
    edge = 1e-9
    first, last = math.ceil(low / step - edge), math.floor(high / step + edge)
    # Rounding may put a tick just outside of the limits.
    return tuple(min(high, max(low, place * step)) for place in range(first, last + 1))


def grown(low: float, high: float, least: float, greatest: float) -> tuple[float, float]:
    """Return limits that hold `least` and `greatest`: the given ones, doubled to either side as often as needed."""
    if low >= high or is_level(low, high):
        low, high = least, least + nice_step(max(greatest - least, abs(least) * _ROUNDING * 10), 1)
    while greatest > high and high - low < FARTHEST:
        high += high - low
    while least < low and high - low < FARTHEST:
        low -= high - low
    return low, high


def nice_step(span: float, most: int) -> float:
    """Return the smallest step of 1, 2 or 5 times a power of ten that divides the span into at most `most` parts."""
    needed = span / max(1, most)
    if not 1 / FARTHEST < needed < math.inf:
        return 1.0
    power = math.floor(math.log10(needed))
    # Negative powers of ten are exact only as divisors.
    for factor in _STEPS:
        step = factor * 10.0**power if power >= 0 else factor / 10.0**-power
        if step >= needed * (1 - 1e-9):
            return step
    return 10.0 ** (power + 1)


def _time_step(span: float, most: int) -> float:
    needed = span / max(1, most)
    if needed < 1:
        return nice_step(span, most)
    return next((float(step) for step in _SECONDS if step >= needed), math.ceil(needed / 86400) * 86400.0)


def _clock(seconds: float, step: float) -> str:
    when = moment(round(seconds * 1000))
    if when is None:
        return number_text(seconds)
    if step >= 86400:
        return when.strftime("%d %b")
    return when.strftime("%H:%M" if step >= 60 else "%H:%M:%S")


def tick_texts(ticks: Sequence[float], step: float) -> tuple[str, ...]:
    """Return the labels of ticks, with as many decimals as the step needs; as powers of ten if they are too long."""
    decimals = max(0, -math.floor(math.log10(step) + _ROUNDING))
    plain = [f"{tick + 0.0:.{decimals}f}" if decimals <= _LONGEST_PLAIN else "" for tick in ticks]
    if all(0 < len(text) <= _LONGEST_PLAIN for text in plain):
        return tuple(text.rstrip("0").rstrip(".") if "." in text else text for text in plain)
    farthest = max((abs(tick) for tick in ticks), default=0.0)
    digits = min(12, max(0, math.ceil(math.log10(farthest / step) - _ROUNDING))) if farthest else 0
    return tuple(_compact(tick, digits) for tick in ticks)


def number_text(value: float, digits: int = 5) -> str:
    """Return a number with this many digits and no trailing zeros: 3560, 7.118, 0.0114, 1.2e9, nan."""
    if not math.isfinite(value):
        return str(float(value))
    if value == 0:
        return "0"
    if 1e-4 <= abs(value) < 10**_LONGEST_PLAIN:
        decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
        text = f"{value:.{decimals}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return _compact(value, digits - 1)


def place_text(value: float, span: float) -> str:
    """Return a position on an axis of this span, rounded to about a thousandth of the span."""
    if not 0 < span < math.inf or not math.isfinite(value):
        return number_text(value)
    decimals = 3 - math.floor(math.log10(span))
    if not 0 <= decimals <= _LONGEST_PLAIN or abs(value) >= 10**_LONGEST_PLAIN:
        return number_text(value, 6)
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _compact(value: float, digits: int = 3) -> str:
    """A number as 1.2e6, or in full if that is not longer."""
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{value:.{digits}e}".partition("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    power = f"{mantissa}e{int(exponent)}"
    plain = f"{value:.10g}"
    return plain if len(plain) <= len(power) + 1 and "e" not in plain else power
