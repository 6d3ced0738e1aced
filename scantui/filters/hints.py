"""What else may be meant by the terms of a filter, for the sentence that shows how it was read; pure.

Rule: what a hint proposes is a term as scantui writes it, with what the user gave.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scantui.filters.days import moment_at
from scantui.filters.foreign import begins_term
from scantui.filters.grammar import (
    ALIASES,
    ALL_NUMBER_FIELDS,
    ALL_TEXT_FIELDS,
    FILTER_FIELDS,
    GROUP_FIELD,
    STATE_FIELD,
    VERDICT_FIELD,
    Spelled,
    full_name,
    is_quoted,
    quoted,
    quoted_if_needed,
    unquoted,
)
from scantui.filters.moments import is_span, read_moment
from scantui.filters.parts import other_name
from scantui.filters.reading import OTHER_STATES
from scantui.matching import nearest_field
from scantui.models import ScanState
from scantui.words import GROUPS, STATE_WORDS

_WORDS_BETWEEN = ("in", "is", "from", "to", "of", "older", "newer", "than", "not", "with", "for", "since", "before")
# Names of fields that are common words of titles too.
_COMMON = (GROUP_FIELD, "no", "note", "points", "before", "title")
# What other programs write where a field is not set.
_NOTHING = ("null", "none", "nil", "undefined")
_MAY_BE_UNSET = frozenset(ALL_TEXT_FIELDS) - {VERDICT_FIELD}
# What people call the number of a scan.
_NUMBER_WORDS = ("scan", "scans", "scan:", "scanno", "nr", "nr.", "no.", "num", "#", "#s", "id")


class Hint(NamedTuple):
    """What else may be meant; `always`: also when scans match."""

    text: str
    always: bool = False


def hints_of(terms: Sequence[Spelled]) -> Iterator[Hint]:
    """What else the user may have meant by the terms."""
    for index, term in enumerate(terms):
        following = terms[index + 1] if index + 1 < len(terms) else None
        if term.field:
            yield from _of_value(term)
        else:
            yield from _of_word(term, following)


def finds_state(term: Spelled) -> bool:
    """Whether a word is also that of a state."""
    return not (term.field or is_quoted(term.value)) and term.value.upper() in STATE_WORDS


def _of_value(term: Spelled) -> Iterator[Hint]:
    if term.operator != "=" or term.field in ALL_NUMBER_FIELDS:
        return
    for part, _ in term.alternatives():
        bare = unquoted(part)
        if is_quoted(part) and part[0] == part[-1] == '"' and (bare.startswith("*") or bare.endswith("*")):
            outside = _with_stars_outside(bare)
            yield Hint(f"in quotation marks a star is a star: {term.field}={outside} has it stand for any")
        elif not is_quoted(part) and "%" in (bare[:1], bare[-1:]):
            yield Hint(f"% is a character: write {term.field}={bare.replace('%', '*')}", always=True)
        elif bare.endswith(".*"):
            yield Hint(f"a dot is a dot: write {term.field}={bare[:-2]}*")
        elif not is_quoted(part) and set("*?[") & set(bare[1:-1]):
            yield Hint("only a * at an end stands for any")
        elif bare.startswith(("!", "-")) and bare[1:]:
            yield Hint(f"write !{term.field}={bare[1:]} to exclude it")
        elif not bare or (bare.lower() in _NOTHING and term.field in _MAY_BE_UNSET):
            yield Hint(f"write !{term.field}=* for scans without one")
        elif len(bare) > 2 and bare[0] == bare[-1] == "/" and term.field != "path":
            yield Hint(f"slashes are a part of the text: write {term.field}=*{bare[1:-1].strip('^$')}*")


def _with_stars_outside(text: str) -> str:
    """A text with a star at its ends, spelled so that the stars stand for any text."""
    inner = text.strip("*")
    return text.replace(inner, quoted_if_needed(inner)) if inner else "*"


def _of_word(term: Spelled, following: Spelled | None) -> Iterator[Hint]:
    word = unquoted(term.value)
    is_plain = not is_quoted(term.value)
    if term.negated and re.match(r"\.?[0-9]", word):
        yield Hint(f"-{word} excludes {quoted(word)}: quote it to find it, {quoted('-' + word)}", always=True)
    if word != word.lower() and not (term.negated or finds_state(term)):
        yield Hint(f"capital letters must match: {quoted(word.lower())} finds both")
    if not is_plain:
        if word.startswith("--") and begins_term(word[2:], at_once=True):
            yield Hint(f"write {word[2:]} for a field, !{word[2:]} to exclude it")
        return
    if word.strip("*") in ("", ":") and "*" in word:
        yield Hint("an empty filter shows all scans")
        return
    follower = following.value if following and not (following.field or following.negated) else ""
    if follower and word.lower() in (*FILTER_FIELDS, *ALIASES):
        field = full_name(word)
        if follower.lower() == "exists":
            follower = "*"
        wanted = f"{field}={'VALUE' if follower.lower() in _WORDS_BETWEEN else follower}"
        yield Hint(f"{quoted(word)} is a text: {wanted} compares the field", always=word.lower() not in _COMMON)
    elif word.lower() in _NUMBER_WORDS and re.fullmatch(r"#?[0-9]+", follower):
        yield Hint(f"number={follower.lstrip('#')} finds the number")
    elif follower and word == "not":
        yield Hint(f'"not" is a text: !{follower} excludes', always=True)
    elif word.upper() in GROUPS:
        yield Hint(f"{GROUP_FIELD}={word.lower()} finds states")
    elif word.upper() in ScanState.__members__ or word.upper() in OTHER_STATES:
        yield Hint(f"{STATE_FIELD}={word.lower()} finds the state")
    elif word.startswith("*") or word.endswith("*"):
        yield Hint(f"a star is a star in a text: title={word} has it stand for any")
    else:
        yield from _of_odd_word(word)


def _of_odd_word(word: str) -> Iterator[Hint]:
    """A hint for a word that looks like a condition."""
    compared = re.fullmatch(r"([<>]=?)\.?[0-9].*", word)
    between = re.fullmatch(r"[0-9.]*[0-9]\.\.[0-9.]*|\.\.[0-9.]+", word)
    numbered = re.fullmatch(r"#?([0-9]+)(?:-([0-9]+))?", word)
    marked = re.match(r"[^\w\"]+", word)
    named = re.match(r"@?([^\W\d]\w*):(?=[^\s\\/])", word)
    asked = re.fullmatch(r"(?i)(?:has|exists|_exists_|isset)[:(](\w+)\)?", word)
    moment = moment_at(word, 0) if re.search(r"[0-9]", word) else None
    if compared:
        yield Hint(f"number{word} compares the number")
    elif between:
        yield Hint(f"number={word} is a range")
    elif numbered and (numbered[2] or word.startswith("#")):
        yield Hint(f"number={numbered[1]}{f'..{numbered[2]}' if numbered[2] else ''} finds the number")
    elif asked and full_name(asked[1]) in FILTER_FIELDS:
        yield Hint(f"{full_name(asked[1])}=* finds scans with one")
    elif is_span(word):
        yield Hint(f"age<{word} compares the age")
    elif moment and moment.end == len(word):
        yield Hint(f"since={quoted_if_needed(moment.text)} finds what was created from then on")
    elif read_moment(word, None):
        yield Hint(f"since={word} finds what was created from then on")
    elif marked and begins_term(word[marked.end() :], at_once=True):
        yield Hint(f"write {word[marked.end() :].rstrip(')]}')} for a field")
    elif named and (other := other_name(named[1].lower(), "", word[named.end() :])):
        yield Hint(other)
    elif named and (near := nearest_field(named[1], FILTER_FIELDS, 0.75)):
        yield Hint(f"did you mean {near}={word[named.end() :]}?")
