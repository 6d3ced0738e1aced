"""`scantui search`: the scans that pass a filter, once."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from scantui.cli.arguments import add_filter, add_store, scan_filter_of, store_opener_of, whole_number
from scantui.cli.finding import find_scans, no_scans
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import json_text, scan_line, tell, write
from scantui.cli.running import run_work
from scantui.export import ExportedScan, scan_record, to_csv, to_markdown

EXAMPLES = f"""\
A FILTER is what / takes in the monitor, and finds the same scans. Without one, all are found. Nobody has watched the
scans, so none is known to be STALL or GONE. In the shell, put a term with !, <, > or * in quotation marks.

examples:
  scantui search 'name=ascan*' state=fail      failed scans, a line each, the newest last
  scantui search -session=demo 'age<2h' --csv  those of other sessions, for a spreadsheet
  scantui search 'title=*samx*' --keys         their keys in Redis
  scantui search is=problem --count            how many
  scantui search --limit 20 --json             the newest 20, with all that their rows know

{exit_codes_help(ExitCode.NO_SCAN)}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what a search may be told."""
    add_filter(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="a list with all that is known of each scan")
    form.add_argument("--csv", action="store_true", help="a table for a spreadsheet")
    form.add_argument("--md", action="store_true", help="a table in Markdown, for a logbook")
    form.add_argument("--keys", action="store_true", help="the keys of the scans, a line each")
    form.add_argument("--count", action="store_true", help="only how many there are")
    parser.add_argument("--limit", type=whole_number, default=0, metavar="N", help="only the newest N")
    add_store(parser)


def run(options: Namespace) -> int:
    """Find scans by a filter."""
    scan_filter, open_store = scan_filter_of(options), store_opener_of(options)

    async def search() -> int:
        async with await open_store() as store:
            scans = await find_scans(store, scan_filter, options.limit)
        _write_scans(scans, options)
        if scans:
            return ExitCode.DONE
        tell(no_scans(scan_filter))
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
