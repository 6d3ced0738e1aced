"""`scantui diff`: what differs between two scans."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from scantui.cli.arguments import add_store, store_opener_of
from scantui.cli.finding import key_of
from scantui.cli.outcomes import ExitCode
from scantui.cli.output import json_text, write
from scantui.cli.running import run_work
from scantui.comparison import comparison_lines
from scantui.differences import Comparison, compare

EXAMPLES = """\
Scan numbers, keys, times and file names differ between any two scans; diff
leaves them out unless you give --all. It never compares the object ids in the
names of devices. Numbers within a millionth of each other are equal.

examples:
  scantui diff 41 42
  scantui diff 41 42 --json | jq -r '.changed[].path'
  scantui diff 41 42 > /dev/null && echo "same settings"

exit codes:
  0    the scans are equal
  1    they differ
  2    error, described on stderr
  3    no such scan
  130  interrupted by Ctrl-C
"""
EQUAL, DIFFERENT = 0, 1
# The exit code for every error, since 1 means that the scans differ.
FAULT_CODE = ExitCode.BAD_USAGE


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the two scans and the format."""
    parser.add_argument("a", metavar="A", help="key or number of a scan")
    parser.add_argument("b", metavar="B", help="key or number of another scan")
    parser.add_argument("--all", action="store_true", help="include what differs between any two scans")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_store(parser)


def run(options: Namespace) -> int:
    """Print what differs between two scans: identity, positions, counters, metadata."""
    open_store = store_opener_of(options)

    async def diff() -> int:
        async with await open_store() as store:
            a = await store.load_scan(await key_of(store, options.a))
            b = await store.load_scan(await key_of(store, options.b))
        found = compare(a, b, options.all)
        write(json_text(_record(found), indent=2) if options.json else "\n".join(comparison_lines(found, a, b)))
        return DIFFERENT if found.changed else EQUAL

    return run_work(diff())


def _record(found: Comparison) -> dict[str, Any]:
    return {
        "a": found.a,
        "b": found.b,
        "changed": [{"path": each.path, "a": each.a, "b": each.b} for each in found.changed],
        "equal": found.equal,
        "ignored": found.ignored,
    }
