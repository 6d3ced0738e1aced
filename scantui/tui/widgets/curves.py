"""The pane with the curves of a scan: it starts their worker, and paints the lines that changed.

Rule: a line is painted from a kept strip, and repainted only if it differs.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.segment import Segment
from textual import on
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from scantui.curves.figure import Size
from scantui.curves.lines import Line, text_of
from scantui.tui.commands.command import Place
from scantui.tui.commands.keys import bindings_of
from scantui.tui.commands.table import commands_at
from scantui.tui.curves.messages import (
    CurvesComplete,
    CurvesProblem,
    FramesCame,
    PointsCame,
    SamplesCame,
    ScanRead,
    SpectrumCame,
)
from scantui.tui.curves.reader import CurvesWanted
from scantui.tui.curves.sight import CurveSight
from scantui.tui.curves.styles import colours_of, marks_of, style_of
from scantui.tui.curves.worker import LOOK_SECONDS, follow_curves
from scantui.tui.terminal import LeanDisplay, SurvivingWidget
from scantui.tui.terminal.survival import error_sentence

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore
    from scantui.tui.scan_view import ScanView

_READING = "curves"
_SLOW_LOOK_SECONDS = 2.0
_GONE = "GONE"


class CurvesPane(SurvivingWidget, Widget, can_focus=True, inherit_bindings=False):
    """Draws the curves of one scan, and follows them while points come; `clock` counts seconds."""

    DEFAULT_CSS = """
    CurvesPane { overflow: hidden; }
    """
    PLACE = Place.CURVES
    BINDINGS = bindings_of(commands_at(PLACE))

    def __init__(
        self,
        view: ScanView,
        store_of: Callable[[str], AsyncDataStore | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`store_of` gives the open store of the server of a scan, by its key."""
        super().__init__()
        self.sight = CurveSight(colours=colours_of(os.environ), server_of=view.server_of)
        self._view = view
        self._store_of = store_of
        self._clock = clock
        self._read_from: list[AsyncDataStore | None] = []
        self._generation = 0
        self._word = ""
        self._is_connected, self._was_dim = True, False
        self._is_reading = False
        self._lines: list[Line] = []

    # What is to be shown

    @property
    def shown_key(self) -> str | None:
        """The scan that was asked for last."""
        return self.sight.wanted_key or None

    def follow(self, store: AsyncDataStore, key: str) -> None:
        """Show a scan and what comes of it; while the table follows, a new scan is shown from its first point on."""
        is_read = self.sight.is_fixed or (key == self.shown_key and store in self._read_from)
        if is_read and self._is_reading and self._read_from == self._stores:
            return
        if not self.sight.is_fixed or not self._is_reading:
            waits = self._is_reading and self.sight.sight is not None and not self._view.board.held
            self.sight.show(key, waits)
        self._read()

    def overlay(self, keys: Sequence[str]) -> None:
        """Show the first scan with the first counters of the others over it, which may be on several servers."""
        self.sight.show(keys[0], overlaid=keys[1:])
        self._read()

    def use_marks(self, name: str) -> None:
        """Draw with these marks, or with ASCII if the terminal has nothing else."""
        ascii_only = isinstance(self.app, LeanDisplay) and self.app.ascii_only
        self.sight.change(marks=marks_of(os.environ, name, ascii_only))

    def set_connected(self, is_connected: bool) -> None:
        """Dim the curves while nothing can be read."""
        if is_connected is not self._is_connected:
            self._is_connected = is_connected
            self.redraw()

    def read_otherwise(self) -> None:
        """Read what the sight wants by now."""
        if self._read_from:
            self._read()
        self.redraw()

    @property
    def _stores(self) -> list[AsyncDataStore | None]:
        """Where the scan that was asked for is, and those over it."""
        return [self._store_of(key) for key in (self.sight.wanted_key, *self.sight.overlaid)]

    def _read(self) -> None:
        self._read_from, self._is_reading, self._is_connected = self._stores, True, True
        self._word = self._view.word_of(self.shown_key)
        self.sight.problem = ""
        self._generation += 1
        self.workers.cancel_group(self, _READING)
        by_store: dict[AsyncDataStore, list[CurvesWanted]] = {}
        for each in self.sight.wanted():
            store = self._store_of(each.key)
            if store is not None:
                by_store.setdefault(store, []).append(each)
        # A server that is slow does not hold up the curves of others.
        for store, wanted in by_store.items():
            work = follow_curves(store, wanted, self._generation, self.post_message, self._look_seconds)
            self.run_worker(work, group=_READING, exit_on_error=False)

    def _look_seconds(self) -> float:
        """A terminal that is slow gets fewer frames."""
        app = self.app
        return _SLOW_LOOK_SECONDS if isinstance(app, LeanDisplay) and app.lags else LOOK_SECONDS

    def rest(self) -> None:
        """Stop reading."""
        self._is_reading = False
        self.workers.cancel_group(self, _READING)

    def show_problem(self, key: str | None, sentence: str) -> None:
        """Show why a scan cannot be read; curves that were read stay, dimmed, and those of several scans go on."""
        if not (self.sight.is_fixed and self._is_reading):
            self._end_with(key, sentence)

    def _end_with(self, key: str | None, sentence: str) -> None:
        if key != self.shown_key:
            self.sight.show(key or "")
        self.sight.problem = sentence
        self.rest()
        self.redraw()

    def worker_failed(self, group: str, error: BaseException) -> None:
        """Show that the curves cannot be read."""
        self._end_with(self.shown_key, error_sentence(error))

    def tell_time(self, now_ms: int, word: str) -> None:
        """Read the document again when the state changed, and nothing more of a scan that is gone."""
        before, self._word = self._word, word
        if word != before and word == _GONE:
            self.rest()
        elif word != before and self._is_reading:
            self._read()
        self.redraw()

    @property
    def _is_dim(self) -> bool:
        return self._word == _GONE or not self._is_connected

    @on(ScanRead)
    @on(PointsCame)
    @on(SamplesCame)
    @on(SpectrumCame)
    @on(FramesCame)
    @on(CurvesProblem)
    @on(CurvesComplete)
    def _take_in(self, message: Message) -> None:
        message.stop()
        if getattr(message, "generation", None) == self._generation:
            self.sight.take_in(message)
            if not isinstance(message, ScanRead):
                self.redraw()

    # What is shown

    def on_resize(self) -> None:
        self._lines = []
        self.redraw()

    def redraw(self) -> None:
        """Draw what was read, and repaint the lines that differ."""
        width, height = self.size
        if not self.display or not width or not height or self._view.board.is_paused:
            return
        lines = self.sight.draw(self._view.whole_name_of, Size(width, height), self._clock())
        before, self._lines = self._lines, lines
        if len(before) != len(lines) or self._is_dim is not self._was_dim:
            self._was_dim = self._is_dim
            self.refresh()
            return
        for y, (old, new) in enumerate(zip(before, lines, strict=True)):
            if old != new:
                self.refresh(Region(0, y, width, 1))

    def render_line(self, y: int) -> Strip:
        """Render the line `y` of the figure."""
        base = self.rich_style
        if y >= len(self._lines):
            return Strip.blank(self.size.width, base)
        palette, is_dim = self.sight.colours, self._is_dim
        segments = [
            Segment(piece.text, style_of(piece.role, piece.under, palette, is_dim, base)) for piece in self._lines[y]
        ]
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def plain_text(self) -> str:
        """The figure as text."""
        return "\n".join(map(text_of, self._lines))

    @property
    def columns(self) -> int:
        """How many columns the pane has."""
        return self.size.width
