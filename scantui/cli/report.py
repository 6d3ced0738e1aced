"""`scantui report`: what ran in a span of time, the pauses, the problems, and every scan."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping

from scantui.cli.arguments import add_filter, add_stores, scan_filter_of
from scantui.cli.finding import no_scans
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import json_text, notify, notify_reading, write
from scantui.cli.reporting import report_of
from scantui.cli.running import run_work
from scantui.cli.targets import Targets
from scantui.exceptions import UsageError
from scantui.filters.moments import seconds_in
from scantui.report import PAUSE_MS, Report
from scantui.report.page import report_page
from scantui.report.records import report_csv, report_record
from scantui.report.text import report_markdown, report_text

EXAMPLES = f"""\
WHEN is today, yesterday, 22:00, 8h or 2026-11-20T22:00, in local time; 22:00 is
the last time it was 22:00, today and yesterday begin at midnight. The report
covers all scans that ran at any moment of the span. One that the history no
longer names is left out if its document says that it ended two days before.

"Ran" is the time from STARTED to CLOSED of top-level scans, by the server's
clock; overlaps count once. A pause is a time without an open scan that moves.
Overhead is 1 - points x count time / duration. None of them shows whether there
was beam.

examples:
  scantui report --since 22:00                        the night so far
  scantui report --since 22:00 --until 06:00 --md     for a logbook
  scantui report --since yesterday --html > day.html  a page to print or send
  scantui report --since 8h proposal=hc1234 --json | jq .ran_seconds

{exit_codes_help()}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the span, the format and the filter."""
    add_filter(parser)
    parser.add_argument("--since", metavar="WHEN", default="today", help="where the span begins (default: today)")
    parser.add_argument("--until", metavar="WHEN", default="", help="where the span ends (default: now)")
    parser.add_argument(
        "--pause",
        type=span_of_time,
        metavar="SPAN",
        default=PAUSE_MS / 1000,
        help="shortest pause to list, such as 90s or 10m (default: 5m)",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--md", action="store_true", help="Markdown, for a logbook")
    form.add_argument("--csv", action="store_true", help="the scans as a table for a spreadsheet")
    form.add_argument("--json", action="store_true", help="all of it, for scripts")
    form.add_argument("--html", action="store_true", help="one self-contained page")
    add_stores(parser)


def run(options: Namespace) -> int:
    """Report what ran in a span of time, with its pauses and problems."""
    scan_filter, targets, pause_ms = scan_filter_of(options), Targets.of(options), int(options.pause * 1000)

    async def report() -> int:
        made = await report_of(targets, scan_filter, options.since, options.until, pause_ms)
        if targets.none_answered:
            return ExitCode.ERROR
        write(_written(*made, options))
        if made.report.scans or not scan_filter.terms:
            notify_reading(scan_filter)
        else:
            notify(no_scans(scan_filter))
        return targets.worst(ExitCode.DONE)

    return run_work(report())


def span_of_time(text: str) -> float:
    """A span of time with its unit, for argparse; in seconds."""
    try:
        seconds = seconds_in(text)
    except UsageError as error:
        raise ArgumentTypeError(str(error)) from None
    if not seconds:
        raise ArgumentTypeError(f"give a span of time above zero, not {text!r}")
    return seconds


def _written(report: Report, curves: Mapping[str, str], options: Namespace) -> str:
    if options.json:
        return json_text(report_record(report), indent=2)
    if options.csv:
        return report_csv(report).removesuffix("\r\n")
    if options.md:
        return report_markdown(report).removesuffix("\n")
    return (report_page(report, curves=curves) if options.html else report_text(report)).removesuffix("\n")
