"""How conditions and rules are read, and how what cannot be read is refused."""

from __future__ import annotations

import pytest

from scantui.alerts import ValueCondition, read_conditions, read_rule
from scantui.alerts.conditions import Conditions
from scantui.exceptions import FilterSyntaxError, UsageError


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["fail", "stall"], Conditions(kinds=frozenset(("fail", "stall")))),
        (["fail,stall, abort"], Conditions(kinds=frozenset(("fail", "stall", "abort")))),
        (["not saved"], Conditions(kinds=frozenset(("not saved",)))),
        (["not-saved"], Conditions(kinds=frozenset(("not saved",)))),
        (["END", "server"], Conditions(kinds=frozenset(("end", "server")))),
        (["silent=20m"], Conditions(silent_seconds=1200.0)),
        (["memory=80%"], Conditions(memory_share=0.8)),
        (["value i0<1e4 for 10s"], Conditions(values=(ValueCondition("i0", "<", 1e4, 10.0),))),
        (["value p201:i0 >= -1.5"], Conditions(values=(ValueCondition("p201:i0", ">=", -1.5),))),
    ],
)
def test_conditions_are_read(texts: list[str], expected: Conditions) -> None:
    assert read_conditions(texts) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("fial", "did you mean fail"),
        ("", "give one of"),
        ("silent=20", "is not a span of time"),
        ("silent=0s", "above zero"),
        ("memory=80", "write memory=80%"),
        ("memory=0%", "write memory=80%"),
        ("memory=120%", "write memory=80%"),
        ("value i0", "write value i0<1e4"),
        ("value i0<low", "is not a number"),
        ("value i0<nan", "is not a number"),
        ("value a<1,value b<1,value c<1,value d<1", "3 counters at most"),
        ("\x1b[31mfail", "is not a condition"),
    ],
)
def test_what_is_not_a_condition_is_refused_with_what_is(text: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem) as refused:
        read_conditions([text])
    assert str(refused.value).isprintable()


def test_a_rule_without_conditions_waits_for_what_is_usual() -> None:
    rule = read_rule("night", [], filter_text="proposal=hc1234", again="10m")
    assert rule.conditions.kinds == {"fail", "stall"}
    assert (rule.filter.text, rule.again_seconds) == ("proposal=hc1234", 600)


def test_a_filter_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(FilterSyntaxError):
        read_rule("night", ["fail"], filter_text="nmae=x")
