"""What belongs to a report, what ran, and where it paused."""

from __future__ import annotations

import pytest

from scantui.models import ScanState, ScanSummary
from scantui.report import Report, ReportedScan, Span, life_of, make_report
from scantui.report.scans import ran_at_all
from tests.report.shifts import at, scan

NOW = at(600)


def report(*scans: ReportedScan, since: float = 0, until: float = 480, pause: float = 5) -> Report:
    return make_report("id11", Span(at(since), at(until)), scans, NOW, int(pause * 60_000))


def pauses(made: Report) -> list[tuple[int, int, int | None]]:
    def minute(ms: int) -> int:
        return (ms - at(0)) // 60_000

    return [(minute(p.since_ms), minute(p.until_ms), p.after.number if p.after else None) for p in made.pauses]


def numbers(made: Report) -> list[int | None]:
    return [each.number for each in made.scans]


def test_overlapping_top_level_scans_count_once_and_children_not_at_all() -> None:
    made = report(scan(1, 0, 60), scan(2, 30, 90), scan(3, 100, 110), scan(4, 104, 130, parent=3))
    assert made.ran_ms == 100 * 60_000


def test_a_child_whose_parent_is_not_in_the_report_counts_itself() -> None:
    assert report(scan(4, 0, 30, parent=3)).ran_ms == 30 * 60_000


def test_what_ran_is_cut_to_the_span() -> None:
    made = report(scan(1, -60, 30), scan(2, 470, None, "RUN"))
    assert made.ran_ms == 40 * 60_000
    assert pauses(made) == [(30, 470, 1)]


@pytest.mark.parametrize(
    ("start", "end", "belongs"),
    [(-20, -10, False), (-20, 0, False), (-20, 1, True), (479, 500, True), (480, 500, False), (-20, 500, True)],
)
def test_a_scan_belongs_if_it_ran_at_any_moment(start: float, end: float, belongs: bool) -> None:
    assert numbers(report(scan(1, start, end))) == ([1] if belongs else [])


@pytest.mark.parametrize(("closed", "belongs"), [(-1, False), (0, True), (479, True), (480, False)])
def test_one_that_never_started_belongs_where_it_was_closed(closed: float, belongs: bool) -> None:
    made = report(scan(1, None, closed, "FAIL"))
    assert [each.number for each in made.problems] == ([1] if belongs else [])
    assert made.ran_ms == 0


def test_a_pause_has_its_least_length_and_the_scan_before_it() -> None:
    made = report(scan(1, -30, -20), scan(2, 4, 60), scan(3, 64, 100), scan(4, 105, 478))
    assert pauses(made) == [(100, 105, 3)]
    assert pauses(report(scan(1, -30, -20), scan(2, 6, 480))) == [(0, 6, 1)]
    assert pauses(report(scan(2, 6, 480))) == [(0, 6, None)]
    assert pauses(report(scan(2, 6, 480), pause=7)) == []


def test_a_scan_that_hangs_pauses_from_its_last_point_on_yet_ran() -> None:
    made = report(scan(1, 0, None, "STALL", moved=120))
    assert pauses(made) == [(120, 480, 1)]
    assert made.ran_ms == 480 * 60_000


def test_a_sequence_hangs_with_its_child() -> None:
    made = report(scan(1, 0, None, "RUN"), scan(2, 10, None, "STALL", moved=30, parent=1))
    assert pauses(made) == [(30, 480, 1)]


def test_counts_hold_children_and_scans_come_oldest_first() -> None:
    made = report(scan(3, 50, 60, "FAIL"), scan(1, 70, 80), scan(2, 10, 20, "FAIL", parent=1))
    assert made.counts == {"DONE": 1, "FAIL": 2}
    assert numbers(made) == [2, 3, 1]
    assert [each.number for each in made.problems] == [2, 3]


def test_overhead_is_what_was_not_counted_of_the_duration() -> None:
    made = report(
        scan(1, 0, 10, points=20, count_time=15.0), scan(2, 10, 20, points=1, count_time=60.0), scan(3, 20, 30)
    )
    assert made.overhead == pytest.approx(1 - (300 + 60) / 1200)
    assert made.worst_overhead is not None
    assert made.worst_overhead.number == 2


STARTED_AND_CLOSED = [(ScanState.CREATED, 1000), (ScanState.STARTED, 2000), (ScanState.CLOSED, 9000)]
ONLY_CLOSED = [(ScanState.CREATED, 1000), (ScanState.CLOSED, 9000)]


@pytest.mark.parametrize(
    ("transitions", "expected"), [(STARTED_AND_CLOSED, (2000, 9000)), (ONLY_CLOSED, (5000, 9000)), ([], (5000, 9000))]
)
def test_the_publishers_clock_counts_only_where_the_server_has_no_time(
    transitions: list[tuple[ScanState, int]], expected: tuple[int, int]
) -> None:
    row = ScanSummary(
        key="k", state=ScanState.CLOSED, state_id="9000-0", start_time="1970-01-01T00:00:05+00:00", end_reason="SUCCESS"
    )
    assert life_of(row, transitions) == expected


def test_a_scan_that_never_started_ran_if_it_took_points() -> None:
    assert ran_at_all(scan(1, points=0), STARTED_AND_CLOSED)
    assert ran_at_all(scan(1, points=3), ONLY_CLOSED)
    assert not ran_at_all(scan(1, points=0), ONLY_CLOSED)
    assert not ran_at_all(scan(1), ONLY_CLOSED)
