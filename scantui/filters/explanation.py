"""How the text of a filter was read, in words, for when no scan passes it; pure.

Rule: the sentence names every term, so that the user sees which one excludes too much.
"""

from __future__ import annotations

import re
from itertools import groupby

from scantui.filters.grammar import GROUP_FIELD, STATE_FIELD, Spelled, is_quoted, quoted, unquoted
from scantui.filters.reading import GROUPS
from scantui.filters.spelling import split
from scantui.models import ScanState
from scantui.words import STATE_WORDS

_COMPARISONS = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}


def explain(text: str) -> str:
    """The terms of a filter, as in `name is ascan*, text "samx" "0", not text "1"`, and what else may be meant.

    The text may be a filter's own spelling or as it was typed; FilterSyntaxError when it cannot be read.
    """
    terms = split(text)
    # Words that follow each other need no more than their quotation marks.
    runs = [
        "text " + " ".join(quoted(unquoted(term.value)) for term in run) if is_run else ", ".join(map(_term, run))
        for is_run, run in groupby(terms, lambda term: not (term.field or term.negated))
    ]
    meant = ", ".join(runs)
    hints = list(dict.fromkeys(hint for term in terms if (hint := _hint(term))))
    return "; ".join([meant, *hints])


def _term(term: Spelled) -> str:
    denied = "not " if term.negated else ""
    if not term.field:
        return f"{denied}text {quoted(unquoted(term.value))}"
    if term.operator != "=":
        return f"{denied}{term.field} {_COMPARISONS[term.operator]} {term.value}"
    values = " or ".join(part for part, _ in term.alternatives())
    return f"{denied}{term.field} {'in' if '..' in values else 'is'} {values}"


def _hint(term: Spelled) -> str:
    """What else the user may have meant by a term."""
    if term.field:
        return ""
    word = unquoted(term.value)
    if term.negated and re.match(r"\.?[0-9]", word):
        return f"-{word} excludes {quoted(word)}: quote it to find it, {quoted('-' + word)}"
    if not is_quoted(term.value):
        if word.upper() in GROUPS:
            return f"{GROUP_FIELD}={word.lower()} finds states"
        if word.upper() in STATE_WORDS or word.upper() in ScanState.__members__:
            return f"{STATE_FIELD}={word.lower()} finds the state"
        if word.startswith("*") or word.endswith("*"):
            return f"a star is a star in a text: title={word} has it stand for any"
    return ""
