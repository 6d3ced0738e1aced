"""How the text of a filter is read: each field has a reader, which knows what the field takes.

Rule: an error names the column and shows what to write; a text that is still being typed is not an error where it
can have a meaning.
"""

from __future__ import annotations

import math
import re
from datetime import datetime, time, tzinfo

from scantui.exceptions import FilterSyntaxError, UsageError
from scantui.filters.grammar import (
    ALL_NUMBER_FIELDS,
    ALL_TEXT_FIELDS,
    BOUND_FIELDS,
    GROUP_FIELD,
    SPAN_FIELDS,
    STATE_FIELD,
    Spelled,
    is_quoted,
    unquoted,
)
from scantui.filters.moments import Ago, Instant, NamedDay, WallClock
from scantui.filters.parts import Part, parts_of
from scantui.filters.spelling import split
from scantui.filters.terms import BoundTerm, Range, StateTerm, Term, ValueTerm, Word, WordsTerm
from scantui.matching import NumberPattern, Pattern, TextPattern, exact
from scantui.models import ScanState
from scantui.text import as_read, hint, printable
from scantui.titles import plain_numbers
from scantui.words import STATE_WORDS

# A scan that went away is neither open nor closed, whatever its document last said.
GROUPS: dict[str, tuple[str, ...]] = {
    "OPEN": ("NEW", "PREP", "RUN", "STALL", "STOP"),
    "CLOSED": ("DONE", "FAIL", "ABRT", "LOST", "END"),
    "PROBLEM": ("FAIL", "ABRT", "LOST", "STALL", "BAD", "GONE"),
}
# What a user judged bad is a problem, however it ended.
_BAD = frozenset(("bad",))
_EXAMPLES = {
    "number": "number=42, number=40..60 or number>40",
    "npoints": "npoints=100, npoints=10..100 or npoints>100",
    "age": "age<2h, age>1h30m or age=1h..2h",
    "duration": "duration<30s, duration>1h30m or duration=5m..10m",
}
_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SPAN = r"(?i)(?:[0-9]{1,9}(?:\.[0-9]{1,9})?[smhd])+"
_SPAN_PART = r"(?i)([0-9.]+)([smhd])"
_NAMED_DAYS = {"today": 0, "yesterday": 1}
_CLOCK = r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?"
_DATE = r"(?i)[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?)?"


def read_filter(text: str, zone: tzinfo | None = None) -> tuple[str, tuple[Term, ...]]:
    """How the text of a filter is spelled, and its terms; FilterSyntaxError as of ScanFilter.parse."""
    spelled_terms = split(text)
    any_of: dict[str, list[Part]] = {}
    terms: list[Term] = []
    words = []
    for spelled in spelled_terms:
        if not spelled.field:
            words.append(_read_word(spelled))
            continue
        parts = parts_of(spelled)
        if spelled.field in BOUND_FIELDS:
            terms.append(_read_bound(spelled, parts, zone))
        elif spelled.operator != "=":
            terms.append(_read_comparison(spelled))
        elif spelled.negated:
            terms.append(_read_any_of(spelled.field, parts, negated=True))
        else:
            any_of.setdefault(spelled.field, []).extend(parts)
    terms += [_read_any_of(field, parts) for field, parts in any_of.items()]
    if words:
        terms.append(WordsTerm(tuple(words)))
    return " ".join(spelled.text for spelled in spelled_terms), tuple(terms)


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
            argument = exact(unquoted(part)) if is_quoted(part) else part
            alternatives += _text_patterns(field, argument)
            arguments.append(argument)
            looks += _text_patterns(field, _as_read(field, argument))
        elif ".." in part:
            alternatives.append(_read_range(field, part, column))
        elif field in SPAN_FIELDS:
            says = f"{field} needs a comparison: write {field}<2h, {field}>30m or {field}=1h..2h"
            raise FilterSyntaxError(says, column)
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
    return type(argument)(as_read(plain_numbers(argument) if is_whole else argument))


def _text_patterns(field: str, argument: str) -> list[TextPattern]:
    pattern = TextPattern.parse(argument)
    if field != "parent" or pattern.open_start:
        return [pattern]
    # The parent is a key, of which one may give only what follows the last colon.
    return [pattern, TextPattern(f":{pattern.body}", open_start=True, open_end=pattern.open_end)]


def _read_state(part: Part) -> tuple[str, ...]:
    name = unquoted(part[0]).upper()
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
    if not re.fullmatch(_SPAN, unquoted(part)):
        says = f"{field} takes a span of time with its unit, not {part!r}: write {_EXAMPLES[field]}"
        raise FilterSyntaxError(says, column)
    return seconds_in(unquoted(part))


def seconds_in(span: str) -> float:
    """Seconds of a span of time with its units, such as 1h30m; UsageError for anything else."""
    if not re.fullmatch(_SPAN, span):
        raise UsageError(f"{printable(span)!r} is not a span of time: write 30s, 5m or 1h30m")
    return sum(float(count) * _UNIT_SECONDS[unit.lower()] for count, unit in re.findall(_SPAN_PART, span))


def _read_bound(spelled: Spelled, parts: list[Part], zone: tzinfo | None) -> BoundTerm:
    if spelled.operator != "=":
        says = f"{spelled.field} needs no comparison sign: write {spelled.field}={spelled.value}"
        raise FilterSyntaxError(says, spelled.value_column - len(spelled.operator))
    if len(parts) > 1:
        raise FilterSyntaxError(f"{spelled.field} takes one time only", parts[1][1])
    part, column = parts[0]
    moment = read_moment(unquoted(part), zone)
    if moment is None:
        says = f"{part!r} is not a valid time: write 22:00, today, 2026-11-20, 2026-11-20T22:00 or 10m"
        raise FilterSyntaxError(says, column)
    return BoundTerm(moment, spelled.field == "before", spelled.negated)


def read_moment(text: str, zone: tzinfo | None) -> Ago | Instant | WallClock | NamedDay | None:
    """A span before now, a time of day, a day or a day and time, as `since=` takes them; None for anything else."""
    if re.fullmatch(_SPAN, text):
        return Ago(_read_span("since", text, 1) * 1000)
    name, _, of_day = text.lower().partition(" ")
    if name in _NAMED_DAYS:
        at = read_moment(of_day or "0:00", zone)
        return NamedDay(_NAMED_DAYS[name], at.clock, zone) if isinstance(at, WallClock) else None
    clock = re.fullmatch(_CLOCK, text)
    try:
        if clock:
            hour, minute, second = (int(number or 0) for number in clock.groups())
            return WallClock(time(hour, minute, second), zone)
        if re.fullmatch(_DATE, text):
            when = datetime.fromisoformat(text.upper().replace("Z", "+00:00"))
            return Instant((when if when.tzinfo else when.replace(tzinfo=zone)).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):  # the 30th of February, 25:00, a year that this machine cannot count
        return None
    return None
