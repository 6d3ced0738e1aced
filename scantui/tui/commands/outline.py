"""Commands of the outline: sequences as trees, runs of equal scans as one line.

Rule: folding changes no row. Counting, marking, exporting and filtering go by the scans.
"""

from __future__ import annotations

from functools import partial

from scantui.system.state import Memory
from scantui.tui.commands.collaborators import Notify, StartWork
from scantui.tui.commands.turns import InTurns
from scantui.tui.scan_view import ScanView


class OutlineCommands:
    """Switches the outline of a view on and off, and folds it; the choice is remembered."""

    def __init__(self, view: ScanView, memory: Memory, notify: Notify, start_work: StartWork) -> None:
        self._view = view
        self._lines = view.board.lines
        self._memory = memory
        self._notify = notify
        self._are_unfolded = False
        self._in_turns = InTurns(start_work, "outline")

    def apply(self) -> None:
        """Show the rows as the user chose last."""
        self._lines.show_outline(self._memory.state.outline)
        self._view.show_moved_lines()

    def outline(self) -> None:
        wanted = not self._lines.is_outline
        self._memory.change(outline=wanted)
        self._in_turns.make(self._lines.prepare if wanted else lambda: True, self._show_chosen)

    def _show_chosen(self) -> None:
        key = self._view.table.cursor_key
        follows = self._view.table.at_end
        self.apply()
        if follows:
            self._view.follow_newest()
        elif key is not None and self._view.board.is_shown(key):
            self._view.table.go_to(self._lines.shown_key(key))
        self._notify("Outline" if not self._lines.is_flat else self._why_flat())

    def fold(self) -> None:
        key = self._view.table.cursor_key
        if self._lines.is_flat:
            self._notify(self._why_flat())
        elif key is not None and self._view.board.is_shown(key):
            self._lines.toggle(key)
            self._fold_shown(key)

    def fold_all(self) -> None:
        key = self._view.table.cursor_key
        if self._lines.is_flat:
            self._notify(self._why_flat())
            return
        self._are_unfolded = not self._are_unfolded
        self._lines.fold_all(not self._are_unfolded)
        self._in_turns.make(self._lines.count_some, partial(self._fold_shown, key))

    def _fold_shown(self, key: str | None) -> None:
        """Repaint, with the cursor on the line that the scan is on now."""
        self._view.show_moved_lines()
        if key is not None and self._view.board.is_shown(key):
            shown = self._lines.shown_key(key)
            # What was unfolded is brought into view, as far as there is room.
            self._view.table.go_to(self._lines.last_below(shown))
            self._view.table.go_to(shown)
        self._view.follow_if_at_end()

    def _why_flat(self) -> str:
        if not self._lines.is_outline:
            return "One line per scan: O shows the outline"
        if not self._view.board.sorting.is_by_time:
            return "Sorted by a column: one line per scan (f sorts by time)"
        if self._lines.hides_parents:
            return "The filter hides sequences: one line per scan"
        return "No scans to fold"
