"""Finds the server that has a scan, for commands about one scan.

Rule: with one server nothing is asked; the command finds the scan as it always does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from scantui.cli.finding import find_scans
from scantui.cli.lists import in_order
from scantui.cli.output import notify, notify_person
from scantui.cli.targets import Asked, ServerTarget, Targets
from scantui.exceptions import NoScanAvailable, StoreError
from scantui.export import ExportedScan
from scantui.feed import load_rows
from scantui.filters import ScanFilter


class Located(NamedTuple):
    """A scan by its key or number, and its server; `server` is its name if it is one of several, else empty."""

    target: ServerTarget
    named: str
    server: str = ""


async def locate(targets: Targets, named: str | None) -> Located:
    """Find the server of the scan that a key or a number names, None for the newest of all.

    Blanks and line ends around it, as a copied key may have, do not count. `id11:42` names scan 42 of the server id11.
    Of several scans with a number it is the newest; a message names the servers that have others.
    Raises NoScanAvailable if no server has it, StoreError if one that failed may have it.
    """
    named = named and named.strip()
    chosen, named = server_in(targets, named) if named else ((), named)
    if not targets.are_many:
        return Located(targets.all[0], named or "")

    async def find(asked: Asked) -> list[ExportedScan]:
        return asked.placed(await _find(asked, named))

    # A key is on one server; of a number the newest is wanted, which any may have.
    is_key = named is not None and not _is_number(named)
    ask = targets.ask_until if is_key else targets.ask_reached
    found = in_order(await ask(find, bool, chosen))
    if not found:
        raise _nothing(named, targets.has_failed, chosen)
    row = found[-1].scan
    if others := [each.scan.server for each in found[:-1] if each.scan.server]:
        notify(f"older scans with the number {named} are on {', '.join(dict.fromkeys(others))}")
    target = next(target for target in targets.all if target.name == row.server)
    number = row.identity.number if row.identity else row.key
    notify_person(f"scan {number} is on {target.label}")
    return Located(target, row.key, target.name)


def server_in(targets: Targets, named: str) -> tuple[Sequence[ServerTarget], str]:
    """The server in front of a key or a number, as in id11:42, none if there is none; and what follows it."""
    for target in targets.all:
        if named.startswith(f"{target.name}:"):
            return [target], named[len(target.name) + 1 :]
    return (), named


def is_beside(a: Located, b: Located) -> bool:
    """Whether two scans are on the same server."""
    return a.target is b.target


async def _find(asked: Asked, named: str | None) -> Sequence[ExportedScan]:
    """The scan on one server, none if it is not there."""
    if named is None or _is_number(named):
        scan_filter = ScanFilter.parse("" if named is None else f"number={named}")
        return await find_scans(asked.store, scan_filter, 1)
    return [ExportedScan(row, "") for row in await load_rows(asked.store, [named])]


def _is_number(named: str) -> bool:
    return named.isascii() and named.isdigit()


def _nothing(named: str | None, has_failed: bool, chosen: Sequence[ServerTarget]) -> StoreError:
    server = chosen[0].label if chosen else ""
    if server and has_failed:
        return StoreError(f"{named} cannot be looked for on {server}")
    if named is None:
        text = "there are no scans"
    elif _is_number(named):
        text = f"no scan has the number {named}{server and f' on {server}'}"
    else:
        text = f"{server} has no {named}" if server else f"no server has {named}"
    return StoreError(f"{text} on the servers that answered") if has_failed else NoScanAvailable(text)
