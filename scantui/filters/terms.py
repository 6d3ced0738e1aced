"""The conditions that a filter is made of: what of a scan each looks at, and when it holds.

Rule 1: what is not known (a field that is not set, an age without a clock) meets no condition, and passes a `not`.
Rule 2: fifty thousand rows are asked at every key stroke, so a term looks at nothing that it does not need.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta, tzinfo
from functools import lru_cache

import msgspec

from scantui.filters.grammar import SPAN_FIELDS
from scantui.matching import FIELDS, Pattern
from scantui.models import ScanState, ScanSummary
from scantui.words import duration, state_word


class Range(msgspec.Struct, frozen=True):
    """Numbers between two ends, each of them included unless `open`; None is no end at all."""

    low: float | None = None
    high: float | None = None
    open: bool = False

    def matches(self, value: object) -> bool:
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            return False
        if self.open:
            return (self.low is None or value > self.low) and (self.high is None or value < self.high)
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


class ValueTerm(msgspec.Struct, frozen=True):
    """A field's value is any of several. `arguments` are what a search takes in the place of the alternatives."""

    field: str
    alternatives: tuple[Pattern | Range, ...]
    arguments: tuple[str | int | float, ...] = ()
    negated: bool = False

    def matches(self, scan: ScanSummary, word: str, now_ms: int) -> bool:
        value = _VALUES[self.field](scan, now_ms)
        for alternative in self.alternatives:
            if alternative.matches(value):
                return not self.negated
        return self.negated

    @property
    def depends_on_time(self) -> bool:
        return self.field in SPAN_FIELDS


class StateTerm(msgspec.Struct, frozen=True):
    """The word in the first column is one of several, or the scan's state is."""

    words: frozenset[str]
    states: frozenset[ScanState]
    negated: bool = False
    depends_on_time: bool = False

    def matches(self, scan: ScanSummary, word: str, now_ms: int) -> bool:
        holds = bool(self.words) and (word or state_word(scan)) in self.words
        return (holds or (bool(self.states) and scan.state in self.states)) is not self.negated


class Word(msgspec.Struct, frozen=True):
    """A text to be found anywhere, or nowhere; smart case: it minds the case only if it has a capital letter."""

    text: str
    minds_case: bool
    negated: bool = False

    @classmethod
    def of(cls, text: str, negated: bool) -> Word:
        return cls(text, text != text.lower(), negated)


class WordsTerm(msgspec.Struct, frozen=True):
    """All words of a filter in one term, so that a scan's texts are put together once."""

    words: tuple[Word, ...]
    depends_on_time: bool = False

    def matches(self, scan: ScanSummary, word: str, now_ms: int) -> bool:
        texts = _texts(scan)
        lowered = ""
        for wanted in self.words:
            if not wanted.minds_case:
                lowered = lowered or texts.lower()
            if (wanted.text in (texts if wanted.minds_case else lowered)) is wanted.negated:
                return False
        return True


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

    def matches(self, scan: ScanSummary, word: str, now_ms: int) -> bool:
        at_ms = self.moment.at_ms(now_ms)
        if at_ms is None or not scan.created_ms:
            return self.negated
        return ((scan.created_ms < at_ms) is self.before) is not self.negated

    @property
    def depends_on_time(self) -> bool:
        return not isinstance(self.moment, Instant)


Term = ValueTerm | StateTerm | WordsTerm | BoundTerm


# Asked for every row, with the same answer for all of them.
@lru_cache(maxsize=16)
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


def _texts(scan: ScanSummary) -> str:
    """Everything of a scan that a word may be found in; no word goes across two of its texts."""
    identity = scan.identity
    if identity is None:
        return f"{scan.title or ''}\0{scan.user_name or ''}\0{scan.problem}\0{scan.key}"
    return (
        f"{identity.name}\0{identity.session or ''}\0{identity.proposal or ''}\0{identity.collection or ''}\0"
        f"{identity.dataset or ''}\0{identity.path or ''}\0{identity.number}\0"
        f"{scan.title or ''}\0{scan.user_name or ''}\0{scan.problem}\0{scan.key}"
    )


def _age(scan: ScanSummary, now_ms: int) -> float | None:
    return (now_ms - scan.created_ms) / 1000 if now_ms and scan.created_ms else None


def _duration(scan: ScanSummary, now_ms: int) -> float | None:
    return duration(scan, now_ms) if now_ms or not scan.is_open else None


def _of_identity(field: str) -> Callable[[ScanSummary, int], object]:
    return lambda scan, _: getattr(scan.identity, field, None)


_VALUES: dict[str, Callable[[ScanSummary, int], object]] = {
    **{field: _of_identity(field) for field in FIELDS},
    "title": lambda scan, _: scan.title,
    "user": lambda scan, _: scan.user_name,
    "parent": lambda scan, _: scan.parent,
    "npoints": lambda scan, _: scan.npoints,
    "age": _age,
    "duration": _duration,
}
