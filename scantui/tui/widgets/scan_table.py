"""The table of scans: the board as its model, and the columns that the terminal has room for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.text import Text
from textual.strip import Strip

from scantui.columns import CLOCKED, COLUMNS, TIME_FORMATS, RowColumn, bar_room, columns_in, widths_for
from scantui.fitting import Lengths
from scantui.tui.commands.command import Place
from scantui.tui.commands.keys import bindings_of
from scantui.tui.commands.table import commands_at
from scantui.tui.terminal import SurvivingWidget
from scantui.tui.widgets.board_rows import BoardRows
from scantui.tui.widgets.virtual_table import VirtualTable
from scantui.tui.widgets.virtual_table.painting import PaintedLine

if TYPE_CHECKING:
    from scantui.board import Board
    from scantui.board.datasets import Dataset

_SIDE_STEP = 8
# What the rules between datasets say of all scans below them.
_IN_RULES = ("dataset", "collection", "proposal")


class ScanTable(SurvivingWidget, VirtualTable, inherit_bindings=False):
    """The scans of a board, one a line, from the oldest down to the newest."""

    PLACE = Place.TABLE
    BINDINGS = bindings_of(commands_at(PLACE))
    HEARS_NO_KEYS = True
    GAP = 1

    def __init__(self) -> None:
        self.board_rows = BoardRows()
        self._wanted: Sequence[str] = ()
        self._wants_rules = True
        self._time_format = "age"
        self._clocked: dict[str, tuple[str | None, ...]] = {}
        self._lengths: dict[str, Lengths] = {}
        self._measured: set[str] = set()
        # Rows that are painted and not in view; what they show grows old.
        self._ahead: set[str] = set()
        self._fitted: tuple[object, ...] = ()
        self.why_empty: Callable[[], str] = str
        self._shown_why = ""
        self._shown_columns: list[tuple[str, str, int]] = []
        super().__init__(self.board_rows, fixed_columns=2)
        self.cell_padding = 0

    def show_board(self, board: Board) -> None:
        """Show the scans of a board; until then there are none."""
        self.board_rows.show(board)

    @property
    def shown_columns(self) -> list[str]:
        return [column.key for column in self.board_rows.columns]

    def look(self, columns: Sequence[str], time_format: str, rules: bool) -> None:
        """Show these columns, or with none given those that fit, times in this format, and rules between datasets."""
        is_time_alone = (columns, rules) == (self._wanted, self._wants_rules) and bool(self._measured)
        self._wanted, self._wants_rules, self._time_format = columns, rules, time_format
        if is_time_alone:
            self._measured.intersection_update(self.keys_in_view)
            self._measure_times()
            self._fit_columns()
        else:
            self._lengths.clear()
            self._measured.clear()
            self._measure(self.keys_in_view)
            self._fit_columns()
            self._take_in()

    @property
    def has_rules(self) -> bool:
        """In the order of time, as long as scans belong to datasets; those of several servers would be mixed."""
        if not self.board_rows.have_board:
            return False
        board = self.board_rows.board
        is_ordered = board.sorting.is_chronological and not board.glance.has_servers
        return self._wants_rules and is_ordered and board.glance.has_datasets

    def section_at(self, index: int) -> Dataset:
        return self.board_rows.board.lines.dataset_at(index)

    def rule_at(self, index: int) -> Text:
        # Imported with the first rule: the first frame has none.
        from scantui.tui.widgets.dataset_rule import dataset_rule

        board = self.board_rows.board
        return dataset_rule(board.lines.dataset_at(index), board.glance, self.scrollable_content_region.width)

    def find_end(self) -> int:
        """The line of the newest scan."""
        return self.board_rows.board.lines.end if self.board_rows.have_board else -1

    @property
    def follows_end(self) -> bool:
        if not self.board_rows.have_board:
            return True
        board = self.board_rows.board
        return not board.held and board.sorting.is_by_time

    def on_resize(self) -> None:
        super().on_resize()
        self._fit_columns()

    def notes_changed(self) -> None:
        """Make room for the notes of rows in view."""
        self._measured.clear()
        self.fit_columns()

    def fit_columns(self) -> None:
        """Give the columns the width that the rows in view need; none gets narrower, so that nothing jumps."""
        self._refresh_why_empty()
        self._measure(self.keys_in_view)
        if self._needed() != self._fitted:
            self._fit_columns()

    def _line_at(self, y: int, row: int, left: int, width: int) -> Strip | None:
        """The line `y` of the widget; a table without rows shows why it has none."""
        if row == 1 and not len(self.board_rows):
            style = self._seen_style(self.rich_style)
            return Strip([Segment(f"  {self.why_empty()}", style)]).adjust_cell_length(width, style)
        return super()._line_at(y, row, left, width)

    def take_focus(self) -> None:
        """Take the keyboard."""
        if self.display:
            # Textual's `focus` has all lines painted again, also where the keyboard is here already.
            self.screen.set_focus(self)
        else:
            # A pane has its place for a moment still.
            self.focus()

    def action_oldest(self) -> None:
        if len(self.board_rows):
            self.go_to(self.board_rows.key_at(0))

    def action_columns_left(self) -> None:
        self.scroll_relative(x=-_SIDE_STEP, animate=False)

    def action_columns_right(self) -> None:
        self.scroll_relative(x=_SIDE_STEP, animate=False)

    def _kept_line(self, key: str | None, *, cursor: bool) -> PaintedLine | None:
        if key is not None:
            self._ahead.add(key)
        return super()._kept_line(key, cursor=cursor)

    def painting_end(self) -> Iterator[str]:
        for key in super().painting_end():
            self._measure([key])
            yield key

    def time_passed(self) -> None:
        """Repaint the lines on which the board's clock shows."""
        self._refresh_why_empty()
        clocked = {key: self.board_rows.clocked(key) for key in self.keys_in_view}
        for key, shown in clocked.items():
            if self._clocked.get(key) != shown:
                self.refresh_row(key)
                for column, text in zip(CLOCKED, shown, strict=False):
                    self._lengths.setdefault(column.key, Lengths()).add(_when_done(text or ""))
        self._clocked = clocked
        for key in self._ahead.difference(clocked):
            self._forget_line(key)
        self._ahead.clear()
        if self._needed() != self._fitted:
            self._fit_columns()

    def _refresh_why_empty(self) -> None:
        why = "" if len(self.board_rows) else self.why_empty()
        if why != self._shown_why:
            self._shown_why = why
            self.refresh()

    def _measure(self, keys: Iterable[str]) -> None:
        """Note how long the texts of rows are that were not measured yet."""
        new = [key for key in keys if key not in self._measured]
        self._measure_rows(new, columns_in(self._time_format))
        self._measured.update(new)

    def _measure_times(self) -> None:
        """Note how long the times in view are in another format: everything else is as long as it was."""
        time, board = TIME_FORMATS[self._time_format], self.board_rows.board
        lengths = self._lengths[time.key] = Lengths()
        for row in map(board.row, self.keys_in_view):
            lengths.add((time.show(board, row) if row is not None else None) or "")

    def _measure_rows(self, keys: Iterable[str], columns: Sequence[RowColumn]) -> None:
        rows = self.board_rows
        for key in keys:
            row = rows.board.row(key)
            if row is not None:
                line = rows.board.lines.line_at(rows.index_of(key))
                for column, text in rows.texts_of(line, row, columns).items():
                    # There is room for the star of a mark.
                    self._lengths.setdefault(column, Lengths()).add("*" * (column == "number") + _when_done(text))

    def _needed(self) -> tuple[object, ...]:
        rows = self.board_rows
        return (
            self.has_rules,
            rows.board.sorting if rows.have_board else None,
            [column.key for column in COLUMNS if self._is_in_header(column)],
            {key: (lengths.usual, lengths.longest) for key, lengths in self._lengths.items()},
        )

    def _fit_columns(self) -> None:
        """Share the width of the terminal among the columns that have room."""
        self._fitted = self._needed()
        chosen = [column for column in columns_in(self._time_format) if self._has_place(column)]
        room = self.size.width - self.styles.scrollbar_size_vertical
        widths = widths_for(chosen, room, self._lengths, self._wanted)
        self.board_rows.bar_cells = bar_room(chosen, widths, self._lengths)
        self.board_rows.columns = [column for column in chosen if column.key in widths]
        self.board_rows.widths = widths
        shown = [(column.key, self._label(column), widths[column.key] + self.GAP) for column in self.board_rows.columns]
        if shown != self._shown_columns:
            self._shown_columns = shown
            to_right = {column.key for column in chosen if column.to_right}
            self.set_columns(
                (key, Text(label, justify="right" if key in to_right else "left"), width) for key, label, width in shown
            )

    def _label(self, column: RowColumn) -> str:
        """The label, with an arrow where rows are sorted by the column: up when the first row has the least."""
        if not self.board_rows.have_board:
            return column.label
        sorting = self.board_rows.board.sorting
        if sorting.is_chronological:
            # The newest scan is the youngest.
            arrow = "▲" if sorting.descending and column.key == "age" else ""
        else:
            arrow = ("▼" if sorting.descending else "▲") if sorting.column == column.key else ""
        return f"{column.label}{arrow}"

    def _has_place(self, column: RowColumn) -> bool:
        """A value that all scans have in common stands in the header, a dataset in its rule, unless chosen."""
        if self._wanted:
            return column.key in self._wanted
        if column.key in _IN_RULES:
            return not self.has_rules
        return not self._is_in_header(column)

    def _is_in_header(self, column: RowColumn) -> bool:
        """Whether all scans have the same in a column, as none have."""
        rows = self.board_rows
        return column.repeated and (not rows.have_board or rows.board.glance.common(column.key) is not None)


def _when_done(text: str) -> str:
    """A text as long as it gets: what follows a percentage is not cut off while that grows from 9 % to 10 %."""
    percents, sign, rest = text.partition("%")
    return f"100%{rest}" if sign and percents.isdecimal() else text
