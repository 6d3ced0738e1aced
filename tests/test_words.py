"""The words for states follow the table, times are written in few letters, and no publisher text breaks them."""

from __future__ import annotations

import itertools
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.activity import time_left
from scantui.models import ScanIdentity, ScanState, ScanSummary
from scantui.words import (
    STATE_WORDS,
    clock_span,
    counted,
    duration,
    ended_early,
    lacks_start,
    seconds_of,
    short_span,
    state_word,
)

NOON = 1_700_049_600.0
NOON_UTC = "2023-11-15T12:00:00+00:00"


def scan(
    state: ScanState | None = ScanState.CLOSED,
    created: float = NOON,
    moved: float = NOON,
    start_time: str | None = None,
    end_time: str | None = None,
    end_reason: str | None = None,
    exit_status: str | None = None,
) -> ScanSummary:
    return ScanSummary(
        key="esrf:scan:1",
        state=state,
        identity=ScanIdentity(name="ascan", number=1),
        state_id=f"{int(moved * 1000)}-0",
        created_ms=int(created * 1000),
        start_time=start_time,
        end_time=end_time,
        end_reason=end_reason,
        exit_status=exit_status,
    )


# States


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (ScanState.CREATED, "NEW"),
        (ScanState.PREPARED, "PREP"),
        (ScanState.STARTED, "RUN"),
        (ScanState.STOPPED, "STOP"),
        (ScanState.CLOSED, "END"),
        (None, "BAD"),
    ],
)
def test_each_state_has_its_word(state: ScanState | None, word: str) -> None:
    assert state_word(scan(state)) == word


@pytest.mark.parametrize(
    ("end_reason", "exit_status", "word"),
    [
        ("SUCCESS", None, "DONE"),
        ("FAILURE", None, "FAIL"),
        ("USER_ABORT", None, "ABRT"),
        ("DELETION", None, "LOST"),
        ("success", None, "DONE"),
        ("Failure", None, "FAIL"),
        (None, "success", "DONE"),
        (None, "SUCCESS", "DONE"),
        (None, "abort", "ABRT"),
        (None, "Abort", "ABRT"),
        (None, "fail", "FAIL"),
        (None, "anything else", "FAIL"),
        ("FAILURE", "success", "FAIL"),
        ("SUCCESS", "fail", "DONE"),
        ("", "abort", "ABRT"),
        ("", "", "END"),
        (None, None, "END"),
        (None, "", "END"),
    ],
)
def test_a_closed_scan_shows_how_it_ended(end_reason: str | None, exit_status: str | None, word: str) -> None:
    assert state_word(scan(end_reason=end_reason, exit_status=exit_status)) == word


@pytest.mark.parametrize("end_reason", ["SUCCESSFUL", "SUCCESS ", "DONE", "ok", "0", "[/]"])
def test_an_unknown_end_is_never_a_success(end_reason: str) -> None:
    assert state_word(scan(end_reason=end_reason)) == "END"


@pytest.mark.parametrize("state", [state for state in ScanState if state is not ScanState.CLOSED])
def test_an_open_scan_has_not_ended_whatever_its_info_holds(state: ScanState) -> None:
    assert state_word(scan(state, end_reason="SUCCESS")) == state_word(scan(state, exit_status="fail"))
    assert state_word(scan(state, end_reason="SUCCESS")) == state_word(scan(state))


def test_a_row_with_a_problem_is_bad() -> None:
    assert state_word(ScanSummary(key="esrf:scan:1", problem="id is missing")) == "BAD"


@given(st.sampled_from([None, *ScanState]), st.none() | st.text(), st.none() | st.text())
def test_every_scan_has_a_word_that_the_table_explains(
    state: ScanState | None, end_reason: str | None, exit_status: str | None
) -> None:
    assert state_word(scan(state, end_reason=end_reason, exit_status=exit_status)) in STATE_WORDS


# Spans


@pytest.mark.parametrize(
    ("seconds", "short", "clock"),
    [
        (-5, "0s", "0:00"),
        (-0.5, "0s", "0:00"),
        (0, "0s", "0:00"),
        (0.999, "0s", "0:00"),
        (41, "41s", "0:41"),
        (59.99, "59s", "0:59"),
        (60, "1m", "1:00"),
        (1022, "17m", "17:02"),
        (3599, "59m", "59:59"),
        (3600, "1h", "1:00:00"),
        (3900, "1h", "1:05:00"),
        (86399, "23h", "23:59:59"),
        (86400, "1d", "24:00:00"),
        (6 * 86400, "6d", "144:00:00"),
        (999 * 86400, "2y", "23976:00:00"),
    ],
)
def test_spans_are_written_in_full_units(seconds: float, short: str, clock: str) -> None:
    assert short_span(seconds) == short
    assert clock_span(seconds) == clock


def test_a_noun_takes_its_plural_unless_there_is_one() -> None:
    assert [counted(number, "row") for number in (0, 1, 2)] == ["0 rows", "1 row", "2 rows"]
    assert [counted(number, "entry", "entries") for number in (1, 2)] == ["1 entry", "2 entries"]


@given(st.floats(-1e12, 1e12))
def test_a_short_span_takes_four_characters_up_to_a_thousand_days(seconds: float) -> None:
    assert len(short_span(seconds)) <= 4 or seconds >= 1000 * 86400
    assert int(short_span(seconds)[:-1]) >= 0


