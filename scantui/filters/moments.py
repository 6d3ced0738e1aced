"""The moments that a filter names: `at_ms` is the time in milliseconds since 1970, for a `now_ms` of the same kind.

Rule: without a clock, which is a `now_ms` of 0, only a moment that was given in full is known; the others are None.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo

import msgspec

from scantui.exceptions import UsageError
from scantui.filters.days import MONTHS, WEEKDAYS
from scantui.text import printable

# A year is that of the column AGE.
_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "y": 365 * 86400}
_SPAN = r"(?i)(?:[0-9]{1,9}(?:\.[0-9]{1,9})?[smhdwy])+"
_SPAN_PART = r"(?i)([0-9.]+)([smhdwy])"
_NAMED_DAYS = {"today": 0, "yesterday": 1}
_DAY_NAMES = "|".join((*_NAMED_DAYS, *WEEKDAYS, f"[0-9]{{1,2}} (?:{'|'.join(MONTHS)})"))
_NAMED_DAY = rf"(?i)(?P<day>{_DAY_NAMES})(?: (?P<clock>.+))?"
_CLOCK = r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?"
_FRACTION = r"[.,][0-9]{1,9}"
_DATE = (
    rf"(?i)[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}"
    rf"([T ][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}({_FRACTION})?)?(Z|[+-][0-9]{{2}}:[0-9]{{2}})?)?"
)


class Ago(msgspec.Struct, frozen=True):
    """A time before now."""

    ms: float

    def at_ms(self, now_ms: int) -> float | None:
        return now_ms - self.ms if now_ms else None


class Instant(msgspec.Struct, frozen=True):
    """A day and a time that were given in full."""

    ms: float

    def at_ms(self, now_ms: int) -> float | None:
        return self.ms


class WallClock(msgspec.Struct, frozen=True):
    """The last time that the clocks of a zone, without one this machine's, stood so."""

    clock: time
    zone: tzinfo | None = None

    def at_ms(self, now_ms: int) -> float | None:
        return _last_time(self.clock, self.zone, now_ms) if now_ms else None


class NamedDay(msgspec.Struct, frozen=True):
    """A time of today, or of some days before, by the clocks of a zone, without one this machine's."""

    days_before: int
    clock: time
    zone: tzinfo | None = None

    def at_ms(self, now_ms: int) -> float | None:
        if not now_ms:
            return None
        day = datetime.fromtimestamp(now_ms / 1000, self.zone).date() - timedelta(days=self.days_before)
        return datetime.combine(day, self.clock, self.zone).timestamp() * 1000


class LastDay(msgspec.Struct, frozen=True):
    """A time of the last day that was called so, of a month or of a week, by the clocks of a zone."""

    name: str
    clock: time
    zone: tzinfo | None = None

    def at_ms(self, now_ms: int) -> float | None:
        if not now_ms:
            return None
        today = datetime.fromtimestamp(now_ms / 1000, self.zone).date()
        moments = (datetime.combine(day, self.clock, self.zone).timestamp() * 1000 for day in self._days(today))
        return next((at_ms for at_ms in moments if at_ms <= now_ms), None)

    def _days(self, today: date) -> Iterator[date]:
        """The days with this name, from the latest back to one that has certainly come."""
        day, _, month = self.name.partition(" ")
        if not month:
            back = (today.weekday() - WEEKDAYS.index(day)) % 7
            yield from (today - timedelta(days=back + more) for more in (0, 7))
            return
        for year in range(today.year, today.year - 9, -1):
            try:
                yield date(year, MONTHS.index(month) + 1, int(day))
            except ValueError:  # the 29th of February is not in every year
                continue


Moment = Ago | Instant | WallClock | NamedDay | LastDay


def _last_time(clock: time, zone: tzinfo | None, now_ms: int) -> float | None:
    today = datetime.fromtimestamp(now_ms / 1000, zone).date()
    for day in (today - timedelta(days=days) for days in range(4)):
        # Where clocks are put back a time comes twice, of which fold=1 is the later; where forward, one does not come.
        for later in (1, 0):
            seconds = datetime.combine(day, clock.replace(fold=later), zone).timestamp()
            came = datetime.fromtimestamp(seconds, zone).time() == clock
            if came and seconds * 1000 <= now_ms:
                return seconds * 1000
    return None


def seconds_in(span: str) -> float:
    """Seconds of a span of time with its units, such as 1h30m; UsageError for anything else."""
    if not re.fullmatch(_SPAN, span):
        raise UsageError(f"{printable(span)!r} is not a span of time: write 30s, 5m or 1h30m")
    return sum(float(count) * _UNIT_SECONDS[unit.lower()] for count, unit in re.findall(_SPAN_PART, span))


def is_span(text: str) -> bool:
    """Whether a text is a span of time with its units."""
    return bool(re.fullmatch(_SPAN, text))


def read_moment(text: str, zone: tzinfo | None) -> Moment | None:
    """A span before now, a time of day, a day or a day and time, as `since=` takes them; None for anything else."""
    if re.fullmatch(_SPAN, text):
        return Ago(seconds_in(text) * 1000)
    named = re.fullmatch(_NAMED_DAY, text)
    if named:
        day, at = named["day"].lower(), read_moment(named["clock"] or "0:00", zone)
        if not isinstance(at, WallClock):
            return None
        return NamedDay(_NAMED_DAYS[day], at.clock, zone) if day in _NAMED_DAYS else LastDay(day, at.clock, zone)
    clock = re.fullmatch(_CLOCK, text)
    try:
        if clock:
            hour, minute, second = (int(number or 0) for number in clock.groups())
            return WallClock(time(hour, minute, second), zone)
        if re.fullmatch(_DATE, text):
            # Not every Python reads fractions of any length.
            digits = re.sub(_FRACTION, lambda found: f".{found[0][1:7]:0<6}", text.upper())
            when = datetime.fromisoformat(digits.replace("Z", "+00:00"))
            return Instant((when if when.tzinfo else when.replace(tzinfo=zone)).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):  # the 30th of February, 25:00, a year that this machine cannot count
        return None
    return None
