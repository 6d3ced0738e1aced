"""The filter with the value under the cursor kept or excluded, as texts; pure.

Rule: what comes out is read before it is handed out, so that a key press never leaves a filter that cannot be read.
"""

from __future__ import annotations

from scantui.exceptions import FilterSyntaxError
from scantui.filters.grammar import FILTER_FIELDS, Spelled, full_name, joined, pattern_in, quoted_if_needed
from scantui.filters.reading import clauses_of
from scantui.filters.scan_filter import ScanFilter
from scantui.filters.spelling import split
from scantui.matching import exact, fold, unknown_field
from scantui.text import printable


def with_value(text: str, field: str, value: str) -> str:
    """The filter `text` with this value of the field, and no other; FilterSyntaxError when it cannot be the field's.

    All other terms of the field are removed. The value is written as it is shown.
    """
    field, value = _known(field), printable(value)
    wanted = split(f"{field}={quoted_if_needed(value)}")[0]
    clauses: list[list[Spelled]] = []
    for clause in clauses_of(split(text)):
        if all(term.field != field for term in clause):
            clauses.append(clause)
        elif [wanted] not in clauses:
            clauses.append([wanted])
    return _written(clauses if [wanted] in clauses else [*clauses, [wanted]])


def without_value(text: str, field: str, value: str) -> str:
    """The filter `text` without this value of the field; FilterSyntaxError when it cannot be the field's.

    The field's excluded values gather in one term. A term that requires the value is removed. It is written as it
    is shown.
    """
    field, value = _known(field), printable(value)
    unwanted = quoted_if_needed(value)
    clauses: list[list[Spelled]] = []
    excluded = False
    for clause in clauses_of(split(text)):
        first = clause[0]
        if len(clause) > 1 or first.field != field or first.operator != "=":
            clauses.append(clause)
            continue
        others = [part for part, _ in first.alternatives() if not _is_literally(part, value)]
        if first.negated and not excluded:
            excluded = True
            others.append(unwanted)
        if others:
            clauses.append([first._replace(value=",".join(others))])
    if not excluded:
        clauses += clauses_of(split(f"!{field}={unwanted}"))
    return _written(clauses)


def with_or_without(text: str, term: str) -> str:
    """The filter `text` with one more term, or without it where it stands already."""
    clauses, wanted = clauses_of(split(text)), clauses_of(split(term))
    others = [clause for clause in clauses if [each.text for each in clause] != [each.text for each in wanted[0]]]
    return _written(others if len(others) < len(clauses) else [*clauses, *wanted])


def _written(clauses: list[list[Spelled]]) -> str:
    return ScanFilter.parse(joined(term for clause in clauses for term in clause)).text


def _known(field: str) -> str:
    name = full_name(field)
    if name not in FILTER_FIELDS:
        raise FilterSyntaxError(unknown_field(field, FILTER_FIELDS), 1)
    return name


def _is_literally(part: str, value: str) -> bool:
    pattern = pattern_in(part)
    stands_for_itself = isinstance(pattern, exact) or not (pattern.startswith("*") or pattern.endswith("*"))
    return stands_for_itself and fold(pattern) == fold(value)
