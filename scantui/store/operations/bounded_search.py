"""Searches for the scans of a span of time, whose cost in bytes does not grow with the archive.

Rule: a scan that was created in time is always found. One that ended before, by what its document says, counts as
ended; so do not ask this of the newest scans, whose states are cheap to read. The answer is whole or None.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone

from scantui.exceptions import CommandError, NotAllowedError
from scantui.identities import END_REASONS
from scantui.matching import SearchCriteria
from scantui.models import SpanWanted
from scantui.store.operations.index import SEARCH_SECONDS, SearchAbility, find_out
from scantui.store.operations.requests import Command, Operation, Value
from scantui.store.operations.search import narrowest
from scantui.store.wire import protocol
from scantui.store.wire.replies import array, number_in, pairs_in, text_of
from scantui.store.wire.ulid import first_ulid

_COUNT, _KEYS = "count", "keys"
# The clocks of writers, and their zones, may differ from the server's by as much.
_MARGIN = timedelta(days=2)
_EARLIEST_MS = 10 * 365 * 86400 * 1000
# Of the fields that a condition may name: the key is the server's own, others are read from the document.
_REASON, _END = ("$.info.end_reason", "AS", "reason"), ("$.info.end_time", "AS", "end")
_IS_DATE = 'substr(@end, 4, 1) == "-"'


def find_in_span(
    criteria: SearchCriteria, span: SpanWanted, ability: SearchAbility, clock: Callable[[], float]
) -> Operation[list[str] | None]:
    """The keys of all indexed scans that may match and lie in a span, oldest first; None if the server cannot tell."""
    yield from find_out(ability)
    if not ability.available:
        return None
    query, *parameters = yield from narrowest(criteria, ability)
    started = clock()
    try:
        reply = yield _aggregation(query, parameters, span)
    except (CommandError, NotAllowedError):
        # Among its reasons are documents with odd values, which it cannot compare.
        return None
    groups = array(reply)[1:]
    found = pairs_in(groups[0]) if groups else {}
    keys = sorted(filter(protocol.is_scan_key, map(text_of, array(found.get(_KEYS, [])))))
    # A server whose time is over, or that returns few results, gives no sign of it.
    is_whole = len(array(found.get(_KEYS, []))) == number_in(found.get(_COUNT, 0))
    return keys if is_whole and clock() - started < SEARCH_SECONDS else None


def _aggregation(query: str, parameters: Sequence[str], span: SpanWanted) -> Command:
    loaded = ["@__key", *_REASON, *_END]
    words: list[Value] = ["FT.AGGREGATE", protocol.INDEX, query, "LOAD", len(loaded), *loaded]
    for condition in _conditions(span):
        words += "FILTER", condition
    words += "GROUPBY", 0, "REDUCE", "COUNT", 0, "AS", _COUNT, "REDUCE", "TOLIST", 1, "@__key", "AS", _KEYS
    words += *parameters, "TIMEOUT", int(SEARCH_SECONDS * 1000), "DIALECT", 2
    return Command(*words)


def _conditions(span: SpanWanted) -> list[str]:
    conditions = []
    if span.created_ms is not None:
        conditions.append(f'@__key >= "{protocol.SCAN_PREFIX}{first_ulid(span.created_ms)}"')
    if span.is_open or span.ended_ms is not None:
        # The server compares only what is there, from the left to the right.
        has_outcome = " && ".join(f'@reason != "{reason}"' for reason in END_REASONS)
        open_ones = f"!exists(@reason) || ({has_outcome})"
        if span.is_open or span.ended_ms is None:
            conditions.append(open_ones)
        else:
            day = datetime.fromtimestamp(max(span.ended_ms, _EARLIEST_MS) / 1000, timezone.utc) - _MARGIN
            conditions.append(f'{open_ones} || !exists(@end) || !({_IS_DATE}) || @end >= "{day:%Y-%m-%d}"')
    return conditions
