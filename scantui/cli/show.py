"""`scantui show`: all about one scan."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scantui.cli.arguments import add_store, store_opener_of
from scantui.cli.finding import find_scans, look_at
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import json_text, tell, write
from scantui.cli.running import run_work
from scantui.exceptions import NoScanAvailable
from scantui.export import ExportedScan, iso_time, scan_record
from scantui.filters import ScanFilter

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore
    from scantui.store.operations.details import ScanDetails, StreamTail

EXAMPLES = f"""\
Several scans may bear the same number: the newest of them is shown, and stderr tells how many others there are.

examples:
  scantui show 42
  scantui show esrf:scan:01JBXVGZM0G32HDSZJXS6MSESN
  scantui show 42 --json | jq .info.positioners

{exit_codes_help(ExitCode.NO_SCAN)}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what `show` may be told."""
    parser.add_argument("scan", metavar="KEY|NUMBER", help="the scan's key in Redis, or its number")
    parser.add_argument("--json", action="store_true", help="all of it as JSON, its info included")
    add_store(parser)


def run(options: Namespace) -> int:
    """Write all about one scan: its states, links, streams and info."""
    open_store = store_opener_of(options)

    async def show() -> int:
        async with await open_store() as store:
            details = await store.load_details(await _key_of(store, options.scan.strip()))
            scan = await look_at(store, details.summary)
        write(json_text(_all_of(details, scan), indent=2) if options.json else _text_of(details, scan))
        return ExitCode.DONE

    return run_work(show())


async def _key_of(store: AsyncDataStore, named: str) -> str:
    if not (named.isascii() and named.isdigit()):
        return named
    bearers = await find_scans(store, ScanFilter.parse(f"number={named}"))
    if not bearers:
        raise NoScanAvailable(f"no scan bears the number {named}")
    if others := len(bearers) - 1:
        tell(
            f"{others} older scan{'s bear' if others > 1 else ' bears'} the number {named} too: "
            f"scantui search number={named} --keys"
        )
    return bearers[-1].scan.key


def _text_of(details: ScanDetails, scan: ExportedScan) -> str:
    """What the monitor's details say, with all of info unfolded."""
    # The lines are made of rich's texts, which take a while to import.
    from scantui.tui.widgets.detail_info import info_lines
    from scantui.tui.widgets.detail_lines import detail_lines

    lines = detail_lines(details, scan.now_ms, scan.word)
    info = details.scan.info
    if info:
        lines += info_lines(info, _unfolded((), {"info": info}))
    return "\n".join(line.text.plain for line in lines)


def _unfolded(place: tuple[str | int, ...], value: Any) -> dict[tuple[str | int, ...], int]:
    """Every place below this one that can be unfolded, as far as a screen would unfold it at once."""
    from scantui.tui.widgets.detail_info import CHILDREN_AT_ONCE

    if not isinstance(value, (Mapping, list, str)):
        return {}
    places = {place: CHILDREN_AT_ONCE}
    if not isinstance(value, str):
        for key, child in value.items() if isinstance(value, Mapping) else enumerate(value):
            places |= _unfolded((*place, key), child)
    return places


def _all_of(details: ScanDetails, scan: ExportedScan) -> dict[str, object]:
    """Under the names that a row has in JSON, and what only the details know."""
    links = {"parent": details.parent, "sub_scans": details.sub_scans, "hdf5_path": details.hdf5_path}
    return {
        **scan_record(scan),
        **{name: link for name, link in links.items() if link},
        "transitions": [{"state": state.name, "at": iso_time(ms)} for state, ms in details.transitions],
        "streams": [_stream(stream) for stream in details.streams],
        "more_streams": details.more_streams,
        "info": details.scan.info,
    }


def _stream(stream: StreamTail) -> dict[str, object]:
    described = {field: getattr(stream, field) for field in ("name", "kind", "dtype", "shape", "length", "sealed")}
    last = [str(value) if isinstance(value, complex) else value for value in stream.last]
    return {**described, "last": last} | ({"problem": stream.problem} if stream.problem else {})
