"""Whatever comes of a scan, in any order, and whatever the user presses: the pane has its size and raises nothing."""

from __future__ import annotations

import math
from array import array
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scantui.curves.choice import choose
from scantui.curves.figure import Size
from scantui.curves.glyphs import ASCII, BLOCKS, DOTS
from scantui.curves.lines import columns_of
from scantui.models import ScanState
from scantui.points import Points
from scantui.tui.curves.messages import CurvesProblem, PointsCame, SamplesCame, ScanRead
from scantui.tui.curves.sight import CurveSight
from tests.tui.curves.stores import DIODE, IT, RUNNING, SAMX, scan_of

MESH: dict[str, Any] = {"plots": [{"kind": "scatter-plot", "items": [{"kind": "scatter", "x": SAMX, "y": IT}]}]}
NUMBERS = st.floats() | st.integers(-5, 5).map(float) | st.just(math.nan)
COUNTS = st.integers(-(2**63), 2**63 - 1) | st.integers(0, 9)
POINTS = st.one_of(
    st.tuples(st.just("<f8"), st.lists(NUMBERS, max_size=9).map(lambda values: array("d", values))),
    st.tuples(st.just("<i8"), st.lists(COUNTS, max_size=9).map(lambda values: array("q", values))),
    # Many points at once, which are thinned and joined.
    st.tuples(st.just("<f8"), st.integers(1, 3000).map(lambda count: array("d", map(float, range(count))))),
)
NAMES = st.sampled_from([SAMX, DIODE, IT])
STEPS = st.one_of(
    st.tuples(st.just("points"), NAMES, st.integers(-20, 20), POINTS),
    st.tuples(st.just("samples"), NAMES, st.integers(1, 50), st.lists(NUMBERS, min_size=2, max_size=2)),
    st.tuples(st.just("problem"), NAMES),
    st.tuples(st.just("option"), st.sampled_from(["is_log", "is_derivative", "has_same_scale"]), st.booleans()),
    st.tuples(st.just("option"), st.just("marks"), st.sampled_from([BLOCKS, DOTS, ASCII])),
    st.tuples(st.just("key"), st.sampled_from(["counter", "axis", "left", "peak", "keep"])),
    st.tuples(st.just("read"), st.sampled_from(list(ScanState)), st.booleans()),
)
SIZES = st.builds(Size, st.integers(1, 120), st.integers(1, 40))


def press(sight: CurveSight, key: str) -> None:
    actions: dict[str, Any] = {
        "counter": lambda: sight.next_counter(1),
        "axis": sight.next_axis,
        "left": lambda: sight.inspect(-1, 80),
        "peak": sight.inspect_peak,
        "keep": sight.keep_behind,
    }
    actions[key]()


def take(sight: CurveSight, step: tuple[Any, ...]) -> None:
    kind, *rest = step
    if kind == "points":
        name, shift, (dtype, values) = rest
        known = sight.sight.figure.series(name).stop if sight.sight else 0
        points = Points(name=name, start=max(0, known + shift), values=values, dtype=dtype, lost=max(0, shift))
        sight.take_in(PointsCame(1, RUNNING, [points]))
    elif kind == "samples":
        name, size, values = rest
        sight.take_in(SamplesCame(1, RUNNING, name, array("d", values), size))
    elif kind == "problem":
        sight.take_in(CurvesProblem(1, RUNNING, "cannot be read", rest[0]))
    elif kind == "option":
        sight.change(**{rest[0]: rest[1]})
    elif kind == "key":
        press(sight, rest[0])
    else:
        scan = scan_of(SAMX, DIODE, IT, state=rest[0], **(MESH if rest[1] else {}))
        sight.take_in(ScanRead(1, scan, choose(scan.info, scan.streams, sight.counters, sight.x)))


@settings(deadline=None)
@given(st.lists(st.tuples(STEPS, SIZES), max_size=15))
def test_the_pane_shows_whatever_comes(steps: list[tuple[tuple[Any, ...], Size]]) -> None:
    sight = CurveSight()
    sight.show(RUNNING)
    take(sight, ("read", ScanState.STARTED, False))
    for number, (step, size) in enumerate(steps):
        take(sight, step)
        lines = sight.draw(lambda _: "RUN 19 ascan", size, float(number))
        assert len(lines) == size.lines
        assert {sum(columns_of(piece.text) for piece in line) for line in lines} == {size.columns}
