"""The place of the table, and next to it one pane at a time; each pane is made when it is first opened.

To add a pane: its widget in a file of its own, its class in `PaneWidget`, and a line in `PANES`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from textual.app import ComposeResult
from textual.containers import Container

from scantui.tui.commands.details import DETAILS
from scantui.tui.terminal import SurvivingWidget

if TYPE_CHECKING:
    from scantui.tui.scan_view import ScanView
    from scantui.tui.widgets.detail import DetailPane
    from scantui.tui.widgets.scan_table import ScanTable

    PaneWidget: TypeAlias = DetailPane


def _details(view: ScanView, now_ms: Callable[[], int]) -> DetailPane:
    # Imported when it is opened: the first frame does not wait.
    from scantui.tui.widgets.detail import DetailPane

    return DetailPane(view.name_of, view.word_of, now_ms, view.note_of)


PANES: dict[str, Callable[[ScanView, Callable[[], int]], PaneWidget]] = {DETAILS: _details}


class Panes(SurvivingWidget, Container):
    """Holds the table and the open pane; `opened` is its name, "" when none is open."""

    def __init__(self, table: ScanTable) -> None:
        super().__init__(id="body")
        self._table = table
        self._makers: dict[str, Callable[[], PaneWidget]] = {}
        self._made: dict[str, PaneWidget] = {}
        self.opened = ""

    def provide(self, view: ScanView, now_ms: Callable[[], int]) -> None:
        """Give the panes what they show; `now_ms` is the server's time in milliseconds since 1970."""
        self._makers = {name: partial(make, view, now_ms) for name, make in PANES.items()}

    def compose(self) -> ComposeResult:
        yield self._table

    @property
    def pane(self) -> PaneWidget | None:
        """The open pane."""
        return self._made.get(self.opened)

    def open(self, name: str) -> PaneWidget:
        """Open a pane in the place of the one that is open."""
        self.close()
        if name not in self._made:
            self._made[name] = self._makers[name]()
            self._made[name].add_class("pane")
            self.mount(self._made[name])
        self.opened = name
        self._made[name].add_class("-open")
        return self._made[name]

    def close(self) -> None:
        """Close the open pane."""
        if self.pane is not None:
            self.pane.remove_class("-open")
            self.pane.rest()
        self.opened = ""

    def switch_focus(self) -> None:
        """Move the keyboard between the table and the open pane."""
        if self.pane is not None:
            (self._table if self.pane.has_focus else self.pane).focus()
