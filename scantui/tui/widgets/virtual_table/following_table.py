"""The cursor, the lines that are in view, and what the owner of the model calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from typing import TYPE_CHECKING

from msgspec.structs import replace
from rich.text import Text
from textual.coordinate import Coordinate
from textual.geometry import Size, clamp
from textual.widgets import DataTable
from textual.widgets.data_table import RowKey

from scantui.tui.widgets.virtual_table.following import Known, Seen, follow, set_thumb, thumb_of
from scantui.tui.widgets.virtual_table.model import RowModel
from scantui.tui.widgets.virtual_table.painted_table import PaintedTable
from scantui.tui.widgets.virtual_table.ruling import Ruling, SharedRuling, ViewLine

if TYPE_CHECKING:
    from typing_extensions import Self


class FollowingTable(PaintedTable):
    """A PaintedTable whose cursor and view stay on their rows when the model changes."""

    def __init__(
        self,
        model: RowModel,
        *,
        fixed_columns: int = 0,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        # The base class calls watchers while it is built, so what they read has to be there before.
        self._known, self._is_taken_in = Known(), False
        # On each line in view a key, or the text of a rule.
        self._seen_rows, self._view = Seen(0, (), ()), tuple[str | Text, ...]()
        self._thumb: tuple[int, int] | None = None
        self.rulings = SharedRuling()
        super().__init__(model, fixed_columns=fixed_columns, name=name, id=id, classes=classes, disabled=disabled)

    @property
    def cursor_key(self) -> str | None:
        """The key of the row under the cursor, as the table last knew it; None when there are no rows."""
        return self._cursor_key

    @property
    def keys_in_view(self) -> Sequence[str]:
        """The keys of the rows that are seen, top to bottom, as the table last knew them."""
        return self._seen_rows.keys

    @property
    def at_end(self) -> bool:
        """Whether the end row is under the cursor and in view; true without rows, or without lines for them.

        Rows that the model got, or lines that the view lost, since the last `rows_changed()` do not count.
        """
        end, seen = self._known.end, self._seen_rows
        return end < 0 or (self.cursor_row == end and (not seen.keys or end - seen.top in range(len(seen.keys))))

    def find_end(self) -> int:
        """The index of the row at which the end is followed, in the model as it is now; -1 without rows."""
        return len(self.model) - 1

    @property
    def follows_end(self) -> bool:
        """Whether the cursor goes on to the end when rows come behind it."""
        return False

    # What the owner of the model calls

    def refresh_row(self, row: int | str | RowKey) -> Self:
        """Repaint the row with this key (or at this index) if it is in view: its cells have changed."""
        seen = self._seen_rows
        if isinstance(row, int):
            place = row - seen.top
        else:
            key = row if isinstance(row, str) else row.value or ""
            self.forget_row(key)
            place = seen.keys.index(key) if key in seen.keys else -1
        if place in range(len(seen.lines)):
            self._refresh_lines([seen.lines[place]])
        return self

    def forget_row(self, key: str) -> None:
        """Paint the row anew when it is shown next: its cells have changed."""
        self._forget_line(key)

    def show_row(self, key: str) -> None:
        """Show the row with this key, if it is in view, as it was painted since its cells have changed."""
        seen = self._seen_rows
        if key in seen.keys:
            self._refresh_lines([seen.lines[seen.keys.index(key)]])

    def refresh_rules(self) -> None:
        """Repaint the rules in view that say something else now."""
        self._is_taken_in = False
        with self._repainted():
            below = (*self._view, None)[1:]
            self._view = tuple(
                self._rule_above(key, line) if isinstance(line, Text) and isinstance(key, str) else line
                for line, key in zip(self._view, below, strict=True)
            )

    def refresh_coordinate(self, coordinate: Coordinate) -> Self:
        """Repaint the row of a cell: a line is the least that is repainted."""
        return self.refresh_row(self.model.key_at(coordinate.row)) if self.is_valid_coordinate(coordinate) else self

    def refresh_column(self, column_index: int) -> Self:
        """Repaint all that is seen."""
        return self.refresh()

    def rows_changed(self) -> None:
        """Take in that rows came, went or moved: the cursor stays on its row, and that row on its line.

        The cursor of a row that is gone goes to the row that took its place; only lines that differ are repainted.
        """
        with self._repainted():
            self._follow_model()

    def go_to(self, key: str) -> None:
        """Put the cursor on a row and bring it into view; raise RowDoesNotExist when it is not shown."""
        with self._repainted():
            self._follow_model()
            self._put_cursor(self.get_row_index(key))

    def follow_end(self) -> None:
        """Put the cursor on the end row and bring it into view."""
        with self._repainted():
            self._follow_model()
            self._put_cursor(self._known.end)

    def painting_end(self) -> Iterator[str]:
        """Paint the lines that are seen at the end, so that what goes there does not wait for them.

        A step for each line that was not painted yet, with the key of its row.
        """
        ruling, end = self._ruling(), self.find_end()
        width, left = self.scrollable_content_region.width, self.scroll_offset.x
        lines = ruling.lines_from(ruling.last_top)
        for rule in [self.rule_at(line.row) for line in lines if line.is_rule]:
            self._paint_rule(rule, width)
        # Between two steps the model may change.
        for key, is_end in [(self.model.key_at(line.row), line.row == end) for line in lines if not line.is_rule]:
            is_new = (key, is_end) not in self._lines
            painted = self._kept_line(key, cursor=is_end)
            if painted is not None:
                painted.crop(left, width)
                if is_new:
                    yield key

    # The model, the cursor and the view

    def _put_cursor(self, index: int) -> None:
        self.cursor_coordinate = Coordinate(index, self.cursor_column)
        self._scroll_cursor_into_view()

    @contextmanager
    def _repainted(self) -> Iterator[None]:
        """Repaint the lines on which another row is seen afterwards, or the same with or without the cursor."""
        before = self._seen
        with self.rulings:
            yield
        self._refresh_lines(line for line, (was, now) in enumerate(zip_longest(before, self._seen)) if was != now)
        thumb = thumb_of(self.vertical_scrollbar) if self.show_vertical_scrollbar else None
        if thumb != self._thumb:
            self._thumb = thumb
            # The cells of the bar take as long as all the rows.
            self._after_frame(self.vertical_scrollbar.refresh)

    @property
    def _seen(self) -> list[tuple[str | Text, bool]]:
        return [(line, line == self._cursor_key) for line in self._view]

    def _key_on(self, line: int) -> str | None:
        if line >= len(self._view):
            return None
        seen = self._view[line]
        return seen if isinstance(seen, str) else None

    def _rule_on(self, line: int) -> Text | None:
        seen = self._view[line] if line < len(self._view) else None
        return seen if isinstance(seen, Text) else None

    @property
    def _is_up_to_date(self) -> bool:
        """Whether all is as it was taken in: with most keys it is, and to look takes less than to take it in again."""
        seen = self._seen_rows
        if not self._is_taken_in or not seen.keys or self._known != self._to_know() or self.scroll_offset.y != seen.top:
            return False
        return self.model.key_at(self.cursor_row) == self._cursor_key and seen.still_holds(self.model)

    def _to_know(self) -> Known:
        return Known(len(self.model), self.find_end(), self._lines_in_view, self.has_rules)

    def _follow_model(self) -> None:
        """Bring size, cursor and scroll position in line with the model, without painting anything."""
        if self._is_up_to_date:
            return
        old_key, count, ruling = self._cursor_key, len(self.model), self._ruling()
        cursor, shift = follow(self.model, ruling, self._seen_rows, self.cursor_row, old_key)
        self._known, self._is_taken_in = replace(self._to_know(), lines=self._known.lines), True
        self.set_reactive(DataTable.cursor_coordinate, Coordinate(cursor, self.cursor_column))
        self._cursor_key = self.model.key_at(cursor) if count else None
        self._resize_content(Size(self.virtual_size.width, self._header_lines + ruling.length))
        # Textual may have scrolled when the number of lines changed: what was seen counts then.
        is_resized = self._seen_rows.keys and self._lines_in_view != self._known.lines
        scroll_y = clamp((self._seen_rows.top if is_resized else self.scroll_y) + shift, 0, self.max_scroll_y)
        if scroll_y != self.scroll_y:
            # The view goes with its rows: the same is seen, so no watcher is to repaint it.
            self.set_reactive(DataTable.scroll_y, scroll_y)
            self.set_reactive(DataTable.scroll_target_y, scroll_y)
        if self.show_vertical_scrollbar:
            set_thumb(self.vertical_scrollbar, self.virtual_size.height, self.scroll_y)
        self._look(ruling)
        if self._cursor_key is not None and self._cursor_key != old_key and self.show_cursor:
            self.post_message(self.RowHighlighted(self, cursor, RowKey(self._cursor_key)))

    def _ruling(self) -> Ruling:
        return self.rulings.of(len(self.model), self._lines_in_view, self.section_at if self.has_rules else None)

    def _look(self, ruling: Ruling) -> None:
        """Note what is in view."""
        top, self._known = self.scroll_offset.y, replace(self._known, lines=self._lines_in_view)
        lines = ruling.lines_from(top)
        self._view = tuple(self.rule_at(line.row) if line.is_rule else self.model.key_at(line.row) for line in lines)
        places = [place for place, line in enumerate(lines) if not line.is_rule]
        self._seen_rows = Seen(top, tuple(line for line in self._view if isinstance(line, str)), places)

    def _rule_above(self, key: str, otherwise: Text) -> Text:
        """The text of the rule above a row; as it is, if that row is gone from the model."""
        try:
            return self.rule_at(self.model.index_of(key))
        except KeyError:
            return otherwise

    def _scroll_cursor_into_view(self, animate: bool = False) -> None:
        """DataTable calls this when the cursor moved, and its own adds up the heights of all rows above."""
        top, row, seen = self.scroll_offset.y, self.cursor_row, self._seen_rows
        if (seen.top, self._known.lines) == (top, self._lines_in_view) and row - top in range(len(seen.keys)):
            return
        ruling = self._ruling()
        if self._lines_in_view and row < len(self.model) and ViewLine(row) not in ruling.lines_from(top):
            # At once: after the next frame it would take another frame to show the cursor.
            top = row if row < top else ruling.top_for(row, self._lines_in_view - 1)
            self.scroll_to(y=top, animate=animate, force=True, immediate=True)

    def on_mount(self) -> None:
        """Take in what the model holds already."""
        self.rows_changed()

    def on_resize(self) -> None:
        """Keep the cursor in view where it was, and take in the new number of lines."""
        self._view_resized()

    def watch_show_horizontal_scrollbar(self) -> None:
        """The bar takes a line from the view without a resize event."""
        self._view_resized()

    def watch_show_vertical_scrollbar(self) -> None:
        """The bar takes a column from the rules without a resize event."""
        self.refresh_rules()
        self.call_after_refresh(self._take_in)

    def _take_in(self) -> None:
        """Take in what the owner of the model did not report yet: the end is followed on."""
        if self.at_end and self.follows_end:
            self.follow_end()
        else:
            self.rows_changed()

    def _view_resized(self) -> None:
        if self.at_end and self.follows_end:
            # Rows that came meanwhile are taken in as well.
            self.follow_end()
            return
        if not self._seen_rows.keys or self.cursor_row - self._seen_rows.top in range(len(self._seen_rows.keys)):
            self._scroll_cursor_into_view()
        self.rows_changed()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Take in what is seen now; Textual's own repaints all, the scroll bar too when its thumb stays."""
        self.rows_changed()

    def watch_cursor_coordinate(self, old_coordinate: Coordinate, new_coordinate: Coordinate) -> None:
        """Note the key under the cursor: after a change of the model the old index no longer leads to it."""
        row = new_coordinate.row
        self._cursor_key = self.model.key_at(row) if row < len(self.model) else None
        super().watch_cursor_coordinate(old_coordinate, new_coordinate)
