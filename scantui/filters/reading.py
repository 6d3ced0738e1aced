"""How the text of a filter is read: each field has a reader, which knows what the field takes.

Rule: an error names the column and shows what to write; a text that is still being typed is not an error where it
can have a meaning.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import tzinfo

from scantui.exceptions import FilterSyntaxError
from scantui.filters.grammar import (
    ALL_NUMBER_FIELDS,
    ALL_TEXT_FIELDS,
    BOUND_FIELDS,
    GROUP_FIELD,
    SERVER_FIELD,
    SPAN_FIELDS,
    STATE_FIELD,
    Link,
    Spelled,
    is_quoted,
    joined,
    pattern_in,
    unquoted,
)
from scantui.filters.moments import is_span, read_moment, seconds_in
from scantui.filters.parts import Part, parts_of
from scantui.filters.scans import title_as_read
from scantui.filters.spelling import split
from scantui.filters.terms import AnyTerm, BoundTerm, Range, StateTerm, Term, ValueTerm, Word, WordsTerm
from scantui.matching import NumberPattern, Pattern, TextPattern
from scantui.models import ScanState
from scantui.text import as_read, as_typed, hint
from scantui.words import GROUPS, STATE_WORDS

# Other words that can mean one state only.
OTHER_STATES = {
    **dict.fromkeys(("RUNNING", "ACTIVE"), "RUN"),
    **dict.fromkeys(("FAILED", "FAILURE", "ERROR"), "FAIL"),
    **dict.fromkeys(("ABORTED", "ABORT", "USER_ABORT"), "ABRT"),
    **dict.fromkeys(("SUCCESS", "SUCCEEDED", "FINISHED", "COMPLETED", "OK"), "DONE"),
    "STALLED": "STALL",
}
_URL = re.compile(r"(?i)(?:rediss?(?:\+sentinel)?|unix)://\S*@")
# The same without its beginning; a text that looks so goes into quotation marks.
_HOST = r"(?:[\w.-]*[a-zA-Z][\w.-]*|[0-9]+(?:\.[0-9]+){3})"
_LOGIN = re.compile(rf"""(?:^|(?<=\s))[^\s:@/"'=]*:[^\s@"']+@{_HOST}(?::[0-9]+)?(?:/\S*)?(?=\s|$)""")
# What a user judged bad is a problem, however it ended.
_BAD = frozenset(("bad",))
_YOUNGEST = 60
_EXAMPLES = {
    "number": "number=42, number=40..60 or number>40",
    "npoints": "npoints=100, npoints=10..100 or npoints>100",
    "age": "age<2h, age>1h30m or age=1h..2h",
    "duration": "duration<30s, duration>1h30m or duration=5m..10m",
}


def read_filter(text: str, zone: tzinfo | None = None) -> tuple[str, tuple[Term, ...], bool]:
    """How a text is spelled, its terms, and whether it was read as something else; as of ScanFilter.parse."""
    url = _URL.search(text)
    if url:
        # It is neither shown nor remembered.
        raise FilterSyntaxError("a URL with a password names a server: press b, or give it with -s", url.start() + 1)
    login = _LOGIN.search(text)
    if login:
        raise FilterSyntaxError(
            "a login names a server: press b, or give it with -s redis://…; quote it to find it as a text",
            login.start() + 1,
        )
    spelled_terms = split(text)
    any_of: dict[str, list[Part]] = {}
    terms: list[Term] = []
    words: list[Word] = []
    for clause in clauses_of(spelled_terms):
        first = clause[0]
        if len(clause) > 1:
            terms.append(AnyTerm(tuple(_read_term(spelled, zone) for spelled in clause)))
        elif not first.field:
            words.append(_read_word(first))
        elif first.is_value and not _is_apart(first, spelled_terms):
            any_of.setdefault(first.field, []).extend(parts_of(first))
        else:
            terms.append(_read_term(first, zone))
    terms += [_read_any_of(field, parts) for field, parts in any_of.items()]
    if words:
        terms.append(WordsTerm(tuple(words)))
    surprises = any(spelled.surprises for spelled in spelled_terms)
    return joined(spelled_terms), tuple(terms), surprises


def clauses_of(terms: Sequence[Spelled]) -> list[list[Spelled]]:
    """The terms of a text, those together of which one must hold."""
    clauses: list[list[Spelled]] = []
    for term in terms:
        if term.link is Link.OR:
            clauses[-1].append(term)
        else:
            clauses.append([term])
    return clauses


def _is_apart(term: Spelled, terms: Sequence[Spelled]) -> bool:
    """Whether `and` joins a term to another."""
    place = terms.index(term)
    return term.link is Link.AND or (place + 1 < len(terms) and terms[place + 1].link is Link.AND)


def _read_term(spelled: Spelled, zone: tzinfo | None) -> Term:
    if not spelled.field:
        return WordsTerm((_read_word(spelled),))
    parts = parts_of(spelled)
    if spelled.field in BOUND_FIELDS:
        return _read_bound(spelled, parts, zone)
    if spelled.operator != "=":
        return _read_comparison(spelled)
    return _read_any_of(spelled.field, parts, spelled.negated)


def _read_word(spelled: Spelled) -> Word:
    if not spelled.value:
        raise FilterSyntaxError(
            "a sign needs something to exclude: write !name=ct or !samx, or the sign in quotation marks",
            spelled.value_column,
        )
    return Word.of(unquoted(spelled.value), spelled.negated, may_be_state=not is_quoted(spelled.value))


def _read_any_of(field: str, parts: list[Part], negated: bool = False) -> Term:
    if field in (STATE_FIELD, GROUP_FIELD):
        read = _read_state if field == STATE_FIELD else _read_group
        names = frozenset(name for part in parts for name in read(part))
        states = frozenset(state for state in ScanState if state.name in names)
        is_problem = field == GROUP_FIELD and names.issuperset(GROUPS["PROBLEM"])
        verdicts = _BAD if is_problem else frozenset[str]()
        return StateTerm(names - {state.name for state in states}, states, negated, verdicts)
    alternatives: list[Pattern | Range] = []
    arguments: list[str | int | float] = []
    looks: list[Pattern] = []
    for part, column in parts:
        if field in ALL_TEXT_FIELDS:
            argument = pattern_in(part)
            alternatives += _text_patterns(field, argument)
            arguments.append(argument)
            looks += _text_patterns(field, _as_read(field, argument))
        elif ".." in part:
            alternatives.append(_read_range(field, part, column))
        elif field in SPAN_FIELDS:
            alternatives.append(_as_shown(field, _read_span(field, part, column), unquoted(part)))
        else:
            number = _read_number(field, part, column)
            alternatives.append(NumberPattern(number))
            arguments.append(number)
    return ValueTerm(field, tuple(alternatives), tuple(arguments), negated, tuple(looks))


def _as_read(field: str, argument: str) -> str:
    """A text to be found, as it would stand on the screen."""
    pattern = TextPattern.parse(argument)
    # A number at an open end may go on there.
    is_whole = field == "title" and not (pattern.open_start or pattern.open_end)
    if field == "title":
        return type(argument)(title_as_read(argument) if is_whole else as_typed(argument))
    return type(argument)(as_read(argument))


def _text_patterns(field: str, argument: str) -> list[TextPattern]:
    pattern = TextPattern.parse(argument)
    if pattern.open_start or field not in ("parent", SERVER_FIELD):
        return [pattern]
    # The parent is a key, of which one may give only what follows the last colon; of a URL rows show what follows //.
    start, open_start = (":", True) if field == "parent" else ("redis://", False)
    return [pattern, TextPattern(f"{start}{pattern.body}", open_start=open_start, open_end=pattern.open_end)]


def _read_state(part: Part) -> tuple[str, ...]:
    name = unquoted(part[0]).upper()
    name = OTHER_STATES.get(name, name)
    if name in GROUPS and name not in ScanState.__members__:
        return GROUPS[name]
    if name not in STATE_WORDS and name not in ScanState.__members__:
        known = [known.lower() for known in STATE_WORDS]
        every = [*known, *(state.name.lower() for state in ScanState)]
        raise FilterSyntaxError(f"unknown state {part[0]!r}: {hint(name, every, known)}", part[1])
    return (name,)


def _read_group(part: Part) -> tuple[str, ...]:
    name = unquoted(part[0]).upper()
    if name not in GROUPS:
        known = [known.lower() for known in GROUPS]
        raise FilterSyntaxError(f"unknown group {part[0]!r}: {hint(name, known, known)}", part[1])
    return GROUPS[name]


def _read_comparison(spelled: Spelled) -> Term:
    field, operator, value = spelled.field, spelled.operator, spelled.value
    if field not in (*ALL_NUMBER_FIELDS, *SPAN_FIELDS):
        says = f"{field} is a text, and {operator} compares numbers: write {field}={value}"
        raise FilterSyntaxError(says, spelled.value_column - len(operator))
    number = _read_number(field, value, spelled.value_column)
    is_open = operator in "<>"
    limits = Range(low=number, open=is_open) if operator[0] == ">" else Range(high=number, open=is_open)
    return ValueTerm(field, (limits,), (), spelled.negated)


def _read_range(field: str, part: str, column: int) -> Range:
    first, _, last = unquoted(part).partition("..")
    if not first and not last:
        raise FilterSyntaxError(f"a range needs an end: write {_EXAMPLES[field]}", column)
    low = _read_number(field, first, column) if first else None
    high = _read_number(field, last, column + part.index("..") + 2) if last else None
    if low is not None and high is not None and low > high:
        raise FilterSyntaxError(f"a range begins with its lower end: write {field}={last}..{first}", column)
    return Range(low, high)


def _as_shown(field: str, seconds: float, span: str) -> Range:
    """The spans that a column shows as this one: 2d until it would be 3d."""
    # Below a minute, an age is shown in few steps.
    unit = 60 - seconds if field == "age" and span[-1] in "sS" and seconds < _YOUNGEST else seconds_in(f"1{span[-1]}")
    return Range(seconds, math.nextafter(seconds + unit, 0))


def _read_number(field: str, part: str, column: int) -> int | float:
    if field in SPAN_FIELDS:
        return _read_span(field, part, column)
    for kind in (int, float):
        try:
            number = kind(unquoted(part))
        except ValueError:
            continue
        if isinstance(number, float) and not math.isfinite(number):
            raise FilterSyntaxError(f"{field} takes a finite number, not {part}", column)
        return number
    raise FilterSyntaxError(f"{field} takes a number, not {part!r}: write {_EXAMPLES[field]}", column)


def _read_span(field: str, part: str, column: int) -> float:
    """Seconds."""
    if not is_span(unquoted(part)):
        says = f"{field} takes a span of time with its unit, not {part!r}: write {_EXAMPLES[field]}"
        raise FilterSyntaxError(says, column)
    return seconds_in(unquoted(part))


def _read_bound(spelled: Spelled, parts: list[Part], zone: tzinfo | None) -> BoundTerm:
    if spelled.operator != "=":
        says = f"{spelled.field} needs no comparison sign: write {spelled.field}={spelled.value}"
        raise FilterSyntaxError(says, spelled.value_column - len(spelled.operator))
    if len(parts) > 1:
        raise FilterSyntaxError(f"{spelled.field} takes one time only", parts[1][1])
    part, column = parts[0]
    moment = read_moment(unquoted(part), zone)
    if moment is None:
        first, dots, last = unquoted(part).partition("..")
        if first and dots and last:
            says = f"{spelled.field} takes one time only: write since={first} before={last}"
            raise FilterSyntaxError(says, column)
        says = f"{part!r} is not a valid time: write 22:00, today, 2026-11-20, 2026-11-20T22:00 or 10m"
        raise FilterSyntaxError(says, column)
    return BoundTerm(moment, spelled.field == "before", spelled.negated)
