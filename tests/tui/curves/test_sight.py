"""What the curves pane shows: which scan, which counters, in which lines."""

from __future__ import annotations

import itertools
import math
from array import array
from collections.abc import Sequence

import pytest

from scantui.curves.choice import choose
from scantui.curves.figure import Size
from scantui.curves.glyphs import ASCII
from scantui.curves.lines import text_of, width_of
from scantui.exceptions import UsageError
from scantui.models import Scan
from scantui.points import FrameStatus, Points
from scantui.tui.curves.messages import (
    CurvesComplete,
    CurvesProblem,
    FramesCame,
    PointsCame,
    SamplesCame,
    ScanRead,
    SpectrumCame,
)
from scantui.tui.curves.sight import CurveSight
from scantui.tui.curves.texts import points_table, position_choices, positions_of
from tests.tui.curves.stores import DIODE, IT, LIMA, MCA, RUNNING, SAMX, gaussian, points_of, scan_of

OTHER = "esrf:scan:OTHER"
SIZE = Size(80, 14)
CLOCK = itertools.count(1000.0)


def read(sight: CurveSight, scan: Scan) -> None:
    """The document of a scan was read."""
    sight.take_in(ScanRead(1, scan, choose(scan.info, scan.streams, sight.counters, sight.x)))


def came(sight: CurveSight, key: str = RUNNING, start: int = 0, **numbers: Sequence[float]) -> None:
    """Points came, by the last parts of the names of their streams."""
    names = {name.rpartition(":")[2]: name for name in (SAMX, DIODE, IT)}
    sight.take_in(PointsCame(1, key, [points_of(names[name], values, start) for name, values in numbers.items()]))


def running(count: int = 50, *, counters: Sequence[str] = ()) -> CurveSight:
    """A scan of two counters with so many points."""
    sight = CurveSight(counters=counters)
    sight.show(RUNNING)
    read(sight, scan_of(SAMX, DIODE, IT))
    came(sight, samx=[index / 10 for index in range(count)], diode=gaussian(count), it=range(count))
    return sight


def text(sight: CurveSight, size: Size = SIZE, now: float | None = None) -> str:
    """The lines of the pane, a second later each time."""
    lines = sight.draw(lambda key: f"RUN {key[-1]} ascan samx", size, next(CLOCK) if now is None else now)
    assert [width_of(line) for line in lines] == [size.columns] * size.lines
    return "\n".join(map(text_of, lines))


def test_the_title_counts_points_and_counters_and_the_legend_has_the_peak() -> None:
    shown = text(running())
    assert "ascan samx · 50/100 points" in shown
    assert "a diode" in shown
    assert "peak 2.5" in shown
    assert "of 2 counters" not in shown
    assert "1 of 2 counters (o)" in text(running(counters=["it"]))


def test_before_anything_was_read_the_pane_says_so() -> None:
    sight = CurveSight(ASCII)
    assert "no scan" in text(sight)
    sight.show(RUNNING)
    assert "reading" in text(sight)
    sight.take_in(CurvesProblem(1, RUNNING, "no scan \x1b[31m"))
    assert "no scan _[31m" in text(sight)


def test_what_is_wrong_with_a_scan_that_is_no_longer_shown_is_not_mentioned() -> None:
    sight = running()
    sight.show(OTHER)
    read(sight, scan_of(SAMX, DIODE, key=OTHER))
    sight.take_in(CurvesProblem(1, RUNNING, "not found"))
    assert "not found" not in text(sight)


def test_a_new_scan_is_shown_from_its_first_point_on() -> None:
    sight = running()
    sight.show(OTHER, waits=True)
    assert [wanted.key for wanted in sight.wanted()] == [OTHER, RUNNING]
    read(sight, scan_of(SAMX, DIODE, IT, key=OTHER))
    assert sight.key == RUNNING
    came(sight, start=50, samx=[5.0], diode=[1.0], it=[1.0])
    assert "51/100" in text(sight)
    came(sight, OTHER, samx=[0.0], diode=[1.0])
    assert sight.key == OTHER
    assert "1/100" in text(sight)


