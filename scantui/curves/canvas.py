"""Draws several curves with the dots of character cells, and a letter at the last point of each; pure.

Rule: a cell shows the dots of all its curves in one colour, that of the first of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import msgspec

from scantui.curves.axes import Scale
from scantui.curves.glyphs import MarkSet
from scantui.curves.lines import Line, Piece
from scantui.curves.traces import Trace, TraceRun

# The longest distance that connecting lines may cover in all, in dot columns: a limit for points in random order.
_LONGEST_LINES = 40_000


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """One curve to draw: its trace, the axis of its values, a role and a letter ("" for none)."""

    trace: Trace
    scale: Scale
    role: str
    letter: str = ""


class Upright(msgspec.Struct, frozen=True, kw_only=True):
    """A vertical line at a fraction of the width, from 0 to 1; `letter` stands at its upper end."""

    share: float
    role: str
    letter: str = ""


def draw(
    columns: int, rows: int, marks: MarkSet, layers: Sequence[Layer], uprights: Iterable[Upright] = ()
) -> list[Line]:
    """Return the lines of a plot of this size; the first layer is on top."""
    masks, owners = [0] * (columns * rows), [-1] * (columns * rows)
    for number, layer in enumerate(layers):
        bits = dot_columns(layer.trace, layer.scale, rows * marks.down)
        _lay(masks, owners, number, bits, columns, marks)
    roles = [layer.role for layer in layers]
    cells = [marks.cells[mask] for mask in masks]
    cell_roles = [roles[owner] if owner >= 0 else "" for owner in owners]
    for upright in uprights:
        column = min(columns - 1, max(0, int(upright.share * (columns - 1) + 0.5)))
        for place in range(column, columns * rows, columns):
            if owners[place] < 0:
                cells[place], cell_roles[place] = marks.vertical, upright.role
        if upright.letter:
            cells[column], cell_roles[column] = upright.letter, upright.role
    _place_letters(cells, cell_roles, columns, rows, marks, layers)
    return [_line(cells, cell_roles, start, start + columns) for start in range(0, columns * rows, columns)]


def dot_columns(trace: Trace, scale: Scale, dots: int) -> list[int]:
    """Return the dots of a trace: a number for each dot column, its lowest bit for the uppermost dot."""
    bits = [0] * trace.columns
    rows = _rows_of(scale, dots)
    budget = _LONGEST_LINES
    last_column = last_row = 0
    for run in trace.runs():
        column, first, low, high, last, is_joined = run
        upper, lower = rows(high), rows(low)
        bits[column] |= (2 << lower) - (1 << upper)
        if is_joined and budget > 0:
            row = upper if first == high else lower if first == low else rows(first)
            budget -= abs(column - last_column)
            _connect(bits, last_column, last_row, column, row)
        last_column = column
        last_row = lower if last == low else upper if last == high else rows(last)
    return bits


class _Rows:
    """Finds the row of dots for a value, from the top; values beyond a limit are drawn at the limit."""

    def __init__(self, top: float, per_value: float, last: int) -> None:
        self._top, self._per_value, self._last = top, per_value, last

    def __call__(self, value: float) -> int:
        row = (self._top - value) * self._per_value + 0.5
        return 0 if row < 0 else self._last if row >= self._last else int(row)


class _LogRows(_Rows):
    def __call__(self, value: float) -> int:
        return super().__call__(math.log10(value))


def _rows_of(scale: Scale, dots: int) -> _Rows:
    if scale.is_log:
        low, high = math.log10(scale.low), math.log10(scale.high)
        return _LogRows(high, (dots - 1) / (high - low), dots - 1)
    return _Rows(scale.high, (dots - 1) / (scale.high - scale.low), dots - 1)


def _connect(bits: list[int], column: int, row: int, to_column: int, to_row: int) -> None:
    """Set the dots on the line between two dots."""
    count = abs(to_column - column)
    if not count or (count == 1 and abs(to_row - row) <= 1):
        return
    step = 1 if to_column > column else -1
    slope = (to_row - row) / count
    down = (slope > 0) - (slope < 0)
    begin = row
    for place in range(count + 1):
        end = to_row if place == count else int(row + slope * (place + 0.5) + 0.5)
        if (end - begin) * down < 0:
            begin = end
        upper, lower = (begin, end) if begin <= end else (end, begin)
        bits[column + step * place] |= (2 << lower) - (1 << upper)
        begin = end + down


def _lay(masks: list[int], owners: list[int], number: int, bits: Sequence[int], columns: int, marks: MarkSet) -> None:
    """Add the dots of one curve to the cells."""
    across, down = marks.across, marks.down
    whole = (1 << down) - 1
    for column in range(min(columns, -(-len(bits) // across))):
        left = bits[column * across]
        right = bits[column * across + 1] if across == 2 else 0
        both = left | right
        if not both:
            continue
        first = ((both & -both).bit_length() - 1) // down
        place = first * columns + column
        left, right = left >> first * down, right >> first * down
        while left or right:
            mask = left & whole | (right & whole) << down
            if mask:
                masks[place] |= mask
                if owners[place] < 0:
                    owners[place] = number
            left >>= down
            right >>= down
            place += columns


def _place_letters(
    cells: list[str], roles: list[str], columns: int, rows: int, marks: MarkSet, layers: Sequence[Layer]
) -> None:
    """Put the letter of each curve after its last point, in the nearest row without another letter."""
    taken: set[int] = set()
    for layer in layers:
        runs = layer.trace.runs()
        if not layer.letter or not runs:
            continue
        end: TraceRun = runs[-1]
        column = min(columns - 1, end.column // marks.across + 1)
        row = _rows_of(layer.scale, rows * marks.down)(end.last) // marks.down
        near = sorted(range(rows), key=lambda other: abs(other - row))
        row = next((other for other in near if other * columns + column not in taken), row)
        place = row * columns + column
        taken.add(place)
        cells[place], roles[place] = layer.letter, layer.role


def _line(cells: Sequence[str], roles: Sequence[str], start: int, end: int) -> Line:
    line: Line = []
    begin = start
    for place in range(start + 1, end + 1):
        if place == end or roles[place] != roles[begin]:
            line.append(Piece("".join(cells[begin:place]), roles[begin]))
            begin = place
    return line
