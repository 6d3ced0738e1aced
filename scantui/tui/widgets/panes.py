"""The place of the table, and next to it one pane at a time; each pane is made when it is first opened.

To add a pane: its widget in a file of its own, its class in `PaneWidget`, and a line in `PANES`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from textual.app import ComposeResult
from textual.containers import Container
from textual.widget import Widget

from scantui.tui.commands.command import CURVES, DETAILS, DIFFERENCES, DIGEST
from scantui.tui.terminal import SurvivingWidget

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore
    from scantui.tui.scan_view import ScanView
    from scantui.tui.watched_server import WatchedServers
    from scantui.tui.widgets.curves import CurvesPane
    from scantui.tui.widgets.detail import DetailPane
    from scantui.tui.widgets.differences_pane import DifferencesPane
    from scantui.tui.widgets.digest_pane import DigestPane
    from scantui.tui.widgets.replay_line import Playback
    from scantui.tui.widgets.scan_table import ScanTable

    PaneWidget: TypeAlias = DetailPane | CurvesPane | DigestPane | DifferencesPane


def _details(view: ScanView, servers: WatchedServers, now_ms: Callable[[], int]) -> DetailPane:
    # Imported when it is opened: the first frame does not wait.
    from scantui.tui.widgets.detail import DetailPane

    def server_ms() -> int:
        # Details are as the server has them, by its own clock.
        return now_ms() + view.ahead_ms(pane.shown_key)

    texts = view.note_of, view.figures_of, view.progress_of, view.server_of
    pane = DetailPane(view.name_of, view.word_of, server_ms, *texts)
    return pane


def _curves(view: ScanView, servers: WatchedServers, now_ms: Callable[[], int]) -> CurvesPane:
    from scantui.tui.widgets.curves import CurvesPane

    return CurvesPane(view, lambda key: servers.of(view.board.row(key)).store)


def _digest(view: ScanView, servers: WatchedServers, now_ms: Callable[[], int]) -> DigestPane:
    from scantui.tui.widgets.digest_pane import DigestPane

    return DigestPane(view.board.shift, now_ms, lambda: servers.away, lambda: view.board.reasons)


def _differences(view: ScanView, servers: WatchedServers, now_ms: Callable[[], int]) -> DifferencesPane:
    from scantui.tui.widgets.differences_pane import DifferencesPane

    return DifferencesPane()


PANES: dict[str, Callable[[ScanView, WatchedServers, Callable[[], int]], PaneWidget]] = {
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
        # In a replay, this has the keyboard after the pane.
        self.beyond: Widget | None = None

    def provide(self, view: ScanView, servers: WatchedServers, now_ms: Callable[[], int]) -> None:
        """Give the panes what they show; `now_ms` is the server's time in milliseconds since 1970."""
        self._makers = {name: partial(make, view, servers, now_ms) for name, make in PANES.items()}

    def compose(self) -> ComposeResult:
        yield self._table

    def beside(self, playback: Playback | None, play_on: Callable[[], None]) -> ComposeResult:
        """The line of a replay, which has the keyboard after the pane; nothing without a `playback`."""
        if playback is not None:
            from scantui.tui.widgets.replay_line import ReplayLine

            self.beyond = ReplayLine(playback, play_on)
            yield self.beyond

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
        """Open a pane in place of the one that is open."""
        self.close()
        if not self._made:
            from scantui.tui.widgets.late_looks import bring_late_looks

            bring_late_looks(self.app)
            self.app.stylesheet.update(self)
        if name not in self._made:
            self._made[name] = self._makers[name]()
            self._made[name].add_class("pane", f"-{name}")
            self.mount(self._made[name])
        self.opened = name
        # At once, and not by a class, for which Textual looks through all styles of the pane.
        self._made[name].display = True
        return self._made[name]

    def compare(
        self, stores: tuple[AsyncDataStore, AsyncDataStore], keys: tuple[str, str], servers: tuple[str, str]
    ) -> None:
        """Open the pane of differences on two scans, the older one first, each with its store and its server."""
        from scantui.tui.widgets.differences_pane import DifferencesPane

        pane = self.open(DIFFERENCES)
        if isinstance(pane, DifferencesPane):
            pane.compare(stores, keys, servers)

    def close(self) -> None:
        """Close the open pane."""
        if self.pane is not None:
            self.pane.display = False
            self.pane.rest()
        self.opened = ""
        self.remove_class(_ZOOMED)

    def switch_focus(self) -> None:
        """Move the keyboard on from the table to the open pane and to the line of a replay, and back to the table."""
        table = () if self.has_class(_ZOOMED) else (self._table,)
        stops = [stop for stop in (*table, self.pane, self.beyond) if stop is not None]
        here = next((place for place, stop in enumerate(stops) if stop.has_focus), -1)
        self.screen.set_focus(stops[(here + 1) % len(stops)])

    def zoom(self) -> None:
        """Give the open pane the place of the table too, and the keyboard; or give both back."""
        if self.pane is not None:
            self.toggle_class(_ZOOMED)
            (self.pane if self.has_class(_ZOOMED) else self._table).focus()
