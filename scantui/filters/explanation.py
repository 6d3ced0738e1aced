"""How the text of a filter was read, in words; pure.

Rule: the sentence names every term, so that the user sees which one excludes too much.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scantui.filters.foreign import begins_term
from scantui.filters.grammar import (
    ALIASES,
    ALL_NUMBER_FIELDS,
    FILTER_FIELDS,
    GROUP_FIELD,
    STATE_FIELD,
    Spelled,
    full_name,
    is_quoted,
    quoted,
    quoted_if_needed,
    unquoted,
)
from scantui.filters.reading import GROUPS, OTHER_STATES, clauses_of
from scantui.filters.scan_filter import ScanFilter
from scantui.filters.spelling import split
from scantui.matching import nearest_field
from scantui.models import ScanState
from scantui.words import STATE_WORDS

_COMPARISONS = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}
_WORDS_BETWEEN = ("in", "is", "from", "to", "of", "older", "newer", "than", "not", "with", "for", "since", "before")
_QUOTE = "quote it for the text itself"
# Names of fields that are common words of titles too.
_COMMON = (GROUP_FIELD, "no", "note", "points", "before", "title")


class _Hint(NamedTuple):
    """What else may be meant; `always`: also when scans match."""

    text: str
    always: bool = False


def explain(text: str) -> str:
    """The terms of a filter, as in `name is ascan*, text "samx" "0", not text "1"`, and what else may be meant.

    The text may be a filter's own spelling or as it was typed; FilterSyntaxError when it cannot be read.
    """
    terms = split(text)
    return "; ".join([_in_words(terms), *dict.fromkeys(hint.text for hint in _hints(terms))])


def why_none(scan_filter: ScanFilter) -> str:
    """How a filter was read that no scan passes, and what else may be meant."""
    how = explain(scan_filter.text)
    return f"{how}; {_QUOTE}" if scan_filter.surprises else how


def remark(scan_filter: ScanFilter) -> str:
    """What to show of a filter though scans match: how it was read where that may surprise, else nothing."""
    terms = split(scan_filter.text)
    hints = dict.fromkeys(hint.text for hint in _hints(terms) if hint.always)
    if scan_filter.surprises:
        has_text = any(not term.field for term in terms)
        return "; ".join([f"Read as {_in_words(terms)}", *hints, *([_QUOTE] if has_text else [])])
    return "; ".join(hints)


def _in_words(terms: Sequence[Spelled]) -> str:
    said: list[str] = []
    follows_text = False
    for clause in clauses_of(terms):
        is_text = len(clause) == 1 and not (clause[0].field or clause[0].negated or _finds_state(clause[0]))
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
        kind = "state or text" if _finds_state(term) else "text"
        return f"{denied}{kind} {quoted(unquoted(term.value))}"
    if term.operator != "=":
        return f"{term.field} {denied}{_COMPARISONS[term.operator]} {term.value}"
    if term.value == "*":
        return f"{term.field} is {denied}set"
    values = " or ".join(part for part, _ in term.alternatives())
    if term.field == GROUP_FIELD:
        return f"is {denied}{values}"
    return f"{term.field} {denied}in {values}" if ".." in values else f"{term.field} is {denied}{values}"


def _finds_state(term: Spelled) -> bool:
    """Whether a word is also that of a state."""
    return not (term.field or is_quoted(term.value)) and term.value.upper() in STATE_WORDS


def _hints(terms: Sequence[Spelled]) -> Iterator[_Hint]:
    """What else the user may have meant by the terms."""
    for index, term in enumerate(terms):
        following = terms[index + 1] if index + 1 < len(terms) else None
        if term.field:
            yield from _of_value(term)
        else:
            yield from _of_word(term, following)


def _of_value(term: Spelled) -> Iterator[_Hint]:
    if term.operator != "=" or term.field in ALL_NUMBER_FIELDS:
        return
    for part, _ in term.alternatives():
        bare = unquoted(part)
        if is_quoted(part) and part[0] == part[-1] == '"' and (bare.startswith("*") or bare.endswith("*")):
            outside = _with_stars_outside(bare)
            yield _Hint(f"in quotation marks a star is a star: {term.field}={outside} has it stand for any")
        elif not is_quoted(part) and "%" in (bare[:1], bare[-1:]):
            yield _Hint(f"% is a character: write {term.field}={bare.replace('%', '*')}", always=True)
        elif bare.endswith(".*"):
            yield _Hint(f"a dot is a dot: write {term.field}={bare[:-2]}*")
        elif not is_quoted(part) and set("*?[") & set(bare[1:-1]):
            yield _Hint("only a * at an end stands for any")
        elif bare.startswith(("!", "-")) and bare[1:]:
            yield _Hint(f"write !{term.field}={bare[1:]} to exclude it")


def _with_stars_outside(text: str) -> str:
    """A text with a star at its ends, spelled so that the stars stand for any text."""
    inner = text.strip("*")
    return text.replace(inner, quoted_if_needed(inner)) if inner else "*"


def _of_word(term: Spelled, following: Spelled | None) -> Iterator[_Hint]:
    word = unquoted(term.value)
    is_plain = not is_quoted(term.value)
    if term.negated and re.match(r"\.?[0-9]", word):
        yield _Hint(f"-{word} excludes {quoted(word)}: quote it to find it, {quoted('-' + word)}", always=True)
    if word != word.lower() and not (term.negated or _finds_state(term)):
        yield _Hint(f"capital letters must match: {quoted(word.lower())} finds both")
    if not is_plain:
        if word.startswith("--") and begins_term(word[2:], at_once=True):
            yield _Hint(f"write {word[2:]} for a field, !{word[2:]} to exclude it")
        return
    follower = following.value if following and not (following.field or following.negated) else ""
    if follower and word.lower() in (*FILTER_FIELDS, *ALIASES):
        field = full_name(word)
        wanted = f"{field}={'VALUE' if follower.lower() in _WORDS_BETWEEN else follower}"
        yield _Hint(f"{quoted(word)} is a text: {wanted} compares the field", always=word.lower() not in _COMMON)
    elif follower and word == "not":
        yield _Hint(f'"not" is a text: !{follower} excludes', always=True)
    elif word.upper() in GROUPS:
        yield _Hint(f"{GROUP_FIELD}={word.lower()} finds states")
    elif word.upper() in ScanState.__members__ or word.upper() in OTHER_STATES:
        yield _Hint(f"{STATE_FIELD}={word.lower()} finds the state")
    elif word.startswith("*") or word.endswith("*"):
        yield _Hint(f"a star is a star in a text: title={word} has it stand for any")
    else:
        yield from _of_odd_word(word)


def _of_odd_word(word: str) -> Iterator[_Hint]:
    """A hint for a word that looks like a condition."""
    compared = re.fullmatch(r"([<>]=?)\.?[0-9].*", word)
    between = re.fullmatch(r"[0-9.]*[0-9]\.\.[0-9.]*|\.\.[0-9.]+", word)
    numbered = re.fullmatch(r"#([0-9]+)", word)
    marked = re.match(r"[^\w\"]+", word)
    named = re.match(r"([^\W\d]\w*):(?=[^\s\\/])", word)
    if compared:
        yield _Hint(f"number{word} compares the number")
    elif between:
        yield _Hint(f"number={word} is a range")
    elif numbered:
        yield _Hint(f"number={numbered[1]} finds the number")
    elif marked and begins_term(word[marked.end() :], at_once=True):
        yield _Hint(f"write {word[marked.end() :].rstrip(')]}')} for a field")
    elif named and (near := nearest_field(named[1], FILTER_FIELDS, 0.75)):
        yield _Hint(f"did you mean {near}={word[named.end() :]}?")
