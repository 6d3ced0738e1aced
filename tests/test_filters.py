"""The filter bar's states, alternatives, signs and words; what the other files of its tests share."""

from __future__ import annotations

from typing import Any

import pytest

from scantui.filters import ScanFilter
from scantui.models import ScanIdentity, ScanState, ScanSummary
from scantui.words import STATE_WORDS

PROBLEM = ScanSummary(key="esrf:scan:01JBXVGZM0G32HDSZJXS6MSESN", problem="id.name is missing")


def scan(
    state: ScanState = ScanState.STARTED, end_reason: str | None = None, title: str | None = None, **identity: Any
) -> ScanSummary:
    return ScanSummary(
        key="esrf:scan:01JBXVGZM0G32HDSZJXS6MSESN",
        state=state,
        identity=ScanIdentity(**{"name": "ascan", "number": 42, **identity}),
        title=title,
        end_reason=end_reason,
        user_name="Opid11",
    )


def passes(text: str, row: ScanSummary | None = None, **fields: Any) -> bool:
    return ScanFilter.parse(text).matches(scan(**fields) if row is None else row)


def meaning(text: str) -> tuple[str, object]:
    """A filter's own spelling and its conditions, however it was written."""
    understood = ScanFilter.parse(text)
    return understood.text, understood.terms


# States


@pytest.mark.parametrize(
    ("state", "end_reason", "word"),
    [
        (ScanState.CREATED, None, "new"),
        (ScanState.PREPARED, None, "prep"),
        (ScanState.STARTED, None, "run"),
        (ScanState.STOPPED, None, "stop"),
        (ScanState.CLOSED, "SUCCESS", "done"),
        (ScanState.CLOSED, "FAILURE", "fail"),
        (ScanState.CLOSED, "USER_ABORT", "abrt"),
        (ScanState.CLOSED, "DELETION", "lost"),
        (ScanState.CLOSED, None, "end"),
    ],
)
def test_a_state_is_its_word_or_the_name_of_its_group(state: ScanState, end_reason: str | None, word: str) -> None:
    matching = {
        known.lower()
        for known in (*STATE_WORDS, *ScanState.__members__)
        if passes(f"state={known.lower()}", state=state, end_reason=end_reason)
    }
    assert matching == {word, state.name.lower()}
    assert passes(f"st={word.title()}", state=state, end_reason=end_reason)
    assert passes(f'state="{word}"', state=state, end_reason=end_reason)
    assert not passes(f"!state={word}", state=state, end_reason=end_reason)


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ("open", {"NEW", "PREP", "RUN", "STALL", "STOP"}),
        ("closed", {"DONE", "FAIL", "ABRT", "LOST", "END"}),
        ("problem", {"FAIL", "ABRT", "LOST", "STALL", "BAD", "GONE"}),
        ("open,closed", set(STATE_WORDS) - {"BAD", "GONE"}),
    ],
)
def test_a_group_is_several_words(group: str, words: set[str]) -> None:
    for text, expected in ((f"is={group}", words), (f"is!={group.upper()}", set(STATE_WORDS) - words)):
        assert {word for word in STATE_WORDS if ScanFilter.parse(text).matches(scan(), word)} == expected


def test_the_word_that_only_the_board_knows_counts_before_that_of_the_document() -> None:
    assert ScanFilter.parse("state=stall,gone").matches(scan(), "STALL")
    assert not ScanFilter.parse("state=run").matches(scan(), "STALL")
    assert ScanFilter.parse("state=started").matches(scan(), "STALL")


# Alternatives, negation, several terms


@pytest.mark.parametrize("text", ["name=ascan,dscan", "name=ascan|dscan", "name=ascan name=dscan", "name=a*,|dscan,"])
def test_alternatives_are_any_of_several(text: str) -> None:
    assert [passes(text, name=name) for name in ("ascan", "dscan", "ct")] == [True, True, False]


def test_alternatives_of_numbers_and_states() -> None:
    assert [passes("number=1,2|4", number=number) for number in range(6)] == [False, True, True, False, True, False]
    assert [passes("state=run,created", state=state) for state in ScanState] == [True, False, True, False, False]


@pytest.mark.parametrize("text", ["!name=ct", "-name=ct", "!name=ct,loopscan", "!name=ct -name=loopscan"])
def test_negation_keeps_the_others(text: str) -> None:
    assert not passes(text, name="ct")
    assert passes(text, name="ascan")


def test_negated_terms_exclude_each_for_itself_and_beside_a_positive_one() -> None:
    text = "name=a* !name=amesh"
    assert [passes(text, name=name) for name in ("ascan", "amesh", "ct")] == [True, False, False]
    assert not passes("!name=ct !number=42", name="ascan", number=42)


def test_several_terms_must_all_hold() -> None:
    assert passes("name=ascan number=42 state=run samx", title="ascan samx 0 1")
    assert not passes("name=ascan number=43 state=run samx", title="ascan samx 0 1")


def test_a_field_that_is_not_set_passes_a_negation() -> None:
    assert passes("!session=demo")


# Words


@pytest.mark.parametrize(
    "text",
    ["samx", '"samx 0"', "ASCAN", "opid11", "Opid11", "42", "demo", "hc1234", "SAMPLE_0001", "/data", "01JBX"],
)
def test_a_word_is_found_anywhere(text: str) -> None:
    row = scan(
        name="ASCAN",
        title="ascan samx 0 1",
        session="demo",
        proposal="hc1234",
        collection="SAMPLE",
        dataset="SAMPLE_0001",
        path="/data/id11",
    )
    assert passes(text, row)
    assert not passes(f"!{text}", row)
    assert not passes(f"-{text}", row)


@pytest.mark.parametrize(
    ("text", "expected"), [("samx", True), ("sAmX", False), ("SamX", True), ("amx", True), ("Samx", False)]
)
def test_a_word_minds_the_case_only_if_it_has_a_capital(text: str, expected: bool) -> None:
    assert passes(text, title="ascan SamX 0 1") is expected


def test_a_word_has_no_wildcards_and_no_alternatives() -> None:
    assert not passes("sam*", title="samx")
    assert passes("sam*", title="sam*x")
    assert not passes("samx,samy", title="samx")
    assert passes("samx|samy", title="samx|samy")


def test_no_word_goes_across_two_texts() -> None:
    assert not passes("demohc", session="demo", proposal="hc1234")
    assert not passes('"demo hc"', session="demo", proposal="hc1234")


def test_a_quoted_term_is_a_word_whatever_it_looks_like() -> None:
    assert passes('"name=ct"', title="name=ct")
    assert passes('!"name=ct"', title="name=dscan")
    assert passes('"number>4"', title="number>4")
    assert passes('"say ""hi"""', title='say "hi"')
    assert passes('"!x"', title="!x")


def test_a_second_sign_belongs_to_the_word() -> None:
    assert passes("!!x", title="x")
    assert not passes("!!x", title="!x")


# Nothing


@pytest.mark.parametrize("text", ["", " ", "\t \n"])
def test_the_empty_filter_lets_all_pass(text: str) -> None:
    empty = ScanFilter.parse(text)
    assert empty.matches(scan())
    assert empty.matches(PROBLEM)
    assert empty.search_arguments == {}
    assert empty.terms == ()


def test_a_scan_with_a_problem_is_found_by_its_state_its_key_and_its_problem() -> None:
    assert all(passes(text, PROBLEM) for text in ("state=bad", "missing", "01JBXV", "!name=ct", "!number=1"))
    assert not any(passes(text, PROBLEM) for text in ("name=*", "number=0", "state=created,end", "ascan", "!state=bad"))
