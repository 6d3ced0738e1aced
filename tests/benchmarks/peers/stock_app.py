"""A stock DataTable of scans: y changes a cell in view, z adds a row at the end."""

from __future__ import annotations

import sys

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.widgets import DataTable

_WIDTHS = {"ST": 5, "NO": 6, "NAME": 25, "DATASET": 15, "AGE": 4, "DUR": 7}
_STATES = ("NEW", "PREP", "RUN", "STOP")
_IN_VIEW = 5


class StockApp(App[None]):
    """The baseline of what a change writes."""

    BINDINGS = [Binding("y", "change", "Change", priority=True), Binding("z", "arrive", "Arrive", priority=True)]

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._rows = rows
        self._changes = 0

    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        for label, width in _WIDTHS.items():
            table.add_column(label, key=label, width=width)
        for number in range(self._rows):
            self._add(number)
        table.move_cursor(row=self._rows - 1, animate=False)

    def action_change(self) -> None:
        self._changes += 1
        word = _STATES[self._changes % len(_STATES)]
        self.query_one(DataTable).update_cell(str(self._rows - _IN_VIEW), "ST", word)

    def action_arrive(self) -> None:
        self._add(self._rows)
        self.query_one(DataTable).move_cursor(row=self._rows, animate=False)
        self._rows += 1

    def _add(self, number: int) -> None:
        title = f"ascan samx 0 {number} 40 0.1"
        self.query_one(DataTable).add_row("RUN", str(number), title, "sample_0001", "5s", "1:00", key=str(number))


if __name__ == "__main__":
    StockApp(int(sys.argv[1])).run(mouse=False)
