"""What may stand at the cursor of the filter bar: names of fields, words for states, values that were seen; pure.

Rule: a candidate is offered only if the term can be read with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from scantui.exceptions import FilterSyntaxError
from scantui.filters.grammar import (
    ALIASES,
    ALL_NUMBER_FIELDS,
    ALL_TEXT_FIELDS,
    FILTER_FIELDS,
    GROUP_FIELD,
    HEAD,
    SPAN_FIELDS,
    STATE_FIELD,
    VERDICT_FIELD,
    full_name,
    quoted_if_needed,
    unquoted,
)
from scantui.filters.scan_filter import ScanFilter
from scantui.models import VERDICTS, ScanState
from scantui.words import GROUPS, STATE_WORDS

MOST_CANDIDATES = 20

_REST_OF_FIELD = r'[^\s="!<>]*(?:!=|<=|>=|[=<>])?'
_USUAL_OPERATORS = dict.fromkeys(SPAN_FIELDS, "<")


class Completion(NamedTuple):
    """The candidates, the likeliest first, each to be put in place of what stands from `start` to `end`."""

    start: int
    end: int
    candidates: tuple[str, ...] = ()


def complete(text: str, cursor: int, values: Callable[[str], Iterable[str]]) -> Completion:
    """What may stand at the cursor; `values` gives the known values of a field, the most frequent first.

    What stands before the cursor is the beginning of every candidate, in capitals or not.
    """
    cursor = max(0, min(cursor, len(text)))
    start = _start_of(text[:cursor], str.isspace)
    while text.startswith(("(", "!(", "-("), start, cursor):
        start += 1
    head = re.compile(HEAD).match(text, start, cursor)
    if head is None or head["operator"] is None:
        if text.startswith(("!", "-"), start, cursor):
            start += 1
        rest = re.compile(_REST_OF_FIELD).match(text, cursor)
        end = rest.end() if rest else cursor
        return Completion(start, end, tuple(_fields(text[start:cursor].lower())))
    field, operator = full_name(head["field"]), head["operator"]
    start = head.end() + _start_of(text[head.end() : cursor], "|,".__contains__)
    typed = unquoted(text[start:cursor]).lower()
    fitting = (quoted_if_needed(value) for value in _once(_seen(field, values)) if value.lower().startswith(typed))
    readable = (candidate for candidate in fitting if _can_be_read(f"{field}{operator}{candidate}"))
    return Completion(start, _end_of(text, start, cursor), tuple(islice(readable, MOST_CANDIDATES)))


def _fields(typed: str) -> Iterator[str]:
    """An alias brings the field that it stands for."""
    meant = {field for alias, field in ALIASES.items() if alias.startswith(typed)}
    for field in FILTER_FIELDS:
        if field.startswith(typed) or field in meant:
            yield field + _USUAL_OPERATORS.get(field, "=")


def _seen(field: str, values: Callable[[str], Iterable[str]]) -> Iterable[str]:
    if field == STATE_FIELD:
        return (name.lower() for name in (*STATE_WORDS, *ScanState.__members__))
    if field == VERDICT_FIELD:
        return VERDICTS
    if field == GROUP_FIELD:
        return (name.lower() for name in GROUPS)
    return values(field) if field in ALL_TEXT_FIELDS or field in ALL_NUMBER_FIELDS else ()


def _once(values: Iterable[str]) -> Iterator[str]:
    """Each value once, as far as the caller reads."""
    met = set()
    for value in values:
        if value not in met:
            met.add(value)
            yield value


def _start_of(text: str, separates: Callable[[str], bool]) -> int:
    """Where the last piece of a text begins; nothing separates between quotation marks."""
    start, in_quotes = 0, False
    for index, character in enumerate(text):
        if character == '"':
            in_quotes = not in_quotes
        elif separates(character) and not in_quotes:
            start = index + 1
    return start


def _end_of(text: str, start: int, cursor: int) -> int:
    """Where the piece ends that the cursor is in; an open quotation ends at the cursor."""
    in_quotes = False
    for index in range(start, len(text)):
        character = text[index]
        if character == '"':
            in_quotes = not in_quotes
        elif index >= cursor and not in_quotes and (character.isspace() or character in ",|"):
            return index
    return cursor if in_quotes else len(text)


def _can_be_read(text: str) -> bool:
    try:
        ScanFilter.parse(text)
    except FilterSyntaxError:
        return False
    return True
