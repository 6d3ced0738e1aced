"""The table of scans: its columns, and how a scan reads as a line of them.

Rule: a column is one line in COLUMNS; what it shows is made from the row and the time alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from rich.text import Text
from textual.binding import Binding

from scantui.board import Board
from scantui.models import ScanSummary
from scantui.text import printable
from scantui.tui.virtual_table import Cell, VirtualTable
from scantui.words import clock_span, duration, short_span

# A word is always there; the colour only helps to find it.
WORD_STYLES = {
    "NEW": "cyan",
    "PREP": "cyan",
    "RUN": "bold cyan",
    "STOP": "cyan",
    "DONE": "green",
    "FAIL": "bold red",
    "ABRT": "yellow",
    "LOST": "magenta",
    "END": "",
    "GONE": "dim",
    "BAD": "reverse red",
}
_NARROW, _MEDIUM, _WIDE = 60, 72, 120
_LONGEST_CELL = 200


class RowColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column: it is shown from `from_width` columns of the terminal on; one without a width takes what is left."""

    key: str
    label: str
    width: int | None = None
    from_width: int = 0
    to_right: bool = False
    show: Callable[[ScanSummary, int], str | None]


def _name(row: ScanSummary, now_ms: int) -> str | None:
    return row.title or (row.identity.name if row.identity else row.problem)


def _age(row: ScanSummary, now_ms: int) -> str | None:
    return short_span((now_ms - row.created_ms) / 1000) if row.created_ms and now_ms else None


def _duration(row: ScanSummary, now_ms: int) -> str | None:
    seconds = duration(row, now_ms) if now_ms else None
    return None if seconds is None else clock_span(seconds)


def _of_identity(field: str) -> Callable[[ScanSummary, int], str | None]:
    def show(row: ScanSummary, now_ms: int) -> str | None:
        value = getattr(row.identity, field, None)
        return None if value is None else str(value)

    return show


COLUMNS = (
    RowColumn(key="number", label="NO", width=5, to_right=True, show=_of_identity("number")),
    RowColumn(key="name", label="NAME", show=_name),
    RowColumn(key="dataset", label="DATASET", width=15, from_width=_MEDIUM, show=_of_identity("dataset")),
    RowColumn(key="collection", label="COLLECTION", width=12, from_width=_WIDE, show=_of_identity("collection")),
    RowColumn(key="proposal", label="PROPOSAL", width=10, from_width=_WIDE, show=_of_identity("proposal")),
    RowColumn(key="session", label="SESSION", width=10, from_width=_WIDE, show=_of_identity("session")),
    RowColumn(key="user", label="USER", width=10, from_width=_WIDE, show=lambda row, _: row.user_name),
    RowColumn(key="age", label="AGE", width=4, from_width=_NARROW, to_right=True, show=_age),
    RowColumn(key="duration", label="DUR", width=7, from_width=_NARROW, to_right=True, show=_duration),
    RowColumn(key="path", label="PATH", width=40, from_width=160, show=_of_identity("path")),
)
_STATE_WIDTH = 5
_LEAST_NAME = 8
_SIDE_STEP = 8


class BoardRows:
    """The board as the model of the table: a scan's cells are made when its line is seen."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.columns: Sequence[RowColumn] = COLUMNS
        self.now_ms = 0

    def __len__(self) -> int:
        return len(self.board)

    def key_at(self, index: int) -> str:
        return self.board.key_at(index)

    def index_of(self, key: str) -> int:
        return self.board.index_of(key)

    def cells_at(self, index: int) -> list[Cell]:
        row = self.board.row_at(index)
        word = self.board.word_of(row)
        style = "dim" if word == "GONE" else ""
        cells: list[Cell] = [Text(word, style=WORD_STYLES.get(word, ""))]
        for column in self.columns:
            text = printable(column.show(row, self.now_ms) or "", _LONGEST_CELL)
            cells.append(Text(text, style=style, justify="right" if column.to_right else "left"))
        return cells

    def times_of(self, key: str) -> tuple[str | None, str | None]:
        """What a row says of times: when this changes, its line does."""
        row = self.board.row(key)
        return (None, None) if row is None else (_age(row, self.now_ms), _duration(row, self.now_ms))


class ScanTable(VirtualTable):
    """The scans of a board, one a line, from the oldest down to the newest."""

    BINDINGS = [
        Binding("j,down", "cursor_down", "Down", show=False, key_display="j ↓"),
        Binding("k,up", "cursor_up", "Up", show=False, key_display="k ↑"),
        Binding("pagedown", "page_down", "Page down", show=False, key_display="PgDn"),
        Binding("pageup", "page_up", "Page up", show=False, key_display="PgUp"),
        Binding("g,home", "oldest", "Oldest scan", show=False, key_display="g Home"),
        Binding("h,left", "columns_left", "Columns to the left", show=False, key_display="h ←"),
        Binding("l,right", "columns_right", "Columns to the right", show=False, key_display="l →"),
    ]

    def __init__(self, board: Board) -> None:
        self.board_rows = BoardRows(board)
        self._times: dict[str, tuple[str | None, str | None]] = {}
        super().__init__(self.board_rows, fixed_columns=2)

    def on_resize(self) -> None:
        self._fit_columns(self.size.width)
        super().on_resize()

    def action_oldest(self) -> None:
        if len(self.board_rows):
            self.go_to(self.board_rows.key_at(0))

    def action_columns_left(self) -> None:
        self.scroll_relative(x=-_SIDE_STEP, animate=False)

    def action_columns_right(self) -> None:
        self.scroll_relative(x=_SIDE_STEP, animate=False)

    def tell_time(self, now_ms: int) -> None:
        """Set the clock against which ages count, and repaint the lines on which it shows."""
        self.board_rows.now_ms = now_ms
        times = {key: self.board_rows.times_of(key) for key in self.keys_in_view}
        for key, shown in times.items():
            if self._times.get(key) != shown:
                self.refresh_row(key)
        self._times = times

    def _fit_columns(self, width: int) -> None:
        """Choose the columns that a terminal of this width has room for; the name takes what is left."""
        chosen = [column for column in COLUMNS if width >= column.from_width]
        padding = 2 * self.cell_padding
        fixed = _STATE_WIDTH + padding + sum(column.width + padding for column in chosen if column.width is not None)
        room = max(_LEAST_NAME, width - fixed - padding - self.styles.scrollbar_size_vertical)
        self.board_rows.columns = chosen
        columns: list[tuple[str, Cell, int]] = [("state", "ST", _STATE_WIDTH)]
        for column in chosen:
            label = Text(column.label, justify="right" if column.to_right else "left")
            columns.append((column.key, label, room if column.width is None else column.width))
        self.set_columns(columns)
