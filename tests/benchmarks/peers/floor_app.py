"""The least that a key costs in Textual: a DataTable of one screen, without arrivals, whose cursor moves with x."""

from __future__ import annotations

import gc

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.widgets import DataTable

_ROWS = 20


class FloorApp(App[None]):
    """The baseline of the keys."""

    BINDINGS = [Binding("x", "move", "Move", priority=True)]

    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        for label in ("ST", "NO", "NAME", "DATASET", "AGE", "DUR"):
            table.add_column(label, width=10)
        for number in range(_ROWS):
            table.add_row("DONE", str(number), "ascan samx", "sample_1", "5s", "1:00")

    def action_move(self) -> None:
        table = self.query_one(DataTable)
        table.move_cursor(row=1 - table.cursor_row % 2, animate=False)


if __name__ == "__main__":
    gc.freeze()
    FloorApp().run(mouse=False)
