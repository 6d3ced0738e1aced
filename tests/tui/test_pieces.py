"""Which lines of which widgets are rendered for a frame."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Region

from scantui.tui.terminal.pieces import pieces_in

SCREEN = Region(0, 0, 12, 8)
BACK = ("screen", (SCREEN, SCREEN))


@st.composite
def regions(draw: st.DrawFn) -> Region:
    x, y = draw(st.integers(0, 11)), draw(st.integers(0, 7))
    return Region(x, y, draw(st.integers(0, 12 - x)), draw(st.integers(0, 8 - y)))


def cells_of(region: Region) -> set[tuple[int, int]]:
    return {(x, y) for x in region.column_range for y in region.line_range}


@given(st.lists(regions(), max_size=4), st.lists(st.tuples(regions(), regions()), max_size=5))
def test_each_cell_that_changed_is_rendered_once_by_the_widget_in_front(
    dirty: list[Region], stacked: list[tuple[Region, Region]]
) -> None:
    widgets = dict([*((str(place), each) for place, each in enumerate(stacked)), BACK])
    rendered = {cell: widget for widget, piece in pieces_in(dirty, widgets) for cell in cells_of(piece.where)}
    assert rendered.keys() == set().union(*map(cells_of, dirty))
    for cell, widget in rendered.items():
        assert widget == next(
            name for name, (whole, clip) in widgets.items() if cell in cells_of(whole) & cells_of(clip)
        )


def test_a_piece_knows_which_part_of_its_widget_it_is() -> None:
    table = Region(2, 3, 8, 4)
    found = list(pieces_in([Region(2, 5, 8, 1)], {"table": (table, SCREEN), "screen": (SCREEN, SCREEN)}))
    assert [(widget, piece.where, piece.of_widget) for widget, piece in found] == [
        ("table", Region(2, 5, 8, 1), Region(0, 2, 8, 1))
    ]


def test_a_region_within_another_one_is_not_rendered_twice() -> None:
    found = list(pieces_in([SCREEN, Region(1, 1, 3, 1)], dict([BACK])))
    assert [piece.where for _, piece in found] == [SCREEN]
