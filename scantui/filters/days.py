"""Days and times as the screen and other programs write them: 17 Nov 22:03, 20.11.2026, monday 10pm, 1763589600; pure.

Rule: what comes out is a moment as scantui writes it; a day that can be two is an error that names both.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from scantui.exceptions import FilterSyntaxError

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?(?![a-z])"
)
_NUMBERED = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?!\d)"
_YEAR = r"(?P<year>\d{4})(?!\d)"
_GAP = r"[\s/.-]?\s*"
# Each way to write a day.
_DAYS = (
    r"(?P<year>\d{4})(?P<sign>[-/.])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})(?!\d)",
    r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)(?!\d)",
    rf"(?P<first>\d{{1,2}})(?P<sign>[./-])(?P<second>\d{{1,2}})(?P=sign){_YEAR}",
    rf"{_NUMBERED}{_GAP}{_MONTH}(?:,?{_GAP}{_YEAR}(?!:))?",
    rf"{_MONTH}{_GAP}{_NUMBERED}(?!:)(?:,?{_GAP}{_YEAR}(?!:))?",
    r"(?:last\s+)?(?P<weekday>mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?(?![a-z])",
    r"(?P<named>today|yesterday)(?![a-z])",
)
_CLOCK = r"(?P<clock>\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?|\d{1,2}\s*[ap]\.?m\b\.?|noon|midnight|(?<=[Tt])\d\d)"
_ZONE = r"\s?(?P<zone>Z|UTC|[+-]\d\d(?::?\d\d)?)"
_END = r"(?![^\s,;|&)]|,\S)"
_MOMENTS = [re.compile(rf"(?i){day}(?:(?:(?<=\d)T|_|,?\s+(?:at\s+)?){_CLOCK}(?:{_ZONE})?)?{_END}") for day in _DAYS]
_ONLY_CLOCK = re.compile(rf"(?i)(?P<clock>\d{{1,2}}\s*[ap]\.?m\b\.?|noon|midnight){_END}")
_SINCE_1970 = re.compile(rf"@?(\d{{10}})(\d{{3}})?(?:\.\d+)?{_END}")
_NOW = re.compile(rf"(?i)(?:now(?:\s*-\s*(?P<ago>(?:\d[\d.]*[smhdwy])+))?|-(?P<back>(?:\d[\d.]*[smhdwy])+)){_END}")


class FoundMoment(NamedTuple):
    """A day, a time of one, or a span before now, as scantui writes it, and where it ends in the text."""

    text: str
    end: int


def moment_at(text: str, position: int) -> FoundMoment | None:
    """The moment that stands there; FilterSyntaxError where it can be two days."""
    now = _NOW.match(text, position)
    if now:
        return FoundMoment(now["ago"] or now["back"] or "0s", now.end())
    counted = _SINCE_1970.match(text, position)
    if counted:
        at = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=int(counted[1]))
        return FoundMoment(f"{at:%Y-%m-%dT%H:%M:%SZ}", counted.end())
    only = _ONLY_CLOCK.match(text, position)
    if only:
        return FoundMoment(_clock(only["clock"]), only.end())
    found = next(filter(None, (moment.match(text, position) for moment in _MOMENTS)), None)
    if found is None:
        return None
    parts = found.groupdict()
    day, clock, zone = _day(parts, position), _clock(parts["clock"] or ""), (parts["zone"] or "").upper()
    if zone:
        return FoundMoment(f"{day}T{clock}{_zone(zone)}", found.end()) if day[:1].isdigit() else None
    return FoundMoment(f"{day} {clock}" if clock else day, found.end())


def _day(parts: dict[str, str | None], position: int) -> str:
    """A day as 2026-11-20; without a year as 17 nov, or by its name."""
    if parts.get("named"):
        return str(parts["named"]).lower()
    if parts.get("weekday"):
        short = str(parts["weekday"]).lower()[:3]
        return next(day for day in WEEKDAYS if day.startswith(short))
    if parts.get("first"):
        first, second = int(parts["first"] or 0), int(parts["second"] or 0)
        day, month = (second, first) if second > 12 and parts["sign"] != "." else (first, second)
        if parts["sign"] != "." and first != second and max(first, second) <= 12:
            ways = " or ".join(f"{parts['year']}-{a:02}-{b:02}" for a, b in ((second, first), (first, second)))
            raise FilterSyntaxError(f"this can be two days: write {ways}", position + 1)
        return f"{parts['year']}-{month:02}-{day:02}"
    named = str(parts["month"]).lower()
    month = int(named) if named.isdecimal() else MONTHS.index(named[:3]) + 1
    day = int(parts["day"] or 0)
    return f"{parts['year']}-{month:02}-{day:02}" if parts["year"] else f"{day} {MONTHS[month - 1]}"


def _clock(written: str) -> str:
    """A time of day as 22:00."""
    written = written.lower().replace(".m", "m").rstrip(".")
    if written in ("noon", "midnight"):
        return "12:00" if written == "noon" else "00:00"
    half = re.fullmatch(r"(\d{1,2})\s*([ap])m", written)
    if half:
        return f"{int(half[1]) % 12 + (12 if half[2] == 'p' else 0):02}:00" if 1 <= int(half[1]) <= 12 else written
    return f"{written}:00" if re.fullmatch(r"\d\d", written) else written


def _zone(written: str) -> str:
    if written in ("Z", "UTC"):
        return "Z"
    digits = written[1:].replace(":", "")
    return f"{written[0]}{digits[:2]}:{digits[2:] or '00'}"
