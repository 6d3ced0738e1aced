"""The axes around a plot: labels on the left, and below it a line, labels and the name of the axis; pure."""

from __future__ import annotations

from collections.abc import Iterable

from scantui.curves.axes import Scale
from scantui.curves.glyphs import MarkSet
from scantui.curves.lines import Line, Piece, columns_of, cut

ROLE = "axis"
NAME_ROLE = "name"
# Labels of the y axis are at least this many rows apart. The name of the x axis takes at most this part of its line.
_ROWS_APART = 2
_NAME_SHARE = 3


def label_width(scale: Scale) -> int:
    """Return the width of the labels of a y axis, in columns."""
    return max(map(len, scale.texts), default=0)


def ticks_for(rows: int) -> int:
    """Return the number of steps for which an axis of this many rows has room for all labels."""
    return max(1, (rows - 1) // _ROWS_APART)


def left_axis(
    scale: Scale, rows: int, marks: MarkSet, width: int, first: float = 0.0, last: float = 1.0
) -> list[Piece]:
    """Return the y axis, row by row: `width` columns for the labels (none if 0) and one for the line.

    The limits lie at the fractions `first` and `last` of the height, counted from below.
    """
    texts: dict[int, str] = {}
    for tick, text in zip(scale.ticks, scale.texts, strict=True):
        share = first + (last - first) * scale.share(tick)
        row = int((1 - share) * (rows * marks.down - 1) + 0.5) // marks.down
        if 0 <= row < rows and all(abs(row - other) >= _ROWS_APART for other in texts):
            texts[row] = text
    blank = " " * width
    return [
        Piece(
            f"{texts[row]:>{width}.{width}}{marks.tick_y}" if width and row in texts else blank + marks.vertical, ROLE
        )
        for row in range(rows)
    ]


def bottom_axis(
    scale: Scale, columns: int, marks: MarkSet, indent: int, name: str, first: float = 0.0, last: float = 1.0
) -> list[Line]:
    """Return the x axis below a plot: the line with ticks, then the labels, with the name of the axis at the right.

    `indent` is the number of columns before the corner. Labels without room are left out.
    """
    width = indent + 1 + columns
    name = cut(name, max(0, width // _NAME_SHARE), marks.ascii_only)
    free = width - columns_of(name) - (2 if name else 0)
    rule, labels, end = [marks.horizontal] * columns, "", -1
    for tick, text in zip(scale.ticks, scale.texts, strict=True):
        share = first + (last - first) * scale.share(tick)
        column = int(share * (columns - 1) + 0.5)
        begin = max(0, indent + 1 + column - len(text) // 2)
        if not 0 <= column < columns or begin <= end or begin + len(text) > free:
            continue
        rule[column] = marks.tick_x
        labels += " " * (begin - len(labels)) + text
        end = len(labels)
    line = [Piece(" " * indent + marks.corner + "".join(rule), ROLE)]
    figures: Line = [Piece(labels, ROLE)]
    if name:
        figures += [Piece(" " * (width - len(labels) - columns_of(name))), Piece(name, NAME_ROLE)]
    return [line, figures]


def beside(axis: Iterable[Piece], lines: Iterable[Line]) -> list[Line]:
    """Return the rows of a plot, each with its part of the axis in front."""
    return [[span, *line] for span, line in zip(axis, lines, strict=True)]
