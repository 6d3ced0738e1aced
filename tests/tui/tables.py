"""Tables on a model that tests change, and what is seen of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from textual.app import App, ComposeResult
from textual.widgets import DataTable

from scantui.tui.widgets.virtual_table import Cell, VirtualTable

COLUMNS = [("key", "Key", 8), ("title", "Title", 12), ("note", "Note", 10)]


class SortedModel:
    """Keys in alphabetical order; counts the rows that were asked for."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.keys = sorted(keys)
        self.titles: dict[str, Cell] = {}
        self.asked: list[str] = []

    def __len__(self) -> int:
        return len(self.keys)

    def key_at(self, index: int) -> str:
        return self.keys[index]

    def index_of(self, key: str) -> int:
        index = bisect_left(self.keys, key)
        if self.keys[index : index + 1] != [key]:
            raise KeyError(key)
        return index

    def cells_at(self, index: int) -> Sequence[Cell]:
        key = self.keys[index]
        self.asked.append(key)
        return [key, self.titles.get(key, f"title {key}"), "note"]


def numbered(count: int) -> SortedModel:
    return SortedModel([f"k{number:05}" for number in range(count)])


class TableApp(App[None]):
    def __init__(self, model: SortedModel, columns: Sequence[tuple[str, str, int]] = COLUMNS, fixed: int = 0) -> None:
        super().__init__()
        self.model = model
        self.table_columns = columns
        self.table = VirtualTable(model, fixed_columns=fixed)
        self.highlighted: list[str | None] = []
        self.selected: list[str | None] = []
        self.headers: list[str | None] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        for key, label, width in self.table_columns:
            self.table.add_column(label, key=key, width=width)

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        self.highlighted.append(event.row_key.value)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        self.selected.append(event.row_key.value)

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        self.headers.append(event.column_key.value)


def lines(table: VirtualTable) -> list[str]:
    """What is seen, by rendering every line of the widget anew."""
    return [table.render_line(y).text for y in range(table.scrollable_content_region.height)]


def keys_seen(table: VirtualTable) -> list[str]:
    return [line.split()[0] for line in lines(table)[1:] if line.strip()]


def cursor_line(table: VirtualTable) -> int:
    return table.cursor_row - table.scroll_offset.y
