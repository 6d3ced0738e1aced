"""How the user likes to see things: columns, the time, the theme, saved filters; chosen by keys and remembered.

Rule: what is chosen here changes no row, and is remembered at once.
"""

from __future__ import annotations

from typing import Any

from textual.binding import Binding

from scantui.columns import COLUMNS, TIME_FORMATS
from scantui.tui.dialogs.choice import Choice
from scantui.tui.dialogs.opening import open_menu, open_prompt
from scantui.tui.rows import Rows
from scantui.tui.widgets.scan_table import ScanTable

# Scans created in each five minutes of the last hour, the highest bar for the most.
_STRIP_PARTS, _STRIP_MS = 12, 3_600_000
_BARS = "·▁▂▃▄▅▆▇█"
_SAVE, _FORGET, _DEFAULT = "\0save", "\0forget", "\0default"


class Looks(Rows):
    """The rows, as the user likes to see them."""

    BINDINGS = [
        Binding("o", "columns", "Choose the columns", show=False, priority=True),
        Binding("t", "time_format", "Time: age, clock, UTC", show=False),
        Binding("T", "theme", "Theme", show=False, priority=True),
        Binding("v", "saved_filters", "Saved filters", show=False, priority=True),
        Binding("i", "counts", "Counts per state", show=False),
    ]

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._problem_told = self.memory.problem

    def _tick(self) -> None:
        super()._tick()
        if self.memory.problem != self._problem_told:
            self._problem_told = self.memory.problem
            if self._problem_told:
                self.say(f"not remembered: {self._problem_told}", is_error=True)

    def on_mount(self) -> None:
        if self.memory.theme in self.app.available_themes:
            self.app.theme = self.memory.theme
        self._show_look()

    def action_columns(self) -> None:
        shown = self.query_one(ScanTable).shown_columns
        choices = [Choice(column.key, f"{'x' if column.key in shown else ' '} {column.label}") for column in COLUMNS]
        choices.append(Choice(_DEFAULT, "  as the width of the terminal allows"))
        open_menu(self.app, "Columns", choices, self._toggle_column)

    def _toggle_column(self, key: str | None) -> None:
        if key is None:
            return
        shown = self.query_one(ScanTable).shown_columns
        wanted = [column.key for column in COLUMNS if (column.key in shown) is not (column.key == key)]
        self._look(columns=[] if key == _DEFAULT else wanted)
        if key != _DEFAULT:
            self.action_columns()

    def action_time_format(self) -> None:
        formats = list(TIME_FORMATS)
        chosen = formats[(formats.index(self.memory.time_format) + 1) % len(formats)]
        self._look(time_format=chosen)
        self.say(f"times are shown as {chosen}")

    def _look(self, **fields: Any) -> None:
        self.memory.change(**fields)
        self._show_look()

    def _show_look(self) -> None:
        self.query_one(ScanTable).look(self.memory.columns, self.memory.time_format)

    def action_theme(self) -> None:
        choices = [Choice(name, name) for name in sorted(self.app.available_themes)]
        open_menu(self.app, "Theme", choices, self._use_theme)

    def _use_theme(self, name: str | None) -> None:
        if name is not None:
            self.app.theme = name
            self.memory.change(theme=name)

    def action_saved_filters(self) -> None:
        saved = self.memory.saved_filters
        choices = [Choice(name, f"{name}: {text}") for name, text in sorted(saved.items())]
        if self.board.filter.text:
            choices.append(Choice(_SAVE, f"save {self.board.filter.text} as…", "s"))
        # Those of the configuration are not ours to delete.
        if self.memory.state.saved_filters:
            choices.append(Choice(_FORGET, "delete one…", "d"))
        if choices:
            open_menu(self.app, "Saved filters", choices, self._pick_filter)
        else:
            self.say("there is no saved filter yet: set one with / and press v to save it")

    def _pick_filter(self, name: str | None) -> None:
        if name == _SAVE:
            open_prompt(self.app, "save the filter as", self._save_filter)
        elif name == _FORGET:
            choices = [Choice(each, each) for each in sorted(self.memory.state.saved_filters)]
            open_menu(self.app, "Delete which saved filter?", choices, self._forget_filter_named)
        elif name is not None:
            self.use_filter(self.memory.saved_filters[name])

    def _save_filter(self, name: str | None) -> None:
        saved, text = self.memory.state.saved_filters, self.board.filter.text

        def save() -> None:
            self.memory.change(saved_filters={str(name): text})
            self.say(f"saved as {name}")

        if name in saved and saved[name] != text:
            self.ask_back(f"{name} is saved as {saved[name]}", "save the new one in its place", save)
        elif name:
            save()

    def _forget_filter_named(self, name: str | None) -> None:
        if name is not None:
            self.memory.forget_filter(name)
            self.say(f"{name} is no saved filter any more")

    def action_counts(self) -> None:
        counts = "  ".join(f"{count} {word}" for word, count in self.board.counts().items())
        created = self.board.activity_strip(_STRIP_PARTS, _STRIP_MS, self.board.now_ms)
        highest = max(created) or 1
        strip = "".join(_BARS[-(-count * (len(_BARS) - 1) // highest)] for count in created)
        self.say(f"{counts or 'no rows'}  last hour {strip}")
