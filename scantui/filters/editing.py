"""The filter with the value under the cursor kept or excluded, as texts; pure.

Rule: what comes out is read before it is handed out, so that a key press never leaves a filter that cannot be read.
"""

from __future__ import annotations

from scantui.exceptions import FilterSyntaxError
from scantui.filters.grammar import FILTER_FIELDS, full_name, is_quoted, quoted_if_needed, unquoted
from scantui.filters.scan_filter import ScanFilter
from scantui.filters.spelling import split
from scantui.matching import fold, unknown_field
from scantui.text import printable


def with_value(text: str, field: str, value: str) -> str:
    """The filter `text` with this value of the field, and no other; FilterSyntaxError when it cannot be the field's.

    All other terms of the field are removed. The value is written as it is shown.
    """
    field, value = _known(field), printable(value)
    wanted = f"{field}={quoted_if_needed(value)}"
    terms: list[str] = []
    for spelled in split(text):
        term = wanted if spelled.field == field else spelled.text
        if term is not wanted or wanted not in terms:
            terms.append(term)
    if wanted not in terms:
        terms.append(wanted)
    return ScanFilter.parse(" ".join(terms)).text


def without_value(text: str, field: str, value: str) -> str:
    """The filter `text` without this value of the field; FilterSyntaxError when it cannot be the field's.

    The field's excluded values gather in one term. A term that requires the value is removed. It is written as it
    is shown.
    """
    field, value = _known(field), printable(value)
    unwanted = quoted_if_needed(value)
    terms: list[str] = []
    excluded = -1
    for spelled in split(text):
        if spelled.field != field or spelled.operator != "=":
            terms.append(spelled.text)
            continue
        others = [part for part, _ in spelled.alternatives() if not _is_literally(part, value)]
        if spelled.negated and excluded < 0:
            excluded = len(terms)
            terms.append(f"!{field}={','.join([*others, unwanted])}")
        elif others:
            terms.append(f"{'!' if spelled.negated else ''}{field}={','.join(others)}")
    if excluded < 0:
        terms.append(f"!{field}={unwanted}")
    return ScanFilter.parse(" ".join(terms)).text


def with_or_without(text: str, term: str) -> str:
    """The filter `text` with one more term, or without it where it stands already."""
    terms = [spelled.text for spelled in split(text)]
    if term in terms:
        terms.remove(term)
    else:
        terms.append(term)
    return ScanFilter.parse(" ".join(terms)).text


def _known(field: str) -> str:
    name = full_name(field)
    if name not in FILTER_FIELDS:
        raise FilterSyntaxError(unknown_field(field, FILTER_FIELDS), 1)
    return name


def _is_literally(part: str, value: str) -> bool:
    stands_for_itself = is_quoted(part) or not (part.startswith("*") or part.endswith("*"))
    return stands_for_itself and fold(unquoted(part)) == fold(value)
