"""Ages, durations and moments: what passes as time goes by, against an oracle, in zones whose clocks are put back."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.filters import ScanFilter
from scantui.models import ScanIdentity, ScanState, ScanSummary
from scantui.words import clock_span, short_span

HOUR = timedelta(hours=1)
EAST = timezone(2 * HOUR)
UTC = timezone.utc
NOW = datetime(2026, 11, 20, 3, 12, 44, tzinfo=EAST)


class SummerOf2026(tzinfo):
    """One hour east of Greenwich, two from the 29th of March to the 25th of October; it changes at one o'clock UTC."""

    forward, back = datetime(2026, 3, 29, 1), datetime(2026, 10, 25, 1)

    def utcoffset(self, when: datetime | None) -> timedelta:
        assert when is not None
        wall = when.replace(tzinfo=None, fold=0)
        if self.forward + HOUR <= wall < self.forward + 2 * HOUR:
            return 2 * HOUR if when.fold else HOUR
        if self.back + HOUR <= wall < self.back + 2 * HOUR:
            return HOUR if when.fold else 2 * HOUR
        return 2 * HOUR if self.forward < wall < self.back + 2 * HOUR else HOUR

    def tzname(self, when: datetime | None) -> str:
        return "2026"

    def dst(self, when: datetime | None) -> timedelta:
        return self.utcoffset(when) - HOUR

    def fromutc(self, when: datetime) -> datetime:
        utc = when.replace(tzinfo=None)
        wall = when + (2 * HOUR if self.forward <= utc < self.back else HOUR)
        return wall.replace(fold=int(self.back <= utc < self.back + HOUR))


ZONE = SummerOf2026()


def ms(when: datetime) -> int:
    return int(when.timestamp() * 1000)


def created(when: datetime, state: ScanState = ScanState.STARTED, end: datetime | None = None) -> ScanSummary:
    return ScanSummary(
        key="esrf:scan:01JBXVGZM0G32HDSZJXS6MSESN",
        state=state,
        identity=ScanIdentity(name="ascan", number=1),
        created_ms=ms(when),
        state_id=f"{ms(end or when)}-0",
    )


def passes(text: str, row: ScanSummary, now: datetime | None = NOW, zone: tzinfo | None = EAST) -> bool:
    return ScanFilter.parse(text, zone).matches(row, now_ms=ms(now) if now else 0)


def cutoff(text: str, now: datetime = NOW, zone: tzinfo | None = EAST) -> datetime:
    """The first moment, to the second, at which a scan may be created to pass; found by halving."""
    early, late = int(now.timestamp()) - 400 * 86400, int(now.timestamp()) + 86400
    while late - early > 1:
        middle = (early + late) // 2
        if passes(text, created(datetime.fromtimestamp(middle, UTC)), now, zone):
            late = middle
        else:
            early = middle
    return datetime.fromtimestamp(late, UTC)


# Spans


@pytest.mark.parametrize(
    ("span", "seconds"),
    [
        ("0s", 0),
        ("45s", 45),
        ("30m", 1800),
        ("2h", 7200),
        ("6d", 518400),
        ("1h30m", 5400),
        ("1.5H", 5400),
        ("1w", 604800),
        ("1y", 365 * 86400),
        ('"1m1s"', 61),
    ],
)
def test_a_span_is_the_sum_of_its_parts(span: str, seconds: int) -> None:
    younger, older = (created(NOW - timedelta(seconds=seconds + more)) for more in (-1, 1))
    exactly = created(NOW - timedelta(seconds=seconds))
    for text, expected in (
        (f"age<{span}", [True, False, False]),
        (f"age<={span}", [True, True, False]),
        (f"age>{span}", [False, False, True]),
        (f"age>={span}", [False, True, True]),
        (f"!age>{span}", [True, True, False]),
        (f"age={span}..", [False, True, True]),
        (f"age=..{span}", [True, True, False]),
        (f"since={span}", [True, True, False]),
        (f"before={span}", [False, False, True]),
    ):
        assert [passes(text, row) for row in (younger, exactly, older)] == expected, text


ages = st.integers(-10_000, 400_000)
parts = st.lists(st.tuples(st.integers(0, 99), st.sampled_from("smhd")), min_size=1, max_size=3)


@given(parts, parts, ages)
def test_a_range_of_ages_is_what_a_time_delta_says(
    first: list[tuple[int, str]], last: list[tuple[int, str]], age: int
) -> None:
    names = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
    low, high = (sum((timedelta(**{names[unit]: n}) for n, unit in span), timedelta()) for span in (first, last))
    spelled_low, spelled_high = ("".join(f"{n}{unit}" for n, unit in span) for span in (first, last))
    if low > high:
        low, high, spelled_low, spelled_high = high, low, spelled_high, spelled_low
    row = created(NOW - timedelta(seconds=age))
    expected = low <= timedelta(seconds=age) <= high
    assert passes(f"age={spelled_low}..{spelled_high}", row) is expected
    assert passes(f"age>={spelled_low} age<={spelled_high}", row) is expected
    assert passes(f"since={spelled_high} !since={spelled_low}", row) is (low < timedelta(seconds=age) <= high)


