"""The widget: a table over a model, with its keys and its mouse."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from textual import events
from textual.widgets import DataTable

from scantui.tui.widgets.virtual_table.following_table import FollowingTable
from scantui.tui.widgets.virtual_table.model import Cell


def _up_to_date(action: Callable[[VirtualTable], None]) -> Callable[[VirtualTable], None]:
    """A key acts on the row that the user sees under the cursor, so the table first takes in what changed."""

    @wraps(action)
    def take_in_and_act(table: VirtualTable) -> None:
        with table.rulings:
            table.rows_changed()
            action(table)

    return take_in_and_act


class VirtualTable(FollowingTable, DataTable[Cell]):
    """A DataTable with a row cursor over a `RowModel`.

    The model answers what DataTable asks about its rows; what would change rows behind the model's back raises
    UsageError. Widths of columns are fixed, rows are one line high, and there are no row labels, stripes, fixed rows
    or hover. RowHighlighted is posted when the cursor comes to another row, not when its row moves.
    """

    DEFAULT_CSS = "VirtualTable { height: 1fr; }"

    action_cursor_up = _up_to_date(DataTable.action_cursor_up)
    action_cursor_down = _up_to_date(DataTable.action_cursor_down)
    action_scroll_bottom = _up_to_date(DataTable.action_scroll_bottom)
    action_select_cursor = _up_to_date(DataTable.action_select_cursor)

    def action_page_up(self) -> None:
        """Show the rows above those in view, and take the cursor along."""
        self._turn_page(-1)

    def action_page_down(self) -> None:
        """Show the rows below those in view, and take the cursor along."""
        self._turn_page(1)

    def _turn_page(self, direction: int) -> None:
        with self._repainted():
            self._follow_model()
            rows = max(1, len(self._seen_rows.keys))
            self.scroll_relative(y=direction * rows, animate=False, force=True, immediate=True)
            target = self.cursor_row + direction * rows
            self._put_cursor(max(0, min(target, self._known.rows - 1)))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row, or select the row that it is on; post which header was clicked.

        In place of DataTable's own handler, which needs the row's number in the style of every cell.
        """
        event.prevent_default()
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if offset.y < self._header_lines:
            self._header_clicked(offset.x)
            return
        self.rows_changed()
        line, seen = offset.y - self._header_lines, self._seen_rows
        if self.show_cursor and line in seen.lines:
            row = seen.top + seen.lines.index(line)
            event.stop()
            if row == self.cursor_row:
                self.action_select_cursor()
            else:
                self._put_cursor(row)
