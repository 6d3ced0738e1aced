"""Operations that list scans: the newest ones at a glance, all of them, and those that the index lacks.

Rule: a list is quick, so some of its scans may have been deleted in the last ten seconds; loading them shows it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

from scantui.exceptions import CommandError, NotAllowedError, StoreError, TooManyScansError
from scantui.matching import SearchCriteria
from scantui.models import ListedScans, NewestScans, NotedScans
from scantui.store.operations.arguments import count
from scantui.store.operations.index import EVERYTHING, SearchAbility, count_in_index, find_all
from scantui.store.operations.load import get_last_timetag
from scantui.store.operations.requests import Batch, Command, Operation, Turn, Value
from scantui.store.operations.search import confirmed
from scantui.store.wire import protocol
from scantui.store.wire.replies import hits_in, lines_in, number_in, parse_entries, text_of

# Mostly all of a history, which publishers trim to 2048 entries and some.
_PAGE = 2500
# Choosing from this many takes a millisecond or two.
_CHOSEN_AT_ONCE = 20_000


def list_newest(most: int) -> Operation[NewestScans]:
    """Return the `most` scans created last, newest first; fewer if the history was trimmed."""
    reply = yield Command("XREVRANGE", protocol.SCAN_HISTORY, "+", "-", "COUNT", count(most, "most"))
    noted = {key: entry.id for entry in parse_entries(reply) if (key := protocol.scan_key_in(entry))}
    return NewestScans(list(noted), noted)


def count_scans(ability: SearchAbility) -> Operation[int | None]:
    """Return how many scans the server's index holds, those in their deletion window included.

    It costs the server a millisecond for 50 000 scans. None if the server cannot search.
    """
    try:
        return (yield from count_in_index(ability))
    except (CommandError, NotAllowedError):
        return None


def count_keys() -> Operation[tuple[int, int]]:
    """Return how many keys the server has, and how many have expired since it started, 0 if it does not say."""
    keys, stats = yield Batch([Command("DBSIZE"), Command("INFO", "stats")])
    expired = "" if isinstance(stats, StoreError) else lines_in(stats).get("expired_keys", "")
    return 0 if isinstance(keys, StoreError) else number_in(keys), int(expired) if expired.isdecimal() else 0


def list_scans(ability: SearchAbility, clock: Callable[[], float]) -> Operation[ListedScans]:
    """List all scans in one quick look: those in the history as it has them, older ones before them by their keys."""
    try:
        found = yield from find_all(ability, clock)
    except TooManyScansError as error:
        return (yield from _list_history(error.total))
    # A document that is not in the index, for instance because its number is a text, is in the history only.
    noted = yield from _noted_until(found.timestamp)
    refused = [key for key in noted if not _is_among(found.keys, key)]
    gone = set(refused).difference((yield from confirmed(refused, SearchCriteria())))
    timetags = {key: timetag for key, timetag in noted.items() if key not in gone}
    older = list[str]()
    for start in range(0, len(found.keys), _CHOSEN_AT_ONCE):
        older += [key for key in found.keys[start : start + _CHOSEN_AT_ONCE] if key not in noted]
        yield Turn()
    return ListedScans(found.timestamp, [*older, *timetags], timetags)


def _is_among(ordered: Sequence[str], key: str) -> bool:
    """Whether a key is in a list that is sorted; to make a set of very many keys would keep other tasks waiting."""
    place = bisect_left(ordered, key)
    return place < len(ordered) and ordered[place] == key


def _list_history(total: int) -> Operation[ListedScans]:
    """The scans that the history names, and how many of all scans it does not."""
    timestamp = yield from get_last_timetag()
    noted = yield from _noted_until(timestamp)
    existing = set((yield from confirmed(sorted(noted), SearchCriteria())))
    timetags = {key: timetag for key, timetag in noted.items() if key in existing}
    return ListedScans(timestamp, list(timetags), timetags, max(0, total - len(timetags)))


def list_noted(ability: SearchAbility) -> Operation[NotedScans]:
    """The scans that the history names, and those of them that exist and that the index lacks."""
    noted = yield from _noted_until("+")
    if not noted or ability.available is False:
        return NotedScans(noted, [])
    try:
        indexed = yield from _indexed(list(noted), ability)
    except (CommandError, NotAllowedError) as error:
        if not ability.is_lost_by(error):
            raise
        return NotedScans(noted, [])
    missing = noted.keys() - indexed
    return NotedScans(noted, (yield from confirmed(sorted(missing), SearchCriteria())))


def _indexed(keys: Sequence[str], ability: SearchAbility) -> Operation[set[str]]:
    """Those of these keys that are in the index, also where the server returns fewer at once."""
    while True:
        chunks = [keys[start : start + ability.most_results] for start in range(0, len(keys), ability.most_results)]
        replies = yield Batch([_search_among(chunk) for chunk in chunks])
        refusals = [reply for reply in replies if isinstance(reply, StoreError)]
        if not refusals:
            return {text_of(name) for reply in replies for name in hits_in(reply)[1]}
        if not (isinstance(refusals[0], CommandError) and ability.is_limited_by(refusals[0])):
            raise refusals[0]


def _search_among(keys: Sequence[str]) -> Command:
    among: list[Value] = ["INKEYS", len(keys), *keys]
    return Command("FT.SEARCH", protocol.INDEX, *EVERYTHING, "NOCONTENT", *among, "LIMIT", 0, len(keys))


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
