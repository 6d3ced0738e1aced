"""The axes around a plot: figures at its left, a line, figures and a name below it; pure."""

from __future__ import annotations

from collections.abc import Iterable

from scantui.curves.axes import Scale
from scantui.curves.glyphs import MarkSet
from scantui.curves.lines import Line, Span, columns_of, cut

ROLE = "axis"
NAME_ROLE = "name"
# Figures of the y axis stand in at least every second row; the name of the x axis takes a third of its line at most.
_ROWS_APART = 2
_NAME_SHARE = 3


def label_width(scale: Scale) -> int:
    """How many columns the figures of a y axis take."""
    return max(map(len, scale.texts), default=0)


def ticks_for(rows: int) -> int:
    """How many steps an axis of so many rows may have, so that no figure is left out."""
    return max(1, (rows - 1) // _ROWS_APART)


def left_axis(scale: Scale, rows: int, marks: MarkSet, width: int, first: float = 0.0, last: float = 1.0) -> list[Span]:
    """The y axis of each row, `width` columns for the figures and one for the line; without figures for width 0.

    The lower limit lies at the share `first` of the rows' height, the upper one at `last`.
    """
    texts: dict[int, str] = {}
    for tick, text in zip(scale.ticks, scale.texts, strict=True):
        share = first + (last - first) * scale.share(tick)
        row = int((1 - share) * (rows * marks.down - 1) + 0.5) // marks.down
        if 0 <= row < rows and all(abs(row - other) >= _ROWS_APART for other in texts):
            texts[row] = text
    blank = " " * width
    return [
        Span(f"{texts[row]:>{width}.{width}}{marks.tick_y}" if width and row in texts else blank + marks.vertical, ROLE)
        for row in range(rows)
    ]


def bottom_axis(
    scale: Scale, columns: int, marks: MarkSet, indent: int, name: str, first: float = 0.0, last: float = 1.0
) -> list[Line]:
    """The x axis below a plot: its line with ticks, and their figures with the axis's name at the right.

    `indent` counts the columns before the corner. Figures for which there is no room are left out.
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
    line = [Span(" " * indent + marks.corner + "".join(rule), ROLE)]
    figures: Line = [Span(labels, ROLE)]
    if name:
        figures += [Span(" " * (width - len(labels) - columns_of(name))), Span(name, NAME_ROLE)]
    return [line, figures]


def beside(axis: Iterable[Span], lines: Iterable[Line]) -> list[Line]:
    """The rows of a plot with the axis before each."""
    return [[span, *line] for span, line in zip(axis, lines, strict=True)]
