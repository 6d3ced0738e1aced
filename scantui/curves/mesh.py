"""The grid of a mesh, and its map in colours or shades; pure.

Rule: a place that stands for several points shows the greatest; a place without a point stays empty.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from scantui.curves.axes import Scale, value_scale
from scantui.curves.lines import Line, Piece

# In a larger mesh, two neighbouring places become one until it fits.
_MOST_PLACES = 65_536
_EMPTY = math.nan
_LEVEL_TICKS = 2


class Ramp(msgspec.Struct, frozen=True, kw_only=True):
    """How to show levels: by the roles `role`0, `role`1 …, or, without colours, by `characters`."""

    levels: int
    role: str = ""
    characters: str = ""


RAMPS = {
    "many": Ramp(levels=16, role="heat"),
    "sixteen": Ramp(levels=6, role="ramp"),
    "none": Ramp(levels=4, characters="░▒▓█"),
    "ascii": Ramp(levels=9, characters=".:-=+*#%@"),
}


class MeshPoint(NamedTuple):
    """A position in units of the axes, and the value there."""

    x: float
    y: float
    value: float


class Mesh:
    """A grid of `columns` places along x and `rows` along y; `x` and `y` are the centres of the outermost places."""

    def __init__(self, columns: int, rows: int, x: tuple[float, float], y: tuple[float, float]) -> None:
        columns, rows = max(1, columns), max(1, rows)
        while columns * rows > _MOST_PLACES:
            columns, rows = (-(-columns // 2), rows) if columns >= rows else (columns, -(-rows // 2))
        self.columns, self.rows, self.x, self.y = columns, rows, x, y
        self.added = self.left_out = 0
        self.least, self.greatest = math.inf, -math.inf
        self._places = array("d", [_EMPTY]) * (columns * rows)
        self._scale: Scale | None = None

    def add(self, xs: Iterable[float], ys: Iterable[float], values: Iterable[float]) -> None:
        """Add the next points; a point replaces an earlier one in the same place."""
        for x, y, value in zip(xs, ys, values):  # noqa: B905 - what has no partner yet waits
            self.added += 1
            column, row = _place(x, self.x, self.columns), _place(y, self.y, self.rows)
            if column is None or row is None or not math.isfinite(value):
                self.left_out += 1
                continue
            self._places[row * self.columns + column] = value
            self.least, self.greatest = min(self.least, value), max(self.greatest, value)

    def scale(self) -> Scale:
        """Return the axis of the values; its limits seldom change."""
        self._scale = value_scale(self.least, self.greatest, _LEVEL_TICKS, self._scale)
        return self._scale

    def largest(self) -> MeshPoint | None:
        """Return the largest value and its position, or None before the first point."""
        found = [(value, place) for place, value in enumerate(self._places) if value == value]
        if not found:
            return None
        value, place = max(found)
        return MeshPoint(*self._at(place), value)

    def centre_of_mass(self) -> tuple[float, float] | None:
        """Return the centre of mass above the least value, in units of the axes; None if all values are equal."""
        total = x_sum = y_sum = 0.0
        for place, value in enumerate(self._places):
            if value == value:
                x, y = self._at(place)
                weight = value - self.least
                total, x_sum, y_sum = total + weight, x_sum + weight * x, y_sum + weight * y
        return (x_sum / total, y_sum / total) if 0 < total < math.inf else None

    def _at(self, place: int) -> tuple[float, float]:
        row, column = divmod(place, self.columns)
        return _centre(column, self.x, self.columns), _centre(row, self.y, self.rows)

    def pixels(self, columns: int, rows: int) -> list[list[float]]:
        """Return the mesh in at most this many pixels, row by row from the highest y down; NaN for empty places."""
        across, down = max(1, -(-self.columns // columns)), max(1, -(-self.rows // rows))
        picture = []
        for top in range(self.rows, 0, -down):
            lines = [
                self._places[row * self.columns : (row + 1) * self.columns] for row in range(max(0, top - down), top)
            ]
            if across == down == 1:
                picture.append(lines[0].tolist())
                continue
            picture.append(
                [
                    max((v for line in lines for v in line[left : left + across] if v == v), default=_EMPTY)
                    for left in range(0, self.columns, across)
                ]
            )
        return picture


def _place(position: float, limits: tuple[float, float], count: int) -> int | None:
    """The place nearest to a position; None if the position lies outside of all `count` places."""
    low, high = limits
    if not math.isfinite(position):
        return None
    if count == 1 or low == high:
        return 0
    share = (position - low) / (high - low)
    if not -1 <= share <= 2:
        return None
    place = round(share * (count - 1))
    return place if 0 <= place < count else None


def _centre(place: int, limits: tuple[float, float], count: int) -> float:
    return limits[0] + (limits[1] - limits[0]) * place / (count - 1) if count > 1 else limits[0]


class HeatMap(msgspec.Struct, frozen=True, kw_only=True):
    """A drawn mesh: its lines and their width."""

    lines: list[Line]
    columns: int


def heat_map(mesh: Mesh, columns: int, rows: int, ramp: Ramp, scale: Scale) -> HeatMap:
    """Draw a mesh as large as fits into this many cells, with points as square as cells allow.

    With colours, a cell shows two points, one above the other. Without colours, a point is two columns wide if there
    is room.
    """
    halves = 2 if ramp.role else 1
    picture = mesh.pixels(columns, rows * halves)
    high, wide = len(picture), len(picture[0])
    # A cell is about twice as high as wide.
    square = 1 if ramp.role else 2
    zoom = max(1, min(columns // (wide * square), rows * halves // high))
    across = zoom * square if wide * zoom * square <= columns else max(1, columns // wide)
    levels = [[_level(value, ramp, scale) for value in line] for line in picture for _ in range(zoom)]
    if halves == 2 and len(levels) % 2:
        levels.insert(0, [-1] * wide)
    if halves == 1:
        lines = [_characters(line, across, ramp) for line in levels]
    else:
        lines = [
            _half_cells(upper, lower, across, ramp) for upper, lower in zip(levels[::2], levels[1::2], strict=True)
        ]
    return HeatMap(lines=lines, columns=wide * across)


def colour_bar(rows: int, ramp: Ramp) -> list[Piece]:
    """Return the colour bar: a cell for each row, from the highest level down."""
    spans = []
    for row in range(rows):
        level = (rows - 1 - row) * (ramp.levels - 1) // max(1, rows - 1)
        spans.append(Piece("█", f"{ramp.role}{level}") if ramp.role else Piece(ramp.characters[level]))
    return spans


def _level(value: float, ramp: Ramp, scale: Scale) -> int:
    """The level of a value, -1 for NaN."""
    if value != value:
        return -1
    share = min(1.0, max(0.0, scale.share(min(scale.high, max(scale.low, value)))))
    return min(ramp.levels - 1, int(share * ramp.levels))


def _characters(levels: list[int], across: int, ramp: Ramp) -> Line:
    return [Piece("".join((ramp.characters[level] if level >= 0 else " ") * across for level in levels))]


def _half_cells(upper: list[int], lower: list[int], across: int, ramp: Ramp) -> Line:
    line: Line = []
    for above, below in zip(upper, lower, strict=True):
        if above == below:
            span = Piece("█", f"{ramp.role}{above}") if above >= 0 else Piece(" ")
        elif above < 0:
            span = Piece("▄", f"{ramp.role}{below}")
        else:
            span = Piece("▀", f"{ramp.role}{above}", f"{ramp.role}{below}" if below >= 0 else "")
        if line and line[-1][1:] == span[1:] and line[-1].text[-1] == span.text:
            line[-1] = Piece(line[-1].text + span.text * across, *span[1:])
        else:
            line.append(span._replace(text=span.text * across))
    return line
