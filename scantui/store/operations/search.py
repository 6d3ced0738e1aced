"""Operations that search: the server proposes candidates, and the predicate of `matching` decides.

Rule: a query to the server may find too much, never too little. Where the server cannot be trusted, the query is wider,
and a search that it gave up is an error. How the server searches: protocol, section 8.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import compress
from typing import Any

from scantui.exceptions import CommandError, IncompleteSearchError, NotAllowedError, ScanValidationError
from scantui.matching import NumberPattern, SearchCriteria
from scantui.models import FoundScans
from scantui.store.operations.load import get_last_timetag
from scantui.store.operations.requests import Batch, Command, Operation, Transaction, Turn, Value, last_entry
from scantui.store.operations.summaries import load_plain_identities
from scantui.store.wire import documents, protocol
from scantui.store.wire.replies import array, hits_in, parse_entries, raise_if_error, scan_page_in, setting_in, text_of

# Less than a driver waits for an answer, so that the server gives up first.
SEARCH_SECONDS = 4.0
_CHUNK = 500
_SCAN_COUNT = 1000
# How many keys are read before other tasks have a turn.
_SLICE = 5000
_MOST_RESULTS = 1_000_000
# Doubles, as the index holds numbers, are exact up to here; longer tags are cut by the index.
_LARGEST_EXACT = 2**53
_LONGEST_TAG = 4096


class SearchAbility:
    """Whether the server can search, found out once per store; `reason` is why it cannot."""

    def __init__(self) -> None:
        self.available: bool | None = None
        self.reason = ""

    def lost(self, reason: str) -> None:
        self.available, self.reason = False, reason


# What is asked of the server: a query, and its parameters.
_Query = Sequence[str]
EVERYTHING: _Query = ("*",)


def search_existing_scans(
    criteria: SearchCriteria, ability: SearchAbility, clock: Callable[[], float]
) -> Operation[FoundScans]:
    """Find the scans that exist and match, as a pair (timestamp, keys), oldest first."""
    yield from find_out(ability)
    query = yield from _narrowest(criteria, ability)
    found = yield from candidates(query, ability, clock)
    return FoundScans(found.timestamp, (yield from confirmed(found.keys, criteria)))


def _narrowest(criteria: SearchCriteria, ability: SearchAbility) -> Operation[_Query]:
    """The narrowest query that surely finds every match."""
    if not ability.available:
        return EVERYTHING
    clauses: list[str] = []
    parameters: list[str] = []
    prefixes: list[tuple[str, str]] = []
    for field, pattern in criteria.patterns.items():
        if isinstance(pattern, NumberPattern):
            number = int(pattern.number)
            if number == pattern.number and abs(number) <= _LARGEST_EXACT:
                clauses.append(f"@id_{field}:[{number} {number}]")
        elif _safe_tag(pattern.body) and not pattern.open_start:
            if pattern.open_end:
                prefixes.append((pattern.body, field))
            else:
                clauses.append(f"@id_{field}:{{${field}}}")
                parameters += field, _as_parameter(pattern.body)
    if prefixes and not clauses:
        body, field = max(prefixes, key=lambda prefix: len(prefix[0]))
        if (yield from _can_expand(field, body)):
            clauses, parameters = [f"@id_{field}:{{${field}*}}"], [field, _as_parameter(body)]
    if not clauses:
        return EVERYTHING
    return " ".join(clauses), *(("PARAMS", str(len(parameters)), *parameters) if parameters else ())


def _safe_tag(body: str) -> bool:
    """Whether the index holds a value that starts with this text under a tag that starts with it too."""
    return (
        body.isascii()
        and body.isprintable()
        and "|" not in body
        and body == body.strip() != ""
        and (len(body) <= _LONGEST_TAG)
    )


def _as_parameter(body: str) -> str:
    return body.replace("\\", "\\\\")


def _can_expand(field: str, body: str) -> Operation[bool]:
    """Whether the server surely expands a prefix to all tags of a field that have it.

    Beyond its limit it leaves tags out without a warning, and those of expired scans count until they are swept: so
    all tags of the field together must stay below the limit, and a user who may not list them cannot rely on it.
    """
    replies = yield Batch(
        [
            Command("FT.CONFIG", "GET", "MAXPREFIXEXPANSIONS"),
            Command("FT.CONFIG", "GET", "MINPREFIX"),
            Command("FT.TAGVALS", protocol.INDEX, f"id_{field}"),
        ]
    )
    try:
        limit, shortest, tags = map(raise_if_error, replies)
    except (CommandError, NotAllowedError):
        return False
    most, least = setting_in(limit), setting_in(shortest)
    return most is not None and least is not None and len(array(tags)) < most and len(body) >= least


def find_out(ability: SearchAbility) -> Operation[None]:
    """Find out once, with a query alone: in a transaction some servers would close the connection over it."""
    if ability.available is None:
        try:
            yield Command("FT.SEARCH", protocol.INDEX, "*", "NOCONTENT", "LIMIT", 0, 0)
        except (CommandError, NotAllowedError) as error:
            if not _cannot_search(error, ability):
                raise
        else:
            ability.available = True


def _cannot_search(error: CommandError | NotAllowedError, ability: SearchAbility) -> bool:
    text = str(error).lower()
    if isinstance(error, NotAllowedError):
        ability.lost("this user may not search on the server")
    elif "unknown command" in text:
        ability.lost("the server has no search module")
    elif re.search("no such index|unknown index|index not found", text):
        ability.lost("the database has no search index")
    return ability.available is False


def candidates(query: _Query, ability: SearchAbility, clock: Callable[[], float]) -> Operation[FoundScans]:
    if ability.available:
        try:
            return (yield from _ask_server(query, clock))
        except (CommandError, NotAllowedError) as error:
            if not _cannot_search(error, ability):
                raise
    return (yield from _scan_keys())


def _ask_server(query: _Query, clock: Callable[[], float]) -> Operation[FoundScans]:
    limit = _MOST_RESULTS
    while True:
        started = clock()
        paging: list[Value] = ["NOCONTENT", "LIMIT", 0, limit, "TIMEOUT", int(SEARCH_SECONDS * 1000), "DIALECT", 2]
        search = Command("FT.SEARCH", protocol.INDEX, *query, *paging)
        try:
            newest, reply = yield Transaction([last_entry(protocol.SCAN_HISTORY), search])
        except CommandError as error:
            allowed = re.search(r"LIMIT exceeds maximum of (\d+)", str(error))
            if allowed and 0 < int(allowed[1]) < limit:
                limit = int(allowed[1])
                continue
            if "timeout" in str(error).lower():
                raise IncompleteSearchError(f"the server gave up the search: {error}") from error
            raise
        # A server that returns what it has when its time is over gives no sign of it; only the clock shows it.
        if clock() - started >= SEARCH_SECONDS:
            raise IncompleteSearchError(
                f"the server needed {SEARCH_SECONDS:g} s or more and may have given up: give more fields to search for"
            )
        total, keys = hits_in(reply)
        if total > limit:
            raise IncompleteSearchError(f"{total} scans match and the server returns {limit} at most: give more fields")
        return (yield from _found(newest, keys))


def _scan_keys() -> Operation[FoundScans]:
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


def confirmed(keys: Sequence[str], criteria: SearchCriteria) -> Operation[list[str]]:
    """Those candidates that are not deleted and match."""
    kept: list[str] = []
    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        if criteria.patterns:
            chunk = yield from _matching(chunk, criteria)
        if chunk:
            lifetimes = yield Batch([Command("PTTL", key) for key in chunk])
            kept += [
                key for key, pttl in zip(chunk, lifetimes, strict=True) if not protocol.is_deleted(raise_if_error(pttl))
            ]
    return kept


def _matching(keys: Sequence[str], criteria: SearchCriteria) -> Operation[list[str]]:
    """Those that match; identities that are odd in any way are looked at one by one."""
    identities = yield from load_plain_identities(keys)
    odd = [key for key, identity in zip(keys, identities, strict=True) if identity is None]
    known = {key: identity for key, identity in zip(keys, identities, strict=True) if identity is not None}
    matched = set(compress(known, criteria.which(list(known.values()))))
    if odd:
        replies = yield Batch([Command("JSON.GET", key, *documents.IDENTITY_PATHS) for key in odd])
        matched.update(key for key, reply in zip(odd, replies, strict=True) if _matches(key, reply, criteria))
    return [key for key in keys if key in matched]


def _matches(key: str, reply: Any, criteria: SearchCriteria) -> bool:
    """Whether a scan's identity matches; one that cannot be read matches no criterion."""
    if isinstance(reply, CommandError):
        return False
    try:
        identity = documents.decode_identity(key, documents.decode_paths(key, raise_if_error(reply)).get("$.id"))
    except ScanValidationError:
        return False
    return criteria.matches(identity)
