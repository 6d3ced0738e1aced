"""Commands on the rows: move, follow, mark, walk, sort.

Rule: a command asks the board, and the message line shows what came of it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from scantui.board import BY_TIME, SORT_COLUMNS
from scantui.columns import COLUMNS as TABLE_COLUMNS
from scantui.columns import SERVER_COLUMN
from scantui.system.state import Memory
from scantui.tui.commands.collaborators import Dialogs, Notify, StartWork
from scantui.tui.commands.targets import Target
from scantui.tui.commands.turns import InTurns
from scantui.tui.dialogs.choice import Choice
from scantui.tui.scan_view import ScanView
from scantui.words import counted

_SORTING = "sort"
_LABELS = {column.key: column.label for column in TABLE_COLUMNS} | {"time": "TIME (order of creation)"}


class RowCommands:
    """The commands on the rows of a view; `now_ms` is the server's time in milliseconds since 1970.

    `take_called` gives the scan of the first alert that was not looked at yet, and then all count as looked at.
    """

    def __init__(
        self,
        view: ScanView,
        dialogs: Dialogs,
        memory: Memory,
        notify: Notify,
        now_ms: Callable[[], int],
        start_work: StartWork,
        take_called: Callable[[], str | None],
    ) -> None:
        self._view = view
        self._board = view.board
        self._dialogs = dialogs
        self._memory = memory
        self._notify = notify
        self._now_ms = now_ms
        self._take_called = take_called
        self._target: Target | None = None
        self._going: list[str] = []
        self._in_turns = InTurns(start_work, _SORTING)

    # Follow and pause

    def follow(self) -> None:
        if not self._board.sorting.is_by_time or self._board.sorting.descending:
            self._sort_by("time", descending=False)
        self._view.follow_newest()

    def newest(self) -> None:
        self.follow()

    def pause(self) -> None:
        if self._board.is_paused:
            self._view.changed(self._board.resume())
        else:
            self._board.pause(self._now_ms())
        self._view.update_lines()

    # Marks and walks

    def mark(self) -> None:
        keys = self._view.keys_under_cursor
        if keys:
            self._view.changed(self._board.toggle_marks(keys))
            # At the end there is no other row but what comes, which is not painted yet.
            if not self._view.table.at_end:
                self._view.table.action_cursor_down()

    def only_marked(self) -> None:
        if self._board.marks or self._board.only_marked:
            self._view.changed(self._board.show_only_marked(not self._board.only_marked))
        else:
            self._notify("No marked scans: space marks the scan under the cursor")

    def clear_marks(self) -> None:
        self._view.changed(self._board.clear_marks())

    def next_mark(self) -> None:
        self._walk_marks(backwards=False)

    def previous_mark(self) -> None:
        self._walk_marks(backwards=True)

    def next_problem(self) -> None:
        self._walk_problems(backwards=False)

    def previous_problem(self) -> None:
        self._walk_problems(backwards=True)

    def forget_gone(self) -> None:
        if self._board.is_paused:
            self._notify("Nothing is cleared while paused: p resumes")
            return
        before = self._board.total
        self._view.changed(self._board.forget_gone())
        cleared = before - self._board.total
        self._notify(f"Cleared {counted(cleared, 'row')}" if cleared else "Nothing to clear")

    def go_to(self, target: Target) -> None:
        """Go to the newest scan that is meant, in the dataset at the cursor if one is there; again: to an older one."""
        at_cursor = self._view.table.cursor_key
        if target != self._target or at_cursor not in self._going:
            self._target, self._going = target, self._found(target)
            going = self._going
        else:
            place = self._going.index(at_cursor) + 1
            going = [*self._going[place:], *self._going[:place]]
        key = next((key for key in going if self._board.is_shown(key)), None)
        self._go_to(key, f"No {target.name} in this list")
        if key is not None and len(self._going) > 1:
            self._notify(f"{target.name}: {self._going.index(key) + 1} of {len(self._going)}")

    def _found(self, target: Target) -> list[str]:
        """The scans that are meant, in the order in which they are gone through."""
        glance = self._board.glance
        if target.key:
            return [target.key]
        if target.number is None:
            return glance.in_dataset(target.dataset)
        found, here = glance.numbered(target.number), self._dataset_of(self._view.table.cursor_key)
        first = next((index for index, key in enumerate(found) if self._dataset_of(key) == here), 0)
        return [*found[first:], *found[:first]]

    def _dataset_of(self, key: str | None) -> tuple[str | None, str | None] | None:
        row = self._board.row(key or "")
        return (row.identity.collection, row.identity.dataset) if row and row.identity else None

    def _walk_marks(self, *, backwards: bool) -> None:
        self._go_to(self._board.nearest_mark(self._view.table.cursor_key, backwards), "No marked scans")

    def _walk_problems(self, *, backwards: bool) -> None:
        called = self._take_called()
        key = called or self._board.nearest_problem(self._view.table.cursor_key, backwards)
        self._go_to(key, "No problems in this list")
        if key is not None:
            place, count = self._board.glance.problem_place(key)
            self._notify(f"problem {place} of {count}")

    def _go_to(self, key: str | None, otherwise: str) -> None:
        if key is None:
            self._notify(otherwise)
        else:
            self._notify("")
            self._view.go_to(key)

    # Order

    def sort(self) -> None:
        columns = [each for each in SORT_COLUMNS if each != SERVER_COLUMN or self._board.glance.has_servers]
        choices = [Choice(column, _LABELS.get(column, column.upper())) for column in columns]
        self._dialogs.menu("Sort by", choices, self._sort, self._board.sorting.column)

    def _sort(self, column: str | None) -> None:
        if column is not None:
            self._sort_by(column, descending=False)

    def sort_by_header(self, column: str) -> None:
        """Sort by a column of the table, and by the one that is sorted by already the other way round."""
        if column in SORT_COLUMNS:
            same = self._board.sorting.column == column
            self._sort_by(column, descending=same and not self._board.sorting.descending)

    def reverse(self) -> None:
        self._sort_by(self._board.sorting.column, descending=not self._board.sorting.descending)

    def _sort_by(self, column: str, *, descending: bool) -> None:
        self._memory.change(sort=[(column, descending)])
        self._in_turns.make(
            partial(self._prepare_sort, column, descending), partial(self._show_sorted, column, descending)
        )

    def _prepare_sort(self, column: str, descending: bool) -> bool:
        lines = self._board.lines
        if column == BY_TIME and lines.is_outline:
            # In another order there is none, and one of very many rows takes long.
            return lines.prepare()
        return self._board.prepare_sort(column, descending)

    def _show_sorted(self, column: str, descending: bool) -> None:
        self._view.changed(self._board.sort_by(column, descending))
        self._view.follow_if_at_end()
