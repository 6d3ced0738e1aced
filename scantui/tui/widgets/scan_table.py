"""The table of scans: the board as its model, and the columns that the terminal has room for."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from scantui.board import Board
from scantui.columns import CLOCKED, COLUMNS, RowColumn, columns_for
from scantui.models import ScanSummary
from scantui.text import printable
from scantui.tui.commands.command import Place
from scantui.tui.commands.keys import bindings_of
from scantui.tui.commands.table import commands_at
from scantui.tui.terminal import SurvivingWidget
from scantui.tui.widgets.outline_cells import outline_cells
from scantui.tui.widgets.virtual_table import Cell, VirtualTable

# A word is always there; the colour only helps to find it.
WORD_STYLES = {
    "NEW": "cyan",
    "PREP": "cyan",
    "RUN": "bold cyan",
    "STALL": "bold yellow",
    "STOP": "cyan",
    "DONE": "green",
    "FAIL": "bold red",
    "ABRT": "yellow",
    "LOST": "magenta",
    "END": "",
    "GONE": "dim",
    "BAD": "reverse red",
}
_LEAST_NAME = 8
_SIDE_STEP = 8
_LONGEST_CELL = 200


class BoardRows:
    """The board as the model of the table: a scan's cells are made when its line is seen."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.columns: Sequence[RowColumn] = COLUMNS

    def __len__(self) -> int:
        return len(self.board.lines)

    def key_at(self, index: int) -> str:
        return self.board.lines.key_at(index)

    def index_of(self, key: str) -> int:
        return self.board.lines.index_of(key)

    def cells_at(self, index: int) -> list[Cell]:
        line = self.board.lines.line_at(index)
        row = self.board.row(line.key)
        if row is None:
            return []
        word = self.board.lines.word_of(line, self.board.word_of(row))
        cells = {column.key: self._cell(column, row, word) for column in self.columns}
        if not self.board.lines.is_flat:
            outline_cells(cells, line, self.board)
        return list(cells.values())

    def clocked(self, key: str) -> tuple[str | None, ...]:
        """What a row shows that changes with time alone."""
        row = self.board.row(key)
        return () if row is None else tuple(column.show(self.board, row) for column in CLOCKED)

    def _cell(self, column: RowColumn, row: ScanSummary, word: str) -> Text:
        text = printable(column.show(self.board, row) or "", _LONGEST_CELL)
        if column.key == "number" and self.board.is_marked(row.key):
            text = f"*{text}"
        if column.key == "state":
            text, style = word, WORD_STYLES.get(word, "")
        else:
            is_over = word == "GONE" or self.board.is_stale(row.key)
            style = "dim" if is_over else "bold" if self.board.is_new(row.key, self.board.now_ms) else ""
        return Text(text, style=style, justify="right" if column.to_right else "left")


class ScanTable(SurvivingWidget, VirtualTable, inherit_bindings=False):
    """The scans of a board, one a line, from the oldest down to the newest."""

    PLACE = Place.TABLE
    BINDINGS = bindings_of(commands_at(PLACE))
    GAP = 1

    def __init__(self, board: Board) -> None:
        self.board_rows = BoardRows(board)
        self._wanted: Sequence[str] = ()
        self._time_format = "age"
        self._clocked: dict[str, tuple[str | None, ...]] = {}
        super().__init__(self.board_rows, fixed_columns=2)
        self.cell_padding = 0

    @property
    def shown_columns(self) -> list[str]:
        return [column.key for column in self.board_rows.columns]

    def look(self, columns: Sequence[str], time_format: str) -> None:
        """Show these columns, or with none given those that fit, and times in this format."""
        self._wanted = columns
        self._time_format = time_format
        self._fit_columns(self.size.width)

    def find_end(self) -> int:
        """The line of the newest scan."""
        return self.board_rows.board.lines.end

    def on_resize(self) -> None:
        self._fit_columns(self.size.width)
        super().on_resize()

    def take_focus(self) -> None:
        """Take the keyboard."""
        self.focus()

    def action_oldest(self) -> None:
        if len(self.board_rows):
            self.go_to(self.board_rows.key_at(0))

    def action_columns_left(self) -> None:
        self.scroll_relative(x=-_SIDE_STEP, animate=False)

    def action_columns_right(self) -> None:
        self.scroll_relative(x=_SIDE_STEP, animate=False)

    def time_passed(self) -> None:
        """Repaint the lines on which the board's clock shows."""
        clocked = {key: self.board_rows.clocked(key) for key in self.keys_in_view}
        for key, shown in clocked.items():
            if self._clocked.get(key) != shown:
                self.refresh_row(key)
        self._clocked = clocked

    def _fit_columns(self, width: int) -> None:
        """Choose the columns that a terminal of this width has room for; the name takes what is left."""
        chosen = columns_for(width, self._wanted, self._time_format)
        taken = sum(column.width + self.GAP for column in chosen if column.width is not None)
        room = max(_LEAST_NAME, width - taken - self.GAP - self.styles.scrollbar_size_vertical)
        self.board_rows.columns = chosen
        self.set_columns(
            (
                column.key,
                Text(column.label, justify="right" if column.to_right else "left"),
                (room if column.width is None else column.width) + self.GAP,
            )
            for column in chosen
        )
