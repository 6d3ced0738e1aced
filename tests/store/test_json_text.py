"""An info is written at once or value by value, and the text is the same."""

from __future__ import annotations

import json
from enum import IntEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.exceptions import ScanValidationError
from scantui.store import json_text


class Number(float):
    """A number as numpy has it: one of Python's, and more."""

    def tolist(self) -> float:
        return float(self)


class Colour(IntEnum):
    RED = 1


numbers = st.one_of(
    st.integers(), st.integers(-(2**1030), 2**1030), st.floats(), st.floats().map(Number), st.just(Colour.RED)
)
texts = st.one_of(st.text(), st.text(st.characters(categories=["Cs", "Lu"])), st.sampled_from(["\\ud800", "9" * 400]))
plain = st.one_of(st.none(), st.booleans(), numbers, texts)
keys = st.one_of(texts, st.none(), st.booleans(), st.integers(), st.floats(), st.tuples(st.integers()))
anything = st.recursive(
    st.one_of(plain, plain, plain, st.sampled_from([b"x", {1}, 1j, object])),
    lambda inner: st.one_of(
        st.lists(inner), st.lists(inner).map(tuple), st.dictionaries(st.text(), inner), st.dictionaries(keys, inner)
    ),
    max_leaves=12,
)


def looked_at(info: dict[Any, Any]) -> str:
    """The text made of each value by itself; or why there is none."""
    try:
        return json.dumps(json_text._jsonable(info, "info"))
    except ScanValidationError as error:
        return str(error)


@given(st.dictionaries(st.one_of(st.text(), keys), anything, max_size=4))
def test_what_is_written_at_once_is_what_looking_at_each_value_gives(info: dict[Any, Any]) -> None:
    try:
        text = json_text.info_json(info)
    except ScanValidationError as error:
        text = str(error)
    else:
        assert json_text.decode_info(text) == json.loads(text)
    assert text == looked_at(info)


@pytest.mark.parametrize(
    ("info", "is_plain"),
    [
        ({"a": [1, 0.5, "ø", None, True, {"b": (1, 2)}], 7: "x"}, True),
        ({"a": 2**1000}, True),
        ({"a": 2**1023}, False),
        ({"a": float("nan")}, False),
        ({"a": "\ud800"}, False),
        ({"\udfff": 1}, False),
        ({"a": b"x"}, False),
    ],
)
def test_only_what_needs_no_look_is_written_at_once(info: dict[Any, Any], is_plain: bool) -> None:
    assert (json_text.plain_json(info) is not None) is is_plain
