"""The moments that a filter names: `at_ms` is the time in milliseconds since 1970, for a `now_ms` of the same kind.

Rule: without a clock, which is a `now_ms` of 0, only a moment that was given in full is known; the others are None.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo

import msgspec


class Ago(msgspec.Struct, frozen=True):
    """So long before now."""

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
    """A time of today, or of so many days before, by the clocks of a zone, without one this machine's."""

    days_before: int
    clock: time
    zone: tzinfo | None = None

    def at_ms(self, now_ms: int) -> float | None:
        if not now_ms:
            return None
        day = datetime.fromtimestamp(now_ms / 1000, self.zone).date() - timedelta(days=self.days_before)
        return datetime.combine(day, self.clock, self.zone).timestamp() * 1000


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
