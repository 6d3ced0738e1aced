"""The words for the span of a report: `today`, `yesterday`, `22:00`, `8h`, `2026-11-20T22:00`; pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo

from scantui.exceptions import FilterSyntaxError, UsageError
from scantui.filters.moments import WallClock, read_moment
from scantui.filters.values import plain_moment
from scantui.report.spans import Span
from scantui.text import printable

_DAYS_AGO = {"today": 0, "yesterday": 1}


def read_span(since: str, until: str, now_ms: int, zone: tzinfo | None = None) -> Span:
    """The span between two times as a user writes them, an empty `until` for now; it never reaches beyond now.

    A time of day is the last one that has passed. As the end it is the last one after the beginning, else the next.
    `today` and `yesterday` are midnight, when those days began. Times are in `zone`, without one this computer's.
    Raises UsageError for a text that is not a time, or an end that does not come after its beginning.
    """
    try:
        since, until = plain_moment(since.strip()), plain_moment(until.strip())
    except FilterSyntaxError as error:
        raise UsageError(str(error)) from error
    since_ms = _at_ms(since, now_ms, zone)
    if since_ms >= now_ms:
        raise UsageError(f"{printable(since)!r} is not in the past: give the time at which the report begins")
    until_ms = _at_ms(until, now_ms, zone) if until else now_ms
    if until_ms <= since_ms and isinstance(read_moment(until, zone), WallClock):
        until_ms = _next_time(until, since_ms, zone)
    if until_ms <= since_ms:
        raise UsageError(f"{printable(until)!r} does not come after {printable(since)!r}")
    return Span(since_ms, min(until_ms, now_ms))


def _at_ms(text: str, now_ms: int, zone: tzinfo | None) -> int:
    days_ago = _DAYS_AGO.get(text.strip().lower())
    if days_ago is not None:
        day = datetime.fromtimestamp(now_ms / 1000, zone).date() - timedelta(days=days_ago)
        return int(datetime.combine(day, time(), zone).timestamp() * 1000)
    moment = read_moment(text.strip(), zone)
    at_ms = moment.at_ms(now_ms) if moment is not None else None
    if at_ms is None:
        raise UsageError(
            f"{printable(text)!r} is not a valid time: write today, yesterday, 22:00, 8h or 2026-11-20T22:00"
        )
    return int(at_ms)


def _next_time(clock: str, after_ms: int, zone: tzinfo | None) -> int:
    """The next time of day after a moment: what has passed a day later, or two where clocks are put forward."""
    day_ms = 86_400_000
    for days in (1, 2):
        at_ms = _at_ms(clock, after_ms + days * day_ms, zone)
        if at_ms > after_ms:
            return at_ms
    return after_ms
