"""A curve as an SVG: whatever the numbers and names are, it is well-formed, and its points lie within it."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from scantui.curves.curve import Pairs
from scantui.curves.svg import svg_of

numbers = st.floats() | st.sampled_from([0.0, 1.0, math.nan, math.inf, 1.7e308, -1.7e308])


@given(st.lists(st.tuples(numbers, numbers), max_size=30), st.text(), st.text())
def test_any_curve_is_well_formed_and_stays_within_its_frame(points: list[tuple[float, float]], y: str, x: str) -> None:
    drawn = svg_of(Pairs([a for a, _ in points], [b for _, b in points]), y, x)
    finite = any(math.isfinite(a) and math.isfinite(b) for a, b in points)
    assert bool(drawn) is finite
    if drawn:
        root = ET.fromstring(drawn)  # noqa: S314 - it was made here
        assert {element.tag for element in root.iter()} <= {"svg", "rect", "polyline", "circle", "text"}
        places = [each for line in root.iter("polyline") for each in line.attrib["points"].split()]
        places += [f"{dot.attrib['cx']},{dot.attrib['cy']}" for dot in root.iter("circle")]
        for place in places:
            across, down = map(float, place.split(","))
            assert 0 <= across <= 320
            assert 0 <= down <= 132


def test_a_gap_parts_the_line_and_the_ends_are_named() -> None:
    drawn = svg_of(Pairs([0, 1, 2, 3, 4], [1.0, 2.0, math.nan, 4.0, 5.0]), "<i0>", "samx")
    assert len(re.findall("<polyline", drawn)) == 2
    assert "&lt;i0&gt; 1 to 5" in drawn
    assert ">4</text>" in drawn


def test_a_long_curve_is_thinned_and_keeps_its_peak() -> None:
    values = [0.0] * 50_000
    values[31_234] = 9.0
    drawn = svg_of(Pairs(range(50_000), values), "i0", "point")
    assert len(drawn) < 20_000
    assert "0 to 9" in drawn
