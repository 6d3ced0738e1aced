"""The value under the cursor, whatever it is, is kept or excluded, and nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scantui.exceptions import FilterSyntaxError
from scantui.filters import ScanFilter, with_value, without_value
from scantui.filters.scans import title_as_read
from scantui.filters.spelling import split
from scantui.matching import fold
from scantui.models import ScanSummary
from scantui.text import printable
from tests.test_filters import passes, scan

FIELDS = ["name", "session", "path", "title"]
any_value = st.text() | st.text("aAb *\",|=!<>-.\\\t\n'\x1b\0\u202e\u00a0\u3000\u0301", max_size=8)
filters = st.sampled_from(
    ["", "samx", 'name=a,"b c" number>4', "!name=ct session=demo", "title=a*|b !title=ab state=run", 'path="" name=*']
)


def looks(value: str) -> str:
    """What two indistinguishable values have in common."""
    return fold(printable(value))


def alike(field: str, value: str, other: str) -> bool:
    """Whether one cannot say which of the two stands in a row; of a title neither the blanks at its ends."""
    return looks(value) == looks(other) or (
        field == "title" and looks(title_as_read(value)) == looks(title_as_read(other))
    )


def having(field: str, value: str) -> ScanSummary:
    fields: dict[str, Any] = {field: value}
    return scan(**fields)


@pytest.mark.parametrize(
    ("text", "field", "value", "expected"),
    [
        ("", "name", "ascan", "name=ascan"),
        ("samx name=ct state=run", "name", "ascan", "samx name=ascan state=run"),
        ("name=a samx name=b !name=c", "name", "d", "name=d samx"),
        ("number>4 number<9", "no", "5", "number=5"),
        ("is=open", "state", "RUN", "is=open state=RUN"),
        ("age<2h", "title", "ascan samx 0 1", 'age<2h title="ascan samx 0 1"'),
        ("", "name", 'say "hi"', 'name="say ""hi"""'),
        ("", "name", "a*", 'name="a*"'),
        ("", "name", "a*b", "name=a*b"),
        ("", "name", "a,b", 'name="a,b"'),
        ("", "session", "", 'session=""'),
        ("", "parent", "esrf:scan:01JBX", "parent=esrf:scan:01JBX"),
    ],
)
def test_a_value_takes_the_place_of_all_that_was_said_of_its_field(
    text: str, field: str, value: str, expected: str
) -> None:
    assert with_value(text, field, value) == expected


@pytest.mark.parametrize(
    ("text", "field", "value", "expected"),
    [
        ("", "name", "ct", "!name=ct"),
        ("!name=ct samx", "name", "ascan", "!name=ct,ascan samx"),
        ("!name=ct,ascan", "name", "CT", "!name=ascan,CT"),
        ("name=a,ct|b", "name", "ct", "name=a,b !name=ct"),
        ("name=ct samx", "name", "ct", "samx !name=ct"),
        ("name=c*", "name", "ct", "name=c* !name=ct"),
        ("!name=a -name=b", "name", "c", "!name=a,c !name=b"),
        ("number>4", "number", "5", "number>4 !number=5"),
        ("is=problem", "state", "fail", "is=problem !state=fail"),
        ('name="c*"', "name", "c*", '!name="c*"'),
    ],
)
def test_an_excluded_value_joins_those_that_are(text: str, field: str, value: str, expected: str) -> None:
    assert without_value(text, field, value) == expected


@pytest.mark.parametrize("edit", [with_value, without_value])
@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("", "nmae", "ct"),
        ("", "", "ct"),
        ("", "number", "ct"),
        ("", "state", "on"),
        ("", "age", "soon"),
        ('"', "name", "a"),
    ],
)
def test_what_cannot_be_a_filter_is_refused(
    edit: Callable[[str, str, str], str], text: str, field: str, value: str
) -> None:
    with pytest.raises(FilterSyntaxError):
        edit(text, field, value)


@given(filters, st.sampled_from(FIELDS), any_value, any_value)
@example("", "name", '"', '""')
@example("", "name", "*", "")
@example("", "title", "0", "0 ")
def test_any_value_is_kept_alone(text: str, field: str, value: str, other: str) -> None:
    alone = with_value("", field, value)
    assert passes(alone, having(field, value))
    assert passes(alone, having(field, other)) is alike(field, value, other)
    kept = with_value(text, field, value)
    assert with_value(kept, field, value) == kept == ScanFilter.parse(kept).text
    others = " ".join(term.text for term in split(text) if term.field != field)
    assert passes(kept, having(field, value)) is passes(others, having(field, value))


@given(filters, st.sampled_from(FIELDS), any_value, any_value)
@example("", "name", '"', '""')
def test_any_value_is_excluded_alone(text: str, field: str, value: str, other: str) -> None:
    alone = without_value("", field, value)
    assert not passes(alone, having(field, value))
    assert passes(alone, having(field, other)) is not alike(field, value, other)
    excluded = without_value(text, field, value)
    assert not passes(excluded, having(field, value))
    assert without_value(excluded, field, value) == excluded == ScanFilter.parse(excluded).text
    if passes(text, having(field, other)) and not alike(field, value, other):
        assert passes(excluded, having(field, other)), "what passed and is not the value still passes"


@given(filters, st.sampled_from(FIELDS), any_value)
@example("", "name", "\x1b[31m")
@example("", "title", "a" * 10_000)
@example("", "name", "a\u3000\u202eb")
def test_a_filter_made_of_any_value_finds_it_again_when_it_went_through_the_filter_bar(
    text: str, field: str, value: str
) -> None:
    kept, excluded = with_value("", field, value), without_value(text, field, value)
    assert printable(kept, 10_000) == kept
    assert printable(excluded, 10_000) == excluded
    assert passes(kept, having(field, value))
    assert not passes(excluded, having(field, value))


@pytest.mark.parametrize(
    ("value", "asked"), [("ascan", {"name": "ascan"}), ("\x1b[31m", {}), ("a" * 5000, {"name": "a" * 64 + "*"})]
)
def test_the_server_is_not_asked_for_what_only_the_screen_shows(value: str, asked: dict[str, str]) -> None:
    assert ScanFilter.parse(with_value("", "name", value)).search_arguments == asked
