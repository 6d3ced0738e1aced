"""What the words for times mean, seen from a moment of the night."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from scantui.exceptions import UsageError
from scantui.report import Span
from scantui.report.span_words import read_span
from scantui.words import iso_time

PARIS = ZoneInfo("Europe/Paris")


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp() * 1000)


@pytest.mark.parametrize(
    ("since", "until", "now", "expected"),
    [
        ("today", "", "2026-11-21T05:00", ("2026-11-21T00:00", "2026-11-21T05:00")),
        ("yesterday", "", "2026-11-21T05:00", ("2026-11-20T00:00", "2026-11-21T05:00")),
        ("yesterday", "today", "2026-11-21T05:00", ("2026-11-20T00:00", "2026-11-21T00:00")),
        ("22:00", "", "2026-11-21T05:00", ("2026-11-20T22:00", "2026-11-21T05:00")),
        ("22:00", "06:00", "2026-11-21T10:00", ("2026-11-20T22:00", "2026-11-21T06:00")),
        # What is still to come is cut at the present.
        ("22:00", "06:00", "2026-11-21T05:00", ("2026-11-20T22:00", "2026-11-21T05:00")),
        ("22:00", "06:00", "2026-11-20T23:00", ("2026-11-20T22:00", "2026-11-20T23:00")),
        ("22:00", "23:30", "2026-11-21T05:00", ("2026-11-20T22:00", "2026-11-20T23:30")),
        ("8h", "30m", "2026-11-21T05:00", ("2026-11-20T21:00", "2026-11-21T04:30")),
        ("2026-11-20T22:00", "2026-11-21T06:00", "2026-11-24T12:00", ("2026-11-20T22:00", "2026-11-21T06:00")),
        ("20.11.2026", "21 Nov 3am", "2026-11-21T05:00", ("2026-11-20T00:00", "2026-11-21T03:00")),
        ("friday 10pm", "1 hour ago", "2026-11-21T05:00", ("2026-11-20T22:00", "2026-11-21T04:00")),
        # A day with 25 hours, and one with 23.
        ("yesterday", "today", "2026-10-26T05:00", ("2026-10-25T00:00", "2026-10-26T00:00")),
        ("yesterday", "today", "2026-03-30T05:00", ("2026-03-29T00:00", "2026-03-30T00:00")),
    ],
)
def test_a_span_is_read_as_it_is_meant(since: str, until: str, now: str, expected: tuple[str, str]) -> None:
    assert read_span(since, until, ms(now), PARIS) == tuple(map(ms, expected))


@pytest.mark.parametrize(
    ("since", "until", "problem"),
    [
        ("tomorrow", "", "not a valid time"),
        ("25:00", "", "not a valid time"),
        ("05/06/2026", "", "write 2026-06-05 or 2026-05-06"),
        ("8h\x1b[31m", "", "not a valid time"),
        ("2027-01-01", "", "not in the past"),
        ("2h", "3h", "does not come after"),
        ("today", "yesterday", "does not come after"),
    ],
)
def test_what_cannot_be_a_span_is_refused(since: str, until: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem) as refused:
        read_span(since, until, ms("2026-11-21T05:00"), PARIS)
    assert "\x1b" not in str(refused.value)


@pytest.mark.parametrize("end", [1_795_734_991_667, 1_795_734_991_600, 1_795_734_991_000])
def test_the_times_of_one_report_begin_and_end_another(end: int) -> None:
    assert read_span(iso_time(end - 1) or "", iso_time(end) or "", end + 1) == Span(end - 1, end)


def test_a_fraction_of_a_second_may_have_any_length() -> None:
    since = read_span("2026-11-26T23:16:31.6Z", "2026-11-26T23:16:31.723456789+00:00", 1_795_740_000_000).since_ms
    assert since == 1_795_734_991_600
