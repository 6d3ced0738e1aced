"""`scantui plot`: draws the counters of a scan as text."""

from __future__ import annotations

import asyncio
import os
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING

import msgspec

from scantui.cli.arguments import SCAN_HELP, add_stores
from scantui.cli.colouring import Palette, coloured_text
from scantui.cli.figures import choice_of, fill_figure, frames_remark, show_spectrum
from scantui.cli.finding import load_named
from scantui.cli.following import Connection, load_prepared, points_as_they_come
from scantui.cli.locating import Located, is_beside, locate
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import notify, write
from scantui.cli.running import run_work
from scantui.cli.targets import Targets
from scantui.curves.curve import Curve
from scantui.curves.curve_plot import PlotOptions
from scantui.curves.figure import Size
from scantui.curves.glyphs import ASCII, BLOCKS, MARK_SETS, MarkSet
from scantui.curves.lines import cut, shown
from scantui.curves.scan_figure import ScanFigure
from scantui.exceptions import ConnectionFailed, NoScanAvailable, StoreError, UsageError
from scantui.models import Scan, ScanState, ScanSummary
from scantui.points import Points
from scantui.system.output import is_terminal, terminal_size
from scantui.system.terminal import ANSI_COLOURS, colours, has_utf8, wants_no_colour
from scantui.titles import called
from scantui.words import state_word

if TYPE_CHECKING:
    from scantui.feed import OpenStore
    from scantui.store import AsyncDataStore

EXAMPLES = f"""\
A counter is the full name of a stream, or the name that BLISS displays. Without
counters, plot draws what BLISS would show: a curve, a mesh, a spectrum, or the
values of a ct. Characters outside ASCII and colours appear only where locale
and terminal support them. If Redis has dropped the points of a scan, they are
read from its HDF5 file, with the extra scantui[hdf5].

--follow draws anew as points come, until the scan ends; if the output is not a
terminal, it draws once, at the end of the scan.

examples:
  scantui plot 42
  scantui plot 42 diode --x elapsed_time --log
  scantui plot 42 --with 41 --with 40 --size 80x24

{exit_codes_help(ExitCode.NO_SCAN)}"""

