"""The legend of curves where there is little room."""

from __future__ import annotations

import msgspec
import pytest

from scantui.curves.figure import Size
from tests.curves.test_figure import PANE, drawn, peak


@pytest.mark.parametrize("size", [PANE, Size(99, 44), Size(140, 44)])
def test_the_legend_keeps_the_names_of_scans_over_each_other_and_leaves_out_numbers(size: Size) -> None:
    others = [msgspec.structs.replace(peak(), key=f"{n} fluo", note=f"scan {n} id{n}") for n in range(11, 14)]
    lines = drawn([peak(), *others], size=size)
    assert [any(f"(scan {n} id{n})" in line for line in lines) for n in range(11, 14)] == [True] * 3
