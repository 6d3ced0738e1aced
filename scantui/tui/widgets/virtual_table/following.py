"""Where the cursor, the view and the thumb of the scroll bar go when rows came, went or moved."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from math import ceil

import msgspec
from textual.scrollbar import ScrollBar

from scantui.tui.widgets.virtual_table.model import RowModel
from scantui.tui.widgets.virtual_table.ruling import Ruling


class Seen(msgspec.Struct, frozen=True):
    """What was in view: the keys of rows from index `top` on, and the line of each."""

    top: int
    keys: Sequence[str]
    lines: Sequence[int]

    def still_holds(self, model: RowModel) -> bool:
        """Whether the same rows are at the same places of a model with as many rows as then."""
        return all(model.key_at(self.top + place) == key for place, key in enumerate(self.keys))


class Known(msgspec.Struct, frozen=True):
    """What a table last knew of its model and its view: how many rows, where the end is, and how many lines."""

    rows: int = 0
    end: int = -1
    lines: int = 0
    has_rules: bool = False


def follow(model: RowModel, ruling: Ruling, seen: Seen, cursor: int, cursor_key: str | None) -> tuple[int, int]:
    """Return the cursor's new index, and by how many rows to scroll: what is looked at stays on its line.

    `cursor` is where the cursor was, in view or not.
    """
    in_view = cursor - seen.top in range(len(seen.keys))
    anchor = _find_survivor(model, seen.keys, seen.top, cursor if in_view else seen.top)
    try:
        new_cursor = cursor if cursor_key is None else model.index_of(cursor_key)
    except KeyError:
        # A row below that is still there slid into the place of the one that is gone; one above is just before it.
        shift = anchor[1] - anchor[0] if anchor else 0
        new_cursor = anchor[1] + (anchor[0] < cursor) if anchor and in_view else cursor + shift
    new_cursor = max(0, min(new_cursor, len(model) - 1))
    if not len(model) or not (in_view or anchor):
        return new_cursor, 0
    old, new = (cursor, new_cursor) if in_view or anchor is None else anchor
    line = min(seen.lines[old - seen.top], max(0, ruling.height - 1))
    return new_cursor, ruling.top_for(new, line) - seen.top


def _find_survivor(model: RowModel, seen: Sequence[str], top: int, start: int) -> tuple[int, int] | None:
    """Find the row in view, from index `start` down and then up, that is still there: its old and new index."""
    for old_index in (*range(start, top + len(seen)), *range(start - 1, top - 1, -1)):
        with suppress(KeyError):
            return old_index, model.index_of(seen[old_index - top])
    return None


def set_thumb(bar: ScrollBar, lines: int, position: float) -> None:
    """Set how many lines a vertical scroll bar stands for and which is the first in view, without a repaint."""
    bar.set_reactive(ScrollBar.window_virtual_size, lines)
    bar.set_reactive(ScrollBar.position, bar.validate_position(position))


def thumb_of(bar: ScrollBar) -> tuple[int, int]:
    """Where the thumb is painted, in the eighths of a line that Textual draws it in: rows that come rarely move it."""
    lines, rows, seen = bar.size.height, bar.window_virtual_size, bar.window_size
    if not lines or not seen or rows <= seen:
        return (0, 0)
    length = max(1.0, seen * lines / rows)
    start = int((lines - length) * bar.position / (rows - seen) * 8)
    return (start, start + ceil(length * 8))
