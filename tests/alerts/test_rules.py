"""How conditions and rules are read, and how what cannot be read is refused."""

from __future__ import annotations

import pytest

from scantui.alerts import ArmedRule, Now, ValueCondition, read_conditions, read_rule
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


@pytest.mark.parametrize(
    "when",
    [["fail", "not saved"], ["silent=20m", "memory=80%"], ["value i0<1e4 for 10s", "value p201:temp>=-0.5"]],
)
def test_the_text_of_conditions_reads_as_the_same(when: list[str]) -> None:
    conditions = read_conditions(when)
    assert read_conditions([conditions.text]) == conditions


def test_a_rule_names_the_scans_that_it_is_about_and_what_it_has_read() -> None:
    rule = read_rule("beam", ["value i0<1e4 for 10s", "memory=80%"], filter_text="name=ascan")
    assert rule.text == "memory=80%, value i0<10000 for 10s in name=ascan"
    armed = ArmedRule(rule, Now(0.0, 0))
    assert armed.reading == ""
    armed.note_values({"p201:i0": 31_200.0, "p201:i1": 1.0}, Now(1.0, 0))
    armed.note_memory(0.412)
    assert armed.reading == "i0 31200, memory 41%"
    armed.note_values({}, Now(2.0, 0))
    assert armed.reading == "memory 41%"
