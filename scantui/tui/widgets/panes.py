"""The place of the table, and next to it one pane at a time; each pane is made when it is first opened.

To add a pane: its widget in a file of its own, its class in `PaneWidget`, and a line in `PANES`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from textual.app import ComposeResult
from textual.containers import Container

from scantui.tui.commands.command import CURVES, DETAILS, DIFFERENCES, DIGEST
from scantui.tui.terminal import SurvivingWidget

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore
    from scantui.tui.scan_view import ScanView
    from scantui.tui.watched_server import WatchedServer
    from scantui.tui.widgets.curves import CurvesPane
    from scantui.tui.widgets.detail import DetailPane
    from scantui.tui.widgets.differences_pane import DifferencesPane
    from scantui.tui.widgets.digest_pane import DigestPane
    from scantui.tui.widgets.scan_table import ScanTable

    PaneWidget: TypeAlias = DetailPane | CurvesPane | DigestPane | DifferencesPane


def _details(view: ScanView, server: WatchedServer, now_ms: Callable[[], int]) -> DetailPane:
    # Imported when it is opened: the first frame does not wait.
    from scantui.tui.widgets.detail import DetailPane

    return DetailPane(view.name_of, view.word_of, now_ms, view.note_of)


def _curves(view: ScanView, server: WatchedServer, now_ms: Callable[[], int]) -> CurvesPane:
    from scantui.tui.widgets.curves import CurvesPane

    return CurvesPane(view)


def _digest(view: ScanView, server: WatchedServer, now_ms: Callable[[], int]) -> DigestPane:
    from scantui.tui.widgets.digest_pane import DigestPane

    return DigestPane(view.board.shift, now_ms, lambda: server.away)


def _differences(view: ScanView, server: WatchedServer, now_ms: Callable[[], int]) -> DifferencesPane:
    from scantui.tui.widgets.differences_pane import DifferencesPane

    return DifferencesPane()


PANES: dict[str, Callable[[ScanView, WatchedServer, Callable[[], int]], PaneWidget]] = {
    DETAILS: _details,
    CURVES: _curves,
    DIGEST: _digest,
    DIFFERENCES: _differences,
}
_ZOOMED = "-zoomed"


class Panes(SurvivingWidget, Container):
    """Holds the table and the open pane; `opened` is its name, "" when none is open."""

    def __init__(self, table: ScanTable) -> None:
        super().__init__(id="body")
        self._table = table
        self._makers: dict[str, Callable[[], PaneWidget]] = {}
        self._made: dict[str, PaneWidget] = {}
        self.opened = ""

    def provide(self, view: ScanView, server: WatchedServer, now_ms: Callable[[], int]) -> None:
        """Give the panes what they show; `now_ms` is the server's time in milliseconds since 1970."""
        self._makers = {name: partial(make, view, server, now_ms) for name, make in PANES.items()}

    def compose(self) -> ComposeResult:
        yield self._table

    @property
    def pane(self) -> PaneWidget | None:
        """The open pane."""
        return self._made.get(self.opened)

    @property
    def curves(self) -> CurvesPane | None:
        """The pane with curves, while it is open."""
        if self.opened != CURVES:
            return None
        from scantui.tui.widgets.curves import CurvesPane

        pane = self._made[CURVES]
        return pane if isinstance(pane, CurvesPane) else None

    @property
    def compared(self) -> Sequence[str]:
        """The keys of the two scans whose differences are shown, the older one first; none in any other pane."""
        if self.opened != DIFFERENCES:
            return ()
        from scantui.tui.widgets.differences_pane import DifferencesPane

        pane = self._made[DIFFERENCES]
        return pane.keys if isinstance(pane, DifferencesPane) else ()

    @property
    def keys_in_view(self) -> Sequence[str]:
        """The scans that the open pane lists."""
        if self.opened != DIGEST:
            return ()
        from scantui.tui.widgets.digest_pane import DigestPane

        pane = self._made[DIGEST]
        return pane.keys_in_view if isinstance(pane, DigestPane) else ()

    @property
    def holds_rows(self) -> bool:
        """Whether the rows stand still for the open pane: those of the curves do not."""
        return self.opened not in ("", CURVES)

    def open(self, name: str) -> PaneWidget:
        """Open a pane in the place of the one that is open."""
        self.close()
        if name not in self._made:
            self._made[name] = self._makers[name]()
            self._made[name].add_class("pane", f"-{name}")
            self.mount(self._made[name])
        self.opened = name
        self._made[name].add_class("-open")
        return self._made[name]

    def compare(self, store: AsyncDataStore, older: str, newer: str) -> None:
        """Open the pane of differences on two scans."""
        from scantui.tui.widgets.differences_pane import DifferencesPane

        pane = self.open(DIFFERENCES)
        if isinstance(pane, DifferencesPane):
            pane.compare(store, older, newer)

    def close(self) -> None:
        """Close the open pane."""
        if self.pane is not None:
            self.pane.remove_class("-open")
            self.pane.rest()
        self.opened = ""
        self.remove_class(_ZOOMED)

    def switch_focus(self) -> None:
        """Move the keyboard between the table and the open pane."""
        if self.pane is not None and not self.has_class(_ZOOMED):
            (self._table if self.pane.has_focus else self.pane).focus()

    def zoom(self) -> None:
        """Give the open pane the place of the table too, and the keyboard; or give both back."""
        if self.pane is not None:
            self.toggle_class(_ZOOMED)
            (self.pane if self.has_class(_ZOOMED) else self._table).focus()