_USUAL_SIZE = Size(80, 24)
_SMALLEST, _LARGEST = (10, 3), (1000, 1000)
_MOST_OTHERS = 4
_SECONDS_BETWEEN_DRAWINGS = 0.5
# A scan is closed soon after its streams end; seconds to wait for its outcome.
_LONGEST_CLOSING = 2.0


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `scantui plot`."""
    parser.add_argument("scan", metavar="KEY|NUMBER", help=SCAN_HELP)
    parser.add_argument(
        "counters", nargs="*", default=[], metavar="COUNTER", help="counters to draw (default: as BLISS shows)"
    )
    parser.add_argument("--x", metavar="NAME", help="x axis: a motor, elapsed_time, epoch, index or another counter")
    parser.add_argument("--log", dest="is_log", action="store_true", help="logarithmic y axis")
    parser.add_argument("--diff", action="store_true", help="draw the derivative")
    parser.add_argument(
        "--with",
        dest="others",
        action="append",
        default=[],
        metavar="KEY|NUMBER",
        help="draw another scan as well (up to 4)",
    )
    parser.add_argument(
        "--size", type=_size, metavar="COLUMNSxLINES", help="size of the output (default: the terminal, or 80x24)"
    )
    parser.add_argument("--follow", action="store_true", help="draw anew as points come, until the scan ends")
    parser.add_argument("--marks", choices=MARK_SETS, help="draw with these characters")
    add_stores(parser)


def run(options: Namespace) -> int:
    """Draw the counters of a scan as text."""
    if len(options.others) > _MOST_OTHERS:
        raise UsageError(f"give --with at most {_MOST_OTHERS} times")
    targets = Targets.of(options)

    async def plot() -> int:
        located = await locate(targets, options.scan)
        others = [await locate(targets, named) for named in options.others]
        open_store = located.target.open_store
        scan = await load_prepared(Connection(open_store), located.named) if options.follow else None
        async with await open_store() as store:
            plotted = Plotted(scan or await load_named(store, located.named), options, located.server)
            for remark in await plotted.fill(store, [other for other in others if is_beside(other, located)]):
                notify(remark)
        for other in others:
            if not is_beside(other, located):
                async with await other.target.open_store() as store:
                    for remark in await plotted.add_other(store, other):
                        notify(remark)
        if options.follow and plotted.figure.is_open:
            await _follow(open_store, plotted)
        plotted.show()
        return targets.worst(ExitCode.DONE)

    return run_work(plot(), while_read=options.follow)


class Plotted:
    """One scan as it is drawn: its figure, curves of other scans, and what the options ask for.

    `server` is the name of its server, if there are several.
    """

    def __init__(self, scan: Scan, options: Namespace, server: str = "") -> None:
        self.scan = scan
        self._server = server
        self.figure = ScanFigure(scan.key, choice_of(scan, options.counters, options.x), _is_open(scan))
        self.on_terminal = is_terminal(sys.stdout)
        self._options = options
        self._others: list[Curve] = []
        self._remarks: list[str] = []
        self._summary: ScanSummary | None = None
        self._shown_lines = 0

    async def fill(self, store: AsyncDataStore, others: Sequence[Located]) -> list[str]:
        """Read all points as they are now, also those of `others` on the same server; returns remarks on them."""
        await self.refresh(store)
        remarks = await fill_figure(store, self.scan, self.figure)
        if not self.figure.choice.counters and not self.figure.choice.images:
            remarks.append("the scan has no counters to draw")
        for other in others:
            remarks += await self.add_other(store, other)
        return remarks

    async def refresh(self, store: AsyncDataStore) -> None:
        """Read the state of the scan, and how many frames its detectors have."""
        (summary,) = await store.load_summaries([self.scan.key])
        if isinstance(summary, StoreError):
            raise summary
        self._summary, self.figure.is_open = summary, summary.is_open
        if self.figure.choice.kind == "values":
            self._remarks = [await frames_remark(store, self.scan, name) for name in self.figure.choice.images]

    async def add_other(self, store: AsyncDataStore, located: Located) -> list[str]:
        """Add the curve of another scan: of the counter with the same display name, or else of its first one."""
        if self.figure.choice.kind != "curve":
            raise UsageError(f"--with adds curves, but this scan is drawn as {self.figure.choice.kind}")
        other = await load_named(store, located.named)
        label = self.figure.choice.channel(self.figure.choice.counters[0]).label
        labels = {channel.label for channel in choice_of(other).channels.values()}
        figure = ScanFigure(other.key, choice_of(other, [label] if label in labels else []), _is_open(other))
        choice = figure.choice
        if not choice.counters or choice.kind == "spectrum":
            raise UsageError(f"scan {other.number} has no curve to draw")
        figure.choice = msgspec.structs.replace(choice, kind="curve", counters=choice.counters[:1])
        remarks = await fill_figure(store, other, figure)
        self._others.append(figure.curve(choice.counters[0], note=f"scan {other.number} {located.server}".rstrip()))
        return remarks

    def show(self) -> None:
        """Write the figure; on a terminal, over the one before."""
        options = self._options
        size = options.size or _size_of_terminal()
        marks = _marks_of(options)
        drawn = PlotOptions(marks=marks, is_log=options.is_log, is_derivative=options.diff)
        palette = _palette()
        room = Size(size.columns, max(1, size.lines - len(self._remarks)))
        self.figure.measure(drawn, self._others)
        lines = self.figure.draw(self._title(marks, room), room, drawn, palette, self._others)
        texts = [coloured_text(line, palette) for line in lines]
        while texts and not texts[-1]:
            texts.pop()
        texts += [remark[: size.columns] for remark in self._remarks]
        if self._shown_lines:
            texts += [""] * (self._shown_lines - len(texts))
            texts[0] = f"\x1b[{self._shown_lines}F{texts[0]}"
            texts = [f"{text}\x1b[K" for text in texts]
        write("\n".join(texts[: size.lines]))
        self._shown_lines = len(texts) if self.on_terminal else 0

    def report(self, message: str) -> None:
        """Write a message below the figure; the next figure comes below the message."""
        notify(message)
        self._shown_lines = 0

    def _title(self, marks: MarkSet, size: Size) -> str:
        """State, number and title of the scan, and its points, for which a long title makes room."""
        points = max((self.figure.series(name).stop for name in self.figure.wanted), default=0)
        planned = self.figure.choice.npoints
        count = f"{points}/{planned} points" if planned else f"{points} points"
        end = f"{marks.between}{count}" if points else ""
        title = self.scan.info.get("title")
        word = state_word(self._summary) if self._summary else ""
        where = f" {self._server}" if self._server else ""
        begin = f"{word} {self.scan.number}{where} {called(self.scan.name, title if isinstance(title, str) else None)}"
        # The figure puts a blank before its title.
        return cut(shown(begin, marks.ascii_only), max(0, size.columns - 1 - len(end)), marks.ascii_only) + end

    def add(self, came: Points) -> None:
        """Add points that came."""
        if self.figure.choice.kind != "spectrum":
            self.figure.series(came.name).add_points(came)
        elif len(came):
            show_spectrum(self.figure, came.tolist()[-1], came.name, came.stop)

    def positions(self) -> dict[str, int]:
        """The index of the next point of each stream that is drawn."""
        choice = self.figure.choice
        names = choice.counters[:1] if choice.kind == "spectrum" else self.figure.wanted
        return {name: self.figure.series(name).stop for name in names if name in self.scan.streams}


async def _follow(
    open_store: OpenStore, plotted: Plotted, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Draw as points come, at most twice a second, until the scan ends."""
    news = asyncio.Event()

    async def draw() -> None:
        while True:
            plotted.show()
            news.clear()
            await pause(_SECONDS_BETWEEN_DRAWINGS)
            await news.wait()

    drawing = asyncio.ensure_future(draw()) if plotted.on_terminal else None
    try:
        connection = Connection(open_store, report=plotted.report)
        points = points_as_they_come(connection, plotted.scan.key, plotted.positions())
        async with aclosing(points) as following:
            async for came in following:
                if isinstance(came, Points):
                    plotted.add(came)
                else:
                    plotted.report(str(came))
                news.set()
    finally:
        if drawing is not None:
            drawing.cancel()
            await asyncio.wait([drawing])
    # The points are complete; without a connection, only the outcome is missing.
    with suppress(ConnectionFailed):
        async with await open_store() as store:
            with suppress(NoScanAvailable):
                await store.wait_for_state(plotted.scan, ScanState.CLOSED, _LONGEST_CLOSING)
            await plotted.refresh(store)