def test_a_scan_that_the_cursor_is_on_is_shown_once_its_document_was_read() -> None:
    sight = running()
    sight.show(OTHER)
    assert sight.key == RUNNING
    read(sight, scan_of(SAMX, DIODE, key=OTHER))
    assert sight.key == OTHER


@pytest.mark.parametrize("ends", [CurvesComplete(1, OTHER), FramesCame(1, OTHER, LIMA, FrameStatus(count=1))])
def test_a_new_scan_without_points_is_shown_when_it_ends_or_has_frames(ends: CurvesComplete | FramesCame) -> None:
    sight = running()
    sight.show(OTHER, waits=True)
    read(sight, scan_of(LIMA, key=OTHER))
    assert sight.key == RUNNING
    sight.take_in(ends)
    assert sight.key == OTHER


def test_a_complete_scan_is_not_read_again_until_something_else_is_wanted() -> None:
    sight = running()
    assert sight.wanted()[0].since == {SAMX: 50, DIODE: 50, IT: 50}
    sight.take_in(CurvesComplete(1, RUNNING))
    assert sight.wanted() == []
    assert sight.next_counter(1)
    assert sight.wanted()[0].counters == ("it", "diode")


def test_the_next_counter_becomes_the_first_and_the_last_one_leads_to_the_first() -> None:
    sight = running()
    for first in ("it", "diode"):
        assert sight.next_counter(1)
        read(sight, scan_of(SAMX, DIODE, IT))
        assert sight.counters[0] == first
    alone = CurveSight()
    alone.show(RUNNING)
    read(alone, scan_of(SAMX, DIODE))
    assert not alone.next_counter(-1)


def test_keys_in_quick_succession_go_on_from_each_other() -> None:
    sight = CurveSight(counters=["diode"])
    sight.show(RUNNING)
    read(sight, scan_of(SAMX, DIODE, IT, MCA))
    firsts = [sight.counters[0] for _ in range(3) if sight.next_counter(1)]
    assert firsts == ["it", "det0", "diode"]
    assert [sight.next_axis() for _ in range(2)] == ["index", "samx"]


def test_the_x_axis_goes_round_and_a_common_one_stays_for_the_next_scan() -> None:
    sight = running()
    assert sight.next_axis() == "index"
    read(sight, scan_of(SAMX, DIODE, IT))
    assert "index" in text(sight)
    sight.show(OTHER)
    read(sight, scan_of(SAMX, DIODE, key=OTHER))
    assert sight.x == ""
    assert sight.next_axis() == "samx"
    sight.show(RUNNING)
    read(sight, scan_of(SAMX, DIODE))
    assert sight.x is None


def test_samples_say_so_and_other_counters_are_sampled_anew() -> None:
    sight = CurveSight(counters=["diode"])
    sight.show(RUNNING)
    read(sight, scan_of(SAMX, DIODE, IT))
    for name in (SAMX, DIODE):
        sight.take_in(SamplesCame(1, RUNNING, name, array("d", range(256)), 417))
    assert "(1 in 417 points)" in text(sight)
    with pytest.raises(UsageError, match="scantui values"):
        points_table(sight.drawn())
    sight.next_counter(1)
    assert sight.wanted()[0].since == {}


def test_the_inspector_moves_over_the_points_and_to_the_peak() -> None:
    sight = running()
    assert sight.inspect(-1, 70)
    assert "(point 49)" in text(sight)
    assert sight.inspect(-1, 70)
    assert "samx (mm) 4.8" in text(sight)
    assert sight.inspect_peak()
    assert "samx (mm) 2.5  a diode 1000" in text(sight)
    assert sight.inspect_peak()
    assert "point" not in text(sight).splitlines()[1]
    assert not CurveSight().inspect(1, 70)
    assert not CurveSight().inspect_peak()


def test_in_a_long_scan_the_inspector_moves_by_columns() -> None:
    sight = running(700)
    sight.inspect(-1, 70)
    sight.inspect(-1, 70)
    assert sight.options.inspector == 689


