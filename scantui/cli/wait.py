"""`scantui wait`: waits until a scan reaches a state, and reports the outcome by its exit code."""

from __future__ import annotations

import asyncio
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, NamedTuple

from scantui.board import Board
from scantui.cli.arguments import add_filter, add_stores, scan_filter_of, seconds
from scantui.cli.narrator import Narrator
from scantui.cli.outcomes import OF_WORDS, ExitCode, exit_codes_help
from scantui.cli.output import json_text, notify, notify_reading, scan_line, write
from scantui.cli.running import run_work
from scantui.cli.targets import ServerTarget, Targets
from scantui.exceptions import ConnectionFailed, NoScanAvailable, ScanNotFoundError, StoreError
from scantui.export import ExportedScan, scan_record
from scantui.feed import Connected, Loaded
from scantui.feed.many import LiveFeed, PlacedFeed
from scantui.models import ScanState, ScanSummary
from scantui.store.wire.protocol import is_scan_key
from scantui.system.processes import run_command
from scantui.system.servers import URL_VARIABLE
from scantui.vigil.scans import ScanWatch
from scantui.vigil.variables import SCAN_VARIABLE, scan_variables

if TYPE_CHECKING:
    from scantui.feed import OpenStore
    from scantui.store import AsyncDataStore

_PEAK_VARIABLES = ("SCANTUI_PEAK_X", "SCANTUI_CEN", "SCANTUI_FWHM", "SCANTUI_COM")

EXAMPLES = f"""\
wait prints the first scan that matches the FILTER and reaches the state from
now on; the scan may be running already. A scan named by its key may have
reached the state earlier. After a lost connection, wait reconnects and misses
nothing.

--exec runs CMD in the shell, with the scan in the environment variables
{SCAN_VARIABLE}KEY, {SCAN_VARIABLE}WORD (DONE, FAIL, ...), {SCAN_VARIABLE}TITLE,
{SCAN_VARIABLE}END_REASON, {SCAN_VARIABLE}USER, and one for each search field:
{SCAN_VARIABLE}NUMBER, {SCAN_VARIABLE}NAME, {SCAN_VARIABLE}PATH and so on.
{URL_VARIABLE} names the server, without its password.
{_PEAK_VARIABLES[0]}, {_PEAK_VARIABLES[1]}, {_PEAK_VARIABLES[2]} and {_PEAK_VARIABLES[3]} have what scantui peak
prints of its first counter, or are empty. If CMD fails and the scan succeeded,
the exit code is 1.

examples:
  scantui wait && ./process_it                 the next scan, if it succeeds
  scantui wait 'name=ascan*' --until started   the next ascan that starts
  scantui wait "$(scantui last --key)" --timeout 600
  scantui wait is=problem \\
    --exec 'mail -s "scan ${SCAN_VARIABLE}NUMBER: ${SCAN_VARIABLE}WORD" me'

{
    exit_codes_help(
        ExitCode.NO_SCAN,
        ExitCode.SCAN_FAILED,
        ExitCode.SCAN_ABORTED,
        ExitCode.SCAN_END_UNKNOWN,
        ExitCode.TIMED_OUT,
    )
}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `scantui wait`."""
    add_filter(parser, or_key=True)
    parser.add_argument(
        "--until",
        choices=[state.name.lower() for state in ScanState],
        default="closed",
        help="wait for this state or a later one (default: %(default)s)",
    )
    parser.add_argument("--timeout", type=seconds, metavar="S", help="stop waiting after S seconds")
    parser.add_argument("--exec", metavar="CMD", help="then run this shell command")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_stores(parser)


