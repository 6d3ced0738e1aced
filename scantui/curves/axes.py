"""Axes: limits that stay while they hold the data, and ticks in steps of 1, 2 and 5; pure.

Rule: a frame that stays is what keeps a plot cheap on a slow link, so limits move seldom and by whole steps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from scantui.words import moment

# Beyond this numbers are not drawn: their differences would be infinite.
FARTHEST = 1e300
_LARGE = 1e280
# A logarithmic axis is no longer than this ratio.
_DECADES = 1e12
_STEPS = (1, 2, 5, 10)
_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
_LONGEST_PLAIN = 9
# The limits of values lie on steps so many times finer than those that bear figures.
_FINER = 2
# Limits this much wider than needed are narrowed.
_TOO_WIDE = 2.0
# Differences smaller than this share of a number are rounding.
_ROUNDING = 1e-13


class Scale(msgspec.Struct, frozen=True, kw_only=True):
    """One axis: its limits, where its ticks are and what they bear; `most` is how many ticks it was made for."""

    low: float
    high: float
    ticks: tuple[float, ...] = ()
    texts: tuple[str, ...] = ()
    is_log: bool = False
    most: int = 0

    def holds(self, least: float, greatest: float) -> bool:
        """Whether all between these is within the limits."""
        return self.low <= least and greatest <= self.high

    def share(self, value: float) -> float:
        """Where a value within the limits lies, from 0 at `low` to 1 at `high`."""
        if self.is_log:
            return math.log10(value / self.low) / math.log10(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


def value_scale(least: float, greatest: float, most: int, before: Scale | None = None, is_log: bool = False) -> Scale:
    """An axis for values, with its limits on ticks or parts of them.

    `before` is kept while it holds them and is not too wide. A logarithmic axis is for positive values; without any of
    them it is linear.
    """
    least, greatest = max(least, -FARTHEST), min(greatest, FARTHEST)
    if not least <= greatest:
        least, greatest = 0.0, 1.0
    is_log = is_log and greatest > 1 / _LARGE
    is_kept = before is not None and before.is_log is is_log and before.most == most
    # What has outgrown its limits will grow on: it gets wider ones than what is drawn for the first time.
    finer = 1 if is_kept else _FINER
    scale = _log_scale(least, greatest, most) if is_log else _linear_scale(least, greatest, most, finer)
    if before is None or not is_kept or not before.holds(least, greatest):
        return scale
    return scale if _extent(before) > _TOO_WIDE * _extent(scale) * (1 + _ROUNDING) else before


def _extent(scale: Scale) -> float:
    return math.log10(scale.high / scale.low) if scale.is_log else scale.high - scale.low


def is_level(least: float, greatest: float) -> bool:
    """Whether two numbers are equal as far as an axis can show."""
    return greatest - least <= max(abs(least), abs(greatest)) * _ROUNDING or greatest - least < 1 / FARTHEST


def _linear_scale(least: float, greatest: float, most: int, finer: int) -> Scale:
    if is_level(least, greatest):
        # A line in the middle; the axis bears its value alone.
        reach = max(abs(least) / 2, 1 / FARTHEST) if least else 1.0
        return Scale(low=least - reach, high=least + reach, ticks=(least,), texts=(number_text(least),), most=most)
    fine = nice_step(greatest - least, most * finer)
    # Products may fall short by a rounding.
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
    """An axis for x: exactly these limits, with the ticks that lie between them; times are in seconds since 1970."""
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
    # What lies beyond a limit by rounding is at the limit.
    return tuple(min(high, max(low, place * step)) for place in range(first, last + 1))


def grown(low: float, high: float, least: float, greatest: float) -> tuple[float, float]:
    """Limits that hold from `least` to `greatest`: as they were, or doubled as often as needed to either side."""
    if low >= high or is_level(low, high):
        low, high = least, least + nice_step(max(greatest - least, abs(least) * _ROUNDING * 10), 1)
    while greatest > high and high - low < FARTHEST:
        high += high - low
    while least < low and high - low < FARTHEST:
        low -= high - low
    return low, high


def nice_step(span: float, most: int) -> float:
    """The least step of 1, 2 or 5 times a power of ten of which no more than `most` fill the span; 1 for no span."""
    needed = span / max(1, most)
    if not 1 / FARTHEST < needed < math.inf:
        return 1.0
    power = math.floor(math.log10(needed))
    # Powers of ten below one are exact as divisors only.
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
    """What ticks bear: as many decimals as the step needs, all alike; powers of ten where that is too long."""
    decimals = max(0, -math.floor(math.log10(step) + _ROUNDING))
    plain = [f"{tick + 0.0:.{decimals}f}" if decimals <= _LONGEST_PLAIN else "" for tick in ticks]
    if all(0 < len(text) <= _LONGEST_PLAIN for text in plain):
        return tuple(text.rstrip("0").rstrip(".") if "." in text else text for text in plain)
    farthest = max((abs(tick) for tick in ticks), default=0.0)
    digits = min(12, max(0, math.ceil(math.log10(farthest / step) - _ROUNDING))) if farthest else 0
    return tuple(_compact(tick, digits) for tick in ticks)


def number_text(value: float, digits: int = 5) -> str:
    """A number in so many digits, without zeros at its end: 3560, 7.118, 0.0114, 1.2e9, nan."""
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
    """A position on an axis of this span, to a thousandth of it."""
    if not 0 < span < math.inf or not math.isfinite(value):
        return number_text(value)
    decimals = 3 - math.floor(math.log10(span))
    if not 0 <= decimals <= _LONGEST_PLAIN or abs(value) >= 10**_LONGEST_PLAIN:
        return number_text(value, 6)
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _compact(value: float, digits: int = 3) -> str:
    """A number as 1.2e6, or as it is where that is as short."""
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{value:.{digits}e}".partition("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    power = f"{mantissa}e{int(exponent)}"
    plain = f"{value:.10g}"
    return plain if len(plain) <= len(power) + 1 and "e" not in plain else power