def test_a_duration_is_that_of_the_column() -> None:
    started = NOW - timedelta(minutes=12)
    running = created(started)
    closed = created(started, ScanState.CLOSED, started + timedelta(minutes=9))
    ended = closed.replaced(started_ms=closed.created_ms)
    assert [passes("duration>10m", row) for row in (running, ended)] == [True, False]
    assert [passes("duration=8m..10m", row) for row in (running, ended)] == [False, True]
    assert [passes("dur<10m", row, now=None) for row in (running, ended)] == [False, True], "an end needs no clock"


@given(st.floats(0, 4 * 365 * 86400), st.sampled_from(["age", "duration"]))
def test_a_span_finds_the_scans_whose_column_shows_it(seconds: float, field: str) -> None:
    row = created(NOW - timedelta(seconds=seconds))
    seconds = (ms(NOW) - ms(NOW - timedelta(seconds=seconds))) / 1000
    assert passes(f"{field}={short_span(seconds)}", row)
    assert passes(f"duration={clock_span(seconds)}", row)
    assert not passes(f"{field}={short_span(seconds)}", created(NOW - timedelta(seconds=2 * seconds + 120)))


# Moments


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("22:00", datetime(2026, 11, 19, 22, 0, tzinfo=EAST)),
        ("3:12", datetime(2026, 11, 20, 3, 12, tzinfo=EAST)),
        ("03:12:44", datetime(2026, 11, 20, 3, 12, 44, tzinfo=EAST)),
        ("03:12:45", datetime(2026, 11, 19, 3, 12, 45, tzinfo=EAST)),
        ("00:00", datetime(2026, 11, 20, 0, 0, tzinfo=EAST)),
        ("2026-11-18", datetime(2026, 11, 18, 0, 0, tzinfo=EAST)),
        ("2026-11-18T22:00", datetime(2026, 11, 18, 22, 0, tzinfo=EAST)),
        ("2026-11-18t22:00:01", datetime(2026, 11, 18, 22, 0, 1, tzinfo=EAST)),
        ('"2026-11-18 22:00"', datetime(2026, 11, 18, 22, 0, tzinfo=EAST)),
        ("2026-11-18T22:00Z", datetime(2026, 11, 18, 22, 0, tzinfo=UTC)),
        ("2026-11-18T22:00+01:00", datetime(2026, 11, 18, 22, 0, tzinfo=timezone(HOUR))),
        ("10m", NOW - timedelta(minutes=10)),
        ("today", datetime(2026, 11, 20, tzinfo=EAST)),
        ("Yesterday", datetime(2026, 11, 19, tzinfo=EAST)),
        ('"yesterday 22:00"', datetime(2026, 11, 19, 22, 0, tzinfo=EAST)),
        ('"today 3:00"', datetime(2026, 11, 20, 3, 0, tzinfo=EAST)),
    ],
)
def test_a_moment_is_the_first_that_passes(text: str, expected: datetime) -> None:
    assert cutoff(f"since={text}") == cutoff(f"!before={text}") == expected


@pytest.mark.parametrize(
    ("ways", "expected"),
    [
        (
            "2026/11/18|2026.11.18|20261118|18.11.2026|18/11/2026|11/18/2026|18-11-2026|18 Nov 2026|18-Nov-2026|"
            "18nov2026|Nov 18, 2026|November 18th 2026|18 November|18 nov|Nov. 18|wednesday|Wed|last wednesday",
            datetime(2026, 11, 18, tzinfo=EAST),
        ),
        (
            "18 Nov 22:03|2026-11-18 22:03|2026-11-18T22:03|2026-11-18_22:03|18.11.2026 22:03|wed 22:03|"
            "Wednesday at 22:03|18/11/2026, 22:03|2026-11-18 22:03:00",
            datetime(2026, 11, 18, 22, 3, tzinfo=EAST),
        ),
        ("2026-11-18T22:00:00+0100|20261118T22+01|18 Nov 2026 22:00+01:00", datetime(2026, 11, 18, 21, tzinfo=UTC)),
        ("20 Nov|friday", datetime(2026, 11, 20, tzinfo=EAST)),
        ("5 Dec 2025|2025-12-5|5 Dec|20251205", datetime(2025, 12, 5, tzinfo=EAST)),
        ("friday 22:00", datetime(2026, 11, 13, 22, tzinfo=EAST)),
        ("10pm|10 p.m.", datetime(2026, 11, 19, 22, tzinfo=EAST)),
        ("today 1am", datetime(2026, 11, 20, 1, tzinfo=EAST)),
        ("noon", datetime(2026, 11, 19, 12, tzinfo=EAST)),
        ("midnight", datetime(2026, 11, 20, tzinfo=EAST)),
        ("@1763589600|1763589600|1763589600000", datetime(2025, 11, 19, 22, tzinfo=UTC)),
        ("now", NOW),
    ],
)
def test_a_day_is_understood_as_the_screen_and_other_programs_write_it(ways: str, expected: datetime) -> None:
    for way in ways.split("|"):
        for text in (f"since={way}", f'since="{way}"', f"since={way} name=*", f"(since={way})"):
            assert cutoff(text) == expected, text


