"""The filter bar's fields: texts with wildcards, numbers with ranges and comparisons, and what else they are called."""

from __future__ import annotations

from typing import Any

import pytest

from scantui.filters import ScanFilter
from tests.test_filters import PROBLEM, passes, scan


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("name=ascan", "ascan", True),
        ("name=ASCAN", "Ascan", True),
        ("name=asc", "ascan", False),
        ("name=asc*", "ascan", True),
        ("name=*can", "ascan", True),
        ("name=*sca*", "ascan", True),
        ("name=a*n", "ascan", False),
        ("name=a*n", "a*n", True),
        ("name=*", "", True),
        ('name="asc*"', "ascan", False),
        ('name="asc*"', "asc*", True),
        ('name="a b"', "a b", True),
        ('name="a, b|c"', "a, b|c", True),
        ('name=a" "b', "a b", True),
        ('name=""', "", True),
        ('name=""', "ascan", False),
        ('name="say ""hi"""', 'say "hi"', True),
        ('name=""""', '"', True),
        ('name=a""b', "ab", True),
        ("name=<a>", "<a>", True),
        ("name==x", "x", True),
        ("NAME=ascan", "ascan", True),
        ("name=ä*", "äscan", True),
    ],
)
def test_a_text_field_matches_as_a_whole_with_wildcards_at_its_ends(text: str, name: str, expected: bool) -> None:
    assert passes(text, name=name) is expected


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        ("number=42", 42, True),
        ("number=42.0", 42, True),
        ("number=4.2e1", 42, True),
        ("number=042", 42, True),
        ("number=-1", -1, True),
        ("number=4", 42, False),
        ("number=42.5", 42, False),
        ("number=9007199254740993", 2**53, False),
        ("no=42", 42, True),
        ("number=40..60", 42, True),
        ("number=42..42", 42, True),
        ("number=40..41", 42, False),
        ("number=43..", 42, False),
        ("number=42..", 42, True),
        ("number=..42", 42, True),
        ("number=..41", 42, False),
        ("number=-5..-1", -3, True),
        ("number=1,40..43|7", 42, True),
        ("number=1,40..41|7", 42, False),
        ("number=41.5..42.5", 42, True),
        ('number="40..60"', 42, True),
        ("!number=40..60", 42, False),
        ("number!=40..60", 61, True),
        ("number>42", 42, False),
        ("number>41.9", 42, True),
        ("number>=42", 42, True),
        ("number<42", 42, False),
        ("number<43", 42, True),
        ("number<=42", 42, True),
        ("!number<=42", 42, False),
        ("no>40 no<60", 42, True),
        ("no>40 no<60", 61, False),
        ("number>9007199254740992", 2**53, False),
        ("number>=9007199254740993", 2**53, False),
    ],
)
def test_numbers_compare_as_numbers(text: str, number: int, expected: bool) -> None:
    assert passes(text, number=number) is expected


@pytest.mark.parametrize("field", ["data_policy", "session", "proposal", "collection", "dataset", "path"])
def test_each_field_of_the_identity_can_be_asked_for(field: str) -> None:
    fields: dict[str, Any] = {field: "Here and there"}
    assert passes(f"{field}=here*", **fields)
    assert not passes(f"{field}=there", **fields)
    assert not passes(f"{field}=*"), "a field that is not set has no text"


@pytest.mark.parametrize("field", ["title", "user", "parent"])
def test_other_texts_can_be_asked_for_too(field: str) -> None:
    texts = {"title": "ascan samx 0 1", "user": "Opid11", "parent": "esrf:scan:01PARENT"}
    row = scan(title=texts["title"]).replaced(parent=texts["parent"])
    assert passes(f'{field}="{texts[field].upper()}"', row)
    assert passes(f"{field}={texts[field][:3]}*", row)
    assert passes(f"{field}=*{texts[field][3:].split()[0]}*", row)
    assert not passes(f"{field}={texts[field][1:3]}*", row)
    assert not passes(f"{field}=*", PROBLEM)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("01PARENT", True), ("01par*", True), ("PARENT", False), ("*PARENT", True), ("scan", False), ('"01par*"', False)],
)
def test_a_parent_is_found_by_what_follows_the_last_colon_of_its_key(text: str, expected: bool) -> None:
    assert passes(f"parent={text}", scan().replaced(parent="esrf:scan:01PARENT")) is expected


@pytest.mark.parametrize(("text", "expected"), [("npoints=100", True), ("points>=101", False), ("npoints=..100", True)])
def test_the_planned_points_are_a_number(text: str, expected: bool) -> None:
    assert passes(text, scan().replaced(npoints=100)) is expected
    assert not passes(text)


def test_aliases_are_the_fields_that_they_stand_for() -> None:
    assert ScanFilter.parse("no=1 st=run policy=esrf user_name=me points=3 dur>1s") == (
        ScanFilter.parse("number=1 state=run data_policy=esrf user=me npoints=3 duration>1s")
    )
