"""What is read from the cells of a screen, and which frame answers a key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.benchmarks.screen import Screen, answers

_HEADER = " redis://host:6380  LIVE  HELD  {}                    RW  16:30:55"


def painted(lines: dict[int, str], height: int = 10) -> Screen:
    screen = Screen(80, height)
    for number in range(height):
        screen.paint(f"\x1b[{number + 1};1H\x1b[48;2;1;1;1m{lines.get(number, ''):80}".encode())
    return screen


@pytest.mark.parametrize(
    ("shown", "total", "counted"),
    [
        ("5000 scans", 5000, True),
        ("12 of 5000 scans", 5000, True),
        ("500 scans", 5000, False),
        ("15000 scans", 5000, False),
        ("100 scans  loading 5000 more", 5000, False),
        ("5000 of 6000 scans", 5000, False),
    ],
)
def test_the_header_counts_all_scans(shown: str, total: int, counted: bool) -> None:
    assert painted({0: _HEADER.format(shown)}).counts(total) is counted


@pytest.mark.parametrize(("shown", "total"), [("5000 scans", 5000), ("12 of 5000 scans  1 marked", 5000)])
def test_the_header_holds_the_total(shown: str, total: int) -> None:
    assert painted({0: _HEADER.format(shown)}).total == total


def test_a_header_without_a_count_is_an_error() -> None:
    with pytest.raises(ValueError, match="CONNECTING"):
        painted({0: " redis://host:6380  CONNECTING"}).total  # noqa: B018 - it raises


def test_the_port_and_the_clock_are_not_taken_for_a_count() -> None:
    screen = painted({0: _HEADER.format("7")})
    assert not any(screen.counts(number) for number in (6380, 16, 30, 55))


def test_the_header_counts_those_that_pass_a_filter() -> None:
    screen = painted({0: _HEADER.format("12 of 5000 scans")})
    assert screen.shows_of(12, 5000)
    assert not screen.shows_of(2, 5000)


def test_rows_and_marks_are_recognised_among_other_lines() -> None:
    screen = painted({2: "ST       NO NAME", 3: "DONE   4998 ascan", 4: "NEW   *4999 dscan", 5: "▼ 12 new (G)"})
    assert [row.split()[-1] for row in screen.rows] == ["ascan", "dscan"]
    assert screen.marks == 1


def test_the_cursor_is_the_row_with_a_background_of_its_own() -> None:
    screen = painted({3: "DONE 1 a", 4: "FAIL 2 b", 5: "DONE 3 c"})
    assert screen.cursor is None
    screen.paint(b"\x1b[5;1H\x1b[48;2;9;9;9mFAIL")
    assert screen.cursor == 4


def test_what_paints_nothing_is_passed_over() -> None:
    screen = painted({})
    screen.paint(b"\x1b[?2026$p\x1b]22;default\x1b\\\x1b]0;title\x07\x1bP+q\x1b\\\x1b[1;1Hword")
    assert screen.lines[0].rstrip() == "word"


def test_a_key_is_answered_by_the_first_frame_that_changes_what_it_should() -> None:
    values = {1.0: 1, 2.0: 1, 2.5: 1, 3.0: 2, 4.0: 3}
    assert _answered([(1.5, ["x"])], values) == {"x": [1.5]}


def test_a_key_that_shows_nothing_counts_until_the_next_one() -> None:
    values = {1.0: 1, 2.0: 1, 5.0: 1, 6.0: 2}
    assert _answered([(1.5, ["x"]), (4.5, ["x"])], values) == {"x": [3.0, 1.5]}


def test_a_key_without_a_name_ends_the_wait_of_the_one_before() -> None:
    assert _answered([(1.5, ["x"]), (2.5, [])], {1.0: 1, 3.0: 2}) == {"x": [1.0]}


def _answered(presses: list[tuple[float, list[str]]], values: dict[float, int]) -> dict[str, list[float]]:
    shown: list[int] = []

    def frames() -> Iterator[float]:
        for moment, value in values.items():
            shown.append(value)
            yield moment

    return answers(presses, frames(), lambda _: shown[-1])
