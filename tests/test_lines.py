"""The lines of a table against its rows: every row is on one line, whatever comes, goes, changes or folds."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from scantui.board import Board
from scantui.board.outlining import outline_of
from scantui.filters import ScanFilter
from scantui.models import ScanState, ScanSummary
from tests.board_rows import key_of, scan

indices = st.integers(0, 30)
FILTERS = ["", "", "name=ct", "title=ascan", "state=run", "title=ct*", "number<=12"]


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "outlining._OUTLINED_AT_ONCE",
        "preparation.SLICE",
        "preparation._PARENTS_AT_ONCE",
        "view.SLICE",
        "view._CHOSEN_AT_ONCE",
    ):
        monkeypatch.setattr(f"scantui.board.{name}", 3)


def child(index: int, parent: int | None, title: str = "ct 0.1", state: ScanState = ScanState.CLOSED) -> ScanSummary:
    made = scan(index, number=index, name="ct", state=state, end_reason="SUCCESS")
    return made.replaced(title=title, parent=None if parent is None else key_of(parent))


rows = st.builds(
    child,
    indices,
    st.none() | st.sampled_from([0, 10, 20]),
    st.sampled_from(["ct 0.1", "ct 0.1", "ascan"]),
    st.sampled_from([ScanState.CLOSED, ScanState.CLOSED, ScanState.STARTED]),
)


class LinesMachine(RuleBasedStateMachine):
    """A board under an outline, and the cursor of a screen on it."""

    @initialize()
    def an_outline_is_shown(self) -> None:
        self.board = Board()
        self.board.lines.show_outline(True)
        self.cursor: str | None = None
        self.prepared = ScanFilter()

    @rule(coming=st.lists(rows, max_size=12))
    def scans_come_or_change(self, coming: list[ScanSummary]) -> None:
        before = self.keys() if self.board.held else None
        self.board.put(coming)
        if before is not None:
            after = self.keys()
            start = after.index(before[0]) if before else 0
            assert after[start : start + len(before)] == before, "held rows stand still"

    @rule(number=indices, count=st.integers(5, 9))
    def equal_scans_come(self, number: int, count: int) -> None:
        self.board.put([child(index, None) for index in range(number, number + count)])

    @rule(gone=st.sets(indices, max_size=4))
    def scans_expire(self, gone: set[int]) -> None:
        self.board.mark_gone([key_of(index) for index in gone])
        self.board.forget_gone()

    @rule(text=st.sampled_from(FILTERS))
    def the_filter_changes(self, text: str) -> None:
        self.board.set_filter(ScanFilter.parse(text))

    @rule(only=st.booleans())
    def only_marked_rows_are_shown(self, only: bool) -> None:
        self.board.show_only_marked(only)

    @rule(held=st.booleans())
    def rows_are_held(self, held: bool) -> None:
        self.board.set_held(held)

    @rule(column=st.sampled_from(["time", "time", "number"]))
    def rows_are_sorted(self, column: str) -> None:
        self.board.sort_by(column)

    @rule(wanted=st.booleans())
    def the_outline_is_switched(self, wanted: bool) -> None:
        self.board.lines.show_outline(wanted)

    @rule(slices=st.integers(1, 9))
    def the_outline_is_made_in_slices(self, slices: int) -> None:
        for _ in range(slices):
            self.board.lines.prepare()

    @rule(text=st.sampled_from(FILTERS), slices=st.integers(1, 20))
    def a_filter_is_prepared_in_slices(self, text: str, slices: int) -> None:
        self.prepared = ScanFilter.parse(text)
        for _ in range(slices):
            self.board.prepare(self.prepared)

    @rule()
    def the_prepared_filter_is_used(self) -> None:
        self.board.set_filter(self.prepared)

    @rule(index=indices)
    def a_line_is_toggled(self, index: int) -> None:
        if key_of(index) in self.members():
            self.board.lines.toggle(key_of(index))

    @rule(folded=st.booleans())
    def all_lines_are_folded(self, folded: bool) -> None:
        self.board.lines.fold_all(folded)

    @rule(index=indices)
    def a_line_is_marked(self, index: int) -> None:
        members = self.board.lines.members_of(key_of(index))
        self.board.toggle_marks(members)
        assert len({self.board.is_marked(key) for key in members}) <= 1

    @rule(index=indices)
    def a_scan_is_gone_to(self, index: int) -> None:
        key = key_of(index)
        if self.board.is_shown(key):
            self.board.lines.reveal(key)
            assert self.board.lines.key_at(self.board.lines.index_of(key)) == key
            self.cursor = key

    @invariant()
    def every_row_is_on_one_line(self) -> None:
        members = self.members()
        assert len(members) == len(set(members))
        shown = {self.board.key_at(index) for index in range(len(self.board))}
        assert set(members) <= shown, "what left the rows left the lines"
        if not self.board.held:
            assert set(members) == shown

    @invariant()
    def only_hidden_sequences_and_another_order_make_it_flat(self) -> None:
        board = self.board
        if board.held or not board.lines.is_outline or not board.total:
            return
        shown = {board.key_at(index) for index in range(len(board))}
        parents = {row.parent for key in shown if (row := board.row(key)) is not None}
        hides = any(parent not in shown for parent in parents & set(board.known_keys))
        assert board.lines.is_flat is (hides or not board.sorting.is_by_time)

    @invariant()
    def every_line_is_found_again(self) -> None:
        lines = self.board.lines
        for index in range(len(lines)):
            assert lines.index_of(lines.key_at(index)) == index
            assert all(lines.index_of(key) == index for key in lines.members_of(lines.key_at(index)))

    @invariant()
    def the_lines_are_those_of_an_outline_made_now(self) -> None:
        lines = self.board.lines
        shown = [lines.line_at(index) for index in range(len(lines))]
        last = lines._outlines.current
        if not (self.board.held or lines.is_flat or last is None or self.has_cycle()):
            anew = outline_of(self.board._view)
            anew.change(coming=[self.board.key_at(index) for index in range(len(self.board))])
            anew.take_folds(last)
            assert shown == [anew.row_at(index) for index in range(len(anew))]

    @invariant()
    def the_cursor_stays_on_its_scan(self) -> None:
        if self.cursor is not None and self.cursor in self.members():
            assert self.cursor in self.board.lines.members_of(self.cursor)
            assert self.board.lines.shown_key(self.cursor) in self.keys()

    @invariant()
    def the_end_is_the_line_of_the_newest(self) -> None:
        lines = self.board.lines
        if len(self.board) and not self.board.held:
            newest = self.board.key_at(len(self.board) - 1)
            assert lines.end == (lines.index_of(newest) if not lines.is_flat else len(lines) - 1)

    def has_cycle(self) -> bool:
        """Whether scans name each other as parents: which of them stands on top depends on which came first."""
        for key in self.board.known_keys:
            seen, at = set[str](), key
            while (row := self.board.row(at)) is not None and row.parent:
                if at in seen:
                    return True
                seen.add(at)
                at = row.parent
        return False

    def keys(self) -> list[str]:
        return [self.board.lines.key_at(index) for index in range(len(self.board.lines))]

    def members(self) -> list[str]:
        return [key for line in self.keys() for key in self.board.lines.members_of(line)]


TestLines = LinesMachine.TestCase


def test_a_sequence_that_ended_is_one_line_under_its_worst_word() -> None:
    board = Board()
    board.lines.show_outline(True)
    failed = child(2, 1).replaced(end_reason="FAILURE")
    board.put([child(1, None, "XANES"), failed, child(3, 1)])
    (line,) = [board.lines.line_at(index) for index in range(len(board.lines))]
    assert (line.key, line.folded, board.lines.word_of(line, "DONE")) == (key_of(1), True, "FAIL")
    assert board.lines.members_of(key_of(2)) == [key_of(1), key_of(2), key_of(3)]
    board.lines.reveal(key_of(2))
    assert [board.lines.line_at(index).depth for index in range(len(board.lines))] == [0, 1, 1]


def test_a_growing_run_repaints_its_line() -> None:
    board = Board()
    board.lines.show_outline(True)
    board.put([child(index, None) for index in range(1, 6)])
    board.lines.take_moved()
    board.put([child(6, None)])
    moved = board.lines.take_moved()
    assert (moved.has_moved, [board.lines.shown_key(key) for key in moved.keys]) == (True, [key_of(1)])
    assert not board.lines.take_moved().has_moved


def test_equal_scans_do_not_fold_while_rows_are_held() -> None:
    board = Board()
    board.lines.show_outline(True)
    board.put([child(index, None) for index in range(1, 5)])
    board.set_held(True)
    board.put([child(5, None)])
    assert len(board.lines) == 4
    board.set_held(False)
    assert len(board.lines) == 1


def test_very_many_rows_become_an_outline_in_slices_while_rows_come() -> None:
    board = Board()
    board.put([child(number, None, f"scan {number}") for number in range(50)])
    slices = 0
    while not board.lines.prepare():
        board.put([child(50 + slices, None, f"came {slices}"), child(slices, None, f"changed {slices}")])
        slices += 1
    board.lines.show_outline(True)
    assert slices > 10
    assert [board.lines.key_at(index) for index in range(len(board.lines))] == list(map(key_of, range(50 + slices)))


def test_the_lines_of_very_many_rows_are_counted_in_slices() -> None:
    board = Board()
    board.lines.show_outline(True)
    board.put([child(number, None, f"scan {number}") for number in range(50_000)])
    assert len(board.lines) == 50_000
    board.lines.fold_all(False)
    assert not board.lines.count_some()
    while not board.lines.count_some():
        pass
    assert len(board.lines) == 50_000
