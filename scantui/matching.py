"""What the keyword arguments of a search mean, as a predicate on a scan's identity; pure, and the only such rule.

Rule 1: the server only proposes candidates; this module decides.
Rule 2: a text matches as a whole, ASCII case folded. `*` at either end of a pattern stands for any text, anywhere else
for itself; `exact(text)` has no wildcard. Numbers compare as numbers. Several fields must all match.
"""

from __future__ import annotations

import difflib
import math
import operator
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from numbers import Real
from typing import Any, NamedTuple, cast

import msgspec

from scantui.exceptions import SearchFieldError
from scantui.models import ScanIdentity

TEXT_FIELDS = ("name", "data_policy", "session", "proposal", "collection", "dataset", "path")
NUMBER_FIELDS = ("number",)
FIELDS = tuple(field for field in ScanIdentity.__struct_fields__ if field != "others")
# Fields that some facilities add to the identity: a filter knows them, a search of the store does not.
EXTRA_FIELDS = ("beamline", "facility")
NUMBERS = frozenset({int, float})
LARGEST_EXACT = 2**53
"""Doubles, as the server's index holds numbers, are exact up to here."""


class exact(str):  # noqa: N801 - reads as a function where it is used: search_existing_scans(name=exact("a*"))
    """A text that is searched for literally: a `*` in it is a star."""

    __slots__ = ()


class between(NamedTuple):  # noqa: N801 - reads as a function too: search_existing_scans(number=between(5, 9))
    """A range of numbers that are searched for, with its ends."""

    low: float = -math.inf
    high: float = math.inf


Argument = str | int | float | between
"""What a search takes for a field."""


def fold(text: str) -> str:
    """Lower the case of ASCII letters and of nothing else, as the server's index does in every version."""
    if text.isascii():
        return text.lower()
    return text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")


# The method that compares a folded text, by its open ends.
_QUESTIONS = {
    (False, False): "__eq__",
    (False, True): "startswith",
    (True, False): "endswith",
    (True, True): "__contains__",
}


class TextPattern(msgspec.Struct, frozen=True):
    """A text to be found, folded, and at which of its ends anything may follow."""

    body: str
    open_start: bool = False
    open_end: bool = False

    @classmethod
    def parse(cls, text: str) -> TextPattern:
        if isinstance(text, exact):
            return cls(fold(text))
        open_start = text.startswith("*")
        body = text[1:] if open_start else text
        open_end = body.endswith("*") or text == "*"
        return cls(fold(body.removesuffix("*")), open_start, open_end)

    def which(self, values: Iterable[object]) -> list[bool]:
        """For each value whether it matches; to ask for many at once costs a fraction."""
        asked = operator.methodcaller(_QUESTIONS[self.open_start, self.open_end], self.body)
        return [isinstance(value, str) and asked(value.lower() if value.isascii() else fold(value)) for value in values]


class NumberPattern(msgspec.Struct, frozen=True):
    """A number to be found, whatever its type: 42, 42.0 and Decimal(42) are the same."""

    number: int | float | Decimal

    def which(self, values: Iterable[object]) -> list[bool]:
        """Whether each value matches; only numbers do, and a bool is not one."""
        number = self.number
        return [type(value) in NUMBERS and value == number for value in values]


class RangePattern(msgspec.Struct, frozen=True):
    """A range of numbers to find, with both ends."""

    low: float
    high: float

    def which(self, values: Iterable[object]) -> list[bool]:
        """Whether each value matches; only numbers do, and a bool is not one."""
        numbers: list[Any] = [value if type(value) in NUMBERS else math.nan for value in values]
        return [self.low <= number <= self.high for number in numbers]


Pattern = TextPattern | NumberPattern | RangePattern


class NumberSpans(msgspec.Struct, frozen=True):
    """Pairs of ends between which a number is to lie, each included unless its span is `open`; or outside of all."""

    spans: tuple[tuple[float, float, bool], ...]
    negated: bool = False


class SearchCriteria(msgspec.Struct, frozen=True):
    """The keyword arguments of a search, understood: a scan is found when every pattern matches its field."""

    patterns: dict[str, Pattern] = {}

    @classmethod
    def parse(cls, criteria: Mapping[str, Any]) -> SearchCriteria:
        """Read keyword arguments; SearchFieldError when a field is unknown or a value has the wrong type."""
        return cls({field: parse_pattern(field, value) for field, value in criteria.items()})

    def which(self, identities: Sequence[ScanIdentity]) -> list[bool]:
        """For each scan whether it is found."""
        found = [True] * len(identities)
        for field, pattern in self.patterns.items():
            found = list(map(operator.and_, found, pattern.which(map(operator.attrgetter(field), identities))))
        return found

    def matches(self, identity: ScanIdentity) -> bool:
        return self.which([identity])[0]


def parse_pattern(field: str, value: object) -> Pattern:
    """Read one keyword argument; SearchFieldError describes what the field takes."""
    if field in TEXT_FIELDS:
        if isinstance(value, str):
            return TextPattern.parse(value)
        raise SearchFieldError(f"{field} takes a text, not {_described(value)}; leave it out to accept any")
    if field in NUMBER_FIELDS:
        if isinstance(value, between):
            return RangePattern(*(_end(field, end) for end in value))
        return NumberPattern(_number(field, value))
    raise SearchFieldError(unknown_field(field))


def nearest_field(field: str, known: tuple[str, ...] = FIELDS, least: float = 0.6) -> str:
    """The field that a name resembles most; empty if it resembles none by at `least` this share."""
    return next(iter(difflib.get_close_matches(field.lower(), known, n=1, cutoff=least)), "")


def unknown_field(field: str, known: tuple[str, ...] = FIELDS) -> str:
    """The sentence for a field that scans do not have, with the nearest one that they do have."""
    near = nearest_field(str(field), known)
    hint = f"did you mean {near}?" if near else f"known fields are {', '.join(known)}"
    return f"scans have no field {field!r}: {hint}"


def _number(field: str, value: object) -> int | float | Decimal:
    if isinstance(value, bool) or not isinstance(value, (Real, Decimal)):
        raise SearchFieldError(f"{field} takes a number, not {_described(value)}")
    if hasattr(value, "__index__"):
        return operator.index(value)
    if not isinstance(value, (float, Decimal)):
        try:
            value = float(value)
        except OverflowError as error:
            raise SearchFieldError(f"{field} takes a number of a sensible size") from error
    try:
        is_finite = math.isfinite(value)
    except ValueError:  # a signalling NaN
        is_finite = False
    if not is_finite:
        raise SearchFieldError(f"{field} takes a finite number, not {value}")
    return value


def _end(field: str, value: object) -> float:
    if type(value) not in NUMBERS or value != value:
        raise SearchFieldError(f"{field} takes a range between numbers, not {_described(value)}")
    return cast(float, value)


def _described(value: object) -> str:
    return "nothing (None)" if value is None else f"the {type(value).__name__} {value!r}"
