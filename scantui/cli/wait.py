"""`scantui wait`: waits until a scan reaches a state, and reports the outcome by its exit code."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, NamedTuple

from scantui.cli.arguments import add_filter, add_store, name_at_of, scan_filter_of, seconds, store_opener_of
from scantui.cli.narrator import Narrator
from scantui.cli.outcomes import OF_WORDS, ExitCode, exit_codes_help
from scantui.cli.output import json_text, notify, notify_reading, scan_line, write
from scantui.cli.running import run_work
from scantui.exceptions import ConnectionFailed, NoScanAvailable, ScanNotFoundError, StoreError
from scantui.export import ExportedScan, scan_record
from scantui.feed import Connected, Feed, Loaded
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
    add_store(parser)


def run(options: Namespace) -> int:
    """Wait until a scan ends or reaches a state; the exit code is its outcome."""
    scan_filter = scan_filter_of(options)
    named = options.filter[0].strip() if len(options.filter) == 1 else ""
    key = named if is_scan_key(named) else ""
    notify_reading(scan_filter)
    until = ScanState[options.until.upper()]

    def is_due(row: ScanSummary) -> bool:
        return row.state is not None and row.state >= until

    watch = ScanWatch(scan_filter, is_due, includes_old=lambda _: bool(key))
    open_store = store_opener_of(options)
    feed, narrator = Feed(open_store), Narrator(name_at_of(options))
    feed.watched = [key] if key else []
    found: list[_Found] = []
    variables: dict[str, str] = {}

    async def wait() -> int:
        waiting = asyncio.ensure_future(_first(feed, watch, narrator, key))
        await asyncio.wait([waiting], timeout=options.timeout)
        if not waiting.done():
            waiting.cancel()
            await asyncio.wait([waiting])
            notify(f"timed out after {options.timeout:g} s")
            return ExitCode.TIMED_OUT
        scan = waiting.result().scan
        found.append(waiting.result())
        # The outcome counts even if no process reads the line.
        with suppress(BrokenPipeError):
            write(json_text(scan_record(scan)) if options.json else scan_line(scan, scan.scan.state_ms))
        if options.exec is not None:
            # The command finds the same server, but a password only where the user keeps it.
            server = "" if options.demo else waiting.result().server
            variables.update(scan_variables(scan.scan, scan.word), **{URL_VARIABLE: server})
            variables.update(await _peak_variables(open_store, scan.scan.key))
        return ExitCode.DONE if scan.scan.is_open else OF_WORDS.get(scan.word, ExitCode.SCAN_END_UNKNOWN)

    exit_code = run_work(wait())
    if not found or options.exec is None:
        return exit_code
    failure = run_command(options.exec, variables)
    if failure:
        notify(f"the command failed with exit code {failure}")
    return exit_code or (ExitCode.ERROR if failure else ExitCode.DONE)


class _Found(NamedTuple):
    """A scan, and the URL without a password of the server that has it."""

    scan: ExportedScan
    server: str


async def _first(feed: Feed, watch: ScanWatch, narrator: Narrator, key: str) -> _Found:
    async with aclosing(feed.events()) as events:
        async for event in events:
            if isinstance(event, Connected):
                store = event.store
                await watch.begin(store)
                if key:
                    await _require_scan(store, key)
            narrator.handle(event)
            for scan_event in watch.handle(event):
                if scan_event.kind == "new":
                    return _Found(scan_event.scan, store.label)
            if key and isinstance(event, Loaded) and not event.remaining and watch.board.row(key) is None:
                await _require_scan(store, key)
            if key and watch.board.is_gone(key):
                raise NoScanAvailable(f"{key} was deleted or has expired")
    raise AssertionError("a feed never ends")


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
