"""Commands for the panes next to the table: open, close, go there; and the keys of the details.

Rule: while a pane is open nothing moves in the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from scantui.tui.commands.command import Group, KeyCommand, Place
from scantui.tui.scan_view import ScanView
from scantui.tui.watched_server import WatchedServers

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore
    from scantui.tui.curves.sight import CurveSight

_LOOK, _HERE = Group.LOOK, Place.DETAILS
COMMANDS = (
    KeyCommand("details", "enter", "Open the details, or close them", _LOOK, hint="Details"),
    KeyCommand("other_pane", "tab,shift+tab", "Between table and details", _LOOK, hint="Table"),
    KeyCommand("back", "escape", "Close the details", _LOOK, hint="Close"),
    KeyCommand("details_up", "up,k", "Up", _LOOK, hint="Move", place=_HERE, action="step(-1)"),
    KeyCommand("details_down", "down,j", "Down", _LOOK, hint="Move", place=_HERE, action="step(1)"),
    KeyCommand("details_page_down", "pagedown", "Page down", _LOOK, place=_HERE, action="page(1)"),
    KeyCommand("details_page_up", "pageup", "Page up", _LOOK, place=_HERE, action="page(-1)"),
    KeyCommand("details_top", "g,home", "Top", _LOOK, place=_HERE, action="edge(0)"),
    KeyCommand("details_end", "G,end", "End", _LOOK, place=_HERE, action="edge(-1)"),
    KeyCommand(
        "details_open", "enter", "Open the link, fold or unfold", _LOOK, hint="Open, fold", place=_HERE, action="choose"
    ),
    KeyCommand("details_fold_here", "space", "Fold or unfold", _LOOK, place=_HERE, action="fold"),
    KeyCommand("details_unfold", "l,right", "Unfold", _LOOK, place=_HERE, action="fold(True)"),
    KeyCommand("details_fold", "h,left", "Fold", _LOOK, place=_HERE, action="fold(False)"),
)
DETAILS = "details"
_NO_CONNECTION = "No connection: the {} are loaded when the server is back"


class Pane(Protocol):
    """A pane that shows one scan."""

    @property
    def shown_key(self) -> str | None: ...

    def follow(self, store: AsyncDataStore, key: str) -> None: ...

    def show_problem(self, key: str | None, sentence: str) -> None: ...

    def tell_time(self, now_ms: int, word: str) -> None: ...


class CurvesControl(Protocol):
    """The pane that draws curves, as its commands use it."""

    sight: CurveSight

    @property
    def columns(self) -> int: ...

    def overlay(self, store: AsyncDataStore, keys: Sequence[str]) -> None: ...

    def use_marks(self, name: str) -> None: ...

    def set_connected(self, is_connected: bool) -> None: ...

    def read_otherwise(self) -> None: ...

    def redraw(self) -> None: ...

    def plain_text(self) -> str: ...


class PaneHost(Protocol):
    """The place next to the table, where one pane at a time is open."""

    @property
    def opened(self) -> str: ...

    @property
    def pane(self) -> Pane | None: ...

    @property
    def curves(self) -> CurvesControl | None: ...

    @property
    def compared(self) -> Sequence[str]: ...

    def open(self, name: str) -> Pane: ...

    def compare(
        self, stores: tuple[AsyncDataStore, AsyncDataStore], keys: tuple[str, str], servers: tuple[str, str]
    ) -> None: ...

    def close(self) -> None: ...

    def switch_focus(self) -> None: ...

    def zoom(self) -> None: ...


class DetailsCommands:
    """Shows the details of the scan under the cursor, which follow it and never steal it."""

    def __init__(self, panes: PaneHost, view: ScanView, servers: WatchedServers) -> None:
        self._panes = panes
        self._view = view
        self._servers = servers

    def details(self) -> None:
        if self._panes.opened == DETAILS:
            self.back()
        elif self._view.unfold_run():
            pass  # a run of equal scans has no details of its own
        else:
            self._panes.open(DETAILS)
            self._view.follow_if_at_end()
            self.follow_cursor()

    def back(self) -> None:
        if self._panes.opened:
            self._panes.close()
        self._view.table.take_focus()

    def other_pane(self) -> None:
        self._panes.switch_focus()

    def follow_cursor(self) -> None:
        """Have the open pane show the scan under the cursor."""
        self._show(self._view.table.cursor_key)

    def load_again(self) -> None:
        """Load what could not be read while there was no connection."""
        if self._panes.pane is not None:
            self._show(self._panes.pane.shown_key)

    def open_link(self, key: str) -> None:
        """Go to a scan that another one names; one that the table does not show is shown in the pane alone."""
        if self._view.board.is_shown(key):
            self._view.go_to(key)
        else:
            if self._panes.opened != DETAILS:
                self._panes.open(DETAILS)
            self._show(key)

    def tell_time(self, now_ms: int) -> None:
        """Have the ages in the open pane go on."""
        pane = self._panes.pane
        if pane is not None:
            ahead_ms = self._view.ahead_ms(pane.shown_key) if self._panes.opened == DETAILS else 0
            pane.tell_time(now_ms + ahead_ms, self._view.word_of(pane.shown_key))

    def _show(self, key: str | None) -> None:
        pane = self._panes.pane
        if pane is None:
            return
        store = self._servers.of(self._view.board.row(key or "")).store
        if store is None:
            pane.show_problem(key, _NO_CONNECTION.format(self._panes.opened))
        elif key is not None:
            pane.follow(store, key)
