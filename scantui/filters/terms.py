"""The conditions that a filter is made of: what each compares, and when it holds.

Rule 1: what is not known (a field that is not set, an age without a clock) meets no condition, and passes a `not`.
Rule 2: a filter runs over fifty thousand rows at every key press: a term reads no more than it needs, and takes
all scans in few steps rather than each in many.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import compress
from operator import attrgetter, not_, or_
from typing import Any

import msgspec

from scantui.filters.grammar import NOTE_FIELD, SERVER_FIELD, SPAN_FIELDS, VERDICT_FIELD
from scantui.filters.moments import Instant, Moment
from scantui.filters.scans import Scans
from scantui.matching import EXTRA_FIELDS, NUMBERS, TEXT_FIELDS, NumberPattern, Pattern, between
from scantui.models import ScanState, ScanSummary
from scantui.text import as_read, as_typed, without_case
from scantui.words import STATE_WORDS, duration

# Thousands of scans have the same value of these, so it is judged once.
_REPEATED = frozenset((*TEXT_FIELDS, "user", "parent", SERVER_FIELD))
# What nothing else looks like; with a blank in it, a text may stand for one with another kind of blank.
_PLAIN = re.compile(r"[!-~]*")
# The letters at the start of a text that can be no composition of others; a star there is a wildcard for the server.
_SURE_START = re.compile(r"[!-)+,./0-:<-JL-_a-jl-~]{0,64}")


class Range(msgspec.Struct, frozen=True):
    """Numbers between two ends, each of them included unless `open`; None means no limit."""

    low: float | None = None
    high: float | None = None
    open: bool = False

    def which(self, values: Iterable[object]) -> list[bool]:
        """For each value whether it lies between the ends."""
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        numbers: list[Any] = [value if type(value) in NUMBERS else math.nan for value in values]
        if self.open:
            return [low < number < high for number in numbers]
        return [low <= number <= high for number in numbers]


class ValueTerm(msgspec.Struct, frozen=True):
    """A field's value is any of several. `arguments` are what a search takes in place of the alternatives.

    `as_read` are those of texts once more, for comparing with what stands on the screen: that can be typed and pasted,
    what it stands for cannot.
    """

    field: str
    alternatives: tuple[Pattern | Range, ...]
    arguments: tuple[str | int | float, ...] = ()
    negated: bool = False
    as_read: tuple[Pattern, ...] = ()

    def passing(self, keys: Sequence[str], scans: Scans) -> list[str]:
        values = _VALUES[self.field](keys, scans)
        if self.field not in _REPEATED:
            found = _which(self.alternatives, values)
            if self.field == "title":
                found = list(map(or_, found, _which(self.as_read, scans.texts.titles(keys))))
            return _chosen(keys, found, self.negated)
        different = list(set(values))
        found = _which(self.alternatives, different)
        if any(isinstance(argument, str) and self.widens(argument) for argument in self.arguments):
            read = [as_read(value) if isinstance(value, str) else value for value in different]
            found = list(map(or_, found, _which(self.as_read, read)))
        known = dict(zip(different, found, strict=True))
        return _chosen(keys, map(known.__getitem__, values), self.negated)

    def widens(self, argument: str) -> bool:
        """Whether values count that only look like this one, which a search on the server does not find."""
        return self.field not in TEXT_FIELDS or not _PLAIN.fullmatch(argument)

    @property
    def server_argument(self) -> str | int | float | None:
        """What a search on the server takes to find all that the only alternative does, and maybe more; None for all.

        The server knows nothing of what texts look like, so up to where they may differ its search has to be wider.
        """
        argument = self.arguments[0]
        if not isinstance(argument, str) or not self.widens(argument):
            return argument
        # A letter and its mark may be one character there.
        start = _SURE_START.match(as_read(argument))
        return f"{start[0]}*" if start and start[0] else None

    @property
    def numbers(self) -> between | None:
        """The numbers between which all alternatives lie; None if any number may be one of them."""
        ends = [_ends_of(alternative) for alternative in self.alternatives]
        found = between(min(low for low, _ in ends), max(high for _, high in ends)) if ends else between()
        return None if found == between() else found

    @property
    def depends_on_time(self) -> bool:
        return self.field in SPAN_FIELDS


def _ends_of(alternative: Pattern | Range) -> tuple[float, float]:
    if isinstance(alternative, NumberPattern):
        number = alternative.number
        return (float(number), float(number)) if -(2**53) < number < 2**53 else between()
    if isinstance(alternative, Range):
        low, high = alternative.low, alternative.high
        return -math.inf if low is None else low, math.inf if high is None else high
    return between()


class StateTerm(msgspec.Struct, frozen=True):
    """The word in the first column is one of several, or the scan's state is, or a user's verdict."""

    words: frozenset[str]
    states: frozenset[ScanState]
    negated: bool = False
    verdicts: frozenset[str] = frozenset()
    depends_on_time: bool = False

    def passing(self, keys: Sequence[str], scans: Scans) -> list[str]:
        found = list(map(self.words.__contains__, map(scans.words.__getitem__, keys)))
        if self.states:
            states = [scan.state in self.states for scan in map(scans.rows.__getitem__, keys)]
            found = list(map(or_, found, states))
        if self.verdicts and scans.notes:
            judged = {key for key, note in scans.notes.items() if note.verdict in self.verdicts}
            found = list(map(or_, found, map(judged.__contains__, keys)))
        return _chosen(keys, found, self.negated)


class Word(msgspec.Struct, frozen=True):
    """A text to be found anywhere, or nowhere; smart case: it minds the case only if it has a capital letter.

    A row is also found by the `state` that stands in its first column.
    """

    text: str
    minds_case: bool
    negated: bool = False
    state: str = ""

    @classmethod
    def of(cls, text: str, negated: bool, may_be_state: bool = False) -> Word:
        text, state = as_typed(text), text.upper()
        minds_case = text != text.lower()
        is_state = may_be_state and state in STATE_WORDS
        return cls(text if minds_case else without_case(text), minds_case, negated, state if is_state else "")


class WordsTerm(msgspec.Struct, frozen=True):
    """All words of a filter in one term, so that each scan's text is built once."""

    words: tuple[Word, ...]
    depends_on_time: bool = False

    def passing(self, keys: Sequence[str], scans: Scans) -> list[str]:
        texts, notes = scans.texts.of(keys), scans.notes
        if notes:
            pairs = zip(keys, texts, strict=True)
            texts = [f"{text}\0{as_typed(notes[key].shown)}" if key in notes else text for key, text in pairs]
        all_mind = all(wanted.minds_case for wanted in self.words)
        lowered = [] if all_mind else [text.lower() if text.isascii() else without_case(text) for text in texts]
        found = [True] * len(texts)
        for wanted in self.words:
            text = wanted.text
            here = [text in each for each in (texts if wanted.minds_case else lowered)]
            if wanted.state:
                here = [each or scans.words[key] == wanted.state for each, key in zip(here, keys, strict=True)]
            found = [before and now is not wanted.negated for before, now in zip(found, here, strict=True)]
        return _chosen(keys, found)


