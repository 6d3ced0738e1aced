"""How a line is painted: each cell fitted to its column, and the part that is seen cut out of the whole line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from scantui.text import ELLIPSIS, printable
from scantui.tui.virtual_table.model import Cell


class Line(NamedTuple):
    """A painted row or header: the fixed columns, and the others, which scroll sideways behind them."""

    fixed: Strip
    moving: Strip

    def crop(self, left: int, width: int) -> Strip:
        """Cut out what is seen in a view of `width` that is scrolled to `left`."""
        room = max(0, width - self.fixed.cell_length)
        return Strip.join([self.fixed, self.moving.crop(left, left + room)]).crop(0, width)


class PartStyle(NamedTuple):
    """The style of a part of a line, and what of it goes over the style that a cell has of its own."""

    base: Style
    over: Style


def paint_cells(
    cells: Iterable[tuple[int, Cell]], style: PartStyle, *, padding: int, gap: int, blank_after: int, console: Console
) -> Strip:
    """Paint cells, each with the width of its column, side by side, and `blank_after` columns of blanks after them.

    The last `gap` columns of each width are left blank.
    """
    space = Segment(" " * padding, style.base)
    between = Segment(" " * gap, style.base)
    segments: list[Segment] = []
    for width, cell in cells:
        segments.append(space)
        if isinstance(cell, Text):
            segments.extend(_paint_text(cell, width - gap, style, console))
        else:
            segments.append(Segment(_fit(printable(cell), width - gap), style.base))
        segments += between, space
    segments.append(Segment(" " * blank_after, style.base))
    return Strip(segment for segment in segments if segment.text).simplify()


def _paint_text(cell: Text, width: int, style: PartStyle, console: Console) -> Iterator[Segment]:
    text = cell.copy()
    text.plain = printable(text.plain)
    if text.cell_len > width:
        text.plain = _fit(text.plain, width)
    spare = max(0, width - text.cell_len)
    before = {"right": spare, "center": spare // 2}.get(text.justify or "left", 0)
    yield Segment(" " * before, style.base)
    # Text.render leaves out the style of the whole text when no part has one of its own.
    text_style = style.base + console.get_style(text.style, default=Style.null())
    for content, part_style, _ in text.render(console):
        yield Segment(content, text_style + part_style + style.over)
    yield Segment(" " * (spare - before), style.base)


def _fit(text: str, width: int) -> str:
    """Return `text` padded or cut with an ellipsis to `width` columns of the terminal."""
    if width <= 0:
        return ""
    length = len(text) if text.isascii() else cell_len(text)
    if length <= width:
        return text + " " * (width - length)
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + ELLIPSIS, width)
