"""What stands in a row, typed as it is read, finds that row: every column, with values that an attacker chooses."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scantui.board import Board
from scantui.columns import COLUMNS, TIME_FORMATS
from scantui.filters import ScanFilter
from scantui.filters.grammar import quoted
from scantui.models import Note, Origin, ScanIdentity, ScanState, ScanSummary
from scantui.text import printable
from tests.board_rows import NOW, SECOND, board_of, key_of, scan

# The conditions under which the text of a column has to find its row.
AS_FIELD = {
    "state": "state={}",
    "number": "number={}",
    "age": "age={}",
    "duration": "duration={}",
    **{field: f"{field}={{quoted}}" for field in ("dataset", "collection", "proposal", "session", "user", "path")},
    "server": "server={quoted}",
}
AS_WORDS = ("number", "name", "dataset", "collection", "proposal", "session", "user", "path", "note", "server")
BY_CLOCK = [TIME_FORMATS["clock"]]

odd = st.text("aAé\u0301µμ '\"*|,;()[]=!<>-\\%\t\n\u00a0\u200b\u202e␊扫ﬁ0.:", min_size=1, max_size=8)
texts = odd | st.text(min_size=1, max_size=6) | st.sampled_from(["ascan samx 0.00000 1.00000 20 0.1", "demo", "id11"])


@st.composite
def boards(draw: st.DrawFn) -> Board:
    """A sequence and a scan of it, of servers among several."""
    board = Board()
    board.tell_time(NOW)
    rows = []
    for index, parent in ((1, None), (2, key_of(1))):
        fields: dict[str, Any] = {
            field: draw(texts) for field in ("name", "dataset", "collection", "proposal", "session", "path")
        }
        created_ms = NOW - draw(st.integers(0, 300) | st.integers(0, 360 * 86400)) * SECOND
        row = ScanSummary(
            key=key_of(index),
            state=draw(st.sampled_from([ScanState.STARTED, ScanState.CLOSED])),
            identity=ScanIdentity(number=draw(st.integers(0, 2**53)), **fields),
            created_ms=created_ms,
            started_ms=created_ms,
            state_id=f"{draw(st.integers(created_ms, NOW))}-0",
            end_reason="SUCCESS",
            title=draw(texts),
            user_name=draw(texts),
            parent=parent,
        )
        rows.append(row.replaced(origin=Origin(draw(st.sampled_from(["id11", "redis://id15:6380"])))))
    notes = {key_of(2): Note(server="", key=key_of(2), verdict="bad", text=draw(texts))}
    board.put(rows)
    board.put_notes(notes)
    return board


def finds(board: Board, text: str, row: ScanSummary) -> bool:
    board.set_filter(ScanFilter.parse(text))
    return row.key in {board.key_at(index) for index in range(len(board))}


@given(boards())
def test_the_text_of_each_column_finds_its_row(board: Board) -> None:
    rows = [board.row_at(index) for index in range(len(board))]
    for column in (*COLUMNS, *BY_CLOCK):
        for row in rows:
            board.set_filter(ScanFilter())
            shown = printable(column.show(board, row) or "")
            if not shown.strip():
                continue
            if column.label == "CREATED":
                assert finds(board, f"since={quoted(shown)}", row), shown
            elif column.key in AS_FIELD:
                wanted = AS_FIELD[column.key].format(shown, quoted=quoted(shown))
                assert finds(board, wanted, row), wanted
            if column.key in AS_WORDS:
                assert finds(board, quoted(shown), row), shown


def test_a_sequence_that_comes_or_goes_changes_how_its_scans_are_found() -> None:
    child = scan(2, name="ct").replaced(parent=key_of(9))
    board = board_of(child)
    assert finds(board, '"(?) ct"', child)
    board.put([scan(9, number=77)])
    assert finds(board, '"(77) ct"', child) and not finds(board, '"(?) ct"', child)
    board.mark_gone([key_of(9)])
    board.forget_gone()
    assert finds(board, '"(?) ct"', child)


def test_a_note_is_found_as_the_text_that_it_is() -> None:
    row, other = scan(1), scan(2)
    board = board_of(row, other)
    board.put_notes({row.key: Note(server="", key=row.key, verdict="bad", text="beam lost at 3 \u00b5m")})
    for text in ("lost", '"BAD beam"', "bad beam", "3 \u03bcm", "!good lost"):
        assert finds(board, text, row) and not finds(board, text, other), text
    assert not finds(board, "!lost", row) and finds(board, "!lost", other)
