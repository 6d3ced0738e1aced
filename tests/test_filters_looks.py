"""What one reads is what one finds: texts that look alike, in words, in fields and in searches of the server."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scantui.filters import ScanFilter
from scantui.filters.grammar import quoted
from scantui.matching import SearchCriteria
from scantui.text import as_read, printable, without_case
from tests.test_filters import passes, scan

# Each group looks the same.
ALIKE = [
    ("\u00b5m", "\u03bcm"),
    ("5 \u00c5", "5 \u212b", "5 A\u030a"),
    ("caf\u00e9", "cafe\u0301"),
    ("20 keV", "20\u00a0keV", "20\u2009keV", "20\u202fkeV", "20\u3000keV"),
    ("a\u240ab", "a\nb"),
    ("a\u2409b", "a\tb"),
    ("-1 mm", "\u22121 mm"),
    ("300 K", "300 \u212a"),
    ("5 \u03a9", "5 \u2126"),
    ("a\ufffdb", "a\u200db", "a\u200bb", "a\u202eb"),
]
# In words and titles, what keyboards type finds these too.
TYPED = [
    ("samx", "\uff53\uff41\uff4d\uff58"),
    ("(1)", "\uff08\uff11\uff09"),
    ("field off", "\ufb01eld o\ufb00"),
]
# In words, the case is no matter either.
SAME_LETTERS = [
    ("stra\u00dfe", "STRASSE", "STRA\u1e9eE", "Stra\u00dfe"),
    ("istanbul", "\u0130stanbul", "ISTANBUL", "\u0131stanbul"),
    ("\u03bcm", "\u00b5M", "\u039cm"),
    ("\u00e5ngstr\u00f6m", "\u212bNGSTR\u00d6M"),
]


@pytest.mark.parametrize("group", ALIKE)
def test_texts_that_look_alike_find_each_other(group: tuple[str, ...]) -> None:
    for there in group:
        row = scan(title=f"x {there} y", dataset=there, name=there, session=there)
        for typed in group:
            assert passes(quoted(typed), row), (typed, there)
            assert passes(f"title={quoted(f'x {typed} y')}", row), (typed, there)
            assert passes(f"title=*{quoted(typed)}*", row), (typed, there)
            if as_read(typed) != typed or not typed.isascii():
                assert passes(f"dataset={quoted(typed)}", row), (typed, there)
        assert passes(f"dataset={quoted(there)} name={quoted(printable(there))}", row)


@pytest.mark.parametrize(("plain", "other"), TYPED)
def test_plain_letters_find_full_width_forms_and_ligatures(plain: str, other: str) -> None:
    for there in (plain, other):
        row = scan(title=f"x {there} y", dataset=there, name="x")
        for typed in (plain, other):
            assert passes(quoted(typed), row)
            assert passes(f"title={quoted(f'x {typed} y')}", row)
        assert passes(f"dataset={quoted(there)}", row)


@pytest.mark.parametrize("group", SAME_LETTERS)
def test_words_in_lower_case_find_each_case(group: tuple[str, ...]) -> None:
    typed, *others = group
    for there in (typed, *others):
        assert passes(typed, scan(title=f"at {there}"))
        assert passes(there, scan(title=f"at {there}")), "with a capital letter it finds itself"
        assert without_case(as_read(there)) == without_case(as_read(typed))


def test_blanks_at_the_ends_of_a_title_are_not_seen_and_not_asked_for() -> None:
    row = scan(title=" ascan samx 0.00000 1.00000 \u00a0")
    assert passes('title="ascan samx 0 1"', row)
    assert passes('title=" ascan samx 0 1 "', row)
    assert not passes('title="ascan samx 0"', row)


# Texts that differ only in what is not seen have to meet often.
alike = st.sampled_from([text for group in (*ALIKE, *TYPED, *SAME_LETTERS) for text in group])
odd_texts = st.lists(alike | st.characters() | st.sampled_from("eAaik\u0301\u030a\u00b5* "), max_size=3).map("".join)


@settings(max_examples=300)
@example("caf\u00e9", "cafe\u0301", "", "dataset")
@example("cafe\u0301", "caf\u00e9", "*", "dataset")
@given(odd_texts, odd_texts, st.sampled_from(["", "*"]), st.sampled_from(["name", "dataset", "session", "path"]))
def test_the_server_is_asked_for_all_that_pass(there: str, typed: str, star: str, field: str) -> None:
    fields: dict[str, Any] = {"name": "x", field: there}
    row = scan(**fields)
    for wanted in (typed, printable(there), as_read(there)):
        scan_filter = ScanFilter.parse(f"{field}={quoted(wanted)}{star if wanted else ''}")
        criteria = SearchCriteria.parse(scan_filter.search_arguments)
        assert row.identity is not None
        assert not scan_filter.matches(row) or criteria.matches(row.identity)


@settings(max_examples=300)
@given(odd_texts)
def test_what_stands_on_the_screen_finds_its_scan(title: str) -> None:
    shown = printable(title)
    if shown.strip():
        assert passes(quoted(shown), scan(title=title, name="x"))
        assert passes(f"title={quoted(shown)}", scan(title=title, name="x"))
