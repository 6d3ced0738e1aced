"""`scantui show`: prints everything about one scan."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scantui.cli.arguments import SCAN_HELP, add_stores
from scantui.cli.finding import details_of, look_at
from scantui.cli.locating import locate
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import json_text, write
from scantui.cli.running import run_work
from scantui.cli.targets import Asked, Targets
from scantui.export import ExportedScan, scan_record
from scantui.feed import load_rows
from scantui.models import ScanSummary
from scantui.titles import row_name
from scantui.words import iso_time, state_word

if TYPE_CHECKING:
    from scantui.store.operations.details import ScanDetails, StreamTail

EXAMPLES = f"""\
If several scans have the same number, show prints the newest, and the number of
others on stderr.

examples:
  scantui show 42
  scantui show esrf:scan:01JBXVGZM0G32HDSZJXS6MSESN
  scantui show 42 --json | jq .info.positioners

{exit_codes_help(ExitCode.NO_SCAN)}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `scantui show`."""
    parser.add_argument("scan", metavar="KEY|NUMBER", help=SCAN_HELP)
    parser.add_argument("--json", action="store_true", help="print one JSON object, including info")
    add_stores(parser)


def run(options: Namespace) -> int:
    """Print everything about one scan: states, links, streams and info."""
    targets = Targets.of(options)

    async def show() -> int:
        located = await locate(targets, options.scan)

        async def look(asked: Asked) -> tuple[ScanDetails, ExportedScan, list[ScanSummary]]:
            store = asked.store
            # The store is closed with nothing on its way.
            asked_status = asyncio.gather(store.monitoring.poll_status([]), return_exceptions=True)
            try:
                details = await details_of(store, located.named)
            finally:
                [status] = await asked_status
            if isinstance(status, BaseException):
                raise status
            scan = await look_at(store, details.summary, status.server_ms)
            return details, scan, [] if options.json else await load_rows(store, linked_keys(details))

        details, scan, linked = await targets.ask_one(located.target, look)
        names = {row.key: named(row) for row in linked}
        if options.json:
            write(
                json_text(
                    {**({"server": located.server} if located.server else {}), **_all_of(details, scan)}, indent=2
                )
            )
        else:
            write(_text_of(details, scan, names, located.server or ""))
        return targets.worst(ExitCode.DONE)

    return run_work(show())


def linked_keys(details: ScanDetails) -> list[str]:
    """The keys of the scan's sub-scans and of its parent."""
    return [*details.sub_scans, *((details.parent,) if details.parent else ())]


def named(row: ScanSummary) -> str:
    """State, number and title of a scan, empty for one that cannot be read."""
    if row.identity is None:
        return ""
    return f"{state_word(row)} {row.identity.number} {row_name(row)}"


def _text_of(details: ScanDetails, scan: ExportedScan, names: Mapping[str, str], server: str) -> str:
    """The text of the details pane, with all of info unfolded; `names` are those of linked scans, by their keys."""
    # The lines use rich, which takes a while to import.
    from scantui.tui.widgets.detail_info import info_lines
    from scantui.tui.widgets.detail_lines import detail_lines
    from scantui.tui.widgets.wrapping import with_blanks

    lines = detail_lines(
        details, scan.now_ms, scan.word, lambda key: names.get(key, ""), progress=scan.progress, server=server
    )
    info = details.scan.info
    if info:
        lines += info_lines(info, _unfolded((), {"info": info}))
    return "\n".join(with_blanks(line.text).plain for line in lines)


def _unfolded(place: tuple[str | int, ...], value: Any) -> dict[tuple[str | int, ...], int]:
    """Every place below this one that can be unfolded, with as many children as the screen unfolds at once."""
    from scantui.tui.widgets.detail_info import CHILDREN_AT_ONCE

    if not isinstance(value, (Mapping, list, str)):
        return {}
    places = {place: CHILDREN_AT_ONCE}
    if not isinstance(value, str):
        for key, child in value.items() if isinstance(value, Mapping) else enumerate(value):
            places |= _unfolded((*place, key), child)
    return places


def _all_of(details: ScanDetails, scan: ExportedScan) -> dict[str, object]:
    """The fields of a row in JSON, and those that only the details have."""
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
    held_back = {"held_back": stream.held_back} if stream.held_back else {}
    return {**described, "last": last} | ({"problem": stream.problem} if stream.problem else held_back)
