"""A DataTable of the rows of a model: what it answers, its columns, and its lookups under private names of Textual."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NoReturn, cast

from rich.style import Style
from rich.text import Text
from textual._two_way_dict import TwoWayDict  # The type in which DataTable keeps the places of its columns.
from textual.coordinate import Coordinate
from textual.geometry import Region, Size
from textual.widgets import DataTable
from textual.widgets.data_table import Column, ColumnDoesNotExist, ColumnKey, DuplicateKey, Row, RowKey

from scantui.exceptions import UsageError
from scantui.text import printable
from scantui.tui.widgets.virtual_table.model import Cell, OrderedRows, RowData, RowLocations, RowMapping, RowModel
from scantui.tui.widgets.virtual_table.painting import PartStyle

if TYPE_CHECKING:
    _DataTable = DataTable[Cell]
else:
    # Textual takes a while for each class of widget, and the first frame waits for it: only the last one is one.
    _DataTable = object


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise UsageError(
        "A VirtualTable shows the rows of its model and holds none: change the model, then call rows_changed() "
        "(the number or order of rows changed) or refresh_row(key) (its cells changed)."
    )


class ModelTable(_DataTable):
    """Makes a DataTable answer from a model, and refuse what would change rows behind the model's back.

    The DataTable is to be the last base of the class.
    """

    def __init__(self, model: RowModel, **options: Any) -> None:
        # The base class calls watchers while it is built, and they ask the model.
        self.model = model
        self._part_styles: dict[tuple[bool, bool, bool], PartStyle] = {}
        super().__init__(cursor_type="row", **options)
        # DataTable reads its rows in three dictionaries; these in their place make all that it answers true.
        self.rows = cast("dict[RowKey, Row]", RowMapping(model))
        self._data = cast("dict[RowKey, dict[ColumnKey, Cell]]", RowData(model, lambda: self.columns))
        self._row_locations = cast("TwoWayDict[RowKey, int]", RowLocations(model))

    add_row = add_rows = remove_row = update_cell = update_cell_at = sort = clear = cast("Callable[..., Any]", _refuse)

    @property
    def ordered_rows(self) -> list[Row]:
        """The rows as they are on screen: a read-only sequence, not a list, that makes a Row when it is read."""
        return cast("list[Row]", OrderedRows(self.model, range(len(self.model))))

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
        self._resize_content(Size(self._columns_width(columns), self.virtual_size.height))
        self._repaint_lines()

    def _repaint_lines(self) -> None:
        """Repaint all lines, not the scroll bar beside them."""
        self.refresh(Region(0, 0, self.scrollable_content_region.width, self.size.height))

    def _columns_width(self, columns: Iterable[Column]) -> int:
        return sum(column.get_render_width(self) for column in columns)

    def _header_clicked(self, x: int) -> None:
        columns = self.ordered_columns
        if x >= self._columns_width(columns[: self.fixed_columns]):
            x += self.scroll_offset.x
        for index, column in enumerate(columns):
            x -= column.get_render_width(self)
            if x < 0:
                self.post_message(self.HeaderSelected(self, column.key, index, column.label))
                return

    def validate_cursor_coordinate(self, value: Coordinate) -> Coordinate:
        """Keep the cursor in the table; in an empty one it is at its origin, where DataTable allows -1."""
        row = max(0, min(value.row, len(self.model) - 1))
        return Coordinate(row, max(0, min(value.column, len(self.columns) - 1)))

    @property
    def _header_lines(self) -> int:
        return self.header_height if self.show_header else 0

    @property
    def _lines_in_view(self) -> int:
        return max(0, self.scrollable_content_region.height - self._header_lines)

    def _refresh_lines(self, lines: Iterable[int]) -> None:
        wanted = list(lines)
        if not wanted:
            return
        # The scroll bar beside them is repainted only when its thumb moves.
        region, header = self.scrollable_content_region, self._header_lines
        in_view = range(region.height - header)
        regions = [Region(0, header + line, region.width, 1) for line in wanted if line in in_view]
        if regions:
            self.refresh(*regions)

    def _resize_content(self, size: Size) -> None:
        width, height = self.container_size
        is_wide = size.width > width - self.scrollbar_size_vertical
        is_high = size.height > height - self.scrollbar_size_horizontal
        moves_sideways = size.width != self.virtual_size.width and (is_wide or self.show_horizontal_scrollbar)
        if moves_sideways or (self.styles.overflow_y == "auto" and is_high != self.show_vertical_scrollbar):
            self.virtual_size = size
        else:
            # Assigning it lays out the whole screen, which is needed only when a scroll bar comes, goes or differs.
            self.set_reactive(DataTable.virtual_size, size)

    def _set_hover_cursor(self, active: bool) -> None:
        """DataTable calls this with every key and mouse motion, and its own repaints a row although hover is off."""

    def _seen_style(self, style: Style) -> Style:
        """A style as it goes to the terminal."""
        return style

    def _part_style(self, *, header: bool, fixed: bool, cursor: bool) -> PartStyle:
        """DataTable's own choice for a cell, so that its component classes mean here what they mean there."""
        known = self._part_styles.get((header, fixed, cursor))
        if known is not None:
            return known
        base = self.rich_style
        if header or fixed:
            base = self.get_component_styles("datatable--header" if header else "datatable--fixed").rich_style
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
        return self._part_styles.setdefault(
            (header, fixed, cursor), PartStyle(base + component, over, self._seen_style)
        )
