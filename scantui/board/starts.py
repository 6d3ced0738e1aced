"""At which row each of very many neighbours starts; pure.

Rule: what is put above, below or between moves the rows on its shorter side only.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate


class Starts:
    """The first rows of neighbours, by how many rows each has; `counted` of them are known, from the first one on."""

    def __init__(self) -> None:
        # The first may start below 0, so that those that come above it need not move the rest.
        self._starts = array("q", [0])

    @property
    def counted(self) -> int:
        return len(self._starts) - 1

    @property
    def rows(self) -> int:
        """How many rows those have that are counted."""
        return self._starts[-1] - self._starts[0]

    def of(self, number: int) -> int:
        """The first row of a neighbour."""
        return self._starts[number] - self._starts[0]

    def find(self, row: int) -> tuple[int, int]:
        """The neighbour that has a row, and which of its rows that is."""
        place = self._starts[0] + row
        number = bisect_right(self._starts, place) - 1
        return number, place - self._starts[number]

    def forget(self, first: int) -> None:
        """Forget the rows of one neighbour and all after it, to count them again."""
        del self._starts[first + 1 :]

    def count(self, lengths: Sequence[int]) -> None:
        """Count the next ones."""
        self._starts.extend(accumulate(lengths, initial=self._starts.pop()))

    def replace(self, first: int, last: int, lengths: Sequence[int]) -> None:
        """Put neighbours of these lengths in place of some; all have to be counted."""
        starts = self._starts
        begin, more = starts[first], sum(lengths) - (starts[last] - starts[first])
        if more and first < self.counted - last:
            begin -= more
            starts[:first] = array("q", [start - more for start in starts[:first]])
        elif more:
            starts[last:] = array("q", [start + more for start in starts[last:]])
        starts[first:last] = array("q", accumulate(lengths, initial=begin))[:-1]
