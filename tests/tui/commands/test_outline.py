"""The outline by keys: what folds, what the cursor, marks and copies mean on a fold, and what is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from scantui.models import ScanSummary
from scantui.system.state import Memory
from tests.board_rows import key_of
from tests.test_lines import child
from tests.tui.commands.fakes import Bench


def night() -> list[ScanSummary]:
    """A sequence of two scans, and six counts in a row."""
    sequence = [child(1, None, "XANES"), child(2, 1, "ascan"), child(3, 1, "dscan")]
    return [*sequence, *(child(index, None) for index in range(4, 10))]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(night(), tmp_path / "state.json")
    made.groups.outline.apply()
    return made


def lines_of(bench: Bench) -> list[int]:
    return [bench.number_of(bench.board.lines.key_at(index)) for index in range(len(bench.board.lines))]


def test_at_the_first_start_a_sequence_and_a_run_are_a_line_each(bench: Bench, tmp_path: Path) -> None:
    assert lines_of(bench) == [1, 4]
    bench.run("outline")
    assert lines_of(bench) == list(range(1, 10))
    assert not Memory(tmp_path / "state.json").state.outline


def test_a_line_is_unfolded_and_folded_and_all_are(bench: Bench) -> None:
    bench.table.cursor_key = key_of(1)
    bench.run("fold")
    assert lines_of(bench) == [1, 2, 3, 4]
    bench.run("fold")
    bench.run("fold_all")
    assert lines_of(bench) == list(range(1, 10))
    bench.run("fold_all")
    assert lines_of(bench) == [1, 4]


def test_a_mark_and_a_copy_on_a_fold_mean_all_its_scans(bench: Bench) -> None:
    bench.table.cursor_key = key_of(1)
    bench.run("copy_key")
    assert bench.host.copied == [" ".join(map(key_of, (1, 2, 3)))]
    bench.run("mark")
    assert bench.board.marks == tuple(map(key_of, (1, 2, 3)))


def test_enter_unfolds_a_run_and_opens_the_details_of_a_sequence(bench: Bench) -> None:
    bench.table.cursor_key = key_of(4)
    bench.run("details")
    assert (bench.panes.opened, lines_of(bench)) == ("", [1, *range(4, 10)])
    bench.table.cursor_key = key_of(1)
    bench.run("details")
    assert bench.panes.opened == "details"


def test_a_scan_that_is_gone_to_gets_its_own_line(bench: Bench) -> None:
    bench.go_to(3)
    assert (bench.number, lines_of(bench)) == (3, [1, 2, 3, 4])


def test_another_order_and_a_filter_that_hides_sequences_are_flat_and_the_keys_explain_why(bench: Bench) -> None:
    bench.run("sort", "number")
    bench.run("fold")
    bench.run("sort", "time")
    bench.groups.filtering.use("-title=XANES")
    bench.run("fold_all")
    assert [text.partition(":")[0] for text in bench.said[-2:]] == ["Sorted by a column", "The filter hides sequences"]
    assert lines_of(bench) == list(range(2, 10))
    assert bench.board.lines.is_flattened


def test_a_filter_that_hides_no_sequence_keeps_the_outline_of_what_matches(bench: Bench) -> None:
    bench.groups.filtering.use("number>=4")
    assert lines_of(bench) == [4]
    bench.groups.filtering.use("number!=3")
    assert (lines_of(bench), bench.board.counts()) == ([1, 4], {"DONE": 8})
    bench.table.cursor_key = key_of(1)
    bench.run("copy_key")
    assert bench.host.copied == [" ".join(map(key_of, (1, 2)))]


def test_what_was_unfolded_is_brought_into_view(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[int] = []
    bench.table.cursor_key = key_of(1)
    monkeypatch.setattr(bench.table, "go_to", lambda key: gone.append(bench.number_of(key)))
    bench.run("fold")
    assert gone == [3, 1]
