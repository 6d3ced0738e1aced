"""Which two scans are compared by key."""

from __future__ import annotations

import pytest

from tests.tui.commands.fakes import Bench


@pytest.mark.parametrize(
    ("marked", "cursor", "compared"),
    [
        ([3, 7], 1, (3, 7)),
        ([7, 3], 1, (3, 7)),
        ([7], 3, (3, 7)),
        ([7], 7, None),
        ([], 7, None),
        ([1, 3, 7], 5, None),
    ],
)
def test_two_marks_or_one_and_the_cursor(marked: list[int], cursor: int, compared: tuple[int, int] | None) -> None:
    bench = Bench()
    for number in marked:
        bench.go_to(number)
        bench.run("mark")
    bench.go_to(cursor)
    bench.run("differences")
    if compared is None:
        assert bench.said[-1].startswith("Mark one scan")
        assert bench.panes.opened == ""
    else:
        assert tuple(map(bench.number_of, bench.panes.compared)) == compared
        bench.run("differences")
        assert bench.panes.opened == ""


def test_the_curves_of_both_are_drawn_from_the_pane() -> None:
    bench = Bench()
    for number in (7, 3):
        bench.go_to(number)
        bench.run("mark")
    bench.run("clear_marks")
    bench.go_to(7)
    bench.run("mark")
    bench.go_to(3)
    bench.run("differences")
    bench.run("differences_curves")
    assert (bench.panes.opened, list(map(bench.number_of, bench.panes.drawing.overlaid))) == ("curves", [3, 7])


def test_without_a_connection_nothing_is_compared() -> None:
    bench = Bench()
    bench.server.store = None
    for number in (3, 7):
        bench.go_to(number)
        bench.run("mark")
    bench.run("differences")
    assert bench.said[-1].startswith("No connection")
