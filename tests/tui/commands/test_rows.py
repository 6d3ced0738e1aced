"""Commands on the rows: follow, pause, marks, walks, order."""

from __future__ import annotations

from pathlib import Path

import pytest

from scantui.system.state import Memory
from scantui.tui.commands.targets import Target, read_target
from tests.tui.commands.fakes import Bench
from tests.tui.scenes import row


def test_marks_are_set_walked_shown_alone_and_cleared() -> None:
    bench = Bench()
    bench.go_to(18)
    bench.run("mark")
    bench.run("mark")
    assert bench.number == 20
    bench.go_to(1)
    assert [bench.run("next_mark") or bench.number for _ in range(2)] == [18, 19]
    bench.run("previous_mark")
    assert bench.number == 18
    bench.run("only_marked")
    assert bench.numbers == [18, 19]
    bench.run("only_marked")
    bench.run("clear_marks")
    assert (len(bench.numbers), bench.board.marks) == (20, ())


def test_without_marks_the_commands_say_so() -> None:
    bench = Bench()
    for name in ("only_marked", "next_mark"):
        bench.run(name)
        assert bench.said.pop().startswith("No marked scans")
    assert len(bench.numbers) == 20


def test_problems_are_walked_in_both_directions() -> None:
    bench = Bench()
    visited = [bench.run("next_problem") or bench.number for _ in range(4)]
    assert visited == [3, 7, 13, 15]
    bench.run("previous_problem")
    assert bench.number == 13


def test_a_list_without_problems_says_so() -> None:
    bench = Bench([row(1, end_reason="SUCCESS")])
    bench.run("next_problem")
    assert bench.said == ["No problems in this list"]


def test_a_number_that_is_not_there_leaves_the_cursor() -> None:
    bench = Bench()
    bench.go_to(12)
    bench.go_to(99)
    assert (bench.number, bench.said) == (12, ["No scan 99 in this list"])


def test_rows_that_are_gone_are_cleared_but_not_while_paused() -> None:
    bench = Bench()
    bench.run("forget_gone")
    keys = [bench.board.key_at(index) for index in (3, 4)]
    bench.view.changed(bench.board.mark_gone(keys[:1]))
    bench.run("pause")
    bench.run("forget_gone")
    bench.run("pause")
    bench.run("forget_gone")
    bench.view.changed(bench.board.mark_gone(keys[1:]))
    bench.view.changed(bench.board.mark_gone([bench.board.key_at(5)]))
    bench.run("forget_gone")
    assert bench.said == [
        "Nothing to clear",
        "Nothing is cleared while paused: p resumes",
        "Cleared 1 row",
        "Cleared 2 rows",
    ]
    assert len(bench.numbers) == 17


def test_a_pause_freezes_the_rows_and_loses_nothing() -> None:
    bench = Bench()
    bench.run("pause")
    bench.view.changed(bench.board.put([row(21)]))
    assert bench.board.is_paused
    assert bench.numbers[-1] == 20
    bench.run("pause")
    assert bench.numbers[-1] == 21


@pytest.mark.parametrize("name", ["follow", "newest"])
def test_follow_goes_to_the_newest_scan_in_the_order_of_time(name: str) -> None:
    bench = Bench()
    bench.run("sort", "number")
    bench.run("reverse")
    assert bench.numbers == list(range(20, 0, -1))
    assert bench.board.held
    bench.run(name)
    assert (bench.number, bench.board.held) == (20, False)
    assert bench.numbers == list(range(1, 21))


def test_the_order_is_remembered(tmp_path: Path) -> None:
    bench = Bench(state=tmp_path / "state.json")
    bench.run("sort", "number")
    assert bench.dialogs.asked == ["Sort by"]
    bench.run("reverse")
    assert Memory(tmp_path / "state.json").state.sort == [("number", True)]
    bench.run("sort")
    assert bench.board.sorting.column == "number", "a menu left without a choice changes nothing"


def test_a_number_goes_to_the_newest_of_this_dataset_and_then_round_all_that_have_it() -> None:
    bench = Bench([row(42, age=900 - 100 * place, dataset=f"sample_{place % 3}") for place in range(5)])
    keys = [bench.board.key_at(index) for index in range(5)]
    bench.table.go_to(keys[2])
    visited = []
    for _ in range(6):
        bench.go_to(42)
        visited.append(keys.index(bench.table.cursor_key or ""))
    assert visited == [2, 1, 0, 4, 3, 2]
    assert bench.said == [f"scan 42: {place} of 5" for place in (1, 2, 3, 4, 5, 1)]


def test_a_walk_begins_anew_where_the_cursor_was_moved_away() -> None:
    bench = Bench([row(42, age=900 - 100 * place) for place in range(3)] + [row(7, age=1)])
    bench.go_to(42)
    bench.go_to(42)
    bench.go_to(7)
    bench.go_to(42)
    assert bench.said == ["scan 42: 1 of 3", "scan 42: 2 of 3", "scan 42: 1 of 3"]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        (" 42 ", Target(number=42)),
        ("@sample_3", Target(dataset="sample_3")),
        ("esrf:scan:01ABC", Target(key="esrf:scan:01ABC")),
        ("9" * 5000, None),
        ("@", None),
        ("٤٢", None),
        ("only problems", None),
    ],
)
def test_what_can_be_gone_to(text: str, target: Target | None) -> None:
    assert read_target(text) == target


def test_datasets_and_keys_are_gone_to() -> None:
    bench = Bench()
    bench.groups.rows.go_to(Target(dataset="sample_0001"))
    assert (bench.number, bench.said) == (11, ["dataset sample_0001: 1 of 6"])
    key = bench.board.key_at(3)
    bench.groups.rows.go_to(Target(key=key))
    assert bench.table.cursor_key == key
    bench.groups.rows.go_to(Target(key="esrf:scan:x"))
    assert bench.said[-1] == "No scan esrf:scan:x in this list"


def test_problems_are_counted_as_they_are_walked() -> None:
    bench = Bench()
    bench.run("next_problem")
    bench.run("previous_problem")
    assert bench.said == ["problem 1 of 4", "problem 4 of 4"]
