"""The digest that a board keeps against the report of the same scans, and its lines."""

from __future__ import annotations

from datetime import timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.board import Board
from scantui.board.shift import ShiftBook
from scantui.models import UNCOUNTED
from scantui.report import make_report
from scantui.report.digest import Digest, away_line, digest_lines
from scantui.report.sentences import points_text, strip
from scantui.report.spans import Span
from tests.report.shifts import MINUTE, at, key_of, scan

UTC = timezone.utc
NOW = 480
times = st.integers(0, NOW)
lives = st.lists(st.tuples(times, times, st.sampled_from(["DONE", "FAIL", "ABRT"]), st.booleans()), max_size=12)


def board_of(lives: list[tuple[int, int, str, bool]], still_open: list[int] = []) -> Board:  # noqa: B006 - never changed
    """A board with scans that ran from one minute of the night to another, some below the one before."""
    board = Board()
    board.tell_time(at(NOW))
    for number, (one, other, word, is_child) in enumerate(lives, 1):
        start, end = sorted((one, other))
        parent = number - 1 if is_child and number > 1 else None
        made = scan(number, start, end, word, parent=parent)
        board.put([made.scan])
    board.put([scan(100 + start, start, None, "RUN").scan for start in still_open])
    return board


@given(lives, st.lists(times, max_size=2, unique=True), times, times)
def test_a_digest_equals_the_report_of_its_scans(
    lives: list[tuple[int, int, str, bool]], still_open: list[int], one: int, other: int
) -> None:
    since, until = sorted((one, other))
    span, board = Span(at(since), at(until) + 1), board_of(lives, still_open)
    digest, report = board.shift.digest(span, at(NOW)), board.shift.report("id11", span, at(NOW))
    assert (digest.count, digest.counts) == (len(report.scans), report.counts)
    assert {each.key for each in digest.problems} == {each.key for each in report.problems}
    keys = map(key_of, [*range(1, 13), *(100 + start for start in still_open)])
    every = [board.shift.reported(key, at(NOW)) for key in keys if board.row(key)]
    whole = make_report("id11", span, every, at(NOW))
    assert [(each.since_ms, each.until_ms) for each in digest.pauses] == [
        (each.since_ms, each.until_ms) for each in whole.pauses
    ]
    parents = {each.scan.parent for each in every}
    if not parents - {None}:
        assert digest.ran_ms == whole.ran_ms


def test_the_strip_shows_the_same_shares_as_that_of_the_report() -> None:
    board = board_of([(0, 20, "DONE", False), (30, 35, "FAIL", False)], [460])
    span = Span(at(0), at(NOW))
    digest = board.shift.digest(span, at(NOW))
    assert digest.strip == strip(board.shift.report("id11", span, at(NOW)))


def night() -> Digest:
    board = board_of([(0, 20, "DONE", False), (40, 45, "FAIL", False), (46, 50, "ABRT", False)], [55])
    return board.shift.digest(Span(at(10), at(60)), at(60))


def test_a_line_for_who_comes_back() -> None:
    assert away_line(night(), "62 at 61%", UTC) == (
        "away 22:10-23:00: 4 scans, 1 FAIL (2), 1 ABRT (3), no scan 22:20-22:40, no scan 22:50-22:55, now 62 at 61%"
    )


def test_the_lines_of_the_pane_name_the_scans_that_they_are_about() -> None:
    lines = list(digest_lines(night(), "shift", UTC))
    assert [line.text for line in lines[:2]] == [
        "shift · 50 min · scans ran 48 % of the time",
        "4 scans: 1 RUN 1 DONE 1 FAIL 1 ABRT",
    ]
    problems = [(line.text.split()[-2:], line.key) for line in lines if line.is_problem]
    assert [key for _, key in problems] == [key_of(2), key_of(3)]
    assert lines[-1].text.startswith("longest")


