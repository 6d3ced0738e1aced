"""What operations need from the server's index: whether it can search, how many scans it has, and the keys of a query.

Rule: a search that the server gave up, or that it cannot return whole, is an error. Where there is no index, all keys
are walked through. How the server searches: protocol, section 8.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from scantui.exceptions import CommandError, IncompleteSearchError, NotAllowedError, TooManyScansError
from scantui.models import FoundScans
from scantui.store.operations.load import get_last_timetag
from scantui.store.operations.requests import Command, Operation, Transaction, Turn, Value, last_entry
from scantui.store.wire import protocol
from scantui.store.wire.replies import hits_in, milliseconds_in, parse_entries, scan_page_in, text_of

# Less than a driver waits for an answer, so that the server gives up first.
SEARCH_SECONDS = 4.0
# What a server returns at most unless it is set up otherwise.
_MOST_RESULTS = 1_000_000
# With more matches than this many times what the server returns, more fields are wanted.
MOST_PARTS = 10
# Ranges of scan numbers to begin with; most scans have small ones.
_NUMBERS = (-math.inf, 0, 2**8, 2**12, 2**16, 2**20, 2**32, math.inf)
_SCAN_COUNT = 1000
# Names in a page, which takes less than 256 KiB, and those that the next one repeats. For each page the server goes
# through all before it, so that very many come at once. It is far away if it takes so long to answer, and so much
# longer for each scan that it has to find.
_PAGE_KEYS = 5000
_OVERLAP = 200
_MOST_PAGED = 100_000
_FAR_SECONDS, _SECONDS_A_SCAN = 0.05, 1e-6
# How many keys are read before other tasks have a turn.
_SLICE = 5000

# A query for the server, and its parameters.
Query = Sequence[str]
EVERYTHING: Query = ("*",)


class SearchAbility:
    """Whether the server can search, found out once per store; `reason` is why it cannot.

    `most_results` is how many matches it returns at most, as far as is known.
    """

    def __init__(self) -> None:
        self.available: bool | None = None
        self.reason = ""
        self.most_results = _MOST_RESULTS

    def lost(self, reason: str) -> None:
        self.available, self.reason = False, reason

    def is_lost_by(self, error: CommandError | NotAllowedError) -> bool:
        """Whether an error means that the server cannot search; the answer yes is kept."""
        text = str(error).lower()
        if isinstance(error, NotAllowedError):
            self.lost("this user may not search on the server")
        elif "unknown command" in text:
            self.lost("the server has no search module")
        elif re.search("no such index|unknown index|index not found", text):
            self.lost("the database has no search index")
        return self.available is False

    def is_limited_by(self, error: CommandError) -> bool:
        """Whether an error means that the server returns fewer results than it was asked for."""
        allowed = re.search(r"LIMIT exceeds maximum of (\d+)", str(error))
        if not allowed or not 0 < int(allowed[1]) < self.most_results:
            return False
        self.most_results = int(allowed[1])
        return True


def count_in_index(ability: SearchAbility) -> Operation[int | None]:
    """How many scans the index holds, those in their deletion window included; None if the server cannot search."""
    if ability.available is False:
        return None
    try:
        reply = yield Command("FT.SEARCH", protocol.INDEX, *EVERYTHING, "NOCONTENT", "LIMIT", 0, 0)
    except (CommandError, NotAllowedError) as error:
        if not ability.is_lost_by(error):
            raise
        return None
    ability.available = True
    return hits_in(reply)[0]


def find_out(ability: SearchAbility) -> Operation[None]:
    """Find out once, with a query alone: in a transaction some servers would close the connection over it."""
    if ability.available is None:
        yield from count_in_index(ability)


def find_keys(
    query: Query, ability: SearchAbility, clock: Callable[[], float], most_parts: int = MOST_PARTS
) -> Operation[FoundScans]:
    """The keys that the server finds, and the timestamp from which to wait for others; all keys if it cannot search.

    Raises TooManyScansError if more match than `most_parts` times what the server returns at once.
    """
    yield from find_out(ability)
    return (yield from _find(query, ability, clock, most_parts, is_dated=True))


def find_all(ability: SearchAbility, clock: Callable[[], float]) -> Operation[FoundScans]:
    """The keys of all scans, as find_keys returns them; from a server far away in pages, so that no reply is large.

    Raises TooManyScansError if there are more than the server returns.
    """
    yield from find_out(ability)
    if ability.available:
        started = clock()
        newest, total, names = yield from _ask(EVERYTHING, ability, clock, is_dated=True, page=(0, _PAGE_KEYS))
        if total > ability.most_results:
            raise TooManyScansError(_too_many(total, ability.most_results), total)
        if total > _PAGE_KEYS:
            is_far = total <= _MOST_PAGED and clock() - started >= _FAR_SECONDS + total * _SECONDS_A_SCAN
            names = (yield from _later_pages(names, ability, clock)) if is_far else []
        if names or not total:
            return (yield from _found(newest, names))
    return (yield from find_keys(EVERYTHING, ability, clock, most_parts=1))


def _later_pages(page: list[Any], ability: SearchAbility, clock: Callable[[], float]) -> Operation[list[Any]]:
    """The names of a first page and those after it; none if a page does not go on where the one before it ended.

    A scan that changes moves to the end, and all after it move up: so each page begins with the end of the last one.
    """
    names, position, total = dict.fromkeys(page), len(page), len(page) + 1
    while position < total:
        end = set(page[-_OVERLAP:])
        offset = position - _OVERLAP
        _, total, page = yield from _ask(EVERYTHING, ability, clock, page=(offset, _PAGE_KEYS))
        # A page without anything new is all that a server returns which holds back what is beyond its limit.
        if end.isdisjoint(page) or offset + len(page) <= position:
            return []
        names.update(dict.fromkeys(page))
        position = offset + len(page)
    return list(names)


def find_keys_at_once(query: Query, ability: SearchAbility, clock: Callable[[], float]) -> Operation[list[str]]:
    """The same keys without a timestamp, mostly in one round trip, also if it is not known whether it can search."""
    return (yield from _find(query, ability, clock, MOST_PARTS, is_dated=False)).keys


def _find(
    query: Query, ability: SearchAbility, clock: Callable[[], float], most_parts: int, *, is_dated: bool
) -> Operation[FoundScans]:
    if ability.available is not False:
        try:
            newest, total, names = yield from _ask(query, ability, clock, is_dated)
            ability.available = True
            if total > ability.most_results:
                names = yield from _ask_in_parts(query, total, ability, clock, most_parts)
            return (yield from _found(newest, names))
        except (CommandError, NotAllowedError) as error:
            if not ability.is_lost_by(error):
                raise
    return (yield from _walk_keys())


def _ask(
    query: Query,
    ability: SearchAbility,
    clock: Callable[[], float],
    is_dated: bool = False,
    page: tuple[int, int] | None = None,
) -> Operation[tuple[Any, int, list[Any]]]:
    """The last entry of the history if `is_dated`, how many documents match, and as many names as the server returns.

    A `page` is how many names to pass over, and how many to return.

    Raises IncompleteSearchError when the server gave up, or may have.
    """
    while True:
        started = clock()
        offset, count = page or (0, ability.most_results)
        limits: list[Value] = ["NOCONTENT", "LIMIT", offset, min(count, ability.most_results)]
        limits += "TIMEOUT", int(SEARCH_SECONDS * 1000), "DIALECT", 2
        search = Command("FT.SEARCH", protocol.INDEX, *query, *limits)
        newest: Any = []
        try:
            if is_dated:
                newest, reply = yield Transaction([last_entry(protocol.SCAN_HISTORY), search])
            else:
                reply = yield search
        except CommandError as error:
            if ability.is_limited_by(error):
                continue
            if "timeout" in str(error).lower():
                raise IncompleteSearchError(f"the server gave up the search: {error}") from error
            raise
        # A server that returns what it has when its time is over gives no sign of it; only the clock shows it.
        if clock() - started >= SEARCH_SECONDS and not (yield from _is_quick(query)):
            raise IncompleteSearchError(
                f"the server needed {SEARCH_SECONDS:g} s or more and may have given up: give more fields to search for"
            )
        return newest, *hits_in(reply)


def _is_quick(query: Query) -> Operation[bool]:
    """Whether the server is far from giving a query up, by its own clock: then what took long was the way."""
    words: list[Value] = ["NOCONTENT", "LIMIT", 0, 0, "TIMEOUT", int(SEARCH_SECONDS * 1000), "DIALECT", 2]
    search = Command("FT.SEARCH", protocol.INDEX, *query, *words)
    began, _, ended = yield Transaction([Command("TIME"), search, Command("TIME")])
    return milliseconds_in(ended) - milliseconds_in(began) < SEARCH_SECONDS * 1000 / 2


def _ask_in_parts(
    query: Query, total: int, ability: SearchAbility, clock: Callable[[], float], most_parts: int
) -> Operation[list[Any]]:
    """All that match a query with more matches than the server returns, by ranges of scan numbers."""
    most = ability.most_results
    if total > most_parts * most:
        raise TooManyScansError(_too_many(total, most), total)
    names: list[Any] = []
    wanted = [(f"@id_number:[{low} ({high}]", low, high) for low, high in itertools.pairwise(_NUMBERS)]
    # A document without a number is in no range.
    parts = [("-@id_number:[-inf +inf]", 0.0, math.inf), *wanted]
    while parts:
        clause, low, high = parts.pop()
        _, matches, found = yield from _ask(_narrowed(query, clause), ability, clock)
        if matches <= most:
            names += found
            continue
        middle = (low + high) // 2
        if not low < middle < high:
            raise TooManyScansError(_too_many(total, most), total)
        parts += [(f"@id_number:[{low} ({middle}]", low, middle), (f"@id_number:[{middle} ({high}]", middle, high)]
    return names


def _too_many(total: int, most: int) -> str:
    return f"{total} scans match and the server returns {most} at once: search with more fields, or narrower ones"


def _narrowed(query: Query, clause: str) -> Query:
    wide, *parameters = query
    return clause if wide == "*" else f"{wide} {clause}", *parameters


def _walk_keys() -> Operation[FoundScans]:
    """Walk all keys of a server that cannot search; scans created meanwhile are left to get_next_scan."""
    timetag = yield from get_last_timetag()
    keys: set[str] = set()
    cursor, is_done = 0, False
    while not is_done:
        reply = yield Command("SCAN", cursor, "MATCH", f"{protocol.SCAN_PREFIX}*", "COUNT", _SCAN_COUNT)
        cursor, page = scan_page_in(reply)
        keys.update(page)
        is_done = cursor == 0
    reply = yield Command("XRANGE", protocol.SCAN_HISTORY, f"({timetag}", "+")
    newer = {protocol.scan_key_in(entry) for entry in parse_entries(reply)}
    return FoundScans(timetag, sorted(key for key in keys - newer if protocol.is_scan_key(key)))


def _found(newest: Any, names: Sequence[Any]) -> Operation[FoundScans]:
    entries = parse_entries(newest)
    keys: list[str] = []
    for start in range(0, len(names), _SLICE):
        if start:
            yield Turn()
        keys += filter(protocol.is_scan_key, map(text_of, names[start : start + _SLICE]))
    keys.sort()
    return FoundScans(entries[0].id if entries else protocol.NO_TIMETAG, keys)