@pytest.mark.parametrize(
    ("now", "clock", "expected"),
    [
        (datetime(2026, 10, 25, 12, tzinfo=UTC), "02:30", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, 1, 15, tzinfo=UTC), "02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, 12, tzinfo=UTC), "01:30", datetime(2026, 10, 24, 23, 30, tzinfo=UTC)),
        (datetime(2026, 3, 29, 12, tzinfo=UTC), "02:30", datetime(2026, 3, 28, 1, 30, tzinfo=UTC)),
        (datetime(2026, 3, 29, 12, tzinfo=UTC), "03:00", datetime(2026, 3, 29, 1, tzinfo=UTC)),
        (datetime(2026, 3, 29, 0, 45, tzinfo=UTC), "02:30", datetime(2026, 3, 28, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_time_that_came_twice_is_the_later_and_one_that_did_not_come_is_of_the_day_before(
    now: datetime, clock: str, expected: datetime
) -> None:
    assert cutoff(f"since={clock}", now, ZONE) == expected


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(
        lambda when: when.replace(microsecond=0, tzinfo=UTC)
    ),
    st.integers(0, 23),
    st.sampled_from([0, 30]),
)
def test_the_last_time_is_the_nearest_minute_in_the_past_that_shows_it(now: datetime, hour: int, minute: int) -> None:
    at = now.replace(second=0)
    while (at.astimezone(ZONE).hour, at.astimezone(ZONE).minute) != (hour, minute):
        at -= timedelta(minutes=1)
    assert cutoff(f"since={hour:02}:{minute:02}", now, ZONE) == at


def test_the_machine_has_a_zone_of_its_own() -> None:
    today = NOW.astimezone().replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    assert cutoff("since=00:00", zone=None) == cutoff(f"since={today:%Y-%m-%d}", zone=None) == today.astimezone()


# What is not known


@pytest.mark.parametrize(
    "text", ["age<2h", "age>2h", "since=10m", "since=today", "before=10m", "since=22:00", "duration>1s"]
)
def test_without_a_clock_nothing_has_an_age(text: str) -> None:
    assert not passes(text, created(NOW), now=None)
    assert passes(f"!{text}", created(NOW), now=None)


@pytest.mark.parametrize("text", ["age<2h", "since=10m", "before=2026-11-20", "duration>1s"])
def test_a_scan_without_times_passes_only_a_negation(text: str) -> None:
    row = ScanSummary(key="esrf:scan:1", problem="unreadable")
    assert not passes(text, row)
    assert passes(f"!{text}", row)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("age<2h", True),
        ("samx !duration>1s", True),
        ("since=22:00", True),
        ("before=10m", True),
        ("since=today", True),
        ("since=2026-11-20T22:00", False),
        ("name=ct state=run samx number>4", False),
        ("", False),
    ],
)
def test_a_filter_knows_whether_time_alone_changes_its_answer(text: str, expected: bool) -> None:
    assert ScanFilter.parse(text).depends_on_time is expected


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("today", "since=today"),
        ("Today is=problem", "since=today is=problem"),
        ("!today", "!since=today"),
        ("yesterday name=ct", "since=yesterday before=today name=ct"),
        ("today or is=open", "since=today or is=open"),
        ('"today"', '"today"'),
        ("ct today", "ct today"),
        ("yesterday or is=open", "yesterday or is=open"),
        ("!yesterday", "!yesterday"),
        ("since=yesterday 22:00", 'since="yesterday 22:00"'),
        ("since=2026-11-20 22:00 name=ct", 'since="2026-11-20 22:00" name=ct'),
        ("before=today 7:30:15", 'before="today 7:30:15"'),
        ("since=22:00 23:00", "since=22:00 23:00"),
        ("since=today (22:00 or name=ct)", 'since=today "22:00" or name=ct'),
    ],
)
def test_a_day_beside_fields_is_its_time_and_among_words_it_is_a_word(text: str, read: str) -> None:
    assert ScanFilter.parse(text).text == read
