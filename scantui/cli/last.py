"""`scantui last`: prints the newest scan that matches a filter."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from scantui.cli.arguments import add_filter, add_store, scan_filter_of, store_opener_of
from scantui.cli.finding import find_scans, no_scans
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import json_text, notify_reading, scan_line, write
from scantui.cli.running import run_work
from scantui.exceptions import NoScanAvailable
from scantui.export import scan_record

EXAMPLES = f"""\
A FILTER has the syntax of the filter bar: see `scantui help filter`.

examples:
  scantui last                       the newest scan
  scantui last 'name=ascan*'         the newest ascan
  scantui last is=closed --json      the newest closed scan, with all its data
  scantui show "$(scantui last --key)"

{exit_codes_help(ExitCode.NO_SCAN)}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `scantui last`."""
    add_filter(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    form.add_argument("--key", action="store_true", help="print only the key in Redis")
    add_store(parser)


def run(options: Namespace) -> int:
    """Print the newest scan, or the newest that matches a filter."""
    scan_filter, open_store = scan_filter_of(options), store_opener_of(options)

    async def look() -> int:
        async with await open_store() as store:
            scans = await find_scans(store, scan_filter, newest=1)
        if not scans:
            raise NoScanAvailable(no_scans(scan_filter))
        notify_reading(scan_filter)
        (scan,) = scans
        write(scan.scan.key if options.key else json_text(scan_record(scan)) if options.json else scan_line(scan))
        return ExitCode.DONE

    return run_work(look())
