"""How a line is painted: each cell fitted to its column, and the part that is seen cut out of the whole line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from scantui.text import ELLIPSIS, printable
from scantui.tui.widgets.virtual_table.model import Cell


class PaintedPart(msgspec.Struct, frozen=True):
    """Cells side by side, and how many columns of the terminal they fill."""

    segments: Sequence[Segment]
    length: int


class PaintedLine:
    """A painted row or header: the fixed columns, and the others, which scroll sideways behind them."""

    def __init__(self, fixed: PaintedPart, moving: PaintedPart, after: Style) -> None:
        self._fixed, self._moving, self._after = fixed, moving, after
        self._seen: tuple[int, int, Strip] | None = None

    def crop(self, left: int, width: int) -> Strip:
        """Cut out what is seen in a view of `width` that is scrolled to `left`, with blanks after the last column."""
        if self._seen is None or self._seen[:2] != (left, width):
            self._seen = left, width, self._cut(left, width)
        return self._seen[2]

    def _cut(self, left: int, width: int) -> Strip:
        fixed, moving = self._fixed, self._moving
        room = width - fixed.length
        if left == 0 and moving.length <= room:
            # Each Strip costs as much as several cells: where everything is seen, one is enough.
            spare = room - moving.length
            blanks = [Segment(" " * spare, self._after)] if spare else []
            return Strip([*fixed.segments, *moving.segments, *blanks], width)
        seen = Strip(moving.segments, moving.length).crop(left, left + max(0, room))
        if seen.cell_length < room:
            seen = seen.adjust_cell_length(room, self._after)
        return Strip.join([Strip(fixed.segments, fixed.length), seen]).crop(0, width)


class PartStyle:
    """The style of a part of a line, and what of it goes over the style that a cell has of its own.

    `seen` gives a style as it goes to the terminal; each is asked for once.
    """

    def __init__(self, base: Style, over: Style, seen: Callable[[Style], Style] = lambda style: style) -> None:
        self._base, self._over, self._seen = base, over, seen
        self.base = seen(base)
        self._under: dict[Style | str, Style] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PartStyle) and (self._base, self._over) == (other._base, other._over)

    __hash__ = None  # type: ignore[assignment]

    def around(self, own: Style | str, console: Console) -> Style:
        """The style in which a text that has one of its own is painted; each is put together once."""
        style = self._under.get(own)
        if style is None:
            look = console.get_style(own, default=Style.null())
            style = self._base + look + self._over
            if look.bgcolor and not self._over.bgcolor:
                # A badge keeps its paper, on which only its own ink is sure to be read.
                style += Style(color=look.color)
            style = self._under[own] = self._seen(style)
        return style


def paint_cells(
    cells: Iterable[tuple[int, Cell]], style: PartStyle, *, padding: int, gap: int, console: Console
) -> PaintedPart:
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
    return PaintedPart(tuple(_joined(runs)), length)


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
