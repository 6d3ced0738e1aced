"""The lines above the table: scans that run and are not in view, with how far they are."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from rich.text import Text
from textual.widgets import Static

from scantui.bars import progress_bar
from scantui.board import Board
from scantui.fitting import cut_to
from scantui.models import ScanSummary
from scantui.text import printable
from scantui.titles import row_name
from scantui.tui.looks import style_name
from scantui.tui.terminal import SurvivingWidget

_MOST_LINES, _LINES_FOR_EACH = 3, 8
_BAR, _LEAST_NAME, _PROGRESS = 15, 8, 14


class PinnedScan(NamedTuple):
    """A scan that runs, with what its line shows."""

    name: str
    share: float | None
    progress: str


def pinned_scans(board: Board, elsewhere: Collection[str], most: int = _MOST_LINES) -> list[PinnedScan]:
    """The newest few scans that have started, go on, and are not seen `elsewhere`, but no sub-scans."""
    hidden = [row for row in map(board.row, board.glance.open_keys) if row is not None and row.key not in elsewhere]
    running = [row for row in hidden if board.word_of(row) in ("RUN", "STALL") and not row.parent]
    return [_pinned(board, row) for row in running[-most:]] if most else []


def most_lines(height: int, pane_is_open: bool) -> int:
    """How many lines may be pinned on a terminal of this height."""
    return min(1, height // (2 * _LINES_FOR_EACH)) if pane_is_open else min(_MOST_LINES, height // _LINES_FOR_EACH)


def _pinned(board: Board, row: ScanSummary) -> PinnedScan:
    number = f"{row.identity.number} " if row.identity else ""
    return PinnedScan(printable(f"{number}{row_name(row)}"), board.glance.share_of(row), board.progress_of(row))


def pinned_line(scan: PinnedScan, width: int) -> Text:
    """The line of a scan: its name, a bar where there is room, and how far it is, which is never cut."""
    progress = f"  {scan.progress:<{_PROGRESS}}"
    room = width - 3 - len(progress)
    bar = f" {progress_bar(scan.share, _BAR)}" if room - _BAR - 1 >= _LEAST_NAME and scan.share is not None else ""
    name = cut_to(scan.name, max(_LEAST_NAME, room - len(bar)), "middle")
    line = Text.assemble(("▶ ", style_name("RUN")), name, no_wrap=True)
    line.pad_right(max(0, width - line.cell_len - len(bar) - len(progress)))
    return line.append(bar, style_name("bar")).append(progress, "bold")


class PinnedLines(SurvivingWidget, Static):
    """Shows scans that run elsewhere than in view, a line each; without any it takes no line."""

    def __init__(self) -> None:
        super().__init__(id="pinned", markup=False)
        self._shown: list[PinnedScan] = []

    def show(self, scans: list[PinnedScan]) -> None:
        """Show these scans."""
        if scans == self._shown:
            return
        is_other_height = len(scans) != len(self._shown)
        self._shown = scans
        self.display = bool(scans)
        self.styles.height = len(scans)
        self._paint(layout=is_other_height)

    def forget_shown(self) -> None:
        """Show the lines again."""
        self._paint(layout=False)

    def on_resize(self) -> None:
        self._paint(layout=False)

    def _paint(self, layout: bool) -> None:
        lines = [pinned_line(scan, self.app.size.width) for scan in self._shown]
        self.update(Text("\n", no_wrap=True).join(lines), layout=layout)