@given(st.integers(0, 10**9))
def test_a_clock_span_can_be_read_back(seconds: int) -> None:
    parts = [int(part) for part in clock_span(seconds).split(":")]
    assert sum(part * size for part, size in zip(reversed(parts), (1, 60, 3600), strict=False)) == seconds


# Times


@pytest.mark.parametrize(
    "text",
    [
        NOON_UTC,
        "2023-11-15T12:00:00Z",
        "2023-11-15 12:00:00+00:00",
        "2023-11-15T13:00:00+01:00",
        "2023-11-15T06:30:00-05:30",
        "2023-11-15T12:00:00.000000+00:00",
    ],
)
def test_a_time_with_a_zone_is_understood(text: str) -> None:
    assert seconds_of(text) == NOON


@pytest.mark.parametrize(
    "text",
    [None, "", " ", "2023-11-15T12:00:00", "2023-11-15", "yesterday", "1700049600", "2023-13-45T99:00:00Z", "Z", "ZZ"],
)
def test_a_time_without_a_zone_and_nonsense_have_no_value(text: str | None) -> None:
    assert seconds_of(text) is None


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "1970-01-01T00:00:00Z"])
def test_the_ends_of_the_calendar_are_times_too(text: str) -> None:
    assert seconds_of(text) is not None


MINUTE = 60


@pytest.mark.parametrize("behind", [-7200, -MINUTE, 0, MINUTE, 7200])
def test_an_open_scan_runs_by_the_servers_clock_whatever_its_writers_clock_shows(behind: float) -> None:
    wrong = datetime.fromtimestamp(NOON + behind, timezone.utc).isoformat()
    running = scan(ScanState.STARTED, created=NOON + behind, moved=NOON, start_time=wrong)
    assert duration(running, int((NOON + 41) * 1000)) == 41
    assert duration(running, int((NOON - 1) * 1000)) == 0, "a clock that was read before"


def test_a_closed_scan_ran_by_the_times_of_its_writer() -> None:
    done = scan(start_time=NOON_UTC, end_time="2023-11-15T12:17:02Z", moved=NOON + 5000)
    assert duration(done, int((NOON + 9999) * 1000)) == 1022
    naive = scan(start_time="2023-11-15T12:00:00", end_time="2023-11-15T12:00:05", created=NOON - 9999)
    assert duration(naive, 0) == 5


@pytest.mark.parametrize(
    ("start_time", "end_time"),
    [
        pytest.param("2023-11-15T14:00:00Z", "2023-11-15T12:00:57Z", id="an end before the start"),
        pytest.param("2023-11-15T10:00:00Z", "2023-11-15T12:00:57Z", id="a start long before the creation"),
        pytest.param(NOON_UTC, None, id="no end"),
        pytest.param(None, NOON_UTC, id="no start"),
        pytest.param("2023-11-15T12:00:00", NOON_UTC, id="a zone at one end"),
        pytest.param("nonsense", NOON_UTC, id="nonsense"),
    ],
)
def test_where_the_writers_times_are_invalid_the_server_knows_both_ends_or_none_are_known(
    start_time: str | None, end_time: str | None
) -> None:
    row = scan(start_time=start_time, end_time=end_time, moved=NOON + 57)
    assert duration(row, int((NOON + 9999) * 1000)) is None
    assert lacks_start(row)
    seen = row.replaced(started_ms=int(NOON * 1000))
    assert duration(seen, int((NOON + 9999) * 1000)) == 57
    assert not lacks_start(seen)


def test_an_end_at_the_start_is_no_time_at_all() -> None:
    assert duration(scan(start_time=NOON_UTC, end_time=NOON_UTC), 0) == 0


@pytest.mark.parametrize(
    ("end_reason", "npoints", "early"),
    [("FAILURE", 21, True), ("USER_ABORT", 21, True), ("SUCCESS", 21, False), (None, 21, False), ("FAILURE", 0, False)],
)
def test_what_ended_before_its_points_were_taken_is_shown(end_reason: str | None, npoints: int, early: bool) -> None:
    row = scan(end_reason=end_reason).replaced(npoints=npoints)
    assert ended_early(row) is early
    assert not ended_early(row.replaced(state=ScanState.STARTED))


def test_a_row_with_a_problem_has_no_duration() -> None:
    assert duration(ScanSummary(key="esrf:scan:1", problem="id is missing"), int(NOON * 1000)) is None


times = st.none() | st.text() | st.datetimes().map(str) | st.datetimes(timezones=st.timezones()).map(str)


@given(st.sampled_from([None, *ScanState]), times, times, st.integers(0, 2**48 - 1), st.integers(0, 2**63))
def test_no_time_that_a_publisher_writes_breaks_the_duration(
    state: ScanState | None, start_time: str | None, end_time: str | None, created_ms: int, now_ms: int
) -> None:
    seconds = duration(scan(state, created_ms / 1000, start_time=start_time, end_time=end_time), now_ms)
    if seconds is not None:
        assert short_span(seconds)
        assert clock_span(seconds)
        assert seconds >= 0


def test_no_word_is_explained_twice() -> None:
    assert all(one != other for one, other in itertools.combinations(STATE_WORDS.values(), 2))
    assert all(len(word) <= 5 for word in STATE_WORDS)


def test_a_scan_that_runs_has_at_least_a_second_left() -> None:
    assert time_left(1_999, 1_000) == "0:01 left"
    assert time_left(1_200, 1_000) == "0:01 left"
    assert time_left(3_999, 1_000) == "0:02 left"
