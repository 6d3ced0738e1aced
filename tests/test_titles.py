"""A scan is called the same everywhere, with its numbers as a person would write them."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scantui.board import Board
from scantui.cli.output import scan_line
from scantui.columns import COLUMNS
from scantui.export import ExportedScan, to_csv, to_jsonl, to_markdown, to_plain
from scantui.filters import Texts
from scantui.text import as_read, as_typed, printable
from scantui.titles import plain_numbers, row_name, row_names, sorting_name
from scantui.tui.copying import copyables
from tests.test_filters import PROBLEM, passes, scan
from tests.titles import ODD_TITLES, as_published, real_titles


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("ascan samx 0.00000 1.00000 20 0.15000000000000002", "ascan samx 0 1 20 0.15"),
        ("dscan phi -1.00000 -0.00000 20", "dscan phi -1 0 20"),
        ("12.345678901 123456.789012", "12.34568 123456.78901"),
        ("0.123456789 0.000012345678", "0.123457 0.0000123457"),
        ("2.9999999999999996", "3"),
        ("1.50000e-05 2.0000000000000001E+3", "1.5e-05 2E+3"),
        ("(0.500,1.000)", "(0.5,1)"),
        ("ends in 1.000.", "ends in 1."),
        ("0.1 0.10 100 1000", "0.1 0.10 100 1000"),
        ("v1.00000 1.2.30000 a/1.00000.h5 1.000x", "v1.00000 1.2.30000 a/1.00000.h5 1.000x"),
        ("x-0.50000", "x-0.5"),
        ("1." + "0" * 31, "1." + "0" * 31),
    ],
)
def test_numbers_are_written_as_a_person_would(text: str, plain: str) -> None:
    assert plain_numbers(text) == plain
    assert plain_numbers(plain) == plain


@given(st.floats(-1e9, 1e9), st.integers(3, 17))
@example(0.1 + 0.2, 17)
def test_a_number_stays_what_it_was_to_six_digits(value: float, decimals: int) -> None:
    written = f"{value:.{decimals}f}"
    plain = plain_numbers(f"a {written} b").split()[1]
    assert math.isclose(float(plain), float(written), rel_tol=1e-5)
    assert len(plain) <= len(written)
    assert not re.fullmatch(r"-0|.*\..*0|.*\.", plain)


@pytest.mark.parametrize(
    ("name", "title", "shown"),
    [
        ("ascan", "ascan samx 0.00000 1.00000 20 0.1", "ascan samx 0 1 20 0.1"),
        ("dscan", "ascan phi -1.00000 1.00000 20 0.1", "dscan: ascan phi -1 1 20 0.1"),
        ("Ascan", "ascan samx", "ascan samx"),
        ("ct", None, "ct"),
        ("ct", "", "ct"),
        ("my 1.00000", None, "my 1.00000"),
    ],
)
def test_a_title_that_begins_with_another_name_has_its_own_before_it(name: str, title: str | None, shown: str) -> None:
    row = scan(name=name, title=title)
    assert row_name(row) == shown
    assert plain_numbers(sorting_name(row)) in (shown.casefold(), plain_numbers(shown.casefold()))
    assert passes(f'"{shown}"', row)


def test_a_row_with_a_problem_is_called_by_it() -> None:
    assert row_name(PROBLEM) == PROBLEM.problem


@pytest.mark.parametrize("title", [*ODD_TITLES, *map(as_published, real_titles()[::20])])
def test_screen_commands_copy_and_export_call_a_scan_alike(title: str) -> None:
    row = scan(title=title)
    board, exported = Board(), ExportedScan(row, "RUN")
    board.put([row])
    (shown,) = (column.show(board, row) for column in COLUMNS if column.key == "name")
    name = printable(shown or "")
    assert name == printable(row_name(row))
    assert name in scan_line(exported)
    assert name in to_plain([exported])
    assert name in to_csv([exported]).replace('""', '"')
    assert name in re.sub(r"\\(.)", r"\1", to_markdown([exported])).replace("\\", "") or "\\" in name
    copied = {each.name: each.text for each in copyables(row, ["redis://localhost:6379"], "")}
    assert name.endswith(copied["title"])
    assert passes(f"title={_quoted(copied['title'])}", row)
    assert to_jsonl([exported]), "the whole title, as it is"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("µm", "μm"),
        ("20\u00a0keV", "20 keV"),
        ("caf\u00e9", "cafe\u0301"),
        ("\u00c5", "\u212b"),
        ("\u00c5", "A\u030a"),
        ("5 \u2126", "5 Ω"),
        ("300 \u212a", "300 K"),
        ("\u22121", "-1"),
        ("a\nb", "a␊b"),
        ("a\u2003b", "a b"),
    ],
)
def test_what_looks_the_same_is_found_either_way(one: str, other: str) -> None:
    assert as_read(one) == as_read(other)
    for typed, there in ((one, other), (other, one)):
        row = scan(title=f"x {there} y", dataset=there, name="x")
        assert passes(f'"{typed}"', row)
        assert passes(f'title="*{typed}*"', row) is False, "a star in quotation marks is a star"
        assert passes(f'title="x {typed} y"', row)
        if not (typed.isascii() and " " not in typed):
            assert passes(f'dataset="{typed}"', row)


def test_a_plain_text_of_the_identity_is_as_exact_as_the_server() -> None:
    assert not passes("dataset=-1", dataset="\u22121")
    assert passes("dataset=-1", dataset="-1")


@given(st.text())
def test_what_is_read_is_read_again_as_it_is(text: str) -> None:
    assert as_read(as_read(text)) == as_read(text)


def test_many_scans_are_called_and_found_as_each_by_itself() -> None:
    rows = [scan(number=number, title=title) for number, title in enumerate([*ODD_TITLES, *real_titles()])]
    rows += [scan(number=1000), scan(number=1001, title="a\0b 0.50000"), PROBLEM]
    rows = [row.replaced(key=f"esrf:scan:{number:026}") for number, row in enumerate(rows)]
    for some in (rows, rows[-3:-2], [row for row in rows if row.identity and (row.title or "").isascii()]):
        assert row_names(some) == list(map(row_name, some))
        keys, texts = [row.key for row in some], Texts({row.key: row for row in some})
        alone = [Texts({row.key: row}).of([row.key])[0] for row in some]
        assert texts.of(keys) == alone
        assert all(as_typed(row_name(row)) == text.split("\0")[0] for row, text in zip(some, alone, strict=True))


def test_forgotten_texts_are_freed_some_at_a_time_and_put_together_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scantui.filters.scans._FREED_AT_ONCE", 2)
    rows = {f"esrf:scan:{number:026}": scan(number=number, title=f"ascan samx {number}") for number in range(5)}
    texts, keys = Texts(rows), list(rows)
    before = texts.of(keys)
    texts.forget()
    rows[keys[0]] = scan(number=0, title="dscan samy 9")
    after = texts.of(keys)
    assert "dscan" in after[0] and "dscan" not in before[0] and after[1:] == before[1:]
    for _ in range(3):
        assert texts._unneeded
        texts.free_some()
    assert not texts._unneeded and texts.of(keys) == after
