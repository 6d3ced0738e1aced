"""Which lines a view shows of rows that are parted by rules: one stands above each row of another section; pure.

Rule: a view begins with the rule of its first row, so that a row always has one above it. Rules are no rows: they have
no index, and only the view that is seen is ever looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache

import msgspec

SectionOf = Callable[[int], Hashable]
# A view of fewer lines shows rows alone.
_LEAST_LINES = 5


class ViewLine(msgspec.Struct, frozen=True):
    """A line that is seen: a row, or the rule above it."""

    row: int
    is_rule: bool = False


class Ruling:
    """Where rows stand in a view of a number of lines; without `section_of` there are no rules, and lines are rows."""

    def __init__(self, count: int, height: int, section_of: SectionOf | None = None) -> None:
        self._count = count
        self.height = height
        self._section_of = lru_cache(None)(section_of) if section_of is not None and height >= _LEAST_LINES else None

    def lines_from(self, top: int) -> list[ViewLine]:
        """The lines of a view whose first row is `top`."""
        if self._section_of is None:
            return [ViewLine(index) for index in range(top, min(top + self.height, self._count))]
        lines: list[ViewLine] = []
        above: Hashable = None
        for index in range(top, min(top + self.height, self._count)):
            section = self._section_of(index)
            if index == top or section != above:
                lines.append(ViewLine(index, is_rule=True))
            lines.append(ViewLine(index))
            above = section
        return lines[: self.height]

    def top_for(self, index: int, line: int) -> int:
        """The first row of the view in which the row at `index` stands on this line, or as little above it as can be.

        It is at the second line at best where a rule has the first.
        """
        if self._section_of is None:
            return max(0, index - line)
        top, used = index, 1
        below = self._section_of(index)
        while top > 0:
            section = self._section_of(top - 1)
            used += 1 if section == below else 2
            if used > line:
                break
            top, below = top - 1, section
        return top

    @property
    def last_top(self) -> int:
        """The first row of the view that ends with the last row."""
        return self.top_for(self._count - 1, self.height - 1) if self._count else 0

    @property
    def length(self) -> int:
        """How many lines the whole has, in the units in which it is scrolled: a row for each line."""
        last_top = self.last_top
        return last_top + self.height if last_top else len(self.lines_from(0))


class SharedRuling:
    """The ruling of all steps of one change of the view, during which the model stays as it is."""

    def __init__(self) -> None:
        self._depth = 0
        self._ruling: Ruling | None = None
        self._made_of: tuple[int, int, bool] | None = None

    def __enter__(self) -> None:
        self._depth += 1

    def __exit__(self, *error: object) -> None:
        self._depth -= 1
        if not self._depth:
            self._ruling = None

    def of(self, count: int, height: int, section_of: SectionOf | None) -> Ruling:
        """The ruling of a number of rows and lines."""
        made_of = count, height, section_of is None
        if self._ruling is None or made_of != self._made_of:
            ruling, self._made_of = Ruling(count, height, section_of), made_of
            if not self._depth:
                return ruling
            self._ruling = ruling
        return self._ruling
