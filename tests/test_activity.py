"""How far a scan is has one form everywhere, and promises nothing that nobody knows."""

from __future__ import annotations

from typing import Any

import pytest

from scantui.activity import Activity, after_look, progress_text, share, silence_ms
from scantui.board import Board
from scantui.columns import COLUMNS
from scantui.export import ExportedScan
from scantui.models import UNCOUNTED, PointsSeen, ScanIdentity, ScanState, ScanSummary

START = 1_700_049_600_000
MINUTE = 60_000


def running(state: ScanState = ScanState.STARTED, **fields: Any) -> ScanSummary:
    identity = ScanIdentity(name="ascan", number=1)
    return ScanSummary(key="esrf:scan:1", state=state, identity=identity, state_id=f"{START}-0", **fields)


def closed(end_reason: str, npoints: int = 21) -> ScanSummary:
    return running(ScanState.CLOSED, end_reason=end_reason, npoints=npoints)


@pytest.mark.parametrize(
    ("row", "points", "minutes", "text"),
    [
        (running(npoints=100), 61, 2, "61% 1:16 left"),
        (running(npoints=100), 1, 1, "1% ends "),
        (running(npoints=100), 0, 1, "0%"),
        (running(npoints=10**18), 25, 1, "0%"),
        (running(npoints=100), 130, 1, "100%"),
        (running(npoints=0), 58, 1, "58 points"),
        (running(npoints=-1), 25, 1, "25 points"),
        (running(npoints=-1), 1, 1, "1 point"),
        (running(), 58, 1, "58 points"),
        (running(npoints=100), UNCOUNTED, 1, "not counted"),
        (running(ScanState.PREPARED, npoints=100), 0, 1, "0%"),
        (closed("FAILURE"), 6, 1, "6/21"),
        (closed("USER_ABORT"), 0, 1, "0/21"),
        (closed("FAILURE"), 21, 1, ""),
        (closed("FAILURE"), UNCOUNTED, 1, ""),
        (closed("SUCCESS"), 6, 1, ""),
        (closed("FAILURE", npoints=0), 6, 1, ""),
    ],
)
def test_progress_has_one_form(row: ScanSummary, points: int, minutes: float, text: str) -> None:
    now_ms = START + int(minutes * MINUTE)
    shown = progress_text(row, Activity(points, now_ms), now_ms)
    assert shown == text or (text.endswith(" ") and shown.startswith(text))
    board = Board()
    board.tell_time(now_ms)
    board.put([row])
    board.note_progress({row.key: points})
    column = next(column for column in COLUMNS if column.key == "progress")
    assert column.show(board, row) == ExportedScan.of(board, row).progress == shown


def test_a_scan_that_is_late_says_how_far_it_is_alone() -> None:
    row = running(npoints=100)
    activity = after_look(row, None, 90, None, START + MINUTE)
    assert progress_text(row, activity, START + MINUTE + 1000, 0).startswith("90% 0:0")
    assert progress_text(row, activity, START + 2 * MINUTE, 0) == "90%"


def test_a_scan_that_was_not_looked_at_says_nothing() -> None:
    assert progress_text(running(npoints=100), None, START) == ""


@pytest.mark.parametrize(
    ("fields", "text"),
    [({"npoints": 100}, "12% quiet 9m"), ({}, "12 points quiet 9m")],
)
def test_a_silent_scan_has_no_end(fields: dict[str, Any], text: str) -> None:
    looked = Activity(12, START + MINUTE, looks=2, interval_ms=1000)
    assert progress_text(running(**fields), looked, START + 10 * MINUTE) == text


@pytest.mark.parametrize(
    ("row", "points", "minutes", "text"),
    [
        (running(is_sequence=True, planned_scans=4), 2, 1, "2/4 scans, 1:00 left"),
        (running(is_sequence=True, planned_scans=4), 0, 1, "0/4 scans"),
        (running(is_sequence=True), 3, 1, "3 scans"),
        (running(is_sequence=True, npoints=100), 1, 1, "1 scan"),
        (running(is_sequence=True), UNCOUNTED, 1, "not counted"),
    ],
)
def test_a_sequence_counts_its_scans_also_those_that_are_not_known(
    row: ScanSummary, points: int, minutes: int, text: str
) -> None:
    board = Board()
    board.tell_time(START + minutes * MINUTE)
    board.put([row])
    board.note_progress({row.key: points})
    assert board.progress_of(row) == text