def test_a_kept_curve_stays_behind_the_next_scan_until_it_is_dropped() -> None:
    sight = running()
    assert "behind the next scans" in sight.keep_behind()
    assert sight.others() == []
    sight.show(OTHER)
    read(sight, scan_of(SAMX, DIODE, key=OTHER))
    came(sight, OTHER, samx=[0.0, 1.0], diode=[0.0, 1.0])
    assert [curve.is_behind for curve in sight.others()] == [True]
    assert "behind: 19" in text(sight)
    assert "Keeping" in sight.keep_behind()
    assert sight.keep_behind() == "No curve is kept behind"
    assert CurveSight().keep_behind() == "No curve to keep"


def test_marked_scans_lie_over_each_other_with_their_numbers() -> None:
    sight = CurveSight()
    sight.show(RUNNING, overlaid=[RUNNING, OTHER])
    assert [(wanted.key, wanted.first_only) for wanted in sight.wanted()] == [(RUNNING, True), (OTHER, True)]
    for key in (RUNNING, OTHER):
        read(sight, scan_of(SAMX, DIODE, key=key))
        came(sight, key, samx=[0.0, 1.0, 2.0], diode=[0.0, 1.0, 0.0])
    assert "(scan 19)" in text(sight)
    assert (sight.key, sight.is_fixed) == (RUNNING, True)
    sight.show(RUNNING, overlaid=[])
    assert sight.is_fixed
    sight.show(OTHER)
    assert not sight.is_fixed


def test_spectra_frames_and_problems_have_their_lines() -> None:
    sight = CurveSight(counters=["det0"])
    sight.show(RUNNING)
    read(sight, scan_of(SAMX, MCA, LIMA, npoints=20))
    spectrum = Points(name=MCA, start=6, values=array("d", [0, 5, 1, 0]), shape=(4,), dtype="<f8")
    sight.take_in(SpectrumCame(1, RUNNING, spectrum))
    status = FrameStatus(count=128, saved=120, files=("/data/a\x1b.h5",))
    sight.take_in(FramesCame(1, RUNNING, LIMA, status))
    sight.take_in(CurvesProblem(1, RUNNING, "cannot be read", DIODE))
    shown = text(sight)
    assert "7/20 points" in shown
    assert "max 5" in shown
    assert "image: frames 128, saved 120, file /data/a␛.h5" in shown
    assert "cannot be read" in shown
    little = text(sight, Size(50, 6))
    assert "cannot be read" in little and "frames" not in little
    assert "cannot be read" not in text(sight, Size(50, 5))


def test_numbers_of_the_legend_change_once_a_second() -> None:
    sight = running()
    assert "b it 49" in text(sight, now=10.0)
    came(sight, start=50, it=[50.0])
    later = text(sight, now=10.9)
    assert "b it 49" in later and "50/100" in later
    later = text(sight, now=11.0)
    assert "b it 50" in later and "51/100" in later


def test_the_legend_is_there_with_the_first_points_of_each_counter() -> None:
    sight = CurveSight()
    sight.show(RUNNING)
    read(sight, scan_of(SAMX, DIODE, IT))
    came(sight, samx=[1.0])
    text(sight, now=5.0)
    came(sight, diode=[7.0])
    assert "a diode 7" in text(sight, now=5.1)
    came(sight, it=[9.0])
    assert "b it 9" in text(sight, now=5.2)


def test_positions_to_copy_are_those_of_the_curve_with_commands_for_a_motor() -> None:
    sight = running(101)
    curve, shown = sight.first_curve(), sight.sight
    assert curve is not None and shown is not None
    found = positions_of(curve, 7)
    assert math.isclose(found["peak"], 5.0, abs_tol=0.1)
    assert found["inspector"] == 0.7
    choices = position_choices(curve, shown.choice, 7, with_commands=True)
    texts = [choice.value for choice in choices]
    assert "umv samx 0.7" in texts
    assert [choice.letter for choice in choices if choice.letter] == ["i", "p", "c", "o"]
    assert not any(
        each.value.startswith("umv") for each in position_choices(curve, shown.choice, 7, with_commands=False)
    )


def test_a_scan_without_counters_is_not_said_to_have_no_points() -> None:
    sight = running()
    read(sight, scan_of(SAMX))
    assert text(sight).splitlines()[0].rstrip().endswith("no counters")
