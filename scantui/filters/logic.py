"""Terms joined by `and`, `or`, `not` and parentheses, as terms beside each other that mean the same; pure.

Rule: `not` binds before `and`, `and` before `or`, and `or` before a mere blank, which joins words of titles too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from scantui.exceptions import FilterSyntaxError
from scantui.filters.grammar import (
    ALL_NUMBER_FIELDS,
    AND,
    CLOSING,
    NOT,
    OPENING,
    OR,
    SPAN_FIELDS,
    STATE_FIELD,
    Link,
    Spelled,
    is_quoted,
    joined,
    quoted,
)
from scantui.models import ScanState
from scantui.words import STATE_WORDS

_COMPARISON = r"(<=?|>=?|≤|≥)([0-9].*)"
_MOST_CLAUSES = 64

Clause = tuple[Spelled, ...]
"""Terms of which one must hold."""


class Token(NamedTuple):
    """A term, or with a `sign` what joins terms."""

    term: Spelled
    sign: str = ""


def resolved(tokens: Sequence[Token]) -> list[Spelled]:
    """The terms with their links; FilterSyntaxError where they can be joined in more than one way."""
    reader = _Reader(tokens)
    terms: list[Spelled] = []
    while not reader.is_at_end:
        reader.complete_comparison()
        for index, clause in enumerate(clauses := reader.alternatives()):
            is_apart = _names_a_field_twice(clauses)
            beside = Link.AND if index and is_apart else Link.BESIDE
            terms += [term._replace(link=Link.OR if place else beside) for place, term in enumerate(_merged(clause))]
    return terms


def _merged(clause: Clause) -> Clause:
    """One term for values of one field."""
    first, *others = clause
    if not others or not all(term.is_value and term.field == first.field for term in clause):
        return clause
    value = ",".join(dict.fromkeys(term.value for term in clause))
    return (first._replace(value=value, surprises=any(term.surprises for term in clause)),)


def _names_a_field_twice(clauses: Sequence[Clause]) -> bool:
    """Whether terms beside each other would be read as values of one field."""
    fields = [merged[0].field for clause in clauses if len(merged := _merged(clause)) == 1 and merged[0].is_value]
    return len(fields) > len(set(fields))


class _Reader:
    """Reads an expression from left to right; each step returns clauses of which all must hold."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def is_at_end(self) -> bool:
        return self._at >= len(self._tokens)

    def complete_comparison(self) -> None:
        """Give a comparison without a field that of the term before it, as in `number>5 <9`."""
        before, token = self._tokens[self._at - 1], self._tokens[self._at]
        if self._at and not token.sign and re.fullmatch(_COMPARISON, token.term.value):
            self._let_follow(before, before.term._replace(value=AND[0]))

    def _sign(self) -> str:
        return "" if self.is_at_end else self._tokens[self._at].sign

    def alternatives(self, *, negated: bool = False) -> list[Clause]:
        """Terms joined by `or`."""
        parts = [self._together(negated=negated)]
        while self._sign() in OR:
            self._at += 1
            self._let_follow(self._tokens[self._at - 2], self._tokens[self._at - 1].term)
            parts.append(self._together(negated=negated))
        return _all(parts) if negated else _any(parts)

    def _together(self, *, negated: bool) -> list[Clause]:
        """Terms joined by `and`."""
        parts = [self._one(negated=negated)]
        while self._sign() in AND:
            self._at += 1
            self._let_follow(self._tokens[self._at - 2], self._tokens[self._at - 1].term)
            parts.append(self._one(negated=negated))
        return _any(parts) if negated else _all(parts)

    def _one(self, *, negated: bool) -> list[Clause]:
        """A term, or an expression in parentheses."""
        while self._sign() in NOT:
            self._at += 1
            negated = not negated
        token = self._tokens[self._at]
        self._at += 1
        if token.sign == OPENING:
            return self._group(negated=negated)
        return [(token.term._replace(negated=token.term.negated is not negated),)]

    def _group(self, *, negated: bool) -> list[Clause]:
        """What stands between parentheses; values of one field beside each other are any of several there too."""
        parts: list[list[Clause]] = []
        values: dict[str, Spelled] = {}
        while self._sign() != CLOSING:
            start, term = self._at, self._tokens[self._at].term
            clauses = self.alternatives(negated=negated)
            if self._at == start + 1 and term.is_value:
                known = values.get(term.field)
                values[term.field] = known._replace(value=f"{known.value},{term.value}") if known else term
            else:
                parts.append(clauses)
        self._at += 1
        parts += [[(term._replace(negated=negated),)] for term in values.values()]
        return _any(parts) if negated else _all(parts)

    def _let_follow(self, before: Token, operator: Spelled) -> None:
        """Complete a bare value, as in `number=5 or 6`; an error where it may be a text as well."""
        token, term = self._tokens[self._at], before.term
        bare = token.term
        is_bare = not (token.sign or bare.field or bare.negated or is_quoted(bare.value))
        if before.sign or not term.field or not is_bare:
            return
        compared = re.fullmatch(_COMPARISON, bare.value)
        if compared and term.field in (*ALL_NUMBER_FIELDS, *SPAN_FIELDS):
            self._complete(bare, term.field, compared[1].replace("≤", "<=").replace("≥", ">="), compared[2])
            return
        is_state = bare.value.upper() in STATE_WORDS or bare.value.upper() in ScanState.__members__
        if not term.is_value or operator.value in AND or (is_state and term.field != STATE_FIELD):
            return
        if not (is_state or (term.field in ALL_NUMBER_FIELDS and bare.value.replace(".", "", 1).isdecimal())):
            fix = f"write {term.text},{bare.value}, or {quoted(bare.value)} for a text"
            raise FilterSyntaxError(f"{operator.written} {bare.value}: {fix}", bare.column)
        self._complete(bare, term.field, "=", bare.value)

    def _complete(self, bare: Spelled, field: str, operator: str, value: str) -> None:
        whole = bare._replace(field=field, operator=operator, value=value, surprises=True)
        self._tokens = [*self._tokens[: self._at], Token(whole), *self._tokens[self._at + 1 :]]


def _all(parts: Sequence[list[Clause]]) -> list[Clause]:
    return _simplest(clause for part in parts for clause in part)


def _any(parts: Sequence[list[Clause]]) -> list[Clause]:
    """Clauses that hold if all of one of the parts do."""
    clauses: list[Clause] = [()]
    for part in parts:
        clauses = _simplest((*clause, *other) for clause in clauses for other in part)
        if len(clauses) > _MOST_CLAUSES:
            first = parts[0][0][0]
            raise FilterSyntaxError(f"too many alternatives to compare: {joined([first])} and so on", first.column)
    return clauses


def _simplest(clauses: Iterable[Clause]) -> list[Clause]:
    """The clauses with each term once, without those that hold whenever another one does."""
    by_terms: dict[frozenset[str], Clause] = {}
    for clause in clauses:
        once = {term.text: term for term in clause}
        by_terms.setdefault(frozenset(once), tuple(once.values()))
    return [clause for terms, clause in by_terms.items() if not any(other < terms for other in by_terms)]
