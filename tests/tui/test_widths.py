"""Columns stay aligned: a text that is shown takes as many columns on every terminal as we count."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style

from scantui.curves.glyphs import MARK_SETS, MarkSet
from scantui.export import ExportedScan, to_plain
from scantui.models import ScanSummary
from scantui.text import printable
from scantui.tui.terminal.cells import StyleCodes
from scantui.tui.widgets.virtual_table.painting import PartStyle, paint_cells

SHOWN = [
    letter
    for letter in map(chr, range(0x20, sys.maxunicode + 1))
    if printable("a" + letter)[1] == letter and letter != "\ufffd"
]
# What terminals, their multiplexers and their versions of Unicode take for another number of columns than others.
DISPUTED = [
    *("\U0001f3fb\U0001f3ff\U0001f1e6\U0001f1ff\u200d\ufe0f\u20e3\u0488"),
    *("\u0903\u093e\u0940\u094d\u0bbe\u17b6\u102b\u1160\u11a8\u0e33\u0d4e\u2630\u4dc0\u3248\U0001d300"),
]
letters = st.one_of(st.characters(), st.sampled_from(DISPUTED), st.sampled_from("\u231a\u25fd\u65e5\u0301e\x1b"))
texts = st.text(letters, max_size=30)


def columns(letter: str) -> int:
    """What the C libraries and multiplexers that were asked say of a character that is shown."""
    if unicodedata.category(letter) == "Mn":
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def test_each_character_that_is_shown_is_as_wide_as_terminals_say() -> None:
    assert len(SHOWN) > 100_000
    assert [hex(ord(letter)) for letter in SHOWN if cell_len(letter) != columns(letter)] == []


def test_what_terminals_disagree_on_is_not_shown() -> None:
    assert [hex(ord(letter)) for letter in DISPUTED if letter in SHOWN] == []


def test_a_line_has_a_cell_for_each_column() -> None:
    looks = StyleCodes(ColorSystem.TRUECOLOR)
    for letter in SHOWN:
        line = looks.line_of([Segment(f"a{letter}b")])
        assert line.text[-1] == "b", hex(ord(letter))
        assert len(line.text) == 2 + columns(letter), hex(ord(letter))


@pytest.mark.parametrize("marks", MARK_SETS.values(), ids=MARK_SETS)
def test_what_curves_are_drawn_with_takes_one_column_on_every_terminal(marks: MarkSet) -> None:
    drawn = marks.cells + marks.bars + marks.sparks + marks.vertical + marks.horizontal + marks.swatch
    assert isinstance(StyleCodes(ColorSystem.TRUECOLOR).line_of([Segment(drawn)]).text, str)
    assert set(map(columns, drawn)) == {1}


@given(texts, st.integers(1, 20))
def test_a_cell_of_the_table_is_as_wide_as_its_column(text: str, width: int) -> None:
    style = PartStyle(Style(), Style())
    part = paint_cells([(width, text), (1, "|")], style, padding=0, gap=0, console=Console())
    painted = "".join(segment.text for segment in part.segments)
    assert painted.endswith("|")
    assert sum(map(columns, painted)) == part.length == width + 1


@given(st.lists(texts, min_size=1, max_size=4))
def test_columns_of_plain_text_stand_below_each_other(names: list[str]) -> None:
    rows = [ExportedScan(ScanSummary(key="KEY", title=name), "BAD") for name in names]
    lines = to_plain(rows, ["name", "key"]).splitlines()
    assert len({sum(map(columns, line.removesuffix("KEY"))) for line in lines}) == 1
