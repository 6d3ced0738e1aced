"""What the virtual table answers from its model, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.coordinate import Coordinate
from textual.widgets import DataTable
from textual.widgets.data_table import (
    CellDoesNotExist,
    ColumnDoesNotExist,
    ColumnKey,
    DuplicateKey,
    RowDoesNotExist,
    RowKey,
)

from scantui.exceptions import UsageError
from tests.tui.tables import TableApp, keys_seen, lines, numbered


class TestAnswers:
    async def test_they_tell_the_truth_from_the_model(self) -> None:
        app = TableApp(numbered(50_000))
        async with app.run_test(size=(40, 6)):
            table, row = app.table, ["k00007", "title k00007", "note"]
            assert isinstance(table, DataTable)
            assert table.row_count == len(table.rows) == len(table.ordered_rows) == 50_000
            assert "k00007" in table.rows
            assert RowKey("nowhere") not in table.rows
            assert next(iter(table.rows)) == "k00000"
            assert table.rows[RowKey("k00007")].key == table.ordered_rows[7].key == "k00007"
            assert [each.key for each in table.ordered_rows[-2:]] == ["k49998", "k49999"]
            assert table.get_row("k00007") == table.get_row(RowKey("k00007")) == table.get_row_at(7) == row
            assert table.get_cell("k00007", "title") == table.get_cell_at(Coordinate(7, 1)) == "title k00007"
            assert table.get_cell_coordinate("k00007", "note") == (7, 2)
            assert table.get_row_index("k00007") == 7
            assert table.get_row_height(RowKey("k00007")) == 1
            assert table.coordinate_to_cell_key(Coordinate(7, 1)) == (RowKey("k00007"), ColumnKey("title"))
            assert next(iter(table.get_column("title"))) == "title k00000"
            assert [table.is_valid_row_index(index) for index in (-1, 0, 49_999, 50_000)] == [False, True, True, False]
            assert table.is_valid_coordinate(Coordinate(49_999, 2))
            assert not table.is_valid_coordinate(Coordinate(0, 3))
            app.model.keys.clear()
            assert table.row_count == 0
            assert not table.is_valid_row_index(0)

    async def test_what_is_not_there(self) -> None:
        app = TableApp(numbered(3))
        async with app.run_test(size=(40, 6)):
            asked: list[tuple[type[Exception], Callable[[], object]]] = [
                (RowDoesNotExist, lambda: app.table.get_row("nowhere")),
                (RowDoesNotExist, lambda: app.table.get_row_at(3)),
                (RowDoesNotExist, lambda: app.table.get_row_index("nowhere")),
                (CellDoesNotExist, lambda: app.table.get_cell("nowhere", "title")),
                (CellDoesNotExist, lambda: app.table.get_cell("k00000", "nowhere")),
                (CellDoesNotExist, lambda: app.table.get_cell_at(Coordinate(3, 0))),
                (CellDoesNotExist, lambda: app.table.coordinate_to_cell_key(Coordinate(3, 0))),
                (ColumnDoesNotExist, lambda: app.table.remove_column("nowhere")),
                (DuplicateKey, lambda: app.table.add_column("Key", key="key")),
            ]
            for error, ask in asked:
                with pytest.raises(error):
                    ask()

    async def test_what_would_change_rows_behind_the_model_is_refused(self) -> None:
        app = TableApp(numbered(3))
        async with app.run_test(size=(40, 6)):
            table = app.table
            refused: list[Callable[[], object]] = [
                lambda: table.add_row("a", "b", "c", key="x"),
                lambda: table.add_rows([("a", "b", "c")]),
                lambda: table.remove_row("k00000"),
                lambda: table.update_cell("k00000", "title", "x"),
                lambda: table.update_cell_at(Coordinate(0, 0), "x"),
                lambda: table.sort("title"),
                lambda: table.clear(),
                lambda: table.add_column("New", default="x"),
            ]
            for call in refused:
                with pytest.raises(UsageError, match="change the model"):
                    call()
            with pytest.raises(TypeError):
                table.rows[RowKey("x")] = table.ordered_rows[0]
            assert (table.row_count, len(table.columns)) == (3, 3)

    async def test_columns_are_replaced_and_the_cursor_stays(self) -> None:
        app = TableApp(numbered(100))
        async with app.run_test(size=(40, 11)) as pilot:
            app.table.go_to("k00050")
            app.table.set_columns([("title", "Other", 30), ("key", "Long", 30)])
            await pilot.pause()
            assert app.table.cursor_key == "k00050"
            assert "k00050" in keys_seen(app.table)
            assert lines(app.table)[0].split()[0] == "Other"
            assert app.table.virtual_size.width == 64
            assert app.table.show_horizontal_scrollbar
            app.table.remove_column("key")
            app.table.add_columns("A", ("B", "b"))
            await pilot.pause()
            assert lines(app.table)[0].split() == ["Other", "A", "B"]
            assert app.table.get_column_index("b") == 2
