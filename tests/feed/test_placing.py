"""Scans of several servers in one list: places, ages and durations by the clock of the list."""

from __future__ import annotations

from scantui.board import Board
from scantui.feed.placing import Placer
from scantui.filters import ScanFilter
from scantui.models import ScanState, ScanSummary
from scantui.store.wire.ulid import ALPHABET, new_ulid
from scantui.words import duration

NOW = 1_700_000_000_000
HOUR = 3_600_000


def ulid(milliseconds: int) -> str:
    """A ULID of a time, whatever was made before."""
    return "".join(ALPHABET[milliseconds >> shift & 31] for shift in range(45, -1, -5)) + new_ulid(0.0)[10:]


def row(written_ms: int, timetag: str = "", moved_ms: int = 0) -> ScanSummary:
    return ScanSummary(
        key=f"esrf:scan:{ulid(written_ms)}",
        state=ScanState.STARTED,
        state_id=f"{moved_ms}-0",
        created_ms=written_ms,
        timetag=timetag,
    )


def placer(server: str, ahead_ms: int) -> Placer:
    made = Placer(server)
    made.note_clock(ahead_ms)
    return made


def test_a_server_whose_clock_is_ahead_is_corrected() -> None:
    ahead, right = placer("ahead", HOUR), placer("right", 0)
    first = ahead.rows([row(NOW, f"{NOW + HOUR}-0", NOW + HOUR)])
    second = right.rows([row(NOW + 10, f"{NOW + 10}-0", NOW + 10)])
    third = ahead.rows([row(NOW + 20, f"{NOW + HOUR + 20}-0", NOW + HOUR + 20)])
    board = Board()
    board.tell_time(NOW + 5_020)
    board.put([*third, *second, *first])
    assert [board.row_at(index).server for index in range(3)] == ["ahead", "right", "ahead"]
    assert [board.row_at(index).born_ms - NOW for index in range(3)] == [0, 10, 20]
    assert [duration(board.row_at(index), board.now_ms) for index in range(3)] == [5.02, 5.01, 5.0]
    assert ahead.now_ms(NOW + HOUR) == NOW


def test_a_difference_that_may_be_the_way_of_the_answer_is_none() -> None:
    assert [placer("id11", ahead).origin.ahead_ms for ahead in (0, 1_000, -1_000, 1_001, -HOUR - 17)] == [
        *(0, 0, 0, 1_000),
        -HOUR,
    ]


def test_the_first_measurement_of_a_clock_holds() -> None:
    made = placer("id11", HOUR)
    made.note_clock(-HOUR)
    assert made.origin.ahead_ms == HOUR


def test_within_a_server_the_history_decides_whatever_the_writer_wrote() -> None:
    # The clock of the writer is an hour ahead, and the history has forgotten the oldest scan.
    forgotten, known = row(NOW + HOUR), row(NOW + HOUR + 10, f"{NOW}-0")
    other = placer("id15", 0).rows([row(NOW - 1_000), row(NOW + 5, f"{NOW + 5}-0")])
    board = Board()
    board.put([*placer("id11", 0).rows([forgotten, known]), *other])
    assert [(board.row_at(index).server, bool(board.row_at(index).timetag)) for index in range(4)] == [
        ("id15", False),
        ("id11", False),
        ("id11", True),
        ("id15", True),
    ]


def test_entries_of_one_millisecond_stay_in_their_order() -> None:
    rows = [row(NOW - step, f"{NOW}-{step}") for step in range(12)]
    assert sorted(placer("id11", 0).rows(rows), key=lambda each: each.rank) == placer("id11", 0).rows(rows)


def test_a_scan_that_changes_keeps_its_place_and_its_server() -> None:
    made, board = placer("id11", 0), Board()
    created = row(NOW + HOUR, f"{NOW}-0")
    board.put(made.rows([created]))
    before = board.row_at(0).rank
    # A scan that changed is read without the history.
    change = board.put(made.rows([_without_timetag(created)]))
    assert (board.row_at(0).rank, board.row_at(0).server) == (before, "id11")
    assert not change.rearranged


def _without_timetag(scan: ScanSummary) -> ScanSummary:
    return ScanSummary(key=scan.key, state=ScanState.CLOSED, state_id=f"{NOW + 1}-0", created_ms=scan.created_ms)


def test_a_filter_finds_the_scans_of_a_server_also_of_the_only_one() -> None:
    several, only = Board(), Board("id11")
    several.put([*placer("id11", 0).rows([row(NOW)]), *placer("id15", 0).rows([row(NOW), row(NOW)])])
    only.put([row(NOW)])
    for text, of_several, of_one in (("server=id11", 1, 1), ("server=id15", 2, 0), ("!server=id11", 2, 0)):
        several.set_filter(ScanFilter.parse(text))
        only.set_filter(ScanFilter.parse(text))
        assert (len(several), len(only)) == (of_several, of_one)
    assert several.values_of("server") == ["id15", "id11"]
    assert only.values_of("server") == []
