"""Commands that take rows out of the screen: copies, files, plain text.

Rule: keys never wait for many rows: rows are taken in slices, and a thread makes the text.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from scantui.exceptions import FileExistsAlready, MachineError
from scantui.system.clipboard import copied_sentence
from scantui.system.exports import write_text
from scantui.tui.commands.collaborators import Dialogs, Host, Notify, StartWork
from scantui.tui.dialogs.choice import Choice
from scantui.tui.scan_view import ScanView
from scantui.tui.watched_server import WatchedServers
from scantui.words import counted

if TYPE_CHECKING:
    from scantui.export import ExportedScan
    from scantui.tui.copying import Copyable

_WORK = "export"
# How many rows are taken between two turns of the keys.
_SLICE = 500
_FORMATS = (
    Choice("csv", "csv: comma-separated values", "c"),
    Choice("json", "json: one JSON array", "j"),
    Choice("jsonl", "jsonl: one JSON object per line", "l"),
    Choice("md", "md: a table for a logbook", "m"),
)


class ExportCommands:
    """The commands that take rows out of a view."""

    def __init__(
        self,
        view: ScanView,
        servers: WatchedServers,
        dialogs: Dialogs,
        host: Host,
        notify: Notify,
        start_work: StartWork,
    ) -> None:
        self._view = view
        self._board = view.board
        self._servers = servers
        self._dialogs = dialogs
        self._host = host
        self._notify = notify
        self._start_work = start_work

    def copy_key(self) -> None:
        self._copy("key")

    def copy(self) -> None:
        choices = [Choice(each.name, each.name, each.letter) for each in self._copyables()]
        if choices:
            self._dialogs.menu("Copy", choices, self._copy)

    def _copyables(self) -> list[Copyable]:
        # Imported when it is needed, as below: the first frame does not wait.
        from scantui.tui.copying import copyables

        row = self._view.row
        keys = self._view.keys_under_cursor
        return copyables(row, self._servers.present_names, self._board.filter.text, keys) if row else []

    def _copy(self, name: str | None) -> None:
        for each in self._copyables():
            if each.name == name:
                try:
                    self._host.copy_by_terminal(each.text)
                except MachineError as error:
                    self._notify(str(error), is_error=True)
                else:
                    self._notify(copied_sentence(each.name, each.text, os.environ))

    def write(self) -> None:
        count = len(self._board.marks) or len(self._board)
        which = f"{counted(count, 'marked row')}" if self._board.marks else counted(count, "row")
        self._dialogs.menu(f"Write {which}", _FORMATS, self._ask_for_file)

    def _ask_for_file(self, ending: str | None) -> None:
        if ending is None:
            return

        def write(path: str | None) -> None:
            if path:
                self._start_work(self._write(path, ending), _WORK)

        self._dialogs.prompt("write to", write, f"~/scans.{ending}")

    async def _write(self, path: str, ending: str, overwrite: bool = False) -> None:
        from scantui import export

        rows = await self._exported_rows()
        columns = export.export_columns(self._servers.are_many)
        texts = {
            "csv": lambda rows: export.to_csv(rows, columns),
            "json": export.to_json,
            "jsonl": export.to_jsonl,
            "md": self._for_logbook,
        }

        def write() -> str:
            return str(write_text(path, texts[ending](rows), overwrite=overwrite))

        def overwrite_it() -> None:
            self._start_work(self._write(path, ending, True), _WORK)

        try:
            written = await asyncio.to_thread(write)
        except FileExistsAlready:
            self._dialogs.confirm(f"Overwrite {path}?", "overwrite it", overwrite_it)
        except MachineError as error:
            self._notify(str(error), is_error=True)
        else:
            self._notify(f"wrote {counted(len(rows), 'row')} to {written}")

    def plain(self) -> None:
        self._start_work(self._print(), _WORK)

    async def _print(self) -> None:
        from scantui import export

        columns = (*(("server",) if self._servers.are_many else ()), *export.ON_A_LINE)
        rows = await self._exported_rows()
        self._host.leave_screen_for(await asyncio.to_thread(export.to_plain, rows, columns))

    def _for_logbook(self, rows: list[ExportedScan]) -> str:
        from scantui import export

        return export.to_markdown(rows, (*(("server",) if self._servers.are_many else ()), *export.LOGBOOK))

    async def _exported_rows(self) -> list[ExportedScan]:
        from scantui.export import ExportedScan

        board = self._board
        keys: Sequence[str] = list(board.marks) or [board.key_at(index) for index in range(len(board))]
        exported: list[ExportedScan] = []
        for start in range(0, len(keys), _SLICE):
            rows = map(board.row, keys[start : start + _SLICE])
            exported += [ExportedScan.of(board, row) for row in rows if row is not None]
            await asyncio.sleep(0)
        return exported
