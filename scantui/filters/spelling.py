"""What each term of a filter is, by what stands beside it: titles are pasted as they are, other tools spell otherwise.

Rule: what may be a part of a title stays a word, and what can mean one thing only means it; all else is an error that
names the right form. What comes out, written again, means the same.
"""

from __future__ import annotations

import re
from functools import lru_cache

from scantui.exceptions import FilterSyntaxError
from scantui.filters.grammar import (
    ALL_TEXT_FIELDS,
    AND,
    CLOSING,
    NOT,
    OPENING,
    OR,
    PAUSES,
    Link,
    Spelled,
    is_quoted,
    joined,
    quoted,
    unquoted,
)
from scantui.filters.logic import Token, resolved
from scantui.filters.tokens import is_name, is_quotation, literal, tokens_in
from scantui.text import ELLIPSIS, LONGEST_TEXT

# A number, an arrow or a dash among words belongs to a title, and is never meant to be excluded.
_SIGN_IN_TEXT = re.compile(r'-(?!(?!\d)\w|")|!=*\Z')
# The day after each, which ends it.
_DAYS = {"today": "", "yesterday": "today"}
_ARROW = re.compile(r"-[-=>]")


@lru_cache(maxsize=16)
def split(text: str) -> tuple[Spelled, ...]:
    """The terms of a text; FilterSyntaxError for a mark without a partner, and for what can mean two things."""
    terms = _split(text)
    is_unfinished = not all(term.value for term in terms)
    if is_unfinished or joined(terms) == text or _lasts(terms):
        return tuple(terms)
    # What looks like a condition or a sign would be one when it is read again.
    terms = [term if term.field or is_quoted(term.value) else term._replace(value=quoted(term.value)) for term in terms]
    if _lasts(terms):
        return tuple(terms)
    raise FilterSyntaxError("this can be read in several ways: put texts and values in quotation marks", 1)


def _split(text: str) -> list[Spelled]:
    tokens = _with_signs(_in_context(_without_cut(tokens_in(text))))
    has_signs = any(token.sign for token in tokens)
    terms = resolved(tokens)
    return _with_days([term._replace(surprises=term.surprises or (has_signs and not term.field)) for term in terms])


def _with_days(terms: list[Spelled]) -> list[Spelled]:
    """The terms, a day without a field as the time of that day; among other words it is a word too."""
    words = [term for term in terms if not term.field]
    if len(words) != 1 or words[0].value.lower() not in _DAYS:
        return terms
    [day] = words
    since = day._replace(field="since", operator="=", value=day.value.lower(), surprises=True)
    end = _DAYS[since.value]
    if end and (day.negated or any(term.link is Link.OR for term in terms)):
        return terms
    place = terms.index(day)
    before = [since._replace(field="before", value=end, link=Link.BESIDE)] if end else []
    return [*terms[:place], since, *before, *terms[place + 1 :]]


def _lasts(terms: list[Spelled]) -> bool:
    """Whether the terms are the same when their text is read again."""
    try:
        again = _split(joined(terms))
    except FilterSyntaxError:
        return False
    return [(term.link, term.text) for term in terms] == [(term.link, term.text) for term in again]


def _in_context(tokens: list[Token]) -> list[Token]:
    """The terms, those words that only look like something else."""
    read: list[Token] = []
    for index, token in enumerate(tokens):
        before = bool(read) and _is_plain(read[-1])
        beside = before or (index + 1 < len(tokens) and _is_plain(tokens[index + 1]))
        is_word = not (token.sign or token.term.surprises or is_quotation(token.term.written))
        if is_word and _is_word(token.term, before, beside):
            token = Token(literal(token.term))
        elif is_word and beside and token.term.written.startswith("-") and not token.term.field:
            token = Token(token.term._replace(surprises=True))
        read.append(token)
    return read


def _without_cut(tokens: list[Token]) -> list[Token]:
    """The terms without the ellipsis that stands where a row cuts a long text; one by itself is a word."""
    read: list[Token] = []
    for index, token in enumerate(tokens):
        last, term = index + 1 == len(tokens), token.term
        if ELLIPSIS not in term.value or token.sign or term.written.startswith("!"):
            read.append(token)
        elif term.field:
            read.append(Token(_with_stars(term)))
        elif not is_quoted(term.written):
            parts = [part for part in term.written.split(ELLIPSIS) if part]
            read += [Token(_part_of(term, part)) for part in parts] or ([] if len(tokens) > 1 else [token])
        elif last and unquoted(term.value).endswith(ELLIPSIS):
            text = unquoted(term.value).rstrip(ELLIPSIS)
            read.append(Token(term._replace(value=quoted(text), surprises=True)))
        else:
            read.append(token)
    return read


def _part_of(term: Spelled, part: str) -> Spelled:
    """A part of a word; a sign before it counts as before any word."""
    is_signed = part[0] in "!-" and len(part) > 1
    return term._replace(value=part[is_signed:], written=part, negated=is_signed, surprises=not is_signed)


def _with_stars(term: Spelled) -> Spelled:
    """A value that a column cuts at an end, open there."""
    value = term.value
    if (
        term.field not in ALL_TEXT_FIELDS
        or is_quoted(value)
        or "," in value
        or not 0 < len(value.strip(ELLIPSIS)) < LONGEST_TEXT - 1
    ):
        return term
    start, end = value.startswith(ELLIPSIS), value.endswith(ELLIPSIS)
    text = f"{'*' if start else ''}{value.strip(ELLIPSIS)}{'*' if end else ''}"
    return term._replace(value=text, surprises=True) if start or end else term


def _is_plain(token: Token) -> bool:
    return not (token.sign or token.term.field)


def _is_word(term: Spelled, before: bool, beside: bool) -> bool:
    """Whether a term is plain text; `before` and `beside` show whether words stand next to it."""
    if term.field:
        return not is_name(term.field) or (before and not term.value and term.written.endswith(":"))
    return is_quoted(term.value) or bool((_SIGN_IN_TEXT if beside else _ARROW).match(term.written))


def _with_signs(tokens: list[Token]) -> list[Token]:
    """The terms, with the words that join them or deny the next one as signs."""
    read: list[Token] = []
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        sign = _sign_of(token, read[-1] if read else None, following)
        if sign:
            read.append(Token(token.term, sign))
        elif sign is None:
            read.append(token)
    return read


def _sign_of(token: Token, last: Token | None, following: Token | None) -> str | None:
    """What a word joins or denies; empty for one that has nothing to do, None for a term."""
    term = token.term
    if token.sign or term.field or is_quoted(term.written):
        return None
    word = "!" if term.negated and not term.value and term.written == "!" else "" if term.negated else term.value
    if following is not None and following.sign == CLOSING:
        following = None
    has_field = any(near is not None and (near.term.field or near.sign) for near in (last, following))
    if word in (*AND, *OR, *PAUSES):
        if following is None or last is None or (last.sign and last.sign != CLOSING):
            return "" if has_field and not (last and last.sign) else None
        if word in PAUSES:
            is_listed = word == "," and not (following.term.field or following.sign)
            return ("or" if is_listed else "and") if has_field else None
        return word
    if word in NOT and following is not None:
        follows_sign = last is not None and last.sign in (*AND, *OR)
        if following.term.field or following.sign == OPENING or word == "NOT" or follows_sign:
            return "not"
    return None
