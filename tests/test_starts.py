"""The rows at which neighbours start, whatever takes their places, against the sums of their lengths."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scantui.board.starts import Starts

lengths = st.lists(st.integers(1, 4), max_size=6)


@given(lengths, st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), lengths), max_size=6))
def test_whatever_takes_their_places(first: list[int], replaced: list[tuple[int, int, list[int]]]) -> None:
    starts, plain = Starts(), list(first)
    starts.count(first)
    for start, end, new in replaced:
        low, high = sorted((min(start, len(plain)), min(end, len(plain))))
        starts.replace(low, high, new)
        plain[low:high] = new
    assert (starts.counted, starts.rows) == (len(plain), sum(plain))
    rows = [(number, row) for number, length in enumerate(plain) for row in range(length)]
    assert [starts.find(row) for row in range(starts.rows)] == rows
    assert [starts.of(number) for number in range(len(plain))] == [sum(plain[:number]) for number in range(len(plain))]


def test_those_that_are_forgotten_are_counted_anew() -> None:
    starts = Starts()
    starts.count([1, 2, 3])
    starts.forget(1)
    assert (starts.counted, starts.rows) == (1, 1)
    starts.count([5])
    assert (starts.counted, starts.rows, starts.find(5)) == (2, 6, (1, 4))
