"""How the text of a filter was read, in words; pure.

Rule: the sentence names every term, so that the user sees which one excludes too much.
"""

from __future__ import annotations

from collections.abc import Sequence

from scantui.filters.grammar import (
    GROUP_FIELD,
    Spelled,
    quoted,
    unquoted,
)
from scantui.filters.hints import finds_state, hints_of
from scantui.filters.reading import clauses_of
from scantui.filters.scan_filter import ScanFilter
from scantui.filters.spelling import split

_COMPARISONS = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}
_QUOTE = "quote it for the text itself"


def explain(text: str) -> str:
    """The terms of a filter, as in `name is ascan*, text "samx" "0", not text "1"`, and what else may be meant.

    The text may be a filter's own spelling or as it was typed; FilterSyntaxError when it cannot be read.
    """
    terms = split(text)
    return "; ".join([_in_words(terms), *dict.fromkeys(hint.text for hint in hints_of(terms))])


def why_none(scan_filter: ScanFilter) -> str:
    """How a filter was read that no scan passes, and what else may be meant."""
    how = explain(scan_filter.text)
    return f"{how}; {_QUOTE}" if scan_filter.surprises else how


def remark(scan_filter: ScanFilter) -> str:
    """What to show of a filter though scans match: how it was read where that may surprise, else nothing."""
    terms = split(scan_filter.text)
    hints = dict.fromkeys(hint.text for hint in hints_of(terms) if hint.always)
    if scan_filter.surprises:
        has_text = any(not term.field for term in terms)
        return "; ".join([f"Read as {_in_words(terms)}", *hints, *([_QUOTE] if has_text else [])])
    return "; ".join(hints)


def _in_words(terms: Sequence[Spelled]) -> str:
    said: list[str] = []
    follows_text = False
    for clause in clauses_of(terms):
        is_text = len(clause) == 1 and not (clause[0].field or clause[0].negated or finds_state(clause[0]))
        if is_text and follows_text:
            # Words that follow each other need no more than their quotation marks.
            said[-1] += f" {quoted(unquoted(clause[0].value))}"
        else:
            said.append(" or ".join(map(_term, clause)))
        follows_text = is_text
    return ", ".join(said)


def _term(term: Spelled) -> str:
    denied = "not " if term.negated else ""
    if not term.field:
        kind = "state or text" if finds_state(term) else "text"
        return f"{denied}{kind} {quoted(unquoted(term.value))}"
    if term.operator != "=":
        return f"{term.field} {denied}{_COMPARISONS[term.operator]} {term.value}"
    if term.value == "*":
        return f"{term.field} is {denied}set"
    values = " or ".join(part for part, _ in term.alternatives())
    if term.field == GROUP_FIELD:
        return f"is {denied}{values}"
    return f"{term.field} {denied}in {values}" if ".." in values else f"{term.field} is {denied}{values}"
