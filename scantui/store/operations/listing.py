"""Operations that list scans: the newest ones at a glance, and all of them.

Rule: a list is quick, so some of its scans may have been deleted in the last ten seconds; loading them shows it.
"""

from __future__ import annotations

from collections.abc import Callable

from scantui.exceptions import CommandError, NotAllowedError, StoreError
from scantui.matching import SearchCriteria
from scantui.models import ListedScans, NewestScans
from scantui.store.operations.arguments import count
from scantui.store.operations.requests import Batch, Command, Operation
from scantui.store.operations.search import EVERYTHING, SearchAbility, candidates, confirmed, find_out
from scantui.store.wire import protocol
from scantui.store.wire.replies import hits_in, lines_in, number_in, parse_entries

_PAGE = 500


def list_newest(most: int, ability: SearchAbility) -> Operation[NewestScans]:
    """Return the keys of the `most` scans created last, newest first, and how many scans there are in all."""
    most = count(most, "most")
    yield from find_out(ability)
    total = None
    if ability.available:
        total, _ = hits_in((yield Command("FT.SEARCH", protocol.INDEX, "*", "NOCONTENT", "LIMIT", 0, 0)))
    reply = yield Command("XREVRANGE", protocol.SCAN_HISTORY, "+", "-", "COUNT", most)
    noted = {key: entry.id for entry in parse_entries(reply) if (key := protocol.scan_key_in(entry))}
    return NewestScans(total, list(noted), noted)


def count_scans(ability: SearchAbility) -> Operation[int | None]:
    """Return how many scans the server's index holds, those in their deletion window included.

    It costs the server a millisecond for 50 000 scans. None if the server cannot search.
    """
    yield from find_out(ability)
    if not ability.available:
        return None
    try:
        reply = yield Command("FT.SEARCH", protocol.INDEX, "*", "NOCONTENT", "LIMIT", 0, 0)
    except (CommandError, NotAllowedError):
        return None
    return hits_in(reply)[0]


def count_keys() -> Operation[tuple[int, int]]:
    """Return how many keys the server has, and how many have expired since it started, 0 if it does not say."""
    keys, stats = yield Batch([Command("DBSIZE"), Command("INFO", "stats")])
    expired = "" if isinstance(stats, StoreError) else lines_in(stats).get("expired_keys", "")
    return 0 if isinstance(keys, StoreError) else number_in(keys), int(expired) if expired.isdecimal() else 0


def list_scans(ability: SearchAbility, clock: Callable[[], float]) -> Operation[ListedScans]:
    """List all scans in one quick look: those in the history as it has them, older ones before them by their keys."""
    yield from find_out(ability)
    found = yield from candidates(EVERYTHING, ability, clock)
    # A document that is not in the index, for instance because its number is a text, is in the history only.
    noted = yield from _noted_until(found.timestamp)
    indexed = set(found.keys)
    refused = yield from confirmed(sorted(noted.keys() - indexed), SearchCriteria())
    indexed.update(refused)
    timetags = {key: timetag for key, timetag in noted.items() if key in indexed}
    return ListedScans(found.timestamp, [*sorted(indexed.difference(timetags)), *timetags], timetags)


def _noted_until(timetag: str) -> Operation[dict[str, str]]:
    """The scans that the history names up to a timestamp, each with its own, in pages so that no request takes long."""
    noted: dict[str, str] = {}
    after = "-"
    while True:
        reply = yield Command("XRANGE", protocol.SCAN_HISTORY, after, timetag, "COUNT", _PAGE)
        entries = parse_entries(reply)
        for entry in entries:
            if key := protocol.scan_key_in(entry):
                noted.setdefault(key, entry.id)
        if len(entries) < _PAGE:
            return noted
        after = f"({entries[-1].id}"
