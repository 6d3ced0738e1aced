"""The points of the curves as a table: one scan as it is, several each under its name."""

from __future__ import annotations

import pytest

from scantui.exceptions import UsageError
from scantui.tui.curves.sight import CurveSight
from scantui.tui.curves.texts import csv_text, points_table
from tests.tui.curves.stores import DIODE, IT, RUNNING, SAMX, scan_of
from tests.tui.curves.test_sight import OTHER, came, read, running, text


def test_points_are_written_with_their_index_and_empty_where_there_is_none() -> None:
    sight = running(3)
    came(sight, start=3, samx=[0.3])
    header, rows = points_table(sight.drawn())
    assert header == ["index", SAMX, DIODE, IT]
    written = csv_text(header, rows).splitlines()
    assert written[-1] == "3,0.3,,"
    assert written[-2].startswith("2,0.2,")
    with pytest.raises(UsageError):
        points_table(CurveSight().drawn())


def test_points_of_scans_over_each_other_stand_side_by_side_under_the_names_of_their_scans() -> None:
    sight = CurveSight(server_of={RUNNING: "id11", OTHER: "id15"}.__getitem__)
    sight.show(RUNNING, overlaid=[RUNNING, OTHER])
    for key, count in ((RUNNING, 2), (OTHER, 3)):
        read(sight, scan_of(SAMX, DIODE, IT, key=key))
        came(sight, key, samx=[0.5] * count, diode=[float(count)] * count)
    number = sight.drawn()[0][1].number
    header, rows = points_table(sight.drawn())
    assert header[:3] == ["index", f"{number} id11 {SAMX}", f"{number} id11 {DIODE}"]
    assert f"{number} id15 {DIODE}" in header
    assert csv_text(header, rows).splitlines()[-1] == "2,,,0.5,3.0"


def test_the_title_says_that_not_all_marked_scans_are_drawn() -> None:
    sight = CurveSight()
    keys = [RUNNING, OTHER, *(f"esrf:scan:{number}" for number in range(6))]
    sight.show(RUNNING, overlaid=keys[1:5])
    read(sight, scan_of(SAMX, DIODE))
    came(sight, samx=[0.0, 1.0, 2.0], diode=[0.0, 1.0, 0.0])
    assert "marked" not in text(sight)
    sight.show(RUNNING, overlaid=keys)
    assert "5 of 8 marked" in text(sight)
