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
from scantui.tui.widgets.virtual_table.model import Cell


class PaintedLine(NamedTuple):
    """A painted row or header: the fixed columns, and the others, which scroll sideways behind them."""

    fixed: Strip
    moving: Strip
    after: Style

    def crop(self, left: int, width: int) -> Strip:
        """Cut out what is seen in a view of `width` that is scrolled to `left`, with blanks after the last column."""
        room = max(0, width - self.fixed.cell_length)
        seen = self.moving.crop(left, left + room)
        if seen.cell_length < room:
            seen = seen.adjust_cell_length(room, self.after)
        return Strip.join([self.fixed, seen]).crop(0, width)


class PartStyle:
    """The style of a part of a line, and what of it goes over the style that a cell has of its own."""

    def __init__(self, base: Style, over: Style) -> None:
        self.base = base
        self._over = over
        self._under: dict[Style | str, Style] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PartStyle) and (self.base, self._over) == (other.base, other._over)

    __hash__ = None  # type: ignore[assignment]

    def around(self, own: Style | str, console: Console) -> Style:
        """The style in which a text that has one of its own is painted; each is put together once."""
        style = self._under.get(own)
        if style is None:
            look = console.get_style(own, default=Style.null())
            style = self.base + look + self._over
            if look.bgcolor and not self._over.bgcolor:
                # A badge keeps its paper, on which only its own ink is sure to be read.
                style += Style(color=look.color)
            self._under[own] = style
        return style


def paint_cells(
    cells: Iterable[tuple[int, Cell]], style: PartStyle, *, padding: int, gap: int, console: Console
) -> Strip:
    """Paint cells, each with the width of its column, side by side; the last `gap` columns of each are left blank."""
    base, length = style.base, 0
    runs: list[tuple[str, Style]] = []
    for width, cell in cells:
        length += width + 2 * padding
        runs.append((" " * padding, base))
        if isinstance(cell, Text):
            runs += _paint_text(cell, width - gap, style, console)
        else:
            runs.append((_fit(printable(cell), width - gap), base))
        runs.append((" " * (gap + padding), base))
    return Strip(_joined(runs), length)


def _joined(runs: Iterable[tuple[str, Style]]) -> Iterator[Segment]:
    """As few segments as the styles allow."""
    texts: list[str] = []
    style: Style | None = None
    for text, own in runs:
        if not text:
            continue
        if own is not style and own != style:
            if texts:
                yield Segment("".join(texts), style)
            texts, style = [], own
        texts.append(text)
    if texts:
        yield Segment("".join(texts), style)


def _paint_text(cell: Text, width: int, style: PartStyle, console: Console) -> list[tuple[str, Style]]:
    text = printable(cell.plain)
    length = len(text) if text.isascii() else cell_len(text)
    if length > width:
        text, length = _fit(text, width), max(0, width)
    spare = max(0, width - length)
    before = {"right": spare, "center": spare // 2}.get(cell.justify or "left", 0)
    blanks = (" " * before, style.base), (" " * (spare - before), style.base)
    own = style.around(cell.style, console)
    if not cell.spans:
        return [blanks[0], (text, own), blanks[1]]
    with_parts = cell.copy()
    with_parts.plain = text
    whole = console.get_style(cell.style, default=Style.null())
    parts = [
        (part, own if part_style is None else style.around(whole + part_style, console))
        for part, part_style, _ in with_parts.render(console)
    ]
    return [blanks[0], *parts, blanks[1]]


def _fit(text: str, width: int) -> str:
    """Return `text` padded or cut with an ellipsis to `width` columns of the terminal."""
    if width <= 0:
        return ""
    length = len(text) if text.isascii() else cell_len(text)
    if length <= width:
        return text + " " * (width - length)
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + ELLIPSIS, width)
