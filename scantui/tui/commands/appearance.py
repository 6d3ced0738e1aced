"""Commands for how things look: columns, the time, the theme; and the counts of one line.

Rule: what is chosen here changes no row, and is remembered at once.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from scantui.columns import COLUMNS as TABLE_COLUMNS
from scantui.columns import SERVER_COLUMN, TIME_FORMATS
from scantui.system.state import Memory
from scantui.tui.commands.collaborators import Dialogs, Host, Notify
from scantui.tui.dialogs.choice import Choice
from scantui.tui.scan_view import ScanView

# Scans created in each five minutes of the last hour, the highest bar for the most.
_STRIP_PARTS, _STRIP_MS = 12, 3_600_000
_BARS = "·▁▂▃▄▅▆▇█"
_DEFAULT, _RULES = "\0default", "\0rules"
_SHOWING = {"age": "ages", "clock": "local time", "utc": "UTC"}


class AppearanceCommands:
    """The commands for how a view looks."""

    def __init__(self, view: ScanView, dialogs: Dialogs, memory: Memory, host: Host, notify: Notify) -> None:
        self._view = view
        self._dialogs = dialogs
        self._memory = memory
        self._host = host
        self._notify = notify
        self._reported = ""

    def check_memory(self) -> None:
        """Show once what keeps the choices from being remembered."""
        if self._memory.problem != self._reported:
            self._reported = self._memory.problem
            if self._reported:
                self._notify(f"Not remembered: {self._reported}", is_error=True)

    def apply(self) -> None:
        """Show what keeps the choices of earlier days from being known."""
        if self._memory.problem:
            self._reported = self._memory.problem
            self._notify(self._reported, is_error=True)

    def columns(self) -> None:
        shown = self._view.table.shown_columns
        choices = [
            Choice(column.key, f"{'x' if column.key in shown else ' '} {column.label}")
            for column in TABLE_COLUMNS
            if column.key != SERVER_COLUMN or self._view.board.glance.has_servers
        ]
        choices.append(Choice(_DEFAULT, "  Automatic"))
        choices.append(Choice(_RULES, f"{'x' if self._memory.dataset_rules else ' '} Rules between datasets"))
        self._dialogs.menu("Columns", choices, self._toggle_column)

    def _toggle_column(self, key: str | None) -> None:
        if key is None:
            return
        if key == _RULES:
            self._change(dataset_rules=not self._memory.dataset_rules)
            self.columns()
            return
        shown = self._view.table.shown_columns
        wanted = [column.key for column in TABLE_COLUMNS if (column.key in shown) is not (column.key == key)]
        self._change(columns=[] if key == _DEFAULT else wanted)
        if key != _DEFAULT:
            self.columns()

    def time_format(self) -> None:
        formats = list(TIME_FORMATS)
        chosen = formats[(formats.index(self._memory.time_format) + 1) % len(formats)]
        self._change(time_format=chosen)
        # The sentence takes as long to paint as some rows.
        self._view.after_frame(partial(self._notify, f"Showing {_SHOWING[chosen]}"))

    def theme(self) -> None:
        before = self._host.theme_name
        choices = [Choice(name, name) for name in sorted(self._host.theme_names())]

        def use(name: str | None) -> None:
            self._host.use_theme(name or before)
            if name is not None:
                self._memory.change(theme=name)

        self._dialogs.menu("Theme", choices, use, before, self._host.use_theme)

    def counts(self) -> None:
        board = self._view.board
        counts = "  ".join(f"{count} {word}" for word, count in board.counts().items())
        created = board.activity_strip(_STRIP_PARTS, _STRIP_MS, board.now_ms)
        highest = max(created) or 1
        strip = "".join(_BARS[-(-count * (len(_BARS) - 1) // highest)] for count in created)
        self._notify(f"{counts or 'no rows'}  last hour {strip}")

    def _change(self, **fields: Any) -> None:
        self._memory.change(**fields)
        self._show_look()

    def _show_look(self) -> None:
        self._view.table.look(self._memory.columns, self._memory.time_format, self._memory.dataset_rules)
