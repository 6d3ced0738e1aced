"""Commands of the curves: they open the pane, change what it draws, and take out what it shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scantui.curves.choice import choose
from scantui.tui.commands.command import DETAILS
from scantui.tui.curves.messages import PointsCame, ScanRead
from tests.tui.commands.fakes import Bench
from tests.tui.curves.stores import DIODE, IT, RUNNING, SAMX, gaussian, points_of, scan_of

COUNTERS = [f"ctl:c{number}" for number in range(6)]


def drawing(*names: str, count: int = 101, state: Path | None = None) -> Bench:
    """The pane of curves, open on a scan with so many points."""
    bench = Bench(state=state)
    bench.run("curves")
    sight = bench.panes.drawing.sight
    scan = scan_of(SAMX, *(names or (DIODE, IT)))
    sight.show(RUNNING)
    read_again(bench, scan)
    numbers: dict[str, Any] = {SAMX: [index / 10 for index in range(count)], DIODE: gaussian(count), IT: range(count)}
    sight.take_in(PointsCame(1, RUNNING, [points_of(name, numbers[name]) for name in numbers if name in scan.streams]))
    return bench


def read_again(bench: Bench, scan: Any) -> None:
    sight = bench.panes.drawing.sight
    sight.take_in(ScanRead(1, scan, choose(scan.info, scan.streams, sight.counters, sight.x)))


def test_curves_open_on_the_scan_under_the_cursor_hold_nothing_and_close() -> None:
    bench = Bench()
    bench.run("curves")
    assert (bench.panes.opened, bench.panes.drawing.shown_key) == ("curves", bench.table.cursor_key)
    assert not bench.board.held
    bench.table.has_focus = False
    bench.run("curves")
    assert (bench.panes.opened, bench.table.has_focus) == ("", True)


def test_curves_and_details_take_each_others_place() -> None:
    bench = Bench()
    bench.run("details")
    assert bench.board.held
    bench.run("curves")
    assert (bench.panes.opened, bench.board.held) == ("curves", False)
    bench.run("details")
    assert (bench.panes.opened, bench.board.held) == (DETAILS, True)


def test_marked_scans_are_laid_over_each_other() -> None:
    bench = Bench()
    for number in (3, 5):
        bench.go_to(number)
        bench.run("mark")
    bench.run("curves")
    assert [bench.number_of(key) for key in bench.panes.drawing.overlaid] == [3, 5]


def test_a_pane_that_closes_on_the_newest_scan_follows_again() -> None:
    bench = Bench()
    for close in ("details", "back"):
        bench.table.follow_end()
        bench.run("details")
        assert bench.board.held
        bench.run(close)
        assert not bench.board.held
    bench.go_to(3)
    bench.run("details")
    bench.run("back")
    assert bench.board.held


def test_without_a_connection_the_curves_say_so_and_are_dimmed() -> None:
    bench = Bench()
    bench.server.store = None
    bench.run("curves")
    assert bench.panes.drawing.problem == "No connection: the curves are loaded when the server is back"
    bench.groups.curves.tell_connection()
    assert not bench.panes.drawing.is_connected


def test_zoom_needs_an_open_pane() -> None:
    bench = Bench()
    bench.run("zoom")
    assert (bench.panes.zoomed, bench.said[-1]) == (0, "No pane is open: c shows curves, Enter shows details")
    bench.run("details")
    bench.run("zoom")
    assert bench.panes.zoomed == 1


@pytest.mark.parametrize(
    ("name", "option"),
    [("curves_log", "is_log"), ("curves_derivative", "is_derivative"), ("curves_scale", "has_same_scale")],
)
def test_a_switch_of_the_drawing_is_on_and_off_again(name: str, option: str) -> None:
    bench = drawing()
    for expected in (True, False):
        drawn = bench.panes.drawing.drawn
        bench.run(name)
        assert getattr(bench.panes.drawing.sight.options, option) is expected
        assert bench.panes.drawing.drawn == drawn + 1


def test_the_chosen_counters_and_marks_are_remembered(tmp_path: Path) -> None:
    bench = drawing(*COUNTERS, state=tmp_path / "state.json")
    bench.run("curves_counters", "ctl:c3")
    assert bench.dialogs.offered[:3] == ["x c0", "x c1", "  c2"]
    assert bench.memory.state.counters == ["c0", "c1", "c3"]
    assert bench.panes.drawing.read == 1
    bench.run("curves_marks")
    assert bench.memory.plot_marks == "dots"
    again = Bench(state=tmp_path / "state.json")
    again.run("curves")
    assert again.panes.drawing.sight.counters == ("c0", "c1", "c3")
    assert again.panes.drawing.sight.options.marks.name == "dots"


def test_between_one_and_five_counters_are_drawn() -> None:
    bench = drawing(*COUNTERS)
    for name in ("ctl:c2", "ctl:c3", "ctl:c4", "ctl:c5"):
        bench.run("curves_counters", name)
        read_again(bench, scan_of(SAMX, *COUNTERS))
    assert bench.said[-1] == "At most 5 counters are drawn"
    assert len(bench.memory.state.counters) == 5
    alone = drawing(DIODE)
    alone.run("curves_counters", DIODE)
    assert alone.said[-1] == "At least one counter is drawn"


def test_next_counter_and_axis_are_read() -> None:
    bench = drawing()
    bench.run("curves_next")
    bench.run("curves_axis")
    assert bench.said == ["x axis: index"]
    assert bench.panes.drawing.read == 2
    assert bench.panes.drawing.sight.counters == ("it", "diode")
    alone = drawing(DIODE)
    alone.run("curves_previous")
    assert alone.said == ["This scan has no other counter"]


def test_the_inspected_point_is_copied_and_else_a_position_is_chosen() -> None:
    bench = drawing()
    bench.run("curves_copy", "5")
    assert bench.host.copied == ["5"]
    bench.run("curves_peak")
    bench.run("curves_left")
    bench.run("curves_copy")
    assert bench.host.copied[-1].startswith("4.9 ")
    bench.run("curves_copy_command", "umv samx 4.9")
    assert bench.host.copied[-1] == "umv samx 4.9"
    bench.host.refuses_copies = True
    bench.run("curves_copy")
    assert bench.errors == ["too long for the terminal"]


def test_without_a_curve_the_keys_say_so() -> None:
    bench = Bench()
    bench.run("curves")
    for name in ("curves_counters", "curves_right", "curves_peak", "curves_copy", "curves_keep"):
        bench.run(name)
    assert bench.said == [
        "No counters to choose from yet",
        "No curve to inspect",
        "No peak to inspect",
        "No curve to copy from",
        "No curve to keep",
    ]
    flat = drawing(DIODE, count=2)
    flat.run("curves_copy")
    assert flat.said == ["This curve has no peak"]


def test_points_are_written_to_a_file_and_the_plot_is_printed(tmp_path: Path) -> None:
    bench = drawing(count=3)
    path = tmp_path / "scan.csv"
    bench.run("curves_write", str(path))
    assert path.read_text().splitlines()[0] == f"index,{SAMX},{DIODE},{IT}"
    assert bench.said[-1].startswith("wrote 3 points to ")
    bench.run("curves_write", str(path), "overwrite")
    assert bench.dialogs.asked[-1] == f"Overwrite {path}?"
    bench.run("curves_plain")
    assert bench.host.printed == ["a plot"]
    empty = Bench()
    empty.run("curves")
    empty.run("curves_write", str(tmp_path / "other.csv"))
    assert empty.errors == ["there are no curves to write"]
