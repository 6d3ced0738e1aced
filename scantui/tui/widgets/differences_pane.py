"""The pane of what differs between two scans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from scantui.comparison import comparison_lines
from scantui.differences import compare
from scantui.text import printable
from scantui.tui.commands.command import Place
from scantui.tui.commands.keys import bindings_of
from scantui.tui.commands.table import commands_at
from scantui.tui.looks import style_name
from scantui.tui.messages import ScansCompared
from scantui.tui.widgets.line_list import Line, LineList
from scantui.tui.workers import load_pair

if TYPE_CHECKING:
    from scantui.models import Scan
    from scantui.store import AsyncDataStore

_LOADING = "compared"


class DifferencesPane(LineList):
    """Shows only what differs, the older scan at the left; `=` adds what differs between any two scans."""

    PLACE = Place.DIFFERENCES
    BINDINGS = bindings_of(commands_at(PLACE))

    def __init__(self) -> None:
        super().__init__()
        self.shown_key: str | None = None
        self.keys = self._servers = ("", "")
        self._scans: tuple[Scan, Scan] | None = None
        self._shows_all = False

    def compare(
        self, stores: tuple[AsyncDataStore, AsyncDataStore], keys: tuple[str, str], servers: tuple[str, str]
    ) -> None:
        """Load two scans, and show what differs."""
        self.keys, self._servers, self._scans = keys, servers, None
        self.show_lines([Line("Loading both scans")])
        work = load_pair(stores, keys, self.post_message)
        self.run_worker(work, group=_LOADING, exclusive=True, exit_on_error=False)

    def rest(self) -> None:
        """Stop loading."""
        self.workers.cancel_group(self, _LOADING)

    def follow(self, store: AsyncDataStore, key: str) -> None:
        """Do nothing: the pair stays, wherever the cursor of the table goes."""

    def show_problem(self, key: str | None, sentence: str) -> None:
        """Do nothing: what was compared stays while there is no connection."""

    def tell_time(self, now_ms: int, word: str) -> None:
        """Do nothing: nothing here changes with time."""

    def action_all(self) -> None:
        self._shows_all = not self._shows_all
        self._show()

    def on_resize(self) -> None:
        super().on_resize()
        self._show()

    @on(ScansCompared)
    def _loaded(self, message: ScansCompared) -> None:
        if message.keys != self.keys:
            return
        if isinstance(message.scans, str):
            self.show_lines([Line(printable(message.scans), style_name("wrong"))])
        else:
            self._scans = message.scans
            self._show()

    def _show(self) -> None:
        if self._scans is not None:
            found = compare(*self._scans, self._shows_all)
            lines = comparison_lines(found, *self._scans, self._servers, self.scrollable_content_region.width)
            self.show_lines([Line(text, "bold" if index < len(self.keys) else "") for index, text in enumerate(lines)])
