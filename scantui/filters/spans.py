"""In which span of time all scans lie that a filter lets pass; pure."""

from __future__ import annotations

from scantui.filters.scan_filter import ScanFilter
from scantui.filters.terms import BoundTerm, Range, StateTerm, Term, ValueTerm
from scantui.models import ScanState, SpanWanted
from scantui.words import GROUPS

_OPEN_WORDS = frozenset(GROUPS["OPEN"])


def span_of(scan_filter: ScanFilter, now_ms: int) -> SpanWanted:
    """The span at a time of the server's clock; an empty one if scans of any time may pass."""
    created = [ms for term in scan_filter.terms if (ms := _created_ms(term, now_ms)) is not None]
    return SpanWanted(created_ms=max(created, default=None), is_open=any(map(_wants_open, scan_filter.terms)))


def _created_ms(term: Term, now_ms: int) -> float | None:
    if isinstance(term, BoundTerm):
        return None if term.before or term.negated else term.moment.at_ms(now_ms)
    if not isinstance(term, ValueTerm) or term.field != "age" or term.negated or not now_ms:
        return None
    ages = [each.high if isinstance(each, Range) else None for each in term.alternatives]
    if None in ages:
        return None
    return min(now_ms - age * 1000 for age in ages if age is not None)


def _wants_open(term: Term) -> bool:
    if not isinstance(term, StateTerm) or term.negated or term.verdicts:
        return False
    return term.words <= _OPEN_WORDS and ScanState.CLOSED not in term.states