def _is_open(scan: Scan) -> bool:
    return scan.state is not ScanState.CLOSED


def _size(text: str) -> Size:
    """COLUMNSxLINES, for argparse."""
    columns, _, lines = text.partition("x")
    numbers = [int(part) for part in (columns, lines) if part.isascii() and part.isdigit() and len(part) < 5]
    if len(numbers) != 2 or any(
        not low <= number <= high for low, number, high in zip(_SMALLEST, numbers, _LARGEST, strict=True)
    ):
        raise ArgumentTypeError(f"must be COLUMNSxLINES from 10x3 to 1000x1000, such as 80x24, not {text!r}")
    return Size(*numbers)


def _size_of_terminal() -> Size:
    """The size of the terminal less a line for the prompt."""
    found = terminal_size(sys.stdout)
    if found is None:
        return _USUAL_SIZE
    return Size(max(_SMALLEST[0], found[0]), max(_SMALLEST[1], found[1] - 1))


def _marks_of(options: Namespace) -> MarkSet:
    """The characters that the user wants, as far as the locale and the terminal have them."""
    is_console = is_terminal(sys.stdout) and os.environ.get("TERM") in ("linux", "dumb")
    if is_console or not has_utf8(os.environ, sys.stdout.encoding):
        return ASCII
    return MARK_SETS[options.marks] if options.marks else BLOCKS


def _palette() -> Palette:
    if not is_terminal(sys.stdout) or wants_no_colour(os.environ) or os.environ.get("TERM") == "dumb":
        return "none"
    return "sixteen" if colours(os.environ) == ANSI_COLOURS else "many"
