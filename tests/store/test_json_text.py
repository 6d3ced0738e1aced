"""An info is written at once or value by value, and the text is the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scantui.exceptions import ScanValidationError
from scantui.store.wire import json_text


class Number(float):
    """A number as numpy has it: one of Python's, and more."""

    def tolist(self) -> float:
        return float(self)


class Colour(IntEnum):
    RED = 1


class Shape(Enum):
    ROUND = 1


class Word(str, Enum):
    GO = "go"


numbers = st.one_of(
    st.integers(),
    st.sampled_from([2**64, 2**1000, 2**1023, -(2**1024)]),
    st.floats(),
    st.floats().map(Number),
    st.just(Colour.RED),
)
texts = st.one_of(st.text(), st.text(st.characters(categories=["Cs", "Lu"])), st.sampled_from(["\\ud800", "9" * 400]))
plain = st.one_of(st.none(), st.booleans(), numbers, texts)
keys = st.one_of(texts, st.none(), st.booleans(), st.integers(), st.floats(), st.tuples(st.integers()))
odd = st.sampled_from([b"x", {1}, 1j, object, date(2026, 11, 22), Decimal(1), UUID(int=1), Shape.ROUND, Word.GO])
anything = st.recursive(
    st.one_of(
        plain,
        plain,
        plain,
        odd,
    ),
    lambda inner: st.one_of(
        st.lists(inner), st.lists(inner).map(tuple), st.dictionaries(st.text(), inner), st.dictionaries(keys, inner)
    ),
    max_leaves=12,
)


def outcome(info: dict[Any, Any], write: Callable[..., tuple[str, dict[str, Any]]]) -> object:
    """What readers make of an info; or why it is refused."""
    try:
        text, seen = write(info, "info")
    except ScanValidationError as error:
        return str(error)
    assert json.loads(text) == seen
    # Names and values in their order, 1 is neither 1.0 nor true.
    return json.dumps(seen)


@given(st.dictionaries(st.one_of(st.text(), keys), anything, max_size=4))
def test_what_is_written_at_once_is_what_looking_at_each_value_gives(info: dict[Any, Any]) -> None:
    assert outcome(info, json_text.info_json) == outcome(info, json_text.careful_json)


@settings(deadline=None)
@given(st.text(max_size=20), st.integers(1, 200_000))
def test_what_may_be_too_large_is_measured_as_blissdata_does(letters: str, times: int) -> None:
    info = {"a": [letters] * times}
    assert outcome(info, json_text.info_json) == outcome(info, json_text.careful_json)


@pytest.mark.parametrize(
    ("info", "is_plain"),
    [
        ({"a": [1, 0.5, "ø", None, True, {"b": [1, 2]}]}, True),
        ({"a": 2**63}, True),
        ({"a": (1, 2)}, False),
        ({7: "x"}, False),
        ({"a": datetime(2026, 11, 22)}, False),
        ({"a": Decimal("1.5")}, False),
        ({"a": 2**1023}, False),
        ({"a": float("nan")}, False),
        ({"a": "\ud800"}, False),
        ({"\udfff": 1}, False),
        ({"a": b"x"}, False),
    ],
)
def test_only_what_needs_no_look_is_written_at_once(info: dict[Any, Any], is_plain: bool) -> None:
    assert (json_text.plain_json(info) is not None) is is_plain
