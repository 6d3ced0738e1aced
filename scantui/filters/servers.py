"""Which servers a filter is about, where several are watched; pure."""

from __future__ import annotations

from collections.abc import Iterable

from scantui.filters.grammar import SERVER_FIELD
from scantui.filters.scans import Scans, Texts
from scantui.filters.terms import AnyTerm, Term, ValueTerm
from scantui.models import Origin, ScanSummary


def may_hold_at(terms: Iterable[Term], server: str) -> bool:
    """Whether scans of a server can pass all terms, as far as these name servers."""
    return all(_may_hold(term, server) for term in terms)


def _may_hold(term: Term, server: str) -> bool:
    if isinstance(term, AnyTerm):
        return any(_may_hold(each, server) for each in term.terms)
    if not isinstance(term, ValueTerm) or term.field != SERVER_FIELD:
        return True
    rows = {"": ScanSummary(key="", origin=Origin(server))}
    return bool(term.passing([""], Scans(rows, {}, Texts(rows), 0)))
