"""What keys do with the rows: sort, mark, walk, copy, write to a file; a floor between the frame and the monitor.

Rule: an action asks the board and says on the message line what came of it.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.binding import Binding

from scantui.board import SORT_COLUMNS
from scantui.columns import COLUMNS
from scantui.exceptions import FileExistsAlready, MachineError
from scantui.models import ScanSummary
from scantui.system.clipboard import copied_sentence
from scantui.system.exports import write_text
from scantui.tui.dialogs.choice import Choice
from scantui.tui.dialogs.opening import open_menu, open_prompt
from scantui.tui.frame import Frame
from scantui.tui.widgets.scan_table import ScanTable

if TYPE_CHECKING:
    from scantui.export import ExportedScan
    from scantui.tui.copying import Copyable

_LABELS = {column.key: column.label for column in COLUMNS} | {"time": "TIME (as they come)"}
_FORMATS = {"csv": "comma-separated", "json": "JSON", "jsonl": "JSON, a scan a line", "md": "Markdown"}


class Rows(Frame):
    """The frame, with all that can be done with the rows it shows."""

    BINDINGS = [
        Binding("space", "mark", "Mark", key_display="space"),
        Binding("M", "only_marked", "Only the marked rows, and all again", show=False),
        Binding("U", "clear_marks", "Clear the marks", show=False),
        Binding("n", "walk_marks()", "Next mark", show=False),
        Binding("N", "walk_marks(True)", "Previous mark", show=False),
        Binding("e", "walk_problems()", "Problem", key_display="e"),
        Binding("E", "walk_problems(True)", "Previous problem", show=False),
        Binding("x", "forget_gone", "Clear the rows that are GONE", show=False),
        Binding("s", "sort", "Sort by…", show=False, priority=True),
        Binding("S", "reverse", "Reverse the order", show=False),
        Binding("y", "copy_key", "Copy", key_display="y"),
        Binding("Y", "copy", "Copy what? key, number, path, title, JSON, command", show=False, priority=True),
        Binding("w", "write", "Write the marked or shown rows to a file", show=False, priority=True),
        Binding("P", "plain", "Plain text: print the rows, Enter returns", show=False),
    ]

    @property
    def row_under_cursor(self) -> ScanSummary | None:
        return self.board.row(self.query_one(ScanTable).cursor_key or "")

    # Marks and walks

    def action_mark(self) -> None:
        row = self.row_under_cursor
        if row is not None:
            self.changed(self.board.toggle_mark(row.key))
            self.query_one(ScanTable).action_cursor_down()

    def action_only_marked(self) -> None:
        if self.board.marks or self.board.only_marked:
            self.changed(self.board.show_only_marked(not self.board.only_marked))
        else:
            self.say("nothing is marked: space marks the row under the cursor")

    def action_clear_marks(self) -> None:
        self.changed(self.board.clear_marks())

    def action_forget_gone(self) -> None:
        if self.board.is_paused:
            self.say("frozen rows all stay: p lets them go on")
            return
        before = self.board.total
        self.changed(self.board.forget_gone())
        cleared = before - self.board.total
        self.say(f"{cleared} row{'' if cleared == 1 else 's'} cleared" if cleared else "no row is GONE")

    def action_walk_marks(self, backwards: bool = False) -> None:
        self._go_to(self.board.nearest_mark(self.query_one(ScanTable).cursor_key, backwards), "nothing is marked")

    def action_walk_problems(self, backwards: bool = False) -> None:
        self._go_to(self.board.nearest_problem(self.query_one(ScanTable).cursor_key, backwards), "there is no problem")

    def go_to_number(self, number: int) -> None:
        """Put the cursor on the newest scan that has a number."""
        self._go_to(self.board.find_number(number), f"no scan has number {number}")

    def _go_to(self, key: str | None, otherwise: str) -> None:
        if key is None:
            self.say(f"{otherwise} on the screen")
        else:
            self.say("")
            self.query_one(ScanTable).go_to(key)

    # Order

    def action_sort(self) -> None:
        choices = [Choice(column, _LABELS.get(column, column.upper())) for column in SORT_COLUMNS]
        open_menu(self.app, "Sort by", choices, self._sort)

    def _sort(self, column: str | None) -> None:
        if column is not None:
            self._sort_by(column, descending=False)

    def action_reverse(self) -> None:
        self._sort_by(self.board.sorting.column, descending=not self.board.sorting.descending)

    def _sort_by(self, column: str, *, descending: bool) -> None:
        self.changed(self.board.sort_by(column, descending))
        self.memory.change(sort=[(column, descending)])
        self.follow_if_at_end()

    # Out of the screen

    def action_copy_key(self) -> None:
        self._copy("key")

    def action_copy(self) -> None:
        choices = [Choice(each.name, each.name, each.letter) for each in self._copyables()]
        if choices:
            open_menu(self.app, "Copy", choices, self._copy)

    def _copyables(self) -> list[Copyable]:
        # Imported when it is asked for, as below: the first frame does not wait.
        from scantui.tui.copying import copyables

        row = self.row_under_cursor
        return copyables(row, self.label, self.board.filter.text) if row else []

    def _copy(self, name: str | None) -> None:
        for each in self._copyables():
            if each.name == name:
                try:
                    self.terminal.copy_by_terminal(each.text)
                except MachineError as error:
                    self.say(str(error), is_error=True)
                else:
                    self.say(copied_sentence(each.name, each.text))

    def action_write(self) -> None:
        choices = [Choice(ending, f"{ending}: {what}", ending[0]) for ending, what in _FORMATS.items()]
        choices[2] = choices[2]._replace(letter="l")
        open_menu(self.app, f"Write {self._what_goes_out()}", choices, self._ask_for_file)

    def _ask_for_file(self, ending: str | None) -> None:
        if ending is None:
            return

        def write(path: str | None) -> None:
            if path:
                self._write(path, ending)

        open_prompt(self.app, "write to", write, f"~/scans.{ending}")

    def _write(self, path: str, ending: str, overwrite: bool = False) -> None:
        from scantui import export

        rows = self._rows_that_go_out()
        texts = {"csv": export.to_csv, "json": export.to_json, "jsonl": export.to_jsonl, "md": export.to_markdown}
        try:
            written = write_text(path, texts[ending](rows), overwrite=overwrite)
        except FileExistsAlready:
            self.ask_back(f"Overwrite {path}?", "overwrite it", lambda: self._write(path, ending, overwrite=True))
        except MachineError as error:
            self.say(str(error), is_error=True)
        else:
            self.say(f"{len(rows)} rows are in {written}")

    def action_plain(self) -> None:
        from scantui import export

        self.run_worker(self._print_plain(export.to_plain(self._rows_that_go_out())), group="plain text")

    async def _print_plain(self, text: str) -> None:
        """Leave the screen to the text until Enter; the feed goes on meanwhile, and Ctrl-C still leaves."""
        loop, pressed = asyncio.get_running_loop(), asyncio.Event()
        with self.app.suspend():
            print(self.terminal.fit_for_terminal(f"{text}\nEnter returns to the monitor "), end="", flush=True)
            loop.add_reader(sys.stdin.fileno(), pressed.set)
            try:
                await pressed.wait()
                sys.stdin.readline()
            finally:
                loop.remove_reader(sys.stdin.fileno())

    def _what_goes_out(self) -> str:
        return f"the {len(self.board.marks)} marked rows" if self.board.marks else f"the {len(self.board)} rows shown"

    def _rows_that_go_out(self) -> list[ExportedScan]:
        from scantui.export import ExportedScan

        keys: Sequence[str] = self.board.marks or [self.board.key_at(index) for index in range(len(self.board))]
        rows = [row for row in map(self.board.row, keys) if row is not None]
        return [ExportedScan.of(self.board, row) for row in rows]

    def ask_back(self, question: str, yes: str, act: Callable[[], None]) -> None:
        """Do what cannot be undone only when it is wanted twice; `yes` says what will be done."""

        def answer(chosen: str | None) -> None:
            if chosen == "yes":
                act()

        open_menu(self.app, question, [Choice("no", "no", "n"), Choice("yes", f"yes, {yes}", "y")], answer)
