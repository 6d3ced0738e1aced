"""The datasets of the scans on a board: how many scans and problems each has, and the rules between them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from scantui.board import PROBLEM_WORDS, Board
from scantui.board.datasets import Dataset, DatasetCounts, dataset_of
from scantui.models import ScanIdentity, ScanState, ScanSummary
from scantui.tui.widgets.dataset_rule import dataset_rule

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "gone", "forget", "pause", "resume"]),
        st.integers(0, 9),
        st.sampled_from([None, "one", "two"]),
        st.sampled_from(["SUCCESS", "FAILURE", "USER_ABORT", None]),
    ),
    max_size=60,
)


def scan(number: int, dataset: str | None, **fields: object) -> ScanSummary:
    identity = ScanIdentity(name="ascan", number=number, session="id11", proposal="hc1", dataset=dataset)
    row = ScanSummary(key=f"esrf:scan:{number:02}", state=ScanState.CLOSED, identity=identity)
    return row.replaced(**fields)


@given(STEPS)
def test_whatever_happens_the_counts_are_those_of_the_rows(steps: Sequence[tuple[str, int, str | None, str]]) -> None:
    board = Board()
    for what, number, dataset, end in steps:
        row = scan(number, dataset, end_reason=end)
        if what == "put":
            board.put([row])
        elif what == "gone":
            board.mark_gone([row.key])
        elif what == "forget":
            board.forget_gone()
        elif what == "pause":
            board.pause(1000)
        else:
            board.resume()
    rows = [row for row in map(board.row, board.known_keys) if row is not None]
    for name in (None, "one", "two"):
        wanted = dataset_of(scan(0, name))
        own = [row for row in rows if dataset_of(row) == wanted]
        problems = sum(board.word_of(row) in PROBLEM_WORDS for row in own)
        assert board.glance.counts_of(wanted) == DatasetCounts(len(own), problems)
    assert board.glance.has_datasets is any(dataset_of(row).name for row in rows)


def board_of(*datasets: str | None, **fields: object) -> Board:
    board = Board()
    board.put([scan(number, dataset, **fields) for number, dataset in enumerate(datasets)])
    return board


def test_a_rule_bears_the_name_and_the_counts_and_fills_the_line() -> None:
    board = board_of("sample_0001", "sample_0001", end_reason="FAILURE")
    rule = dataset_rule(board.lines.dataset_at(0), board.glance, 60)
    assert rule.cell_len == 60
    assert rule.plain.startswith("── sample_0001 ──")
    assert rule.plain.endswith("── 2 scans · 2 problems ──")


def test_a_scan_without_a_dataset_belongs_to_its_session() -> None:
    board = board_of(None, "sample_0001")
    assert "── id11 (no dataset) ──" in dataset_rule(board.lines.dataset_at(0), board.glance, 80).plain
    assert "1 scan ──" in dataset_rule(board.lines.dataset_at(1), board.glance, 80).plain


def test_a_collection_that_the_name_does_not_begin_with_stands_before_it() -> None:
    row = scan(1, "0001")
    assert row.identity is not None
    board = Board()
    board.put([row.replaced(identity=msgspec.structs.replace(row.identity, collection="battery"))])
    assert "── battery / 0001 ──" in dataset_rule(board.lines.dataset_at(0), board.glance, 80).plain


@given(st.text(min_size=1, max_size=60), st.integers(1, 120))
def test_a_rule_is_as_wide_as_the_table_and_keeps_the_end_of_the_name(name: str, width: int) -> None:
    board = board_of(name)
    rule = dataset_rule(Dataset("hc1", "", name), board.glance, width)
    assert rule.cell_len == width or width < 6
