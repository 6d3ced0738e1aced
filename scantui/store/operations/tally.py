"""The server counts the scans of its index by their identities, which takes a round trip and hardly any bytes.

Rule: a count is exact or None. What an identity holds is read from the documents, since the index cuts and folds texts;
a document that is odd is left to those who load it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from scantui.exceptions import CommandError, NotAllowedError
from scantui.matching import LARGEST_EXACT, NumberSpans
from scantui.models import ScanIdentity
from scantui.store.operations.index import SEARCH_SECONDS, SearchAbility, find_out
from scantui.store.operations.requests import Command, Operation, Transaction, Value
from scantui.store.wire import protocol
from scantui.store.wire.replies import array, garbled, hits_in, number_in, pairs_in, text_of
from scantui.store.wire.ulid import ulid_milliseconds

_COUNT, _IS_WHOLE, _KEY = "count", "is_whole", "__key"
_EXACT = f"@id_number:[-{LARGEST_EXACT} {LARGEST_EXACT}]"


class IdentityCount(NamedTuple):
    """So many `scans` have this name and these other fields in their identity, whose number is 0.

    With a `key` it is one scan, created at `created_ms` by its writer's clock, in milliseconds since 1970.
    """

    identity: ScanIdentity
    scans: int
    key: str = ""
    created_ms: int = 0


def tally(
    fields: Sequence[str],
    numbers: Sequence[NumberSpans],
    ability: SearchAbility,
    clock: Callable[[], float],
    *,
    by_key: bool = False,
) -> Operation[list[IdentityCount] | None]:
    """Count the scans of the index by their name and other text `fields`, those whose numbers lie where they are to.

    With `by_key` each scan is counted alone. None if the server cannot count them exactly. Those in their deletion
    window are counted too.
    """
    yield from find_out(ability)
    if not ability.available:
        return None
    names = list(dict.fromkeys(("name", *fields)))
    clauses = [_EXACT, *map(_clause, numbers)]
    started = clock()
    try:
        odd, hits, groups = yield Transaction(
            [_hits(f"-{_EXACT}"), _hits(" ".join(clauses)), _groups(" ".join(clauses), names, by_key)]
        )
    except (CommandError, NotAllowedError):
        return None
    tallies = [_tally(names, pairs_in(group)) for group in array(groups)[1:]]
    counted = sum(each.scans for each in tallies if each is not None)
    # A server whose time is over returns what it has, and gives no sign of it.
    is_exact = None not in tallies and hits_in(odd)[0] == 0 and counted == hits_in(hits)[0]
    return [each for each in tallies if each] if is_exact and clock() - started < SEARCH_SECONDS else None


def _hits(query: str) -> Command:
    return Command("FT.SEARCH", protocol.INDEX, query, "NOCONTENT", "LIMIT", 0, 0, *_limits())


def _groups(query: str, names: Sequence[str], by_key: bool) -> Command:
    loaded = [word for name in (*names, "number") for word in (f"$.id.{name}", "AS", name)]
    by = [f"@{name}" for name in (*names, _IS_WHOLE)]
    if by_key:
        loaded.append(f"@{_KEY}")
        by.append(f"@{_KEY}")
    words: list[Value] = ["FT.AGGREGATE", protocol.INDEX, query, "LOAD", len(loaded), *loaded]
    words += "APPLY", "floor(@number)==@number", "AS", _IS_WHOLE
    words += "GROUPBY", len(by), *by, "REDUCE", "COUNT", 0, "AS", _COUNT, *_limits()
    return Command(*words)


def _limits() -> Sequence[Value]:
    return "TIMEOUT", int(SEARCH_SECONDS * 1000), "DIALECT", 2


def _clause(clause: NumberSpans) -> str:
    spans = [f"@id_number:[{'(' * is_open}{low!r} {'(' * is_open}{high!r}]" for low, high, is_open in clause.spans]
    return f"{'-' * clause.negated}({'|'.join(spans)})"


def _tally(names: Sequence[str], group: dict[str, Any]) -> IdentityCount | None:
    """One line of the reply; None for scans without a name or a number, or with anything but a text in a field."""
    values = {name: None if group.get(name) is None else text_of(group[name]) for name in names}
    name = values.pop("name")
    if name is None or text_of(group.get(_IS_WHOLE)) != "1":
        return None
    if any(value is not None and value.startswith(("[", "{")) for value in (name, *values.values())):
        return None
    count = number_in(group.get(_COUNT))
    if count < 0:
        raise garbled(count, "a number of scans")
    identity = msgspec.convert({**values, "name": name, "number": 0}, ScanIdentity)
    key = text_of(group[_KEY]) if _KEY in group else ""
    return IdentityCount(identity, count, key, ulid_milliseconds(key.removeprefix(protocol.SCAN_PREFIX)) if key else 0)
