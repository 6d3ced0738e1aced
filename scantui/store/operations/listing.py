"""Operations that list scans: the newest ones at a glance, all of them, and those that the index lacks.

Rule: a list is quick, so some of its scans may have been deleted in the last ten seconds; loading them shows it.
"""

from __future__ import annotations

from collections.abc import Callable

from scantui.exceptions import CommandError, NotAllowedError, TooManyScansError
from scantui.matching import SearchCriteria
from scantui.models import ListedScans
from scantui.store.operations.arguments import count
from scantui.store.operations.index import EVERYTHING, SearchAbility, count_in_index, find_keys
from scantui.store.operations.load import get_last_timetag
from scantui.store.operations.requests import Command, Operation, Value
from scantui.store.operations.search import confirmed
from scantui.store.wire import protocol
from scantui.store.wire.replies import hits_in, parse_entries, text_of

# Mostly all of a history, which publishers trim to 2048 entries and some.
_PAGE = 2500


def list_newest(most: int) -> Operation[list[str]]:
    """Return the keys of the `most` scans created last, newest first; fewer if the history was trimmed."""
    reply = yield Command("XREVRANGE", protocol.SCAN_HISTORY, "+", "-", "COUNT", count(most, "most"))
    return sorted({key for entry in parse_entries(reply) if (key := protocol.scan_key_in(entry))}, reverse=True)


def count_scans(ability: SearchAbility) -> Operation[int | None]:
    """Return how many scans the server's index holds, those in their deletion window included.

    It costs the server a millisecond for 50 000 scans. None if the server cannot search.
    """
    try:
        return (yield from count_in_index(ability))
    except (CommandError, NotAllowedError):
        return None


def list_scans(ability: SearchAbility, clock: Callable[[], float]) -> Operation[ListedScans]:
    """List all scans in one quick look, oldest first; of more scans than the server returns, only the newest."""
    try:
        found = yield from find_keys(EVERYTHING, ability, clock, most_parts=1)
    except TooManyScansError as error:
        return (yield from _list_history(error.total))
    # A document that is not in the index, for instance because its number is a text, is in the history only.
    noted = yield from _noted_until(found.timestamp)
    refused = yield from confirmed(sorted(noted.difference(found.keys)), SearchCriteria())
    return ListedScans(found.timestamp, sorted([*found.keys, *refused]) if refused else found.keys)


def _list_history(total: int) -> Operation[ListedScans]:
    """The scans that the history names, and how many of all scans it does not."""
    timetag = yield from get_last_timetag()
    noted = yield from _noted_until(timetag)
    keys = yield from confirmed(sorted(noted), SearchCriteria())
    return ListedScans(timetag, keys, max(0, total - len(keys)))


def find_unindexed(ability: SearchAbility) -> Operation[list[str]]:
    """The scans that exist and that the index lacks, as far as the history names them, oldest first."""
    noted = sorted((yield from _noted_until("+")))
    if not noted or ability.available is False:
        return []
    among: list[Value] = ["INKEYS", len(noted), *noted]
    try:
        reply = yield Command("FT.SEARCH", protocol.INDEX, *EVERYTHING, "NOCONTENT", *among, "LIMIT", 0, len(noted))
    except (CommandError, NotAllowedError) as error:
        if not ability.is_lost_by(error):
            raise
        return []
    missing = set(noted).difference(map(text_of, hits_in(reply)[1]))
    return (yield from confirmed(sorted(missing), SearchCriteria()))


def _noted_until(timetag: str) -> Operation[set[str]]:
    """The scans that the history names up to a timestamp, read in pages so that no request takes long."""
    noted: set[str] = set()
    after = "-"
    while True:
        reply = yield Command("XRANGE", protocol.SCAN_HISTORY, after, timetag, "COUNT", _PAGE)
        entries = parse_entries(reply)
        noted.update(key for entry in entries if (key := protocol.scan_key_in(entry)))
        if len(entries) < _PAGE:
            return noted
        after = f"({entries[-1].id}"
