"""The filter bar's grammar has one meaning, and the search that it amounts to finds every scan that passes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scantui.exceptions import FilterSyntaxError
from scantui.filters import FILTER_FIELDS, ScanFilter
from scantui.matching import SearchCriteria, exact
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


# Fields


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
        ("name==x", "=x", True),
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


def test_aliases_are_the_fields_that_they_stand_for() -> None:
    assert ScanFilter.parse("no=1 st=run policy=esrf").terms == (
        ScanFilter.parse("number=1 state=run data_policy=esrf").terms
    )


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
    assert passes('"!x"', title="!x")


def test_a_second_sign_belongs_to_the_word() -> None:
    assert passes("!!x", title="x")
    assert not passes("!!x", title="!x")


# Nothing, and what cannot be read


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


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("nmae=ct", 1, "did you mean name?"),
        ("name=ct  sesion=demo", 10, "did you mean session?"),
        ("!stat=run", 2, "did you mean state?"),
        ("zzz=1", 1, "known fields are name, number"),
        ("name=", 6, "name= needs a value"),
        ("ct no=", 7, "number= needs a value"),
        ("name=,|", 6, "name= needs a value"),
        ("!", 2, "! needs something to exclude"),
        ("ct - samx", 5, "- needs something to exclude"),
        ("number=ct", 8, "number takes a number, not 'ct'"),
        ("number=1,2x", 10, "number takes a number, not '2x'"),
        ("number=1e999", 8, "finite"),
        ("number=nan", 8, "finite"),
        ("state=running", 7, "there is no state 'running'"),
        ("state=run,bda", 11, "there is no state 'bda'"),
        ("!state=*", 8, "give one of new, prep, run"),
        ('"samx', 1, "quotation mark"),
        ('name="a b', 6, "quotation mark"),
        ('name=ascan"', 11, "quotation mark"),
        ('"a b" name="c"d"', 16, "quotation mark"),
    ],
)
def test_an_error_says_what_is_wrong_at_which_column(text: str, column: int, says: str) -> None:
    with pytest.raises(FilterSyntaxError) as raised:
        ScanFilter.parse(text)
    assert raised.value.column == column
    assert says in str(raised.value)


# The search


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        (
            "name=ascan* session=demo number=12",
            {"name": "ascan*", "session": "demo", "number": 12},
        ),
        ("number=12.5", {"number": 12.5}),
        ("samx state=run !name=ct", {}),
        ("name=a,b session=demo", {"session": "demo"}),
        ("name=a name=b", {}),
        ("name=a !name=b", {"name": "a"}),
        ("policy=esrf no=3", {"data_policy": "esrf", "number": 3}),
    ],
)
def test_a_filter_amounts_to_the_keyword_arguments_of_a_search(text: str, arguments: dict[str, object]) -> None:
    assert ScanFilter.parse(text).search_arguments == arguments


def test_a_quoted_text_is_searched_for_literally() -> None:
    argument = ScanFilter.parse('name="a*"').search_arguments["name"]
    assert isinstance(argument, exact)
    assert argument == "a*"


few_letters = st.text("aAb*1 ,|\"=!-.é\0\\'", max_size=5)
nasty = st.one_of(
    st.text(),
    st.text("name=*\"'!-,|<>\\ \t\x1c\u2028\ud800é1", max_size=30),
    st.lists(
        st.builds(
            "{}{}{}{}".format,
            st.sampled_from(["", "!", "-"]),
            st.sampled_from([*FILTER_FIELDS, "no", "x", ""]),
            st.sampled_from(["=", "", "<", "=="]),
            few_letters | st.text(),
        )
    ).map(" ".join),
)


@settings(deadline=None)
@given(nasty)
@example("number=" + "9" * 5000)
@example("number=" + "9" * 400)
@example("number=\ud800")
@example("name=\ud800 \ud800 !\ud800=\ud800")
@example('"' * 10001)
@example("!" * 10000)
@example("name=a," * 2000)
def test_a_text_is_understood_or_refused_with_a_column(text: str) -> None:
    try:
        understood = ScanFilter.parse(text)
    except FilterSyntaxError as error:
        assert 1 <= error.column <= len(text) + 1
        assert str(error)
    else:
        assert understood.text == text
        assert understood.matches(scan()) in (True, False)
        assert understood.matches(PROBLEM) in (True, False)


values = st.sampled_from(["a", "A", "ab", "b*", '"b*"', "*b", "*", '""', "é", '"a b"', "a|b", "a,b"])
numbers = st.sampled_from(["1", "2", "1.0", "1,2", "-1", "0.5"])
terms = st.one_of(
    st.builds("{}{}={}".format, st.sampled_from(["", "!"]), st.sampled_from(["name", "session", "path"]), values),
    st.builds("{}{}={}".format, st.sampled_from(["", "-"]), st.sampled_from(["number", "no"]), numbers),
    st.builds("{}state={}".format, st.sampled_from(["", "!"]), st.sampled_from(["run", "closed", "bad,end"])),
    st.builds("{}{}".format, st.sampled_from(["", "!"]), values.filter(lambda value: value != '""')),
)
texts = st.sampled_from(["a", "A", "ab", "b", "b*", "bb", "a b", "", "é", "É", "*"])
scans = st.one_of(
    st.builds(
        scan,
        state=st.sampled_from(ScanState),
        title=st.none() | texts,
        name=texts,
        number=st.integers(-1, 2),
        session=st.none() | texts,
        path=st.none() | texts,
    ),
    st.just(PROBLEM),
)


@settings(deadline=None, max_examples=500)
@given(st.lists(terms, max_size=4).map(" ".join), scans)
def test_the_search_finds_every_scan_that_passes(text: str, row: ScanSummary) -> None:
    scan_filter = ScanFilter.parse(text)
    criteria = SearchCriteria.parse(scan_filter.search_arguments)
    if scan_filter.matches(row) and criteria.patterns:
        assert row.identity is not None
        assert criteria.matches(row.identity)


@settings(deadline=None, max_examples=300)
@given(terms.filter(lambda text: text[0] not in "!-"), scans)
def test_a_scan_passes_a_term_or_its_negation(text: str, row: ScanSummary) -> None:
    assert passes(text, row) is not passes(f"!{text}", row)
    assert passes(f"-{text}", row) is passes(f"!{text}", row)
