"""What the keyword arguments of a search mean, compared with regular expressions."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.exceptions import SearchFieldError
from scantui.matching import FIELDS, SearchCriteria, TextPattern, exact, fold
from scantui.models import ScanIdentity

TEXTS = st.text(st.one_of(st.sampled_from("*|\\aAzZ\n\t ßİKéÉ\0\ud800"), st.characters()), max_size=8)


def identity(**fields: Any) -> ScanIdentity:
    return ScanIdentity(**{"name": "ascan", "number": 1, **fields})


def as_expression(pattern: str) -> str:
    """The same pattern for `re`: a star at an end is any text, all else stands for itself."""
    if pattern == "*":
        return ".*"
    start, rest = (".*", pattern[1:]) if pattern.startswith("*") else ("", pattern)
    end, rest = (".*", rest[:-1]) if rest.endswith("*") else ("", rest)
    letters = [
        f"[{each.lower()}{each.upper()}]" if each.isascii() and each.isalpha() else re.escape(each) for each in rest
    ]
    return start + "".join(letters) + end


@given(TEXTS, TEXTS, st.sampled_from(["{}", "{}*", "*{}", "*{}*", "**{}**"]))
def test_a_pattern_means_the_same_as_its_regular_expression(value: str, body: str, shape: str) -> None:
    for pattern in (shape.format(body), shape.format(value), shape.format(value.swapcase()), shape.format(value[1:-1])):
        means = re.compile(as_expression(pattern), re.DOTALL).fullmatch(value)
        assert TextPattern.parse(pattern).which([value]) == [bool(means)]


@given(TEXTS)
def test_every_text_is_found_by_itself(text: str) -> None:
    assert TextPattern.parse(exact(text)).which([text]) == [True]
    assert TextPattern.parse(exact(text)) == TextPattern(fold(text))
    assert TextPattern.parse(text).which([text]) == [True]


@given(TEXTS, TEXTS)
def test_a_literal_finds_itself_in_either_case_and_nothing_else(text: str, other: str) -> None:
    assert TextPattern.parse(exact(text)).which([other]) == [fold(text) == fold(other)]


@given(st.text())
def test_the_case_of_ascii_letters_only_is_folded(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert all(new == (old.lower() if old.isascii() else old) for old, new in zip(text, folded, strict=True))


@pytest.mark.parametrize("number", [42, 42.0, Decimal(42), Decimal("42.000"), Fraction(84, 2)])
def test_numbers_of_all_types_are_the_same(number: Any) -> None:
    wanted = SearchCriteria.parse({"number": number})
    assert wanted.matches(identity(number=42))
    assert not wanted.matches(identity(number=43))


@pytest.mark.parametrize(("asked", "other"), [(2**53, 2**53 + 1), (2**53 + 1, 2**53), (Decimal(2**53 + 1), 2**53)])
def test_large_numbers_are_distinguished(asked: Any, other: int) -> None:
    wanted = SearchCriteria.parse({"number": asked})
    assert wanted.matches(identity(number=int(asked)))
    assert not wanted.matches(identity(number=other))


def test_all_fields_must_match_and_none_matches_no_pattern() -> None:
    wanted = SearchCriteria.parse({"name": "a*", "session": "*", "number": 1})
    assert wanted.matches(identity(session=""))
    assert not wanted.matches(identity(session=None))
    assert not wanted.matches(identity(session="demo", number=2))
    assert SearchCriteria.parse({}).matches(identity())


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", [None, b"x", ["x"], True, object()])
def test_a_value_of_the_wrong_type_is_refused_by_field(field: str, value: object) -> None:
    with pytest.raises(SearchFieldError, match=f"^{field} takes a"):
        SearchCriteria.parse({field: value})


@pytest.mark.parametrize(
    ("field", "hint"),
    [("nam", "did you mean name"), ("Session", "did you mean session"), ("xyzzy", "known fields are")],
)
def test_an_unknown_field_is_named_with_the_nearest(field: str, hint: str) -> None:
    with pytest.raises(SearchFieldError, match=f"no field '{field}': {hint}"):
        SearchCriteria.parse({field: "x"})