def test_a_sequence_says_how_many_of_its_scans_failed() -> None:
    board = Board()
    board.tell_time(START + MINUTE)
    sequence = running(is_sequence=True, planned_scans=7)
    children = [
        ScanSummary(
            key=f"esrf:scan:2{number}",
            state=ScanState.CLOSED,
            identity=ScanIdentity(name="ct", number=number),
            end_reason="FAILURE" if number == 3 else "SUCCESS",
            parent=sequence.key,
        )
        for number in range(5)
    ]
    board.put([sequence, *children])
    board.note_progress({sequence.key: 5})
    assert board.progress_of(sequence) == "5/7 scans, 1 FAIL, 0:24 left"


@pytest.mark.parametrize(
    ("row", "points", "part"),
    [
        (running(npoints=100), 61, 0.61),
        (running(npoints=-1), 61, None),
        (running(is_sequence=True, planned_scans=4), 1, 0.25),
        (running(npoints=100), UNCOUNTED, None),
        (closed("FAILURE"), 6, None),
    ],
)
def test_rows_are_sorted_by_the_part_that_is_done(row: ScanSummary, points: int, part: float | None) -> None:
    assert share(row, Activity(points, START)) == part


def test_the_start_that_was_seen_counts_where_the_writers_times_make_no_sense() -> None:
    board = Board()
    board.tell_time(START)
    board.put([running()])
    ended = ScanSummary(
        key="esrf:scan:1",
        state=ScanState.CLOSED,
        identity=ScanIdentity(name="ascan", number=1),
        state_id=f"{START + 57_000}-0",
    )
    board.put([ended])
    row = board.row("esrf:scan:1")
    assert row is not None
    assert row.started_ms == START


# Silence


def seen_after(points: int, seen: PointsSeen | None, now_ms: int, **fields: Any) -> int:
    """For how long a scan is silent after one look, in minutes."""
    row = running(**fields)
    return silence_ms(row, after_look(row, None, points, seen, now_ms), now_ms) // MINUTE


def epoch(minutes: float) -> float:
    return (START + minutes * MINUTE) / 1000


@pytest.mark.parametrize(
    ("points", "seen", "quiet", "fields"),
    [
        (9, PointsSeen(last_epoch=epoch(1), interval=1.0), 11, {}),
        (9, PointsSeen(last_epoch=epoch(1), interval=1.0, idle_seconds=3), 11, {}),
        (9, PointsSeen(last_epoch=epoch(11.9), interval=1.0), 0, {}),
        (9, PointsSeen(last_epoch=epoch(11.9), interval=1.0, idle_seconds=660), 11, {}),
        (9, PointsSeen(idle_seconds=660), 11, {}),
        (9, PointsSeen(idle_seconds=3), 0, {}),
        (9, PointsSeen(), 0, {}),
        (9, None, 0, {}),
        (0, PointsSeen(), 12, {}),
        (0, None, 0, {}),
        (2, PointsSeen(last_epoch=epoch(6), interval=300.0), 0, {}),
        (1, PointsSeen(last_epoch=epoch(6)), 0, {}),
        (2, PointsSeen(idle_seconds=360), 0, {"count_time": 300.0}),
        (2, PointsSeen(idle_seconds=360), 0, {}),
        (0, PointsSeen(), 0, {"count_time": 300.0}),
        (UNCOUNTED, PointsSeen(), 0, {}),
        (UNCOUNTED, PointsSeen(idle_seconds=660), 11, {}),
        (UNCOUNTED, PointsSeen(idle_seconds=660, entries=3), 11, {}),
        (UNCOUNTED, PointsSeen(idle_seconds=3, entries=3), 0, {}),
        (UNCOUNTED, PointsSeen(idle_seconds=3, entries=0), 12, {}),
        (UNCOUNTED, PointsSeen(idle_seconds=660, may_have_grown=True), 0, {}),
        (UNCOUNTED, None, 12, {}),
        (UNCOUNTED, None, 0, {"npoints": 100, "count_time": 8.0}),
        (UNCOUNTED, None, 12, {"npoints": 100, "count_time": 1.0}),
        (9, PointsSeen(last_epoch=epoch(1), interval=1.0, may_have_grown=True), 0, {}),
    ],
)
def test_silence_is_judged_from_evidence_at_first_sight(
    points: int, seen: PointsSeen | None, quiet: int, fields: dict[str, Any]
) -> None:
    assert seen_after(points, seen, START + 12 * MINUTE, **fields) == quiet


