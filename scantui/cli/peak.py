"""`scantui peak`: prints where the peak of a counter is."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from scantui.cli.arguments import SCAN_HELP, add_stores
from scantui.cli.finding import load_named
from scantui.cli.locating import locate, server_in
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import json_text, notify, write
from scantui.cli.peaks import FoundPeak, find_peak
from scantui.cli.running import run_work
from scantui.cli.targets import Targets
from scantui.curves.axes import number_text, place_text
from scantui.exceptions import UsageError
from scantui.store.wire.protocol import SCAN_PREFIX

EXAMPLES = f"""\
peak is the greatest point, cen the middle at half height, fwhm the width there,
and com the centre of mass, as BLISS finds them. Without a scan, peak uses the
last one; without a counter, the first that scantui plot draws. A - (in JSON,
null) stands for what the points do not show.

--json prints full stream names in counter and x; x is null if the points have
no axis but their index.

examples:
  scantui peak
  scantui peak diode
  scantui peak 42 diode --json | jq .cen

{exit_codes_help(ExitCode.NO_SCAN)}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `scantui peak`."""
    parser.add_argument("scan", nargs="?", metavar="KEY|NUMBER", help=f"{SCAN_HELP} (default: the last one)")
    parser.add_argument("counter", nargs="?", metavar="COUNTER", help="full or displayed name of a counter")
    parser.add_argument("--json", action="store_true", help="print one JSON object with exact numbers")
    add_stores(parser)


def run(options: Namespace) -> int:
    """Print where the peak of a counter is: peak, cen, fwhm and com."""
    named, counter, targets = options.scan, options.counter, Targets.of(options)
    if named is not None and not names_scan(server_in(targets, named.strip())[1]):
        if counter is not None:
            raise UsageError("give the key or the number of the scan before the counter")
        named, counter = None, named

    async def peak() -> int:
        located = await locate(targets, named)
        async with await located.target.open_store() as store:
            scan = await load_named(store, located.named or (await store.get_last_scan()).key)
            found = await find_peak(store, scan, counter)
        for remark in found.remarks:
            notify(remark)
        record = {**({"server": located.server} if located.server else {}), **_as_json(scan.key, found)}
        write(json_text(record) if options.json else _as_text(found))
        return targets.worst(ExitCode.DONE)

    return run_work(peak())


def names_scan(text: str) -> bool:
    """Whether an argument is the key or the number of a scan, rather than a counter."""
    text = text.strip()
    return text.startswith(SCAN_PREFIX) or (text.isascii() and text.isdigit())


def _as_json(key: str, found: FoundPeak) -> dict[str, object]:
    shapes = found.shapes
    return {
        "key": key,
        "counter": found.counter,
        "x": found.x,
        "points": found.points,
        "peak": shapes.peak,
        "com": shapes.com,
        "cen": shapes.cen,
        "fwhm": shapes.fwhm,
    }


def _as_text(found: FoundPeak) -> str:
    def place(value: float | None) -> str:
        return "-" if value is None else place_text(value, found.x_span)

    shapes = found.shapes
    peak = f"{place(shapes.peak[0])} {number_text(shapes.peak[1])}" if shapes.peak else "-"
    return f"peak {peak} / cen {place(shapes.cen)} / fwhm {place(shapes.fwhm)} / com {place(shapes.com)}"
