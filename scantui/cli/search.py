"""`scantui search`: prints the scans that match a filter."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from scantui.cli.arguments import add_filter, add_store, scan_filter_of, store_opener_of, whole_number
from scantui.cli.finding import count_scans, find_scans, no_scans
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import json_text, notify, notify_reading, scan_line, write
from scantui.cli.running import run_work
from scantui.export import ExportedScan, scan_record, to_csv, to_markdown

EXAMPLES = f"""\
A FILTER finds the same scans as in the monitor: see `scantui help filter`.
Without one, search prints all scans, newest last, and --count includes those
deleted in the last ten seconds. GONE needs a scan to be watched, so search
never reports it. Quote terms with !, <, > or * for the shell.

examples:
  scantui search 'name=ascan*' state=fail      failed ascans, one per line
  scantui search -session=demo 'age<2h' --csv  other sessions, for a spreadsheet
  scantui search 'title=*samx*' --keys         keys in Redis
  scantui search is=problem --count            the number of problems
  scantui search --limit 20 --json             the newest 20, with all data

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
    add_store(parser)


def run(options: Namespace) -> int:
    """Find scans by a filter, and print them."""
    scan_filter, open_store = scan_filter_of(options), store_opener_of(options)

    async def search() -> int:
        async with await open_store() as store:
            if options.count and not options.limit:
                number = await count_scans(store, scan_filter)
                write(str(number))
            else:
                scans = await find_scans(store, scan_filter, options.limit)
                number = len(scans)
                _write_scans(scans, options)
        if number:
            notify_reading(scan_filter)
            return ExitCode.DONE
        notify(no_scans(scan_filter))
        return ExitCode.NO_SCAN

    return run_work(search())


def _write_scans(scans: Sequence[ExportedScan], options: Namespace) -> None:
    if options.count:
        write(str(len(scans)))
    elif options.json:
        write(json_text([scan_record(scan) for scan in scans], indent=2))
    elif options.csv:
        write(to_csv(scans).removesuffix("\n"))
    elif options.md:
        write(to_markdown(scans).removesuffix("\n"))
    elif scans:
        write("\n".join(scan.scan.key if options.keys else scan_line(scan) for scan in scans))
