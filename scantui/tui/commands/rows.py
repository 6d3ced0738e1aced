"""Commands on the rows: move, follow, mark, walk, sort.

Rule: a command asks the board, and the message line shows what came of it.
"""

from __future__ import annotations

from collections.abc import Callable

from scantui.board import SORT_COLUMNS
from scantui.columns import COLUMNS as TABLE_COLUMNS
from scantui.system.state import Memory
from scantui.tui.commands.collaborators import Dialogs, Notify
from scantui.tui.commands.command import Group, KeyCommand, Place
from scantui.tui.dialogs.choice import Choice
from scantui.tui.scan_view import ScanView
from scantui.words import counted

_LOOK, _FIND, _SELECT, _VIEW = Group.LOOK, Group.FIND, Group.SELECT, Group.VIEW
COMMANDS = (
    KeyCommand("cursor_down", "j,down", "Down", _LOOK, place=Place.TABLE, action="cursor_down"),
    KeyCommand("cursor_up", "k,up", "Up", _LOOK, place=Place.TABLE, action="cursor_up"),
    KeyCommand("page_down", "pagedown", "Page down", _LOOK, place=Place.TABLE, action="page_down"),
    KeyCommand("page_up", "pageup", "Page up", _LOOK, place=Place.TABLE, action="page_up"),
    KeyCommand("oldest", "g,home", "Oldest scan", _LOOK, place=Place.TABLE, action="oldest"),
    KeyCommand("newest", "G,end", "Newest scan, and follow", _LOOK),
    KeyCommand("columns_left", "h,left", "Scroll columns left", _LOOK, place=Place.TABLE, action="columns_left"),
    KeyCommand("columns_right", "l,right", "Scroll columns right", _LOOK, place=Place.TABLE, action="columns_right"),
    KeyCommand("follow", "f,F", "Follow the newest scan", _LOOK, hint="Follow"),
    KeyCommand("pause", "p", "Pause or resume", _LOOK, hint="Pause"),
    KeyCommand("next_problem", "e", "Next problem", _FIND, hint="Problem"),
    KeyCommand("previous_problem", "E", "Previous problem", _FIND),
    KeyCommand("mark", "space", "Mark this scan", _SELECT, hint="Mark"),
    KeyCommand("only_marked", "M", "Only marked scans, or all again", _SELECT),
    KeyCommand("clear_marks", "U", "Clear all marks", _SELECT),
    KeyCommand("next_mark", "n", "Next mark", _SELECT),
    KeyCommand("previous_mark", "N", "Previous mark", _SELECT),
    KeyCommand("sort", "s", "Sort by…", _VIEW, opens=True),
    KeyCommand("reverse", "S", "Reverse the order", _VIEW),
    KeyCommand("forget_gone", "x", "Clear rows that are GONE", _VIEW),
)
_LABELS = {column.key: column.label for column in TABLE_COLUMNS} | {"time": "TIME (order of creation)"}


class RowCommands:
    """The commands on the rows of a view; `now_ms` is the server's time in milliseconds since 1970."""

    def __init__(
        self, view: ScanView, dialogs: Dialogs, memory: Memory, notify: Notify, now_ms: Callable[[], int]
    ) -> None:
        self._view = view
        self._board = view.board
        self._dialogs = dialogs
        self._memory = memory
        self._notify = notify
        self._now_ms = now_ms

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

    def go_to_number(self, number: int) -> None:
        """Put the cursor on the newest scan that has a number."""
        self._go_to(self._board.find_number(number), f"No scan {number} in this list")

    def _walk_marks(self, *, backwards: bool) -> None:
        self._go_to(self._board.nearest_mark(self._view.table.cursor_key, backwards), "No marked scans")

    def _walk_problems(self, *, backwards: bool) -> None:
        self._go_to(self._board.nearest_problem(self._view.table.cursor_key, backwards), "No problems in this list")

    def _go_to(self, key: str | None, otherwise: str) -> None:
        if key is None:
            self._notify(otherwise)
        else:
            self._notify("")
            self._view.go_to(key)

    # Order

    def sort(self) -> None:
        choices = [Choice(column, _LABELS.get(column, column.upper())) for column in SORT_COLUMNS]
        self._dialogs.menu("Sort by", choices, self._sort)

    def _sort(self, column: str | None) -> None:
        if column is not None:
            self._sort_by(column, descending=False)

    def reverse(self) -> None:
        self._sort_by(self._board.sorting.column, descending=not self._board.sorting.descending)

    def _sort_by(self, column: str, *, descending: bool) -> None:
        self._view.changed(self._board.sort_by(column, descending))
        self._memory.change(sort=[(column, descending)])
        self._view.follow_if_at_end()
