"""How columns share the width of a terminal, and how a text that is too long for its column is cut; pure.

Rule: a wider terminal never shows less of any column. Width is given out in a fixed order of steps, so that one more
cell is never taken from a column that had it.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Literal, TypeAlias

import msgspec

from scantui.text import ELLIPSIS

Cut: TypeAlias = Literal["middle", "left", "last parts"]

GAP = 1
_USUAL_PERCENT = 95
_WIDE = "WF"
_PARTED = ", "


class Step(msgspec.Struct, frozen=True):
    """A column becomes `width` cells wide; a step that is `whole` is taken wholly or not at all."""

    column: str
    width: int
    whole: bool = False


class Lengths:
    """How long the texts of a column are, in cells; neither figure gets smaller, so that no column jumps.

    `usual` is the width in which 95 of 100 texts fit, `longest` that of all.
    """

    def __init__(self) -> None:
        self.usual = 0
        self.longest = 0
        self._counts: Counter[int] = Counter()

    def add(self, text: str) -> None:
        """Count a text; an empty one needs no width."""
        if not text:
            return
        length = width_of(text)
        self._counts[length] += 1
        self.longest = max(self.longest, length)
        if length > self.usual:
            self.usual = max(self.usual, self._fitting_most())

    def _fitting_most(self) -> int:
        enough, seen = sum(self._counts.values()) * _USUAL_PERCENT / 100, 0
        for length in sorted(self._counts):
            seen += self._counts[length]
            if seen >= enough:
                return length
        return self.longest


def shared_out(steps: Iterable[Step], room: int, always: Iterable[Step] = ()) -> dict[str, int]:
    """The width of each column that has a place in `room` cells, without its gap.

    What is `always` there comes first, even where it has no room.
    """
    widths: dict[str, int] = {}
    for step in always:
        room -= _cost(step, widths)
        widths[step.column] = max(step.width, widths.get(step.column, 0))
    for step in steps:
        cost = _cost(step, widths)
        if cost > room and (step.whole or step.column not in widths):
            break
        given = min(cost, max(0, room))
        widths[step.column] = widths.get(step.column, -GAP) + given
        room -= given
        if given < cost:
            break
    return widths


def _cost(step: Step, widths: dict[str, int]) -> int:
    return max(0, step.width - widths.get(step.column, -GAP))


def cut_to(text: str, width: int, cut: Cut) -> str:
    """A text that fits into `width` cells, without the part that differs least.

    Names differ at their ends and lose their middle, paths lose their beginning. A progress loses its last parts, and
    a sequence before that what it counts: `5/7, 1 FAIL, 2:51 left`.
    """
    if width_of(text) <= width:
        return text
    if cut == "last parts":
        return _first_parts(text, width)
    if width < 1:
        return ""
    head = 0 if cut == "left" else (width - 1) // 3
    return _begin(text, head) + ELLIPSIS + _end(text, width - 1 - head)


def _first_parts(text: str, width: int) -> str:
    """The first parts of a progress that fit, at least the beginning of a number."""
    count, *others = text.split(_PARTED)
    number = count.partition(" ")[0]
    for end in range(len(others), 0, -1):
        shorter = _PARTED.join([number, *others[:end]])
        if width_of(shorter) <= width:
            return shorter
    if number.isalpha():
        return ""
    return number if width_of(number) <= width else _begin(number, width)


def width_of(text: str) -> int:
    """How many cells of a terminal a printable text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.category(character) == "Mn":
        return 0
    return 1 + (unicodedata.east_asian_width(character) in _WIDE)


def _begin(text: str, width: int) -> str:
    end = 0
    for end, character in enumerate(text):
        width -= _cells(character)
        if width < 0:
            return text[:end]
    return text


def _end(text: str, width: int) -> str:
    if not text.isascii():
        start = len(text)
        while start and _cells(text[start - 1]) <= width:
            start -= 1
            width -= _cells(text[start])
        return text[start:]
    return text[len(text) - width :] if width else ""
