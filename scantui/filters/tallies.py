"""Filters on nothing but the identity of scans: the server can count what they find; pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import msgspec

from scantui.filters.scan_filter import ScanFilter
from scantui.filters.scans import Scans, Texts
from scantui.filters.terms import AnyTerm, Range, Term, ValueTerm
from scantui.matching import LARGEST_EXACT, TEXT_FIELDS, NumberPattern, NumberSpans
from scantui.models import ScanIdentity, ScanSummary


class IdentityFilter(msgspec.Struct, frozen=True):
    """A filter in two parts: where numbers are to lie, and the terms on texts of the identity."""

    numbers: tuple[NumberSpans, ...]
    terms: tuple[Term, ...]

    @classmethod
    def of(cls, scan_filter: ScanFilter) -> IdentityFilter | None:
        """The parts of a filter; None if it depends on anything else than the identity."""
        numbers: list[NumberSpans] = []
        texts: list[Term] = []
        for term in scan_filter.terms:
            if _is_about_texts(term):
                texts.append(term)
            elif isinstance(term, ValueTerm) and term.field == "number" and (spans := _spans(term)):
                numbers.append(spans)
            else:
                return None
        return cls(tuple(numbers), tuple(texts))

    @property
    def fields(self) -> Sequence[str]:
        """The text fields that are compared."""
        return sorted(set(_fields(self.terms)))

    def count(self, counted: Sequence[tuple[ScanIdentity, int]]) -> int:
        """How many scans pass, of so many with each identity."""
        scans_with = {str(place): each for place, each in enumerate(counted)}
        rows = {key: ScanSummary(key=key, identity=identity) for key, (identity, _) in scans_with.items()}
        keys: Sequence[str] = list(rows)
        scans = Scans(rows, {}, Texts(rows), 0)
        for term in self.terms:
            keys = term.passing(keys, scans)
        return sum(scans_with[key][1] for key in keys)


def _is_about_texts(term: Term) -> bool:
    if isinstance(term, AnyTerm):
        return all(map(_is_about_texts, term.terms))
    return isinstance(term, ValueTerm) and term.field in TEXT_FIELDS


def _fields(terms: Iterable[Term]) -> Iterable[str]:
    for term in terms:
        if isinstance(term, AnyTerm):
            yield from _fields(term.terms)
        elif isinstance(term, ValueTerm):
            yield term.field


def _spans(term: ValueTerm) -> NumberSpans | None:
    """Where the number is to lie, as a search understands it; None where that may be another number."""
    spans: list[tuple[float, float, bool]] = []
    for each in term.alternatives:
        if isinstance(each, Range):
            low = -math.inf if each.low is None else each.low
            high = math.inf if each.high is None else each.high
            spans.append((low, high, each.open))
        elif isinstance(each, NumberPattern) and each.number == float(each.number):
            spans.append((float(each.number), float(each.number), False))
        else:
            return None
    ends = [end for low, high, _ in spans for end in (low, high) if not math.isinf(end)]
    is_understood = all(abs(end) < LARGEST_EXACT for end in ends) and all(low <= high for low, high, _ in spans)
    return NumberSpans(tuple(spans), term.negated) if is_understood else None
