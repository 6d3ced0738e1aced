"""`scantui search`: prints the scans that match a filter."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from scantui.cli.arguments import add_filter, add_stores, scan_filter_of, whole_number
from scantui.cli.finding import count_scans, find_keys, find_scans, no_scans
from scantui.cli.lists import in_order, late_answer
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import json_text, notify, notify_reading, scan_line, write
from scantui.cli.running import run_work
from scantui.cli.targets import Asked, ServerTarget, Targets
from scantui.export import ExportedScan, export_columns, scan_record, to_csv, to_markdown
from scantui.filters import ScanFilter

EXAMPLES = f"""\
A FILTER finds the same scans as in the monitor: see `scantui help filter`.
Without one, search prints all scans, newest last. GONE needs a scan to be
watched, so search never reports it. Quote terms with !, <, > or * for the
shell.

Where the filter is about name, number and the like, the server counts for
--count, and includes scans that were deleted in the last ten seconds. It
answers no one else meanwhile, about 2 microseconds for each scan: with
hundreds of thousands of scans, ask a replica. Filters of a span of time, such
as is=open, age<2h and since=22:00, cost it as much, and do not read the rest of
the archive: a scan that the history no longer names counts as ended if its
document says how it ended.

Of several servers all scans come as one list, each with its server; one that
fails is reported, and the exit code is then 1. A server that is not reached
within a second does not hold up the others: its scans come below theirs. It is
too late for --json, --limit and --count: what they lack then is reported.

examples:
  scantui search 'name=ascan*' state=fail      failed ascans, one per line
  scantui search -session=demo 'age<2h' --csv  other sessions, for a spreadsheet
  scantui search 'title=*samx*' --keys         keys in Redis
  scantui search is=problem --count            the number of problems
  scantui search --limit 20 --json             the newest 20, with all data
  scantui search -s all state=run              what runs on all servers
  scantui search -s all id11:42                scan 42 of the server id11

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

    async def find(asked: Asked) -> list[ExportedScan]:
        found = await find_scans(asked.store, scan_filter, options.limit, asked.target.name)
        return asked.placed(found)

    async def search() -> int:
        if options.count and not options.limit:
            number = await _write_number(targets, scan_filter)
        else:
            number = await _write_lists(targets, targets.ask_in_turn(find), options)
        if targets.none_answered:
            return ExitCode.ERROR
        if number:
            notify_reading(scan_filter)
            return targets.worst(ExitCode.DONE)
        notify(no_scans(scan_filter))
        return targets.worst(ExitCode.NO_SCAN)

    return run_work(search())


async def _write_number(targets: Targets, scan_filter: ScanFilter) -> int:
    """Write how many scans there are on the servers that are reached; returns the number."""
    if not targets.are_many:
        (number,) = await targets.ask(lambda asked: count_scans(asked.store, scan_filter, asked.target.name))
        write(str(number))
        return number

    async def keys(asked: Asked) -> tuple[ServerTarget, set[str]]:
        return asked.target, await find_keys(asked.store, scan_filter, asked.target.name)

    # A scan that several servers have counts once, as it is listed once.
    known: set[str] = set()
    written = None
    async with aclosing(targets.ask_in_turn(keys)) as batches:
        async for batch in batches:
            for target, found in batch:
                new, known = found - known, known | found
                if written is not None and new:
                    targets.report(target, late_answer(len(new)))
            if written is None and not targets.none_answered:
                written = len(known)
                write(str(written))
    return written or 0


async def _write_lists(
    targets: Targets, batches: AsyncGenerator[list[list[ExportedScan]], None], options: Namespace
) -> int:
    """Write the scans of the servers that are reached, then those of slower ones; returns how many there are."""
    found: list[list[ExportedScan]] = []
    written: set[str] | None = None
    async with aclosing(batches):
        async for batch in batches:
            found += batch
            scans = in_order(found, options.limit)
            if written is None:
                if targets.none_answered:
                    continue
                _write(_lines(scans, options, targets))
            elif late := [each for each in scans if each.scan.key not in written]:
                if options.json or options.limit:
                    # One document, and the newest of all, cannot be continued.
                    targets.report_late(late)
                    continue
                _write(_lines(late, options, targets, goes_on=True))
            written = {each.scan.key for each in scans}
    return len(written or ())


def _lines(scans: Sequence[ExportedScan], options: Namespace, targets: Targets, *, goes_on: bool = False) -> list[str]:
    """The lines for some scans; if they go on with a list, without its header."""
    columns = export_columns(targets.are_many)
    if options.count:
        return [str(len(scans))]
    if options.json:
        return [json_text([scan_record(scan) for scan in scans], indent=2)]
    if options.csv:
        return to_csv(scans, columns).removesuffix("\n").split("\n")[goes_on:]
    if options.md:
        return to_markdown(scans, columns).removesuffix("\n").split("\n")[2 * goes_on :]
    return [scan.scan.key if options.keys else scan_line(scan, width=targets.width) for scan in scans]


def _write(lines: Sequence[str]) -> None:
    if lines:
        write("\n".join(lines))
