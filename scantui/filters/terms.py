"""The conditions that a filter is made of: what of a scan each looks at, and when it holds.

Rule 1: what is not known (a field that is not set, an age without a clock) meets no condition, and passes a `not`.
Rule 2: fifty thousand rows are asked at every key stroke: a term looks at nothing that it does not need, and at all
scans in few steps rather than at each in many.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, time, timedelta, tzinfo
from itertools import compress
from operator import attrgetter, not_, or_
from typing import Any

import msgspec

from scantui.filters.grammar import NOTE_FIELD, SPAN_FIELDS, VERDICT_FIELD
from scantui.filters.scans import Scans
from scantui.matching import FIELDS, NUMBERS, TEXT_FIELDS, Pattern
from scantui.models import ScanState, ScanSummary
from scantui.text import LONGEST_TEXT, has_stand_in, printable
from scantui.words import duration

# Thousands of scans have the same value of these, so it is judged once.
_REPEATED = frozenset((*TEXT_FIELDS, "user"))


class Range(msgspec.Struct, frozen=True):
    """Numbers between two ends, each of them included unless `open`; None is no end at all."""

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
    """A field's value is any of several. `arguments` are what a search takes in the place of the alternatives."""

    field: str
    alternatives: tuple[Pattern | Range, ...]
    arguments: tuple[str | int | float, ...] = ()
    negated: bool = False

    def passing(self, keys: Sequence[str], scans: Scans) -> list[str]:
        values = _VALUES[self.field](keys, scans)
        if self.field not in _REPEATED:
            return _chosen(keys, self._which(values), self.negated)
        different = list(set(values))
        found = dict(zip(different, self._which(different), strict=True))
        return _chosen(keys, map(found.__getitem__, values), self.negated)

    def _which(self, values: Sequence[object]) -> list[bool]:
        found = self._literally(values)
        if any(
            isinstance(argument, str) and (" " in argument or has_stand_in(argument)) for argument in self.arguments
        ):
            # What stands on the screen can be typed and pasted; what it stands for cannot.
            odd = [place for place, value in enumerate(values) if isinstance(value, str) and _is_shown_otherwise(value)]
            shown = [printable(str(values[place])) for place in odd]
            for place, is_found in zip(odd, self._literally(shown), strict=True):
                found[place] |= is_found
        return found

    def _literally(self, values: Sequence[object]) -> list[bool]:
        first, *others = self.alternatives
        found = first.which(values)
        for other in others:
            found = list(map(or_, found, other.which(values)))
        return found

    @property
    def depends_on_time(self) -> bool:
        return self.field in SPAN_FIELDS


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
    """A text to be found anywhere, or nowhere; smart case: it minds the case only if it has a capital letter."""

    text: str
    minds_case: bool
    negated: bool = False

    @classmethod
    def of(cls, text: str, negated: bool) -> Word:
        return cls(text, text != text.lower(), negated)


class WordsTerm(msgspec.Struct, frozen=True):
    """All words of a filter in one term, so that a scan's texts are asked for once."""

    words: tuple[Word, ...]
    depends_on_time: bool = False

    def passing(self, keys: Sequence[str], scans: Scans) -> list[str]:
        texts = scans.texts.of(keys)
        lowered = [] if all(wanted.minds_case for wanted in self.words) else [text.lower() for text in texts]
        found = [True] * len(texts)
        for wanted in self.words:
            text = wanted.text
            here = [text in each for each in (texts if wanted.minds_case else lowered)]
            found = [before and now is not wanted.negated for before, now in zip(found, here, strict=True)]
        return _chosen(keys, found)


class Ago(msgspec.Struct, frozen=True):
    """So long before now."""

    ms: float

    def at_ms(self, now_ms: int) -> float | None:
        return now_ms - self.ms if now_ms else None


class Instant(msgspec.Struct, frozen=True):
    """A day and a time that were given in full."""

    ms: float

    def at_ms(self, now_ms: int) -> float | None:
        return self.ms


class WallClock(msgspec.Struct, frozen=True):
    """The last time that the clocks of a zone, without one this machine's, stood so."""

    clock: time
    zone: tzinfo | None = None

    def at_ms(self, now_ms: int) -> float | None:
        return _last_time(self.clock, self.zone, now_ms) if now_ms else None


class BoundTerm(msgspec.Struct, frozen=True):
    """Created at a moment or later, with `before` earlier than that."""

    moment: Ago | Instant | WallClock
    before: bool
    negated: bool = False

    def passing(self, keys: Sequence[str], scans: Scans) -> list[str]:
        at_ms = self.moment.at_ms(scans.now_ms)
        if at_ms is None:
            return list(keys) if self.negated else []
        created = [scan.created_ms for scan in map(scans.rows.__getitem__, keys)]
        return _chosen(keys, [bool(each) and (each < at_ms) is self.before for each in created], self.negated)

    @property
    def depends_on_time(self) -> bool:
        return not isinstance(self.moment, Instant)


Term = ValueTerm | StateTerm | WordsTerm | BoundTerm


def _chosen(keys: Sequence[str], found: Iterable[bool], negated: bool = False) -> list[str]:
    return list(compress(keys, map(not_, found) if negated else found))


def _is_shown_otherwise(text: str) -> bool:
    return not (text.isascii() and text.isprintable()) or len(text) > LONGEST_TEXT


def _last_time(clock: time, zone: tzinfo | None, now_ms: int) -> float | None:
    today = datetime.fromtimestamp(now_ms / 1000, zone).date()
    for day in (today - timedelta(days=days) for days in range(4)):
        # Where clocks are put back a time comes twice, of which fold=1 is the later; where forward, one does not come.
        for fold in (1, 0):
            seconds = datetime.combine(day, clock.replace(fold=fold), zone).timestamp()
            came = datetime.fromtimestamp(seconds, zone).time() == clock
            if came and seconds * 1000 <= now_ms:
                return seconds * 1000
    return None


# What a field says of each scan.
_ValuesOf = Callable[[Sequence[str], Scans], Sequence[object]]


def _ages(keys: Sequence[str], scans: Scans) -> list[float | None]:
    now_ms = scans.now_ms
    if not now_ms:
        return [None] * len(keys)
    created = [scan.created_ms for scan in map(scans.rows.__getitem__, keys)]
    return [(now_ms - each) / 1000 if each else None for each in created]


def _durations(keys: Sequence[str], scans: Scans) -> list[float | None]:
    took = scans.took
    return [took[key] if key in took else _duration(scans.rows[key], scans.now_ms) for key in keys]


def _duration(scan: ScanSummary, now_ms: int) -> float | None:
    return duration(scan, now_ms) if now_ms or not scan.is_open else None


def _of_identity(field: str) -> _ValuesOf:
    value_of = attrgetter(field)

    def values(keys: Sequence[str], scans: Scans) -> list[object]:
        identities = [scan.identity for scan in map(scans.rows.__getitem__, keys)]
        return [value_of(identity) if identity else None for identity in identities]

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


_VALUES: dict[str, _ValuesOf] = {
    **{field: _of_identity(field) for field in FIELDS},
    "title": _of_row("title"),
    "user": _of_row("user_name"),
    "parent": _of_row("parent"),
    "npoints": _of_row("npoints"),
    VERDICT_FIELD: _verdicts,
    NOTE_FIELD: _notes,
    "age": _ages,
    "duration": _durations,
}