class BoundTerm(msgspec.Struct, frozen=True):
    """Created at a moment or later, with `before` earlier than that."""

    moment: Moment
    before: bool
    negated: bool = False

    def passing(self, keys: Sequence[str], scans: Scans) -> list[str]:
        at_ms = self.moment.at_ms(scans.now_ms)
        if at_ms is None:
            return list(keys) if self.negated else []
        created = [scan.born_ms for scan in map(scans.rows.__getitem__, keys)]
        return _chosen(keys, [bool(each) and (each < at_ms) is self.before for each in created], self.negated)

    @property
    def depends_on_time(self) -> bool:
        return not isinstance(self.moment, Instant)


class AnyTerm(msgspec.Struct, frozen=True):
    """One of several conditions holds."""

    terms: tuple[Term, ...]

    def passing(self, keys: Sequence[str], scans: Scans) -> list[str]:
        found = {key for term in self.terms for key in term.passing(keys, scans)}
        return _chosen(keys, map(found.__contains__, keys))

    @property
    def depends_on_time(self) -> bool:
        return any(term.depends_on_time for term in self.terms)


Term = ValueTerm | StateTerm | WordsTerm | BoundTerm | AnyTerm


def _which(alternatives: Sequence[Pattern | Range], values: Sequence[object]) -> list[bool]:
    """For each value whether any of the alternatives holds."""
    first, *others = alternatives
    found = first.which(values)
    for other in others:
        found = list(map(or_, found, other.which(values)))
    return found


def _chosen(keys: Sequence[str], found: Iterable[bool], negated: bool = False) -> list[str]:
    return list(compress(keys, map(not_, found) if negated else found))


# The value of a field for each scan.
_ValuesOf = Callable[[Sequence[str], Scans], Sequence[object]]


def _ages(keys: Sequence[str], scans: Scans) -> list[float | None]:
    now_ms = scans.now_ms
    if not now_ms:
        return [None] * len(keys)
    created = [scan.born_ms for scan in map(scans.rows.__getitem__, keys)]
    return [(now_ms - each) / 1000 if each else None for each in created]


def _durations(keys: Sequence[str], scans: Scans) -> list[float | None]:
    return [_duration(scan, scans.now_ms) for scan in map(scans.rows.__getitem__, keys)]


def _duration(scan: ScanSummary, now_ms: int) -> float | None:
    return duration(scan, now_ms) if now_ms or not scan.is_open else None


def _of_identity(field: str) -> _ValuesOf:
    value_of = attrgetter(field)

    def values(keys: Sequence[str], scans: Scans) -> list[object]:
        identities = [scan.numberless for scan in map(scans.rows.__getitem__, keys)]
        return [value_of(identity) if identity else None for identity in identities]

    return values


def _of_extra(field: str) -> _ValuesOf:
    def values(keys: Sequence[str], scans: Scans) -> list[object]:
        identities = [scan.numberless for scan in map(scans.rows.__getitem__, keys)]
        return [identity.extra.get(field) if identity and identity.others else None for identity in identities]

    return values


def _of_row(field: str) -> _ValuesOf:
    value_of = attrgetter(field)
    return lambda keys, scans: list(map(value_of, map(scans.rows.__getitem__, keys)))


def _verdicts(keys: Sequence[str], scans: Scans) -> list[str]:
    notes = scans.notes
    return [(notes[key].verdict if key in notes else "") or "none" for key in keys]


def _notes(keys: Sequence[str], scans: Scans) -> list[str | None]:
    notes = scans.notes
    return [notes[key].text or None if key in notes else None for key in keys]


def _servers(keys: Sequence[str], scans: Scans) -> list[str]:
    return [scan.server or scans.server for scan in map(scans.rows.__getitem__, keys)]


_VALUES: dict[str, _ValuesOf] = {
    **{field: _of_identity(field) for field in TEXT_FIELDS},
    "number": _of_row("number"),
    **{field: _of_extra(field) for field in EXTRA_FIELDS},
    "title": _of_row("title"),
    "user": _of_row("user_name"),
    "parent": _of_row("parent"),
    "npoints": _of_row("npoints"),
    SERVER_FIELD: _servers,
    VERDICT_FIELD: _verdicts,
    NOTE_FIELD: _notes,
    "age": _ages,
    "duration": _durations,
}
