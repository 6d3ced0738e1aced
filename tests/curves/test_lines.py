"""Sparklines, bars, and lines that are cut to their width."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.curves.axes import Scale
from scantui.curves.glyphs import ASCII, BLOCKS, MarkSet
from scantui.curves.lines import Piece, columns_of, cut, fitted, shown, width_of
from scantui.curves.sparkline import sparkline
from scantui.curves.spectrum import bars, spectrum_scale
from tests.test_text import HOSTILE, is_harmless


@pytest.mark.parametrize(
    ("values", "cells", "line"),
    [
        ([0, 1, 2, 3, 4, 5, 6, 7], 8, "▁▂▃▄▅▆▇█"),
        ([0, 7], 10, "▁█"),
        ([5, 5, 5], 3, "▅▅▅"),
        ([0, math.nan, 7], 3, "▁ █"),
        ([0, 0, 0, 9, 0, 0, 0, 0], 4, "▁█▁▁"),
        ([9, 9, 9, 0, 9, 9, 9, 9], 4, "█▁██"),
        ([], 10, ""),
        ([math.nan, math.inf], 10, ""),
        ([1, 2], 0, ""),
    ],
)
def test_a_sparkline_loses_no_spike(values: list[float], cells: int, line: str) -> None:
    assert sparkline(values, cells) == line


@given(st.lists(st.floats()), st.integers(0, 30), st.sampled_from([BLOCKS, ASCII]))
def test_a_sparkline_of_anything_fits(values: list[float], cells: int, marks: MarkSet) -> None:
    line = sparkline(values, cells, marks)
    assert len(line) <= min(cells, len(values))
    assert set(line) <= {*marks.sparks, " "}


def test_bars_are_as_high_as_their_channels() -> None:
    scale = Scale(low=0.0, high=16.0)
    assert bars([0, 1, 8, 12, 16, math.nan], 6, 2, BLOCKS, scale) == ["   ▄█ ", " ▁███ "]
    assert bars([0, 3, 1, 16], 2, 1, ASCII, scale) == [".|"]


def test_a_spectrum_begins_at_zero_unless_it_is_logarithmic() -> None:
    assert (spectrum_scale([500, 900], 4).low, spectrum_scale([], 4).low) == (0, 0)
    scale = spectrum_scale([0, 20, 900, math.nan], 4, is_log=True)
    assert (scale.low, scale.high, scale.is_log) == (10, 1000, True)
    assert bars([0, 20, 900], 3, 1, BLOCKS, scale)[0][0] == " "


@given(HOSTILE, st.integers(0, 40), st.booleans())
def test_text_from_outside_is_cut_to_its_columns(text: str, columns: int, ascii_only: bool) -> None:
    line = fitted([Piece(" "), Piece(shown(text, ascii_only), "name")], columns, ascii_only)
    assert width_of(line) == columns
    assert all(is_harmless(span.text) for span in line)
    assert not ascii_only or all(span.text.isascii() for span in line)


@pytest.mark.parametrize(
    ("text", "columns", "result"),
    [("fluo", 4, "fluo"), ("fluorescence", 5, "fluo…"), ("日本語", 5, "日本…"), ("x", 0, "")],
)
def test_a_cut_text_ends_in_an_ellipsis(text: str, columns: int, result: str) -> None:
    assert cut(text, columns) == result
    assert columns_of(result) <= columns


@pytest.mark.parametrize(("text", "plain"), [("µm", "um"), ("Å⁻¹", "A__"), ("30 °", "30 deg"), ("a · b", "a - b")])
def test_units_have_plain_stand_ins(text: str, plain: str) -> None:
    assert shown(text, ascii_only=True) == plain
    assert shown(text) == text
