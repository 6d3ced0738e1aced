"""The board as the model of a table, and what the outline adds to the cells of a line: depth, fold and size."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from rich.text import Text

from scantui.bars import progress_bar
from scantui.columns import CLOCKED, COLUMNS, NOT_SAVED, RowColumn
from scantui.fitting import Cut, cut_to
from scantui.text import printable
from scantui.tui.looks import style_name
from scantui.tui.widgets.virtual_table import Cell
from scantui.words import clock_span, duration

if TYPE_CHECKING:
    from scantui.board import Board
    from scantui.board.families import OutlineRow
    from scantui.models import ScanSummary

_LONGEST_CELL = 200
_CELLS_KEPT = 2_000
# Scans in a narrower name are indented less.
_LEAST_NAME = 20
_FOLDED, _UNFOLDED = "▸ ", "▾ "
_INDENT, _NARROW_INDENT = "  ", " "
_TIMES = "\u00d7"


@lru_cache(maxsize=_CELLS_KEPT)
def _plain_cell(text: str, width: int, cut: Cut, style: str, to_right: bool) -> Text:
    """A cell without parts, which is never changed: most rows are repainted for the sake of others."""
    return Text(cut_to(text, width, cut), style=style, justify="right" if to_right else "left")


class BoardRows:
    """The board as the model of the table, once there is one: a scan's cells are made when its line is seen."""

    board: Board

    def __init__(self) -> None:
        # Without a board there are no rows: the first frame does not wait for it.
        self.have_board, self._lines = False, cast("Sized", ())
        self.columns: Sequence[RowColumn] = COLUMNS
        self.widths: dict[str, int] = {}
        self.bar_cells = 0

    def __len__(self) -> int:
        return len(self._lines)

    def show(self, board: Board) -> None:
        """Be the rows of a board."""
        self.board, self._lines, self.have_board = board, board.lines, True

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
        texts = self.texts_of(line, row, self.columns)
        return [self._cell(column, texts[column.key], row, word) for column in self.columns]

    def clocked(self, key: str) -> tuple[str | None, ...]:
        """What a row shows that changes with time alone."""
        row = self.board.row(key)
        return () if row is None else tuple(column.show(self.board, row) for column in CLOCKED)

    def _cell(self, column: RowColumn, text: str, row: ScanSummary, word: str) -> Text:
        width = self.widths.get(column.key, _LONGEST_CELL)
        if column.key == "state":
            return Text(word, style=style_name(word))
        if column.key == "progress" and self.bar_cells:
            width -= self.bar_cells + 1
            bar = progress_bar(self.board.glance.share_of(row), self.bar_cells)
            return Text.assemble((bar, style_name("bar")), " ", self._progress(text, width, row))
        if column.key == "progress":
            return self._progress(text, width, row)
        is_over = word == "GONE" or self._is_stale(row)
        style = style_name("GONE") if is_over else "bold" if self.board.is_new(row.key, self.board.now_ms) else ""
        return _plain_cell(text, width, column.cut, style, column.to_right)

    def _is_stale(self, row: ScanSummary) -> bool:
        """Whether what a row shows may no longer hold."""
        return self.board.is_stale(row.key) or row.server in self.board.silent_servers

    def _progress(self, text: str, width: int, row: ScanSummary) -> Text:
        progress = Text(cut_to(text, width, "last parts"), style_name("GONE") if self._is_stale(row) else "")
        if row.is_open and NOT_SAVED in text:
            progress.highlight_words([NOT_SAVED], style_name(NOT_SAVED))
        return progress

    def texts_of(self, line: OutlineRow, row: ScanSummary, columns: Sequence[RowColumn]) -> dict[str, str]:
        """What columns show on a line, at full length, by their keys."""
        texts = {column.key: self._text_of(column, row) for column in columns}
        if not self.board.lines.is_flat:
            _outline_texts(texts, line, self.board, self.widths.get("name", _LEAST_NAME) < _LEAST_NAME)
        return texts

    def _text_of(self, column: RowColumn, row: ScanSummary) -> str:
        text = printable(column.show(self.board, row) or "", _LONGEST_CELL)
        return f"*{text}" if column.key == "number" and self.board.is_marked(row.key) else text


def _outline_texts(texts: dict[str, str], line: OutlineRow, board: Board, is_narrow: bool) -> None:
    """Change the texts of a line, by the keys of their columns, to those of the outline; a narrow one indents less."""
    name = texts.get("name")
    if name is not None:
        indent = (_NARROW_INDENT if is_narrow else _INDENT) * line.depth
        mark = "" if line.folded is None else _FOLDED if line.folded else _UNFOLDED
        # Below its sequence a scan needs no number of it.
        title = name.partition(") ")[2] if line.depth else name
        count = _count(line, board) if line.size > 1 else ""
        texts["name"] = f"{indent}{mark}{title}{count}"
    if line.size > 1 and "duration" in texts:
        rows = map(board.row, board.lines.members_of(line.key))
        took = (duration(each, board.now_ms) for each in rows if each is not None)
        texts["duration"] = clock_span(sum(seconds for seconds in took if seconds))


def _count(line: OutlineRow, board: Board) -> str:
    """How many scans, and their numbers: `(21-57)`."""
    rows = map(board.row, board.lines.members_of(line.key))
    numbers = [row.identity.number for row in rows if row is not None and row.identity is not None]
    return f"  {_TIMES}{line.size} ({numbers[0]}-{numbers[-1]})" if numbers else f"  {_TIMES}{line.size}"
