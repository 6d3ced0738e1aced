"""The monitor: the frame, and what keys and messages do in it.

Rule: an action changes the board, a widget or the screen; what it needs of the store is a worker's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.binding import Binding
from textual.widgets import DataTable, Static

from scantui.tui.keys import described, with_keys
from scantui.tui.publishing import Publishing
from scantui.tui.widgets.scan_table import ScanTable


def explained_keys(keys: Mapping[str, Sequence[str]]) -> list[tuple[str, str, str]]:
    """All keys where some actions have others, as configured: the keys, what they do, the name of the action."""
    from scantui.tui.widgets.detail import DetailPane

    known = (*Monitor.all_bindings(), *ScanTable.BINDINGS, *DetailPane.BINDINGS)
    in_force = with_keys([binding for binding in known if isinstance(binding, Binding)], keys)
    return [(*told, binding.id or "") for binding in in_force for told in described([binding], hidden=True)]


class Monitor(Publishing):
    """The scans of one store, and all that can be done with them from the keyboard."""

    BINDINGS = [
        # With priority the keyboard is elsewhere before the next key is looked at: what is typed ahead goes there.
        Binding("question_mark,f1", "help", "Help", key_display="?", priority=True),
        Binding("f,F", "follow", "Follow", key_display="f"),
        Binding("G,end", "follow", "Newest scan, and follow", show=False, key_display="G End", id="newest"),
        Binding("W", "watch", "Watch this scan: ring when it ends or stalls", show=False),
        Binding("p", "pause", "Pause", key_display="p"),
        Binding("colon,ctrl+p", "palette", "Commands; :42 goes to scan 42", show=False, key_display=":", priority=True),
        Binding("L", "log", "Log", show=False),
        Binding("R", "reload", "Reconnect and reload", show=False),
        Binding("ctrl+l", "redraw", "Redraw", show=False),
        Binding("q", "leave", "Quit"),
    ]

    # Keys

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        table = self.query_one(ScanTable)
        self.follow_if_at_end()
        if self.has_class("-details"):
            self._follow_details(table.cursor_key)
        row = self.board.row(table.cursor_key or "")
        if row is not None and row.problem:
            self.say(row.problem, is_error=True)
        self._show_status()

    def on_screen_suspend(self) -> None:
        """Hint at what can be done in what lies over the monitor."""
        hint = getattr(self.app.screen, "HINT", "")
        if hint:
            self.query_one("#hints", Static).update(hint, layout=False)

    def on_screen_resume(self) -> None:
        self.hint_at(self.focused)

    def action_pause(self) -> None:
        if self.board.is_paused:
            self.changed(self.board.resume())
        else:
            self.board.pause(self._status.now_ms())
        self._show_status()

    def action_follow(self) -> None:
        if not self.board.sorting.is_by_time or self.board.sorting.descending:
            self._sort_by("time", descending=False)
        self.changed(self.board.set_held(False))
        self.query_one(ScanTable).follow_end()
        self._show_news()
        self._show_status()

    def action_reload(self) -> None:
        self.say("connecting anew")
        self.start_feed()

    def action_redraw(self) -> None:
        self.app.refresh(repaint=True, layout=True)

    def action_log(self) -> None:
        from scantui.tui.dialogs.log import LogScreen

        self.app.push_screen(LogScreen(self._log_lines))

    def action_palette(self) -> None:
        from scantui.tui.dialogs.palette import Palette, PaletteEntry

        commands = [
            PaletteEntry(binding.key_display or binding.key, binding.description, binding.action)
            for binding in self.own_bindings
            if binding.description and binding.action != "palette"
        ]
        self.app.push_screen(Palette(commands), self._obey)

    def _obey(self, chosen: str | int | None) -> None:
        if isinstance(chosen, int):
            self.go_to_number(chosen)
        elif chosen:
            self.call_later(self.run_action, chosen)

    def action_help(self) -> None:
        from scantui.tui.dialogs.help import HelpScreen
        from scantui.tui.widgets.detail import DetailPane

        bindings = [*self.own_bindings, *ScanTable.BINDINGS, *DetailPane.BINDINGS]
        self.app.push_screen(HelpScreen(described(bindings, hidden=True)))

    async def action_leave(self) -> None:
        """One level back, and from the table out."""
        if self.has_class("-details"):
            self.action_back()
        else:
            await self.app.action_quit()

    def action_watch(self) -> None:
        """Ring when the scan under the cursor ends or stalls; the same key again ends the watch."""
        row = self.row_under_cursor
        if row is None or not row.is_open or self.board.is_gone(row.key):
            self.say("the scan is over already")
        elif row.key == self.watched_scan:
            self.watched_scan = None
            self.say("no scan is watched any more")
        else:
            self.watched_scan = row.key
            self.say(f"watching {self.name_of(row.key)}: the bell rings when it ends or stalls")
