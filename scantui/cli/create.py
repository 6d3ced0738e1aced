"""`scantui create`: creates a test scan, and runs it if it is to have points."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from contextlib import suppress
from typing import TYPE_CHECKING

from scantui.cli.arguments import add_store, store_opener_of
from scantui.cli.finding import find_scans
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import json_text, notify_person, write
from scantui.cli.running import run_work
from scantui.filters import ScanFilter
from scantui.publishing.form import LARGEST_NUMBER, read_form
from scantui.publishing.run import PlannedScan, publish_scan
from scantui.words import counted

if TYPE_CHECKING:
    from scantui.models import Scan
    from scantui.store import AsyncDataStore

EXAMPLES = f"""\
scantui prints the key as soon as the scan exists. With --points, the scan is
prepared, started, filled, stopped and closed; Ctrl-C closes it as aborted.
Without --points, it is only created. `scantui delete` recognises test scans by
"publisher": "scantui" in their info.

examples:
  scantui create my_test                               create only, next number
  scantui create my_test --points 100 --interval 0.1   a scan of ten seconds
  scantui create my_test --session demo --dry-run      what would be published

{exit_codes_help()}"""

_NUMBERS_LOOKED_AT = 100
_TEXTS = {
    "session": "session",
    "proposal": "proposal",
    "collection": "collection",
    "dataset": "dataset",
    "path": "file that the scan would be saved in",
}


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `scantui create`."""
    parser.add_argument("name", metavar="NAME", help="name of the scan")
    parser.add_argument("--number", metavar="N", help="scan number (default: the next one)")
    parser.add_argument("--data-policy", default="None", metavar="TEXT", help="data policy (default: None)")
    for field, what in _TEXTS.items():
        parser.add_argument(f"--{field}", default="", metavar="TEXT", help=what)
    parser.add_argument(
        "--points", default="0", metavar="N", help="run the scan with N points (default: 0, create only)"
    )
    parser.add_argument("--interval", default="0.5", metavar="S", help="seconds per point (default: %(default)s)")
    parser.add_argument("--dry-run", action="store_true", help="print what would be published; publish nothing")
    add_store(parser)


def run(options: Namespace) -> int:
    """Create a test scan; with --points, run it to its end."""
    open_store = store_opener_of(options)
    asked = {
        "name": options.name,
        "data_policy": options.data_policy,
        **{field: getattr(options, field) for field in _TEXTS},
        "points": options.points,
        "interval": options.interval,
        "copies": "1",
    }
    # Reject invalid values before connecting to the server.
    runs = read_form({**asked, "number": options.number or "1"}).runs

    def created(scan: Scan) -> None:
        # The scan goes on even if no process reads its key.
        with suppress(BrokenPipeError):
            write(scan.key)
        if runs:
            notify_person(
                f"{counted(int(options.points), 'point')}, one every {options.interval} s; Ctrl-C closes the scan"
            )

    async def create() -> int:
        async with await open_store() as store:
            number = options.number or str(await _next_number(store))
            test_scan = read_form({**asked, "number": number})
            if options.dry_run:
                write(json_text(_described(test_scan.plan), indent=2))
                return ExitCode.DONE
            await publish_scan(store, test_scan.plan, runs, created, takes_next_number=options.number is None)
        return ExitCode.DONE

    return run_work(create())


async def _next_number(store: AsyncDataStore) -> int:
    newest = await find_scans(store, ScanFilter(), _NUMBERS_LOOKED_AT)
    numbers = (scan.scan.identity.number for scan in reversed(newest) if scan.scan.identity is not None)
    return min(next(numbers, 0) + 1, LARGEST_NUMBER)


def _described(plan: PlannedScan) -> dict[str, object]:
    return {
        "identity": plan.identity,
        "info": plan.info,
        "streams": [{"name": stream.name, "dtype": stream.dtype} for stream in plan.streams if plan.points],
        "points": plan.points,
        "interval": plan.interval,
    }
