"""The search that a filter amounts to finds every scan that passes, and a filter has one spelling and one meaning."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scantui.filters import ScanFilter
from scantui.matching import SearchCriteria, between, exact
from scantui.models import ScanState, ScanSummary
from tests.test_filters import PROBLEM, passes, scan


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
        ("name!=ct !name!=dscan", {"name": "dscan"}),
        ("number=40..60 session=demo", {"session": "demo", "number": between(40, 60)}),
        ("number=40 number=41..", {"number": between(40)}),
        ("number=40,43,50..60", {"number": between(40, 60)}),
        ("number>40 number<60 !number=50", {"number": between(40, 60)}),
        ("number<40 number>60", {"number": between(60, 40)}),
        ("number=..40 number=41..", {}),
        ("!number=40..60", {}),
        ("number>40 number=42", {"number": 42}),
        ("title=a user=b parent=c npoints=4 age<2h since=10m is=open duration>1s", {}),
    ],
)
def test_a_filter_amounts_to_the_keyword_arguments_of_a_search(text: str, arguments: dict[str, object]) -> None:
    assert ScanFilter.parse(text).search_arguments == arguments


def test_a_quoted_text_is_searched_for_literally() -> None:
    argument = ScanFilter.parse('name="a*"').search_arguments["name"]
    assert isinstance(argument, exact)
    assert argument == "a*"


# What looks like something else, or like what another text looks like.
ODD = [
    '"a\u00a0b"',
    "\u00b5",
    "\u03bc*",
    "e\u0301",
    "K",
    "\u212a",
    "\u2212",
    '"-1 K"',
    '"a;b c"',
    "*\u00b5",
    '"a* b"',
]
ODD_TEXTS = [*(text.strip('"*') for text in ODD), "a\nb", "a\u240ab", "\u22121\u2003\u212a", "a\u037eb c"]
values = st.sampled_from(["a", "A", "ab", "b*", '"b*"', "*b", "*", '""', "é", '"a b"', "a|b", "a,b", *ODD])
numbers = st.sampled_from(["1", "2", "1.0", "1,2", "-1", "0.5", "1..2", "0,1..", "..1"])
terms = st.one_of(
    st.builds("{}{}={}".format, st.sampled_from(["", "!"]), st.sampled_from(["name", "session", "path"]), values),
    st.builds("{}{}={}".format, st.sampled_from(["", "-"]), st.sampled_from(["number", "no"]), numbers),
    st.builds(
        "{}number{}{}".format, st.sampled_from(["", "!"]), st.sampled_from(["<", "<=", ">", ">="]), st.integers(-1, 2)
    ),
    st.builds("{}{}={}".format, st.sampled_from(["", "!"]), st.sampled_from(["title", "user", "parent"]), values),
    st.builds("{}is={}".format, st.sampled_from(["", "-"]), st.sampled_from(["open", "closed", "problem"])),
    st.sampled_from(
        ["age<2h", "!age>1h", "since=10m", "before=22:00", "!since=2026-11-20", "npoints>1", "duration<5s"]
    ),
    st.builds("{}state={}".format, st.sampled_from(["", "!"]), st.sampled_from(["run", "closed", "bad,end"])),
    st.builds("{}{}".format, st.sampled_from(["", "!"]), values.filter(lambda value: value != '""')),
)
texts = st.sampled_from(["a", "A", "ab", "b", "b*", "bb", "a b", "", "é", "É", "*", *ODD_TEXTS])
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


@settings(max_examples=500)
@given(st.lists(terms, max_size=4).map(" ".join), scans)
def test_the_search_finds_every_scan_that_passes(text: str, row: ScanSummary) -> None:
    scan_filter = ScanFilter.parse(text)
    criteria = SearchCriteria.parse(scan_filter.search_arguments)
    if scan_filter.matches(row) and criteria.patterns:
        assert row.identity is not None
        assert criteria.matches(row.identity)


@settings(max_examples=300)
@given(terms.filter(lambda text: text[0] not in "!-"), scans)
def test_a_scan_passes_a_term_or_its_negation(text: str, row: ScanSummary) -> None:
    assert passes(text, row) is not passes(f"!{text}", row)
    assert passes(f"-{text}", row) is passes(f"!{text}", row)