@pytest.mark.parametrize("state", [ScanState.CREATED, ScanState.PREPARED, ScanState.STOPPED])
def test_what_is_not_taking_points_has_ten_minutes_for_each_state(state: ScanState) -> None:
    board = Board()
    board.tell_time(START + 9 * MINUTE)
    row = running(state, npoints=100, count_time=600.0)
    board.put([row])
    word = board.word_of(row)
    assert word in ("NEW", "PREP", "STOP")
    board.note_progress({row.key: 0}, {row.key: PointsSeen()})
    assert board.word_of(row) == word
    board.tell_time(START + 11 * MINUTE)
    assert (board.word_of(row), board.progress_of(row).rpartition("quiet")[2]) == ("STALL", " 11m")
    fresh = Board()
    fresh.tell_time(START + 32 * MINUTE)
    fresh.put([row])
    assert (fresh.word_of(row), fresh.progress_of(row)) == ("STALL", "quiet 32m")
    fresh.tell_time(START + MINUTE)
    assert fresh.word_of(row) == word


def test_streams_whose_points_are_not_counted_show_that_something_comes() -> None:
    row, now_ms = running(), START + 12 * MINUTE
    board = Board()
    board.tell_time(now_ms)
    board.put([row])

    def look(entries: int, idle_seconds: int, seconds: int) -> tuple[str, str]:
        board.tell_time(now_ms + seconds * 1000)
        board.note_progress({row.key: UNCOUNTED}, {row.key: PointsSeen(idle_seconds=idle_seconds, entries=entries)})
        return board.word_of(row), board.progress_of(row)

    assert look(12, 3, 0) == ("RUN", "not counted")
    assert look(12, 0, 20) == ("RUN", "not counted")
    assert look(12, 0, 320) == ("STALL", "quiet 5m")
    assert look(13, 0, 321) == ("RUN", "not counted")
    board.tell_time(now_ms + 2_000_000)
    assert board.word_of(row) == "RUN", "since it grew nobody has looked"
    assert look(13, 0, 2_000)[0] == "STALL"


def test_a_writers_clock_that_is_behind_is_put_right_by_the_history() -> None:
    written = PointsSeen(last_epoch=epoch(11.9) - 600, interval=1.0)
    clocks = {"timetag": f"{START}-0", "created_ms": START - 600_000}
    assert seen_after(9, written, START + 12 * MINUTE, **clocks) == 0
    assert seen_after(9, PointsSeen(epoch(1) - 600, 1.0), START + 12 * MINUTE, **clocks) == 11


def test_without_a_history_a_time_before_the_start_is_no_evidence() -> None:
    assert seen_after(9, PointsSeen(last_epoch=epoch(-10), interval=1.0), START + 12 * MINUTE) == 0


def test_points_that_come_in_sight_are_no_silence_whatever_the_writers_clock_says() -> None:
    row, now_ms = running(), START + 12 * MINUTE
    behind = PointsSeen(last_epoch=epoch(1), interval=1.0)
    first = after_look(row, None, 9, behind, now_ms)
    assert silence_ms(row, first, now_ms)
    second = after_look(row, first, 10, behind, now_ms + 1000)
    assert silence_ms(row, second, now_ms + 1000) == 0
    third = after_look(row, second, 10, behind, now_ms + MINUTE)
    assert silence_ms(row, third, now_ms + MINUTE) == MINUTE - 1000


def test_a_sequence_is_not_silent_while_one_of_its_scans_goes_on() -> None:
    board = Board()
    board.tell_time(START + 12 * MINUTE)
    sequence = running(is_sequence=True)
    child = ScanSummary(
        key="esrf:scan:2",
        state=ScanState.STARTED,
        identity=ScanIdentity(name="ct", number=2),
        state_id=f"{START + MINUTE}-0",
        parent=sequence.key,
    )
    board.put([sequence, child])
    idle = PointsSeen(idle_seconds=660)
    board.note_progress({sequence.key: 1}, {sequence.key: idle})
    assert board.word_of(sequence) == "RUN"
    board.note_progress({child.key: 5}, {child.key: idle})
    board.tell_time(START + 12 * MINUTE + 1)
    assert (board.word_of(child), board.word_of(sequence)) == ("STALL", "STALL")
    ended = child.replaced(state=ScanState.CLOSED, state_id=f"{START + 12 * MINUTE}-0")
    board.put([ended])
    board.tell_time(START + 12 * MINUTE + 2)
    assert board.word_of(sequence) == "RUN"


def test_a_point_that_came_before_the_start_does_not_make_the_interval_longer() -> None:
    row = running()
    first = after_look(row, None, 0, PointsSeen(), START - 7_000)
    late = after_look(row, first, 1, PointsSeen(last_epoch=epoch(0) - 4), START + 9_000)
    assert silence_ms(row, late, START + 50_000) == 50_000


def test_looks_that_are_far_apart_do_not_make_the_usual_interval_longer() -> None:
    row = running()
    first = after_look(row, None, 0, PointsSeen(), START)
    late = after_look(row, first, 1, PointsSeen(last_epoch=epoch(0) + 0.3), START + 20_000)
    assert late.interval_ms == 300
    assert silence_ms(row, late, START + 31_000)
