"""`scantui wait`: until a scan gets somewhere, and what came of it as the exit code."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING

from scantui.cli.arguments import (
    add_filter,
    add_store,
    scan_filter_of,
    seconds,
    server_label_of,
    server_of,
    store_opener_of,
)
from scantui.cli.outcomes import OF_WORDS, ExitCode, exit_codes_help
from scantui.cli.output import json_text, scan_line, tell, write
from scantui.cli.running import run_work
from scantui.cli.watching import Happening, Narrator, ScanWatch
from scantui.exceptions import ConnectionFailed, NoScanAvailable, ScanNotFoundError
from scantui.export import ExportedScan, scan_record
from scantui.feed import Connected, Feed, Loaded
from scantui.matching import FIELDS
from scantui.models import ScanState, ScanSummary
from scantui.store.wire.protocol import is_scan_key
from scantui.system.processes import run_command
from scantui.system.servers import URL_VARIABLE
from scantui.text import printable

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

_VARIABLE = "SCANTUI_SCAN_"

EXAMPLES = f"""\
Without a key, it waits for the first scan that gets there from now on and passes the FILTER: one that runs already, or
one that is yet to come. A scan that is named by its key may be there already. It is written to stdout.
With --exec the shell runs a command then, which finds the scan in its environment: {_VARIABLE}KEY, {_VARIABLE}WORD
(DONE, FAIL, ...), {_VARIABLE}TITLE, {_VARIABLE}END_REASON, {_VARIABLE}USER, and {_VARIABLE}NUMBER, {_VARIABLE}NAME,
{_VARIABLE}PATH and so on for all that a scan is found by; {
    URL_VARIABLE
} names the server, without its password. A command that fails makes a fault of a success.

examples:
  scantui wait && ./process_it                 the next scan that ends, if with success
  scantui wait 'name=ascan*' --until started   the next ascan that starts
  scantui wait "$(scantui last --key)" --timeout 600
  scantui wait is=problem --exec 'mail -s "scan ${_VARIABLE}NUMBER: ${_VARIABLE}WORD" me'

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
    """Declare what `wait` may be told."""
    add_filter(parser, or_key=True)
    parser.add_argument(
        "--until",
        choices=[state.name.lower() for state in ScanState],
        default="closed",
        help="the state to wait for, or a later one (default: %(default)s)",
    )
    parser.add_argument("--timeout", type=seconds, metavar="S", help="wait for so many seconds at most")
    parser.add_argument("--exec", metavar="CMD", help="then have the shell run this")
    parser.add_argument("--json", action="store_true", help="write all that is known of the scan")
    add_store(parser)


def run(options: Namespace) -> int:
    """Wait until a scan ends, or gets to another state, and tell by the exit code what came of it."""
    scan_filter = scan_filter_of(options)
    named = options.filter[0].strip() if len(options.filter) == 1 else ""
    key = named if is_scan_key(named) else ""
    until = ScanState[options.until.upper()]

    def is_due(row: ScanSummary) -> bool:
        return row.state is not None and row.state >= until

    watch = ScanWatch(scan_filter, is_due, tells_of_old=lambda _: bool(key))
    feed, narrator = Feed(store_opener_of(options)), Narrator(server_label_of(options))
    feed.watched = [key] if key else []
    found: list[ExportedScan] = []

    async def wait() -> int:
        waiting = asyncio.ensure_future(_first(feed, watch, narrator, key))
        await asyncio.wait([waiting], timeout=options.timeout)
        if not waiting.done():
            waiting.cancel()
            await asyncio.wait([waiting])
            tell(f"no scan got there within {options.timeout:g} s")
            return ExitCode.TIMED_OUT
        scan = waiting.result().scan
        found.append(scan)
        # What came of the scan counts, whether its line is read or not.
        with suppress(BrokenPipeError):
            write(json_text(scan_record(scan)) if options.json else scan_line(scan, scan.scan.state_ms))
        return ExitCode.DONE if scan.scan.is_open else OF_WORDS.get(scan.word, ExitCode.SCAN_END_UNKNOWN)

    exit_code = run_work(wait())
    if not found or options.exec is None:
        return exit_code
    # The command finds the same server, and the password that we may have for it only where it is kept.
    server = "" if options.demo else server_of(options).address.label
    failure = run_command(options.exec, {**_variables(found[0]), URL_VARIABLE: server})
    if failure:
        tell(f"the command ended with exit code {failure}")
    return exit_code or (ExitCode.FAULT if failure else ExitCode.DONE)


async def _first(feed: Feed, watch: ScanWatch, narrator: Narrator, key: str) -> Happening:
    async with aclosing(feed.events()) as events:
        async for event in events:
            if isinstance(event, Connected):
                store = event.store
                await watch.begin(store)
                if key:
                    await _require_scan(store, key)
            narrator.take_in(event)
            for happening in watch.take_in(event):
                if happening.kind == "new":
                    return happening
            if key and isinstance(event, Loaded) and not event.remaining and watch.board.row(key) is None:
                await _require_scan(store, key)
            if key and watch.board.is_gone(key):
                raise NoScanAvailable(f"{key} is gone: it was deleted or has expired")
    raise AssertionError("a feed has no end")


async def _require_scan(store: AsyncDataStore, key: str) -> None:
    """Raise ScanNotFoundError unless there is such a scan; a connection that broke is made anew by the feed."""
    with suppress(ConnectionFailed):
        (loaded,) = await store.load_summaries([key])
        if isinstance(loaded, ScanNotFoundError):
            raise loaded


def _variables(scan: ExportedScan) -> dict[str, str]:
    """The scan for the environment of a command; what is not known is empty, so that nothing old is found there."""
    row = scan.scan
    known = {
        "key": row.key,
        "word": scan.word,
        "title": row.title,
        "end_reason": row.end_reason,
        "user": row.user_name,
        **{field: getattr(row.identity, field, None) for field in FIELDS},
    }
    return {
        f"{_VARIABLE}{name.upper()}": printable("" if value is None else str(value)) for name, value in known.items()
    }
