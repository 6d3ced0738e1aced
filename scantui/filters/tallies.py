"""Filters on nothing but identities and when scans were created: the server can count what they find; pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import msgspec

from scantui.filters.scan_filter import ScanFilter
from scantui.filters.scans import Scans, Texts
from scantui.filters.terms import AnyTerm, BoundTerm, Range, Term, ValueTerm
from scantui.matching import LARGEST_EXACT, TEXT_FIELDS, NumberPattern, NumberSpans
from scantui.models import ScanSummary


class CountableFilter(msgspec.Struct, frozen=True):
    """A filter in two parts: where numbers are to lie, and the terms on texts of the identity and on the creation."""

    numbers: tuple[NumberSpans, ...]
    terms: tuple[Term, ...]

    @classmethod
    def of(cls, scan_filter: ScanFilter) -> CountableFilter | None:
        """The parts of a filter; None if it depends on anything else."""
        numbers: list[NumberSpans] = []
        others: list[Term] = []
        for term in scan_filter.terms:
            if _is_countable(term):
                others.append(term)
            elif isinstance(term, ValueTerm) and term.field == "number" and (spans := _spans(term)):
                numbers.append(spans)
            else:
                return None
        return cls(tuple(numbers), tuple(others))

    @property
    def fields(self) -> Sequence[str]:
        """The text fields that are compared."""
        return sorted(set(_fields(self.terms)))

    @property
    def depends_on_creation(self) -> bool:
        """Whether it matters when each scan was created."""
        return any(map(_is_about_creation, self.terms))

    def count(self, counted: Sequence[tuple[ScanSummary, int]], now_ms: int = 0) -> int:
        """How many scans pass, of so many like each summary, at a time of the server's clock."""
        scans_like = {summary.key: scans for summary, scans in counted}
        rows = {summary.key: summary for summary, _ in counted}
        keys: Sequence[str] = list(rows)
        found = Scans(rows, {}, Texts(rows), now_ms)
        for term in self.terms:
            keys = term.passing(keys, found)
        return sum(map(scans_like.__getitem__, keys))


def _is_countable(term: Term) -> bool:
    if isinstance(term, AnyTerm):
        return all(map(_is_countable, term.terms))
    if isinstance(term, ValueTerm):
        return term.field in TEXT_FIELDS or term.field == "age"
    return isinstance(term, BoundTerm)


def _is_about_creation(term: Term) -> bool:
    if isinstance(term, AnyTerm):
        return any(map(_is_about_creation, term.terms))
    return isinstance(term, BoundTerm) or (isinstance(term, ValueTerm) and term.field == "age")


def _fields(terms: Iterable[Term]) -> Iterable[str]:
    for term in terms:
        if isinstance(term, AnyTerm):
            yield from _fields(term.terms)
        elif isinstance(term, ValueTerm) and term.field in TEXT_FIELDS:
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
