"""`scantui diff`: what differs between two scans."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from scantui.cli.arguments import add_stores
from scantui.cli.finding import load_named
from scantui.cli.locating import Located, locate
from scantui.cli.outcomes import ExitCode
from scantui.cli.output import json_text, write
from scantui.cli.running import run_work
from scantui.cli.targets import Targets
from scantui.comparison import comparison_lines
from scantui.differences import Comparison, compare
from scantui.models import Scan

EXAMPLES = """\
Scan numbers, keys, times and file names differ between any two scans; diff
leaves them out unless you give --all. It never compares the object ids in the
names of devices. Numbers within a millionth of each other are equal.

examples:
  scantui diff 41 42
  scantui diff 41 42 --json | jq -r '.changed[].path'
  scantui diff id11:42 id15:42 -s all    scans of two servers
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
    add_stores(parser)


def run(options: Namespace) -> int:
    """Print what differs between two scans: identity, positions, counters, metadata."""
    targets = Targets.of(options)

    async def diff() -> int:
        at_a, at_b = await locate(targets, options.a), await locate(targets, options.b)
        a, b = await _load(at_a, at_b)
        found = compare(a, b, options.all)
        servers = {"server_a": at_a.server, "server_b": at_b.server} if targets.are_many else {}
        lines = comparison_lines(found, a, b, (at_a.server, at_b.server))
        write(json_text(_record(found, servers), indent=2) if options.json else "\n".join(lines))
        if targets.has_failed:
            return FAULT_CODE
        return DIFFERENT if found.changed else EQUAL

    return run_work(diff())


async def _load(at_a: Located, at_b: Located) -> tuple[Scan, Scan]:
    async with await at_a.target.open_store() as store:
        a = await load_named(store, at_a.named)
        if at_b.target is at_a.target:
            return a, await load_named(store, at_b.named)
    async with await at_b.target.open_store() as store:
        return a, await load_named(store, at_b.named)


def _record(found: Comparison, servers: dict[str, str]) -> dict[str, Any]:
    return {
        "a": found.a,
        "b": found.b,
        **servers,
        "changed": [{"path": each.path, "a": each.a, "b": each.b} for each in found.changed],
        "equal": found.equal,
        "ignored": found.ignored,
    }
