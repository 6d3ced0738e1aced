"""A DataTable that holds no rows: every line that is seen is rendered from a model, whatever the number of rows.

Rule: nothing here may cost more with more rows, except what a caller asks of every row; and the private names of
Textual that the project needs for its table stay in this file, each with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import zip_longest
from math import ceil
from typing import Any, NoReturn, Protocol, TypeAlias, cast, overload

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual._two_way_dict import TwoWayDict  # The type in which DataTable keeps the places of its columns.
from textual.cache import LRUCache
from textual.coordinate import Coordinate
from textual.geometry import Region, Size, clamp
from textual.scrollbar import ScrollBar
from textual.strip import Strip
from textual.widgets import DataTable
from textual.widgets.data_table import Column, ColumnDoesNotExist, ColumnKey, DuplicateKey, Row, RowKey
from typing_extensions import Self

from scantui.exceptions import UsageError
from scantui.text import ELLIPSIS, printable

Cell: TypeAlias = Text | str
LINES_KEPT = 400


class RowModel(Protocol):
    """The rows to show, in their order; its owner may change it at any time and then says so to the table."""

    def __len__(self) -> int: ...

    def key_at(self, index: int) -> str:
        """Return the key of the row at `index`, in constant time."""

    def index_of(self, key: str) -> int:
        """Return where the row `key` is shown, in logarithmic time; raise KeyError when it is not shown."""

    def cells_at(self, index: int) -> Sequence[Cell]:
        """Return one cell for each column; a `str` is shown literally, never as markup."""


class _Rows(Mapping[RowKey, Row]):
    """`DataTable.rows` and, with `get_key`, its row locations: read-only, answered by the model."""

    def __init__(self, model: RowModel) -> None:
        self._model = model

    def __len__(self) -> int:
        return len(self._model)

    def __iter__(self) -> Iterator[RowKey]:
        return (RowKey(self._model.key_at(index)) for index in range(len(self._model)))

    def __getitem__(self, key: RowKey | str) -> Row:
        self.index_of(key)
        return Row(key if isinstance(key, RowKey) else RowKey(key), height=1)

    def index_of(self, key: RowKey | str) -> int:
        text = key if isinstance(key, str) else key.value
        if text is None:
            raise KeyError(key)
        return self._model.index_of(text)


class _RowLocations(_Rows):
    """`DataTable._row_locations`: key to index and back."""

    def get(self, key: RowKey | str, default: Any = None) -> Any:
        try:
            return self.index_of(key)
        except KeyError:
            return default

    def get_key(self, index: int) -> RowKey | None:
        return RowKey(self._model.key_at(index)) if 0 <= index < len(self._model) else None


class _RowData(Mapping[RowKey, dict[ColumnKey, Cell]]):
    """`DataTable._data`: the cells of a row by their columns."""

    def __init__(self, rows: _Rows, table: VirtualTable) -> None:
        self._rows = rows
        self._table = table

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[RowKey]:
        return iter(self._rows)

    def __getitem__(self, key: RowKey | str) -> dict[ColumnKey, Cell]:
        columns = self._table.ordered_columns
        cells = _cells(self._table.model, self._rows.index_of(key), len(columns))
        return {column.key: cell for column, cell in zip(columns, cells, strict=True)}


class _OrderedRows(Sequence[Row]):
    """`DataTable.ordered_rows`, where also a slice makes a row only when it is read."""

    def __init__(self, model: RowModel, indices: range) -> None:
        self._model = model
        self._indices = indices

    def __len__(self) -> int:
        return len(self._indices)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> _OrderedRows: ...
    def __getitem__(self, index: int | slice) -> Row | _OrderedRows:
        if isinstance(index, slice):
            return _OrderedRows(self._model, self._indices[index])
        return Row(RowKey(self._model.key_at(self._indices[index])), height=1)


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise UsageError(
        "A VirtualTable shows the rows of its model and holds none: change the model, then call rows_changed() "
        "(the number or order of rows changed) or refresh_row(key) (its cells changed)."
    )


def _cells(model: RowModel, index: int, count: int) -> list[Cell]:
    """Return exactly `count` cells: the model may follow a change of the columns a moment later."""
    cells = list(model.cells_at(index)[:count])
    return cells + [""] * (count - len(cells))


def _fit(text: str, width: int) -> str:
    """Return `text` padded or cut with an ellipsis to `width` columns of the terminal."""
    if width <= 0:
        return ""
    length = len(text) if text.isascii() else cell_len(text)
    if length <= width:
        return text + " " * (width - length)
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + ELLIPSIS, width)


def _thumb(bar: ScrollBar) -> tuple[int, int]:
    """Where the thumb of a vertical scroll bar is painted, in the eighths of a line that Textual draws it in."""
    lines, rows, seen = bar.size.height, bar.window_virtual_size, bar.window_size
    if not lines or not seen or rows <= seen:
        return (0, 0)
    length = max(1.0, seen * lines / rows)
    start = int((lines - length) * bar.position / (rows - seen) * 8)
    return (start, start + ceil(length * 8))


class VirtualTable(DataTable[Cell]):
    """A DataTable with a row cursor over a `RowModel`.

    What DataTable says about its rows is answered by the model; what would change rows behind the model's back raises
    UsageError. Widths of columns are fixed, rows are one line high, and there are no row labels, stripes, fixed rows
    or hover. RowHighlighted is posted when the cursor comes to another row, not when its row moves.
    """

    DEFAULT_CSS = "VirtualTable { height: 1fr; }"

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
        self.model = model
        self._known_count = 0
        self._cursor_key: str | None = None
        self._top = 0
        self._keys_in_view: list[str] = []
        self._lines: LRUCache[tuple[str | None, bool], tuple[Strip, Strip]] = LRUCache(LINES_KEPT)
        self._lines_look: tuple[object, ...] = ()
        super().__init__(
            cursor_type="row",
            fixed_columns=fixed_columns,
            name=name,
            id=id,
            classes=classes,
            disabled=disabled,
        )
        # DataTable reads its rows in three dictionaries; these in their place make all that it answers true.
        rows = _Rows(model)
        self.rows = cast("dict[RowKey, Row]", rows)
        self._data = cast("dict[RowKey, dict[ColumnKey, Cell]]", _RowData(rows, self))
        self._row_locations = cast("TwoWayDict[RowKey, int]", _RowLocations(model))

    add_row = add_rows = remove_row = update_cell = update_cell_at = sort = clear = cast("Callable[..., Any]", _refuse)

    @property
    def ordered_rows(self) -> list[Row]:
        """The rows as they are on screen: a read-only sequence, not a list, that makes a Row when it is read."""
        return cast("list[Row]", _OrderedRows(self.model, range(len(self.model))))

    @property
    def cursor_key(self) -> str | None:
        """The key of the row under the cursor, as the table last knew it; None when there are no rows."""
        return self._cursor_key

    @property
    def at_end(self) -> bool:
        """Whether the last row that the table knows is under the cursor and in view; true without rows.

        Rows that the model got since the last `rows_changed()` do not count, so it can be asked after they came.
        """
        last = self._known_count - 1
        return last < 0 or (self.cursor_row == last and last - self._top in range(self._lines_in_view))

    # Columns

    def add_column(
        self, label: Cell, *, width: int | None = None, key: str | None = None, default: Cell | None = None
    ) -> ColumnKey:
        """Add a column at the right; without a `width` it is as wide as its label, which is shown without markup."""
        if default is not None:
            _refuse()
        column = self._make_column(key, label, width)
        self._replace_columns([*self.ordered_columns, column])
        return column.key

    def remove_column(self, column_key: ColumnKey | str) -> None:
        """Remove a column; the cells of the model have to follow."""
        if column_key not in self.columns:
            raise ColumnDoesNotExist(f"Column key {column_key!r} is not valid.")
        self._replace_columns([column for column in self.ordered_columns if column.key != column_key])

    def set_columns(self, columns: Iterable[tuple[str, Cell, int]]) -> None:
        """Replace all columns by (key, label, width); the cursor stays."""
        self._replace_columns([self._make_column(*column) for column in columns])

    @staticmethod
    def _make_column(key: str | None, label: Cell, width: int | None) -> Column:
        text = label if isinstance(label, Text) else Text(printable(label))
        label_width = text.cell_len
        return Column(ColumnKey(key), text, label_width if width is None else width, label_width)

    def _replace_columns(self, columns: list[Column]) -> None:
        by_key = {column.key: column for column in columns}
        if len(by_key) != len(columns):
            raise DuplicateKey("Two columns have the same key.")
        self.columns = by_key
        # DataTable finds the place of a column here.
        self._column_locations = TwoWayDict({key: index for index, key in enumerate(by_key)})
        self.virtual_size = Size(self._columns_width(columns), self._header_lines + self._known_count)
        self.refresh()

    def _columns_width(self, columns: Iterable[Column]) -> int:
        return sum(column.get_render_width(self) for column in columns)

    # What the owner of the model says

    def refresh_row(self, row: int | str | RowKey) -> Self:
        """Repaint the row with this key (or at this index) if it is in view: its cells have changed."""
        if isinstance(row, int):
            self._refresh_lines([row - self._top])
            return self
        key = row if isinstance(row, str) else row.value or ""
        for cursor in (False, True):
            self._lines.discard((key, cursor))
        if key in self._keys_in_view:
            self._refresh_lines([self._keys_in_view.index(key)])
        return self

    def rows_changed(self) -> None:
        """Take in that rows came, went or moved: the cursor stays on its row, and that row on its line.

        The cursor of a row that is gone goes to the row that took its place; only lines that differ are repainted.
        """
        seen, cursor_line = self._keys_in_view, self.cursor_row - self._top
        self._follow_model()
        changed = {line for line, (old, new) in enumerate(zip_longest(seen, self._keys_in_view)) if old != new}
        if cursor_line != self.cursor_row - self._top:
            changed |= {cursor_line, self.cursor_row - self._top}
        self._refresh_lines(changed)

    def go_to(self, key: str) -> None:
        """Put the cursor on a row and bring it into view; raise RowDoesNotExist when it is not shown."""
        self.rows_changed()
        self._put_cursor(self.get_row_index(key))

    def follow_end(self) -> None:
        """Put the cursor on the last row and bring it into view."""
        self.rows_changed()
        self._put_cursor(self._known_count - 1)

    def _put_cursor(self, index: int) -> None:
        self.cursor_coordinate = Coordinate(index, self.cursor_column)
        self._scroll_cursor_into_view()

    # The model, the cursor and the view

    @property
    def _header_lines(self) -> int:
        return self.header_height if self.show_header else 0

    @property
    def _lines_in_view(self) -> int:
        return max(0, self.scrollable_content_region.height - self._header_lines)

    def _refresh_lines(self, lines: Iterable[int]) -> None:
        in_view = range(self._lines_in_view)
        width = self.size.width
        regions = [Region(0, self._header_lines + line, width, 1) for line in lines if line in in_view]
        if regions:
            self.refresh(*regions)

    def _follow_model(self) -> None:
        """Bring size, cursor and scroll position in line with the model, without painting anything."""
        old_cursor, old_key, count = self.cursor_row, self._cursor_key, len(self.model)
        in_view = old_cursor - self._top in range(len(self._keys_in_view))
        anchor = self._find_survivor(old_cursor if in_view else self._top)
        shift = anchor[1] - anchor[0] if anchor else 0
        try:
            cursor = old_cursor if old_key is None else self.model.index_of(old_key)
        except KeyError:
            # A row below that is still there slid into the place of the one that is gone; one above is just before it.
            cursor = anchor[1] + (anchor[0] < old_cursor) if anchor and in_view else old_cursor + shift
        cursor = max(0, min(cursor, count - 1))
        if in_view:
            shift = cursor - old_cursor
        self._known_count = count
        self.set_reactive(DataTable.cursor_coordinate, Coordinate(cursor, self.cursor_column))
        self._cursor_key = self.model.key_at(cursor) if count else None
        self._resize_content(Size(self.virtual_size.width, self._header_lines + count))
        if shift or self.scroll_y > self.max_scroll_y:
            # The view goes with its rows: the same is seen, so no watcher is to repaint it.
            scroll_y = clamp(self.scroll_y + shift, 0, self.max_scroll_y)
            self.set_reactive(DataTable.scroll_y, scroll_y)
            self.set_reactive(DataTable.scroll_target_y, scroll_y)
        self._show_thumb()
        self._note_view()
        if self._cursor_key is not None and self._cursor_key != old_key and self.show_cursor:
            self.post_message(self.RowHighlighted(self, cursor, RowKey(self._cursor_key)))

    def _find_survivor(self, start: int) -> tuple[int, int] | None:
        """Find the row in view, from index `start` down and then up, that is still there: its old and new index."""
        end = self._top + len(self._keys_in_view)
        for old_index in (*range(start, end), *range(start - 1, self._top - 1, -1)):
            with suppress(KeyError):
                return old_index, self.model.index_of(self._keys_in_view[old_index - self._top])
        return None

    def _resize_content(self, size: Size) -> None:
        room = self.container_size.height - self.scrollbar_size_horizontal
        if self.styles.overflow_y == "auto" and (size.height > room) != self.show_vertical_scrollbar:
            self.virtual_size = size
        else:
            # Assigning it would lay out the whole screen, which is needed only when a scroll bar comes or goes.
            self.set_reactive(DataTable.virtual_size, size)

    def _show_thumb(self) -> None:
        """Tell the scroll bar where it is, and repaint it only when that moves its thumb."""
        if not self.show_vertical_scrollbar:
            return
        bar = self.vertical_scrollbar
        before = _thumb(bar)
        bar.set_reactive(ScrollBar.window_virtual_size, self.virtual_size.height)
        bar.set_reactive(ScrollBar.position, bar.validate_position(self.scroll_y))
        if _thumb(bar) != before:
            bar.refresh()

    def _note_view(self) -> None:
        self._top = self.scroll_offset.y
        bottom = min(self._top + self._lines_in_view, self._known_count)
        self._keys_in_view = [self.model.key_at(index) for index in range(self._top, bottom)]

    def on_mount(self) -> None:
        """Take in what the model holds already."""
        self.rows_changed()

    def on_resize(self) -> None:
        """Keep the cursor in view where it was, and take in the new number of lines."""
        self._view_resized()

    def watch_show_horizontal_scrollbar(self) -> None:
        """The bar takes a line from the view without a resize event."""
        self._view_resized()

    def _view_resized(self) -> None:
        if not self._keys_in_view or self.cursor_row - self._top in range(len(self._keys_in_view)):
            self._scroll_cursor_into_view()
        self.rows_changed()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Repaint the view; the scroll bar only when its thumb moves."""
        if round(old_value) == round(new_value):
            self.rows_changed()
        else:
            self._follow_model()
            self.refresh(self.size.region)

    def validate_cursor_coordinate(self, value: Coordinate) -> Coordinate:
        """Keep the cursor in the table; in an empty one it is at its origin, where DataTable allows -1."""
        row = max(0, min(value.row, len(self.model) - 1))
        return Coordinate(row, max(0, min(value.column, len(self.columns) - 1)))

    def watch_cursor_coordinate(self, old_coordinate: Coordinate, new_coordinate: Coordinate) -> None:
        """Note the key under the cursor: when the model changes, the old index no longer tells it."""
        row = new_coordinate.row
        self._cursor_key = self.model.key_at(row) if row < len(self.model) else None
        super().watch_cursor_coordinate(old_coordinate, new_coordinate)

    def _scroll_cursor_into_view(self, animate: bool = False) -> None:
        """DataTable calls this when the cursor moved, and its own adds up the heights of all rows above."""
        line, lines = self.cursor_row - self.scroll_offset.y, self._lines_in_view
        if lines and line not in range(lines):
            self.scroll_to(y=self.cursor_row - (lines - 1 if line > 0 else 0), animate=animate, force=True)

    def _set_hover_cursor(self, active: bool) -> None:
        """DataTable calls this with every key and mouse motion, and its own repaints a row although hover is off."""

    def refresh_coordinate(self, coordinate: Coordinate) -> Self:
        """Repaint the row of a cell: a line is the least that is repainted."""
        return self.refresh_row(self.model.key_at(coordinate.row)) if self.is_valid_coordinate(coordinate) else self

    def refresh_column(self, column_index: int) -> Self:
        """Repaint all that is seen."""
        return self.refresh()

    # A key acts on the row that the user sees under the cursor, so the table first takes in what changed.

    def action_cursor_up(self) -> None:
        self.rows_changed()
        super().action_cursor_up()

    def action_cursor_down(self) -> None:
        self.rows_changed()
        super().action_cursor_down()

    def action_page_up(self) -> None:
        self.rows_changed()
        super().action_page_up()

    def action_page_down(self) -> None:
        self.rows_changed()
        super().action_page_down()

    def action_scroll_bottom(self) -> None:
        self.rows_changed()
        super().action_scroll_bottom()

    def action_select_cursor(self) -> None:
        self.rows_changed()
        super().action_select_cursor()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row, or select the row that it is on; tell which header was clicked.

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
        row = offset.y - self._header_lines + self.scroll_offset.y
        if self.show_cursor and row < self._known_count:
            event.stop()
            if row == self.cursor_row:
                self.action_select_cursor()
            else:
                self._put_cursor(row)

    def _header_clicked(self, x: int) -> None:
        columns = self.ordered_columns
        if x >= self._columns_width(columns[: self.fixed_columns]):
            x += self.scroll_offset.x
        for index, column in enumerate(columns):
            x -= column.get_render_width(self)
            if x < 0:
                self.post_message(self.HeaderSelected(self, column.key, index, column.label))
                return

    # Painting

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Repaint; without regions everything is built anew, also the lines that are kept."""
        if not regions and repaint:
            self._lines.clear()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Render what is seen, forgetting kept lines when the look or width of all lines changed."""
        look = (self.rich_style, self.size.width, self.get_pseudo_class_state(), self.show_cursor)
        if look != self._lines_look:
            self._lines_look = look
            self._lines.clear()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Render the line `y` of the widget: the header, the row that is seen there, or a blank."""
        width = self.size.width
        if y < self._header_lines:
            if y > 0:
                return Strip.blank(width, self.get_component_styles("datatable--header").rich_style)
            parts = self._kept_line(None, cursor=False)
        else:
            key = self._key_on(y - self._header_lines)
            parts = None if key is None else self._kept_line(key, cursor=key == self._cursor_key)
        if parts is None:
            return Strip.blank(width, self.rich_style)
        fixed, moving = parts
        left = self.scroll_offset.x
        return Strip.join([fixed, moving.crop(left, left + max(0, width - fixed.cell_length))]).crop(0, width)

    def _key_on(self, line: int) -> str | None:
        """What the table last took in counts, so that no line runs ahead of the others before `rows_changed()`."""
        if line < len(self._keys_in_view):
            return self._keys_in_view[line]
        index = self.scroll_offset.y + line
        return self.model.key_at(index) if index < len(self.model) else None

    def _kept_line(self, key: str | None, *, cursor: bool) -> tuple[Strip, Strip] | None:
        """The part that stays and the part that scrolls of a row's line; without a key of the header's.

        None when the model dropped the row and the table was not yet told.
        """
        parts = self._lines.get((key, cursor))
        if parts is None:
            try:
                index = -1 if key is None else self.model.index_of(key)
            except KeyError:
                return None
            parts = self._build_line(index, cursor=cursor)
            self._lines.set((key, cursor), parts)
        return parts

    def _build_line(self, index: int, *, cursor: bool) -> tuple[Strip, Strip]:
        columns = self.ordered_columns
        header = index < 0
        cells = [column.label for column in columns] if header else _cells(self.model, index, len(columns))
        row_style = self.get_component_styles("datatable--header").rich_style if header else self.rich_style
        fixed_style = row_style if header else self.get_component_styles("datatable--fixed").rich_style
        pairs = list(zip(columns, cells, strict=True))
        fixed = self._build_part(pairs[: self.fixed_columns], fixed_style, header=header, fixed=True, cursor=cursor)
        moving = self._build_part(pairs[self.fixed_columns :], row_style, header=header, fixed=False, cursor=cursor)
        return fixed, moving

    def _build_part(
        self, pairs: Sequence[tuple[Column, Cell]], style: Style, *, header: bool, fixed: bool, cursor: bool
    ) -> Strip:
        # DataTable's own choice of colours for a cell, so that its component classes mean here what they mean there.
        component, over = self._get_styles_to_render_cell(
            header,
            False,
            fixed and not header,
            False,
            cursor,
            self.show_cursor,
            False,
            self.cursor_foreground_priority == "css",
            self.cursor_background_priority == "css",
        )
        style += component
        space = Segment(" " * self.cell_padding, style)
        segments: list[Segment] = []
        for column, cell in pairs:
            width = column.get_render_width(self) - 2 * self.cell_padding
            segments.append(space)
            if isinstance(cell, Text):
                segments.extend(self._render_text(cell, width, style, over))
            else:
                segments.append(Segment(_fit(printable(cell), width), style))
            segments.append(space)
        strip = Strip(segment for segment in segments if segment.text)
        if not fixed:
            strip = strip.extend_cell_length(strip.cell_length + self.size.width, style)
        return strip.simplify()

    def _render_text(self, cell: Text, width: int, style: Style, over: Style) -> Iterator[Segment]:
        text = cell.copy()
        text.plain = printable(text.plain)
        if text.cell_len > width:
            text.plain = _fit(text.plain, width)
        spare = max(0, width - text.cell_len)
        before = {"right": spare, "center": spare // 2}.get(text.justify or "left", 0)
        yield Segment(" " * before, style)
        console = self.app.console
        # Text.render leaves out the style of the whole text when no part has one of its own.
        text_style = style + console.get_style(text.style, default=Style.null())
        for content, part_style, _ in text.render(console):
            yield Segment(content, text_style + part_style + over)
        yield Segment(" " * (spare - before), style)
