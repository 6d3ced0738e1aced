"""`scantui search`: prints the scans that match a filter."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from scantui.cli.arguments import add_filter, add_stores, scan_filter_of, whole_number
from scantui.cli.finding import count_scans, find_scans, no_scans
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import json_text, notify, notify_reading, scan_line, write
from scantui.cli.running import run_work
from scantui.cli.targets import Asked, Targets, in_order
from scantui.export import ExportedScan, export_columns, scan_record, to_csv, to_markdown

EXAMPLES = f"""\
A FILTER finds the same scans as in the monitor: see `scantui help filter`.
Without one, search prints all scans, newest last, and --count includes those
deleted in the last ten seconds. GONE needs a scan to be watched, so search
never reports it. Quote terms with !, <, > or * for the shell.

Of several servers all scans come as one list, each with its server; one that
fails is reported, and the exit code is then 1.

examples:
  scantui search 'name=ascan*' state=fail      failed ascans, one per line
  scantui search -session=demo 'age<2h' --csv  other sessions, for a spreadsheet
  scantui search 'title=*samx*' --keys         keys in Redis
  scantui search is=problem --count            the number of problems
  scantui search --limit 20 --json             the newest 20, with all data
  scantui search -s all state=run              what runs on all servers

{exit_codes_help(ExitCode.NO_SCAN)}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `scantui search`."""
    add_filter(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print a JSON list")
    form.add_argument("--csv", action="store_true", help="print a table for a spreadsheet")
    form.add_argument("--md", action="store_true", help="print a Markdown table for a logbook")
    form.add_argument("--keys", action="store_true", help="print only the keys in Redis")
    form.add_argument("--count", action="store_true", help="print only the number of scans")
    parser.add_argument("--limit", type=whole_number, default=0, metavar="N", help="print only the newest N scans")
    add_stores(parser)


def run(options: Namespace) -> int:
    """Find scans by a filter, and print them."""
    scan_filter, targets = scan_filter_of(options), Targets.of(options)

    async def count(asked: Asked) -> int:
        return await count_scans(asked.store, scan_filter, asked.target.name)

    async def find(asked: Asked) -> list[ExportedScan]:
        found = await find_scans(asked.store, scan_filter, options.limit, asked.target.name)
        return asked.placed(found)

    async def search() -> int:
        numbers = await targets.ask(count) if options.count and not options.limit else None
        scans = [] if numbers is not None else in_order(await targets.ask(find), options.limit)
        if targets.none_answered:
            return ExitCode.ERROR
        if numbers is None:
            number = len(scans)
            _write_scans(scans, options, targets)
        else:
            number = sum(numbers)
            write(str(number))
        if number:
            notify_reading(scan_filter)
            return targets.worst(ExitCode.DONE)
        notify(no_scans(scan_filter))
        return targets.worst(ExitCode.NO_SCAN)

    return run_work(search())


def _write_scans(scans: Sequence[ExportedScan], options: Namespace, targets: Targets) -> None:
    columns = export_columns(targets.are_many)
    if options.count:
        write(str(len(scans)))
    elif options.json:
        write(json_text([scan_record(scan) for scan in scans], indent=2))
    elif options.csv:
        write(to_csv(scans, columns).removesuffix("\n"))
    elif options.md:
        write(to_markdown(scans, columns).removesuffix("\n"))
    elif scans:
        write("\n".join(scan.scan.key if options.keys else scan_line(scan, width=targets.width) for scan in scans))
