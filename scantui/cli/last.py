"""`scantui last`: prints the newest scan that matches a filter."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from contextlib import aclosing

from scantui.cli.arguments import add_filter, add_stores, scan_filter_of
from scantui.cli.finding import find_scans, no_scans
from scantui.cli.lists import in_order
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import json_text, notify, notify_reading, scan_line, write
from scantui.cli.running import run_work
from scantui.cli.targets import Asked, Targets
from scantui.exceptions import NoScanAvailable
from scantui.export import ExportedScan, scan_record

EXAMPLES = f"""\
A FILTER has the syntax of the filter bar: see `scantui help filter`.

Of several servers it is the newest scan of all that are reached within a
second; one that fails, or has a newer scan later, is reported, and the exit
code is then 1.

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
    add_stores(parser)


def run(options: Namespace) -> int:
    """Print the newest scan, or the newest that matches a filter."""
    scan_filter, targets = scan_filter_of(options), Targets.of(options)

    async def find(asked: Asked) -> list[ExportedScan]:
        return asked.placed(await find_scans(asked.store, scan_filter, 1, asked.target.name))

    def put(scan: ExportedScan) -> None:
        notify_reading(scan_filter)
        line = scan_line(scan, width=targets.width)
        write(scan.scan.key if options.key else json_text(scan_record(scan)) if options.json else line)

    async def look() -> int:
        lists: list[list[ExportedScan]] = []
        written: list[ExportedScan] = []
        async with aclosing(targets.ask_in_turn(find)) as batches:
            async for batch in batches:
                lists += batch
                newest = in_order(lists, newest=1)
                if not written:
                    for scan in newest:
                        put(scan)
                    written = newest
                elif newest[0].scan.key != written[0].scan.key:
                    targets.report_late(newest)
        if not written:
            if targets.has_failed:
                if not targets.none_answered:
                    notify(no_scans(scan_filter))
                return ExitCode.ERROR
            raise NoScanAvailable(no_scans(scan_filter))
        return targets.worst(ExitCode.DONE)

    return run_work(look())