def test_of_rows_that_were_dropped_only_the_time_is_kept() -> None:
    board = Board()
    for number in range(1, 1_500):
        board.put([scan(number, number / 10, (number + 1) / 10).scan])
    board.shift.catch_up(2_000)
    board.mark_gone([key_of(number) for number in range(1, 1_490)])
    board.forget_gone()
    board.put([scan(1_500, 150, 151).scan])
    digest = board.shift.digest(Span(at(0), at(NOW)), at(NOW))
    assert (digest.count, digest.ran_ms) == (11, 151 * MINUTE - MINUTE // 10)
    assert len(board.shift._ended) == 11


def test_problems_say_how_far_they_came_and_why() -> None:
    board = board_of([(30, 90, "FAIL", False), (40, 50, "ABRT", True), (45, 45, "ABRT", False)])
    rows = [board.row(key_of(number)) for number in (1, 2, 3)]
    board.put([row.replaced(is_sequence=number == 0) for number, row in enumerate(rows) if row])
    digest = board.shift.digest(Span(at(0), at(NOW)), at(NOW))
    lines = [line.text[9:] for line in digest_lines(digest, "day", UTC, {key_of(2): "i0 3 behind"}) if line.is_problem]
    # In the order in which they began, as in the report.
    assert lines == [
        "22:30 FAIL 1 ascan samx 0 1 20 0.5: 1:00:00, 1 scan, ABRT 2",
        "22:40 ABRT 2 ascan samx 0 1 20 0.5: 10:00, i0 3 behind",
        "22:45 ABRT 3 ascan samx 0 1 20 0.5",
    ]


def test_the_overhead_is_that_of_the_report_where_all_points_were_taken() -> None:
    board = Board()
    rows = [scan(number, number, number + 1, points=21, npoints=21, count_time=number / 2).scan for number in (1, 2, 3)]
    board.put([*rows, scan(4, 0, 30, "FAIL", npoints=21, count_time=0.1).scan])
    span = Span(at(0), at(NOW))
    digest = board.shift.digest(span, at(NOW))
    assert digest.worst is not None
    assert (round(digest.overhead or 0, 3), digest.worst.number) == (round(1 - 21 * 3 / 180, 3), 1)
    (line,) = [line.text for line in digest_lines(digest, "day") if line.text.startswith("overhead")]
    assert line.startswith("overhead 65 % (points x count time against duration), worst DONE 1 ")


def test_scans_are_counted_a_few_at_a_time_and_all_before_a_digest() -> None:
    board = board_of([(minute, minute + 1, "DONE", False) for minute in range(20)])
    board.shift.catch_up(5)
    assert board.shift.digest(Span(at(0), at(NOW)), at(NOW)).count == 20


def test_a_digest_is_made_in_steps_while_scans_come_and_go() -> None:
    board = board_of([(minute, minute + 1, "FAIL", False) for minute in range(20)])
    steps = board.shift.digest_in_steps(Span(at(0), at(NOW)), at(NOW))
    next(steps)
    board.mark_gone([key_of(3)])
    board.forget_gone()
    with pytest.raises(StopIteration) as end:
        while True:
            next(steps)
    assert end.value.value.counts == {"FAIL": 19}


def test_a_scan_that_is_loaded_again_counts_once() -> None:
    board = board_of([(0, 20, "DONE", False)])
    board.put([scan(1, 0, 20).scan])
    digest = board.shift.digest(Span(at(0), at(NOW)), at(NOW))
    assert (digest.count, digest.ran_ms) == (1, 20 * MINUTE)


@pytest.mark.parametrize("word", ["digest", "report"])
def test_an_empty_night_has_a_digest_and_a_report(word: str) -> None:
    book: ShiftBook = Board().shift
    span = Span(at(0), at(NOW))
    made = book.digest(span, at(NOW)) if word == "digest" else book.report("id11", span, at(NOW))
    assert made.share == 0.0


def test_a_sequence_that_is_open_counts_its_scans_and_what_is_not_counted_is_not_listed() -> None:
    board = board_of([])
    board.put([scan(1, 0, None, "RUN", is_sequence=True, planned_scans=4).scan])
    board.put([scan(2, 1, 2, "FAIL", parent=1).scan, scan(3, 3, None, "RUN", parent=1).scan])
    board.note_progress({key_of(1): UNCOUNTED, key_of(3): UNCOUNTED})
    sequence, child = (board.shift.reported(key_of(number), at(NOW)) for number in (1, 3))
    assert (sequence.reason.text, child.points, child.reason.text) == ("2/4 scans, FAIL 2 STALL 3", None, "")
    assert points_text(sequence).startswith("2/4 scans")
