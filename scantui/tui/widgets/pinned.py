"""The lines above the table: scans that run and are not in view, with how far they are."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import msgspec
from rich.text import Text

from scantui.bars import progress_bar
from scantui.columns import short_server
from scantui.fitting import cut_to
from scantui.text import printable
from scantui.titles import row_name
from scantui.tui.looks import style_name
from scantui.tui.terminal.text_lines import TextLines

if TYPE_CHECKING:
    from scantui.board import Board
    from scantui.models import ScanSummary

_MOST_LINES, _LINES_FOR_EACH = 3, 8
_BAR, _BAR_BESIDE_CURVE, _LEAST_NAME, _PROGRESS = 15, 10, 8, 14
# The counter and its curve.
_COUNTER, _CURVE, _NAME_BESIDE_CURVE, _WIDE = 8, 10, 16, 100


class PinnedScan(msgspec.Struct, frozen=True):
    """A scan that runs, with what its line shows."""

    name: str
    share: float | None
    progress: str
    key: str = ""
    counter: str = ""
    curve: str = ""


def pinned_scans(board: Board, elsewhere: Collection[str], most: int = _MOST_LINES) -> list[PinnedScan]:
    """The newest few scans that have started, go on, and are not seen `elsewhere`, but no sub-scans."""
    rows = map(board.row, board.glance.newest_running(most, elsewhere))
    return [_pinned(board, row) for row in rows if row is not None]


def most_lines(height: int, pane_is_open: bool) -> int:
    """How many lines may be pinned on a terminal of this height."""
    return min(1, height // (2 * _LINES_FOR_EACH)) if pane_is_open else min(_MOST_LINES, height // _LINES_FOR_EACH)


def _pinned(board: Board, row: ScanSummary) -> PinnedScan:
    number = f"{row.identity.number} " if row.identity else ""
    server = f"{short_server(row.server)} " if row.server else ""
    return PinnedScan(
        name=printable(f"{number}{server}{row_name(row)}"),
        share=board.glance.share_of(row),
        progress=board.progress_of(row),
        key=row.key,
        counter=printable(board.counters.get(row.key, "")),
        curve=board.curves.get(row.key, ""),
    )


def pinned_line(scan: PinnedScan, width: int) -> Text:
    """The line of a scan: its name, a bar and a curve where there is room, and how far it is, which is never cut."""
    progress = f"  {scan.progress:<{_PROGRESS}}"
    room = width - 3 - len(progress)
    # There is room for the curve before its first points come, so that nothing jumps.
    beside = _COUNTER + _CURVE + 3
    curve, bar_cells = "", _BAR
    if room - _BAR_BESIDE_CURVE - 1 - beside >= _NAME_BESIDE_CURVE:
        room -= beside
        bar_cells = _BAR if width >= _WIDE else _BAR_BESIDE_CURVE
        curve = f"  {cut_to(scan.counter, _COUNTER, 'left'):>{_COUNTER}} {scan.curve:<{_CURVE}}"
    has_bar = room - bar_cells - 1 >= _LEAST_NAME and scan.share is not None
    bar = f" {progress_bar(scan.share, bar_cells)}" if has_bar else ""
    name = cut_to(scan.name, max(_LEAST_NAME, room - len(bar)), "middle")
    line = Text.assemble(("▶ ", style_name("RUN")), name, no_wrap=True)
    line.pad_right(max(0, width - line.cell_len - len(bar) - len(progress) - len(curve)))
    return line.append(bar, style_name("bar")).append(progress, "bold").append(curve, style_name("bar"))


class PinnedLines(TextLines):
    """Shows scans that run elsewhere than in view, a line each; without any it takes no line."""

    def __init__(self) -> None:
        super().__init__(id="pinned", markup=False)
        self._shown: list[PinnedScan] = []

    def keys(self) -> list[str]:
        """The scans that are shown."""
        return [scan.key for scan in self._shown]

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
