"""Exported tables can be read back, and do nothing to the person who opens or prints them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given

from scantui.exceptions import UsageError
from scantui.export import (
    EXPORT_COLUMNS,
    USUAL_COLUMNS,
    ExportedScan,
    to_csv,
    to_markdown,
    to_plain,
)
from scantui.models import ScanIdentity, ScanState, ScanSummary
from scantui.text import printable
from tests.exported import (
    FORMULA_STARTS,
    NOON_MS,
    ONE,
    has_controls,
    lists,
    read_csv,
    some_columns,
)


@given(lists, some_columns)
def test_csv_is_read_back_as_what_was_written(exported: list[ExportedScan], columns: list[str]) -> None:
    header, *lines = read_csv(to_csv(exported, columns))
    assert header == [EXPORT_COLUMNS[column].label for column in columns]
    assert len(lines) == len(exported)
    for scan, line in zip(exported, lines, strict=True):
        for column, cell in zip(columns, line, strict=True):
            value = EXPORT_COLUMNS[column].value(scan)
            shown = "" if value is None else printable(str(value))
            is_text = isinstance(value, str) and value != ""
            starts = {text.lstrip()[:1] for text in (str(value), shown)} | {str(value)[:1]} if is_text else set()
            assert cell == f"'{shown}" if starts & set(FORMULA_STARTS) else cell == shown


@given(lists)
def test_no_text_in_csv_is_a_formula(exported: list[ExportedScan]) -> None:
    for scan, line in zip(exported, read_csv(to_csv(exported))[1:], strict=True):
        for column, cell in zip(map(EXPORT_COLUMNS.__getitem__, USUAL_COLUMNS), line, strict=True):
            if not isinstance(column.value(scan), int | float):
                assert not cell.startswith(tuple(FORMULA_STARTS))


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_a_text_that_begins_like_a_formula_is_led_by_an_apostrophe(start: str) -> None:
    scan = ExportedScan(ScanSummary(key="key", title=f"{start}1+1"), "BAD")
    assert read_csv(to_csv([scan], ["name"]))[1] == ["'" + printable(f"{start}1+1")]


@pytest.mark.parametrize(
    ("title", "cell"),
    [
        (" =1+1", "' =1+1"),
        ("a;=1+1", "a;'=1+1"),
        ('a; "-2', "a; \"'-2"),
        (";@SUM(A1)", ";'@SUM(A1)"),
        ("a;b - c", "a;b - c"),
    ],
)
def test_no_text_is_a_formula_behind_blanks_and_where_semicolons_separate(title: str, cell: str) -> None:
    assert read_csv(to_csv([ExportedScan(ScanSummary(key="key", title=title), "BAD")], ["name"]))[1] == [cell]


@pytest.mark.parametrize(
    ("title", "cell"),
    [
        ("<script>&lt;", r"\<script\>\&lt;"),
        ("[a](http://b)", r"\[a\](http\://b)"),
        ("see https://b www.b.de", r"see https\://b www\.b.de"),
        ("@all #12 !3 :smile: $x$", r"\@all \#12 \!3 \:smile: \$x\$"),
        ("_a_ ~~b~~ *c* `d`", r"\_a\_ \~\~b\~\~ \*c\* \`d\`"),
        ("ascan_samx 0.5 12:30 a|b", r"ascan_samx 0.5 12:30 a\|b"),
    ],
)
def test_no_text_is_markup_a_link_or_a_person_to_be_called(title: str, cell: str) -> None:
    assert to_markdown([ExportedScan(ScanSummary(key="key", title=title), "BAD")], ["name"]).splitlines()[2] == (
        f"| {cell} |"
    )


def test_a_negative_number_is_a_number() -> None:
    scan = ExportedScan(ScanSummary(key="key", identity=ScanIdentity(name="-5", number=-5)), "BAD")
    assert read_csv(to_csv([scan], ["number", "name"]))[1] == ["-5", "'-5"]


@given(lists, some_columns)
def test_markdown_has_a_line_for_each_scan_and_a_cell_for_each_column(
    exported: list[ExportedScan], columns: list[str]
) -> None:
    lines = to_markdown(exported, columns).split("\n")
    assert lines.pop() == ""
    assert len(lines) == 2 + len(exported)
    for line in lines:
        bare = line.replace("\\\\", "").replace("\\|", "")
        assert bare.count("|") == len(columns) + 1
        assert bare.startswith("| ")
        assert bare.endswith(" |")


@given(lists, some_columns)
def test_plain_text_has_a_line_for_each_scan(exported: list[ExportedScan], columns: list[str]) -> None:
    lines = to_plain(exported, columns).split("\n")
    assert len(lines) == len(exported) + 2
    assert lines[-1] == ""


def test_plain_columns_stand_below_each_other_also_with_wide_characters() -> None:
    wide = ExportedScan(ScanSummary(key="second", title="日本"), "BAD")
    narrow = ExportedScan(ScanSummary(key="first", title="abcde"), "BAD")
    header, one, two = to_plain([narrow, wide], ["name", "key"]).splitlines()
    assert (header, one, two) == ("NAME   KEY", "abcde  first", "日本   second")


@pytest.mark.parametrize("write", [to_csv, to_markdown, to_plain])
@given(exported=lists)
def test_no_table_holds_a_character_that_a_terminal_obeys(
    write: Callable[[Sequence[ExportedScan]], str], exported: list[ExportedScan]
) -> None:
    assert not has_controls(write(exported).replace("\r\n", "").replace("\n", ""))


@pytest.mark.parametrize("write", [to_csv, to_markdown, to_plain])
def test_an_unknown_column_is_refused(write: Callable[[Sequence[ExportedScan], Sequence[str]], str]) -> None:
    with pytest.raises(UsageError, match="'colour'"):
        write([ONE], ["colour"])


def test_a_row_in_each_table() -> None:
    columns = ["state", "number", "name", "age", "duration"]
    assert to_csv([ONE], columns).splitlines() == [
        "STATE,NUMBER,NAME,CREATED,DURATION",
        "DONE,42,ascan samx 0 1 20 0.5,2023-11-15T12:00:00.000+00:00,61.5",
    ]
    assert to_markdown([ONE], columns).splitlines() == [
        "| STATE | NUMBER | NAME | CREATED | DURATION |",
        "| --- | --- | --- | --- | --- |",
        "| DONE | 42 | ascan samx 0 1 20 0.5 | 2023-11-15T12:00:00.000+00:00 | 1:01 |",
    ]
    assert to_plain([ONE], columns).splitlines() == [
        "STATE  NUMBER  NAME                   CREATED                        DURATION",
        "DONE   42      ascan samx 0 1 20 0.5  2023-11-15T12:00:00.000+00:00  1:01",
    ]


def test_the_time_for_readers_is_the_servers_not_that_of_a_writer_whose_clock_is_ahead() -> None:
    ahead = ScanSummary(key="key", created_ms=NOON_MS + 7_200_000, timetag=f"{NOON_MS}-0")
    at_noon = ScanSummary(key="key", created_ms=NOON_MS)
    times = read_csv(to_csv([ExportedScan(ahead, "RUN"), ExportedScan(at_noon, "RUN")], ["time"]))[1:]
    assert times[0] == times[1]


def test_the_duration_of_an_open_scan_needs_the_clock() -> None:
    scan = ScanSummary(key="key", state=ScanState.STARTED, state_id=f"{NOON_MS}-0")
    assert read_csv(to_csv([ExportedScan(scan, "RUN")], ["duration"]))[1:] == [[""]]
    assert read_csv(to_csv([ExportedScan(scan, "RUN", now_ms=NOON_MS + 2500)], ["duration"]))[1:] == [["2.5"]]


# JSON


def test_rows_that_are_exported_are_nothing_for_the_garbage_collector() -> None:
    assert not gc.is_tracked(ExportedScan(ScanSummary(key="key"), "BAD"))
