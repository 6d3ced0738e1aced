"""Rules between the rows of a view: where each row stands, whatever the sections."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from scantui.tui.widgets.virtual_table.ruling import Ruling, SharedRuling, ViewLine

SECTIONS = st.lists(st.sampled_from("aab"), max_size=40)
HEIGHTS = st.integers(5, 12)


def ruling_of(sections: Sequence[str], height: int) -> Ruling:
    return Ruling(len(sections), height, sections.__getitem__)


@given(SECTIONS, HEIGHTS, st.data())
def test_each_row_of_a_view_has_the_rule_of_its_section_above_it(
    sections: list[str], height: int, data: st.DataObject
) -> None:
    top = data.draw(st.integers(0, max(0, len(sections) - 1)))
    lines = ruling_of(sections, height).lines_from(top)
    assert len(lines) <= height
    rows = [line.row for line in lines if not line.is_rule]
    assert rows == list(range(top, top + len(rows)))
    above = ""
    for line in lines:
        if line.is_rule:
            assert line.row == top or sections[line.row] != above, "two rules for one section"
            above = sections[line.row]
        else:
            assert sections[line.row] == above
    assert len(lines) == height or rows[-1:] == [len(sections) - 1] or not sections


@given(SECTIONS.filter(bool), HEIGHTS, st.data())
def test_a_row_stays_on_its_line(sections: list[str], height: int, data: st.DataObject) -> None:
    """The view that shows a row on its line is the one that is seen: so nothing moves when nothing has changed."""
    ruling = ruling_of(sections, height)
    top = data.draw(st.integers(0, len(sections) - 1))
    for place, line in enumerate(ruling.lines_from(top)):
        if not line.is_rule:
            assert ruling.top_for(line.row, place) == top


@given(SECTIONS.filter(bool), HEIGHTS, st.data())
def test_a_row_is_put_on_a_line_or_just_above_it(sections: list[str], height: int, data: st.DataObject) -> None:
    ruling = ruling_of(sections, height)
    index, place = data.draw(st.integers(0, len(sections) - 1)), data.draw(st.integers(1, height - 1))
    top = ruling.top_for(index, place)
    seen = ruling.lines_from(top).index(ViewLine(index))
    assert seen <= place
    if top > 0:
        higher = ruling.lines_from(top - 1)
        assert ViewLine(index) not in higher[: place + 1]


@given(SECTIONS, HEIGHTS)
def test_the_last_view_ends_with_the_last_row(sections: list[str], height: int) -> None:
    ruling = ruling_of(sections, height)
    lines = ruling.lines_from(ruling.last_top)
    assert [line.row for line in lines[-1:]] == ([len(sections) - 1] if sections else [])
    assert ruling.length - (height if ruling.last_top else len(lines)) == ruling.last_top


@given(SECTIONS, st.integers(0, 12), st.data())
def test_without_sections_or_room_for_rules_lines_are_rows(
    sections: list[str], height: int, data: st.DataObject
) -> None:
    plain = Ruling(len(sections), height)
    top = data.draw(st.integers(0, max(0, len(sections) - 1)))
    assert plain.lines_from(top) == [ViewLine(index) for index in range(top, min(top + height, len(sections)))]
    assert plain.length == len(sections)
    if height < 5:
        assert ruling_of(sections, height).lines_from(top) == plain.lines_from(top)


def test_the_steps_of_one_change_look_at_the_sections_once() -> None:
    asked: list[int] = []

    def section_of(index: int) -> int:
        asked.append(index)
        return index // 4

    shared = SharedRuling()
    with shared:
        shared.of(40, 10, section_of).lines_from(5)
        once = len(asked)
        with shared:
            shared.of(40, 10, section_of).lines_from(5)
        assert len(asked) == once
        assert shared.of(41, 10, section_of) is not shared.of(40, 10, section_of)
    shared.of(40, 10, section_of).lines_from(5)
    assert len(asked) == 2 * once
