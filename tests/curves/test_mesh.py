"""Points of a mesh lie in their places, and what was not measured is empty."""

from __future__ import annotations

import math

import pytest

from scantui.curves.lines import Line, text_of
from scantui.curves.mesh import RAMPS, Mesh, MeshPoint, Ramp, colour_bar, heat_map


def filled(columns: int, rows: int, count: int) -> Mesh:
    """A mesh of which `count` points were measured, each row forth and back; the values count them."""
    mesh = Mesh(columns, rows, (0, columns - 1), (0, rows - 1))
    for index in range(count):
        row, place = divmod(index, columns)
        column = columns - 1 - place if row % 2 else place
        mesh.add([column], [row], [index])
    return mesh


def map_of(mesh: Mesh, columns: int, rows: int, ramp: str) -> list[Line]:
    return heat_map(mesh, columns, rows, RAMPS[ramp], mesh.scale()).lines


def test_points_lie_where_they_were_measured_in_whatever_order() -> None:
    assert filled(3, 2, 5).pixels(3, 2) == [[pytest.approx(math.nan, nan_ok=True), 4, 3], [0, 1, 2]]


def test_a_point_near_its_place_is_in_it_and_one_outside_is_counted() -> None:
    mesh = Mesh(3, 1, (0, 2), (5, 5))
    mesh.add([0.1, 1.9, 2.6, math.nan, 1], [5, 5.2, 5, 5, 5], [1, 2, 3, 4, math.inf])
    assert mesh.pixels(3, 1)[0][::2] == [1, 2]
    assert (mesh.added, mesh.left_out, mesh.least, mesh.greatest) == (5, 3, 1, 2)


def test_limits_may_run_backwards() -> None:
    mesh = Mesh(2, 1, (1, 0), (0, 0))
    mesh.add([1, 0], [0, 0], [7, 8])
    assert mesh.pixels(2, 1) == [[7, 8]]
    assert mesh.largest() == MeshPoint(0, 0, 8)


def test_the_largest_value_and_the_centre_of_mass_are_in_units_of_the_axes() -> None:
    mesh = Mesh(3, 3, (10, 12), (0, 1))
    mesh.add([10, 11, 12, 11], [0.5, 0.5, 0.5, 1], [1, 3, 1, 1])
    assert mesh.largest() == MeshPoint(11, 0.5, 3)
    assert mesh.centre_of_mass() == (11, 0.5)
    assert (Mesh(2, 2, (0, 1), (0, 1)).largest(), Mesh(2, 2, (0, 1), (0, 1)).centre_of_mass()) == (None, None)


def test_without_colours_a_point_is_two_columns_wide() -> None:
    lines = map_of(filled(3, 2, 5), 6, 2, "ascii")
    assert [text_of(line) for line in lines] == ["  @@##", "..--++"]
    assert [len(line[0].text) for line in lines] == [6, 6]
    assert lines[0][0].text.startswith("  ")


def test_with_colours_a_cell_has_two_points() -> None:
    (line,) = map_of(filled(2, 2, 3), 2, 1, "sixteen")
    assert [(span.text, span.role, span.under) for span in line] == [("▄", "ramp0", ""), ("▀", "ramp5", "ramp3")]


def test_cells_of_one_colour_are_one_piece() -> None:
    mesh = Mesh(4, 2, (0, 3), (0, 1))
    mesh.add([0, 1, 2, 3] * 2, [0] * 4 + [1] * 4, [5] * 8)
    (line,) = map_of(mesh, 4, 1, "many")
    assert [span.text for span in line] == ["████"]
    assert len({span.role for span in line}) == 1


def test_a_map_is_as_large_as_fits_and_square() -> None:
    lines = map_of(filled(5, 4, 20), 60, 9, "many")
    assert (len(lines), sum(len(span.text) for span in lines[0])) == (8, 20)


def test_a_mesh_larger_than_the_screen_shows_the_greatest_of_what_meets() -> None:
    mesh = filled(200, 100, 20_000)
    picture = mesh.pixels(50, 20)
    assert (len(picture), len(picture[0])) == (20, 50)
    assert picture[0][0] == 19_999
    assert len(map_of(mesh, 50, 10, "many")) == 10


@pytest.mark.parametrize(("columns", "rows"), [(2**50, 2**50), (0, 0), (1, 10**9)])
def test_a_mesh_of_any_size_takes_bounded_memory(columns: int, rows: int) -> None:
    mesh = Mesh(columns, rows, (0, 1), (0, 1))
    assert mesh.columns * mesh.rows <= 65_536
    mesh.add([0.5], [0.5], [3])
    assert mesh.largest() is not None


def test_the_levels_stay_while_the_values_change_little() -> None:
    mesh = Mesh(10, 10, (0, 9), (0, 9))
    scales = set()
    for index in range(100):
        mesh.add([index % 10], [index // 10], [1000 * math.exp(-(((index - 50) / 20) ** 2))])
        scales.add((mesh.scale().low, mesh.scale().high))
    assert len(scales) < 25


@pytest.mark.parametrize("ramp", RAMPS.values(), ids=RAMPS)
def test_a_bar_shows_all_levels_from_the_highest_down(ramp: Ramp) -> None:
    bar = [(span.text, span.role) for span in colour_bar(ramp.levels, ramp)]
    levels = range(ramp.levels - 1, -1, -1)
    wanted = [("█", f"{ramp.role}{level}") if ramp.role else (ramp.characters[level], "") for level in levels]
    assert bar == wanted