def run(options: Namespace) -> int:
    """Wait until a scan ends or reaches a state; the exit code is its outcome."""
    scan_filter = scan_filter_of(options)
    named = options.filter[0].strip() if len(options.filter) == 1 else ""
    key = named if is_scan_key(named) else ""
    notify_reading(scan_filter)
    until = ScanState[options.until.upper()]

    def is_due(row: ScanSummary) -> bool:
        return row.state is not None and row.state >= until

    targets = Targets.of(options)
    found: list[_Found] = []
    variables: dict[str, str] = {}

    async def wait() -> int:
        watches = [ScanWatch(scan_filter, is_due, lambda _: bool(key), Board(target.name)) for target in targets.all]
        awaited = [
            _Awaited(target, feed, watch, key, targets)
            for target, feed, watch in zip(targets.all, targets.feeds(), watches, strict=True)
        ]
        first = await _first_of(awaited, options.timeout)
        if first is None:
            notify(f"timed out after {options.timeout:g} s")
            return ExitCode.TIMED_OUT
        targets.has_failed = targets.are_many and any(each.narrator.is_lost for each in awaited)
        scan = first.scan
        found.append(first)
        # The outcome counts even if no process reads the line.
        with suppress(BrokenPipeError):
            line = scan_line(scan, scan.scan.state_ms, targets.width)
            write(json_text(scan_record(scan)) if options.json else line)
        if options.exec is not None:
            # The command finds the same server, but a password only where the user keeps it.
            server = "" if options.demo else first.server
            variables.update(scan_variables(scan.scan, scan.word), **{URL_VARIABLE: server})
            variables.update(await _peak_variables(first.open_store, scan.scan.key))
        outcome = ExitCode.DONE if scan.scan.is_open else OF_WORDS.get(scan.word, ExitCode.SCAN_END_UNKNOWN)
        return targets.worst(outcome)

    exit_code = run_work(wait())
    if not found or options.exec is None:
        return exit_code
    failure = run_command(options.exec, variables)
    if failure:
        notify(f"the command failed with exit code {failure}")
    return exit_code or (ExitCode.ERROR if failure else ExitCode.DONE)


class _Found(NamedTuple):
    """A scan, the URL without a password of the server that has it, and how its store is opened."""

    scan: ExportedScan
    server: str
    open_store: OpenStore


class _Awaited:
    """A server, and the scan that is awaited there: the one with a `key`, or the first that the watch reports."""

    def __init__(self, target: ServerTarget, feed: LiveFeed, watch: ScanWatch, key: str, targets: Targets) -> None:
        self.narrator = Narrator(target.name_at, target.label if targets.are_many else "")
        self._feed, self._watch, self._key = feed, watch, key
        self._feed.watched = [key] if key else []

    async def first(self) -> _Found:
        """Raises NoScanAvailable or ScanNotFoundError if the server does not have the scan with the key."""
        feed, watch, key = self._feed, self._watch, self._key
        async with aclosing(feed.events()) as events:
            async for event in events:
                if isinstance(event, Connected):
                    store = event.store
                    await watch.begin(store, feed.placer.origin.ahead_ms if isinstance(feed, PlacedFeed) else 0)
                    if key:
                        await _require_scan(store, key)
                self.narrator.handle(event)
                for scan_event in watch.handle(event):
                    if scan_event.kind == "new":
                        return _Found(scan_event.scan, store.label, feed.open_store)
                if key and isinstance(event, Loaded) and not event.remaining and watch.board.row(key) is None:
                    await _require_scan(store, key)
                if key and watch.board.is_gone(key):
                    raise NoScanAvailable(f"{key} was deleted or has expired")
        raise AssertionError("a feed never ends")


async def _first_of(awaited: Sequence[_Awaited], timeout: float | None) -> _Found | None:
    """What the first server finds, None if none does in time.

    Raises NoScanAvailable or ScanNotFoundError if no server has the scan with the key.
    """
    waiting = {asyncio.ensure_future(each.first()) for each in awaited}
    deadline = None if timeout is None else time.monotonic() + timeout
    try:
        while True:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            done, waiting = await asyncio.wait(waiting, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                return None
            for each in sorted(done, key=lambda each: each.exception() is not None):
                if not isinstance(each.exception(), (NoScanAvailable, ScanNotFoundError)) or not waiting:
                    return each.result()
    finally:
        for each in waiting:
            each.cancel()
        if waiting:
            await asyncio.wait(waiting)


async def _require_scan(store: AsyncDataStore, key: str) -> None:
    """Raise ScanNotFoundError unless the scan exists; if the connection is lost, the feed makes a new one."""
    with suppress(ConnectionFailed):
        (loaded,) = await store.load_summaries([key])
        if isinstance(loaded, ScanNotFoundError):
            raise loaded


async def _peak_variables(open_store: OpenStore, key: str) -> dict[str, str]:
    """The figures of the peak for a command; empty if there are none."""
    # The curves are imported only for --exec.
    from scantui.cli.peaks import find_peak

    try:
        async with await open_store() as store:
            found = await find_peak(store, await store.load_scan(key))
    except StoreError as error:
        notify(f"the peak is not known: {error}")
        return dict.fromkeys(_PEAK_VARIABLES, "")
    shapes = found.shapes
    figures = (shapes.peak[0] if shapes.peak else None, shapes.cen, shapes.fwhm, shapes.com)
    texts = ("" if figure is None else repr(float(figure)) for figure in figures)
    return dict(zip(_PEAK_VARIABLES, texts, strict=True))
