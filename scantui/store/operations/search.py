"""Operations that search: the server proposes candidates, and the predicate of `matching` decides.

Rule: a query to the server may find too much, never too little. Where the server cannot be trusted, the query is wider.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import compress
from typing import Any

from scantui.exceptions import CommandError, NotAllowedError, ScanValidationError
from scantui.matching import LARGEST_EXACT, NumberPattern, RangePattern, SearchCriteria
from scantui.models import FoundScans
from scantui.store.operations.index import EVERYTHING, Query, SearchAbility, find_keys, find_keys_at_once, find_out
from scantui.store.operations.requests import Batch, Command, Operation
from scantui.store.operations.summaries import load_plain_identities
from scantui.store.wire import documents, protocol
from scantui.store.wire.replies import array, raise_if_error, setting_in

_CHUNK = 500
# Longer tags are cut by the index.
_LONGEST_TAG = 4096


def search_existing_scans(
    criteria: SearchCriteria, ability: SearchAbility, clock: Callable[[], float]
) -> Operation[FoundScans]:
    """Find the scans that exist and match, as a pair (timestamp, keys), oldest first."""
    yield from find_out(ability)
    query = yield from narrowest(criteria, ability)
    found = yield from find_keys(query, ability, clock)
    return FoundScans(found.timestamp, (yield from confirmed(found.keys, criteria)))


def find_candidates(
    criteria: SearchCriteria, ability: SearchAbility, clock: Callable[[], float]
) -> Operation[list[str]]:
    """The keys of all indexed scans that may match, oldest first; some may be deleted, and some may not match."""
    query = yield from narrowest(criteria, ability)
    return (yield from find_keys_at_once(query, ability, clock))


def narrowest(criteria: SearchCriteria, ability: SearchAbility) -> Operation[Query]:
    """The narrowest query that surely finds every match."""
    if ability.available is False:
        return EVERYTHING
    clauses: list[str] = []
    parameters: list[str] = []
    prefixes: list[tuple[str, str]] = []
    for field, pattern in criteria.patterns.items():
        if isinstance(pattern, NumberPattern):
            number = int(pattern.number)
            if number == pattern.number and abs(number) <= LARGEST_EXACT:
                clauses.append(f"@id_{field}:[{number} {number}]")
        elif isinstance(pattern, RangePattern):
            clauses.append(f"@id_{field}:[{_widened(pattern.low, -math.inf)} {_widened(pattern.high, math.inf)}]")
        elif _safe_tag(pattern.body) and not pattern.open_start:
            if pattern.open_end:
                prefixes.append((pattern.body, field))
            else:
                clauses.append(f"@id_{field}:{{${field}}}")
                parameters += field, _as_parameter(pattern.body)
    if prefixes and not clauses:
        body, field = max(prefixes, key=lambda prefix: len(prefix[0]))
        yield from find_out(ability)
        if ability.available and (yield from _can_expand(field, body)):
            clauses, parameters = [f"@id_{field}:{{${field}*}}"], [field, _as_parameter(body)]
    if not clauses:
        return EVERYTHING
    return " ".join(clauses), *(("PARAMS", str(len(parameters)), *parameters) if parameters else ())


def _widened(end: float, without: float) -> float:
    """An end of a range, as the index compares it; none where its doubles are not exact."""
    return float(end) if abs(end) <= LARGEST_EXACT else without


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
    """Those that match; identities that may be invalid are checked one by one."""
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
