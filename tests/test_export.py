"""What is exported can be read back, says what the rows said, and does nothing to whoever opens or prints it."""

from __future__ import annotations

import csv
import io
import json
import shlex
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scantui.exceptions import UsageError
from scantui.export import (
    EXPORT_COLUMNS,
    ExportedScan,
    reproduce_command,
    to_csv,
    to_json,
    to_jsonl,
    to_markdown,
    to_plain,
)
from scantui.models import ScanIdentity, ScanState, ScanSummary
from scantui.text import printable
from scantui.words import iso_time

FORMULA_STARTS = "=+-@\t\r\uff1d\uff0b\uff0d\uff20"
NOON_MS = 1_700_049_600_000

nasty = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["=1+1", "-2", "@SUM(A1)", "\t=x", "\r\n", 'a,"b"', "a|b\\|c", "\x1b]52;c;x\x07", "\u202eabc", "日本"]
    ),
    st.text(alphabet='=+-@,|"\\\r\n\t\x1b\x9b\u2028 x', max_size=8),
)
maybe = st.none() | nasty
times = st.integers(0, 2**42)
scans = st.builds(
    ExportedScan,
    scan=st.builds(
        ScanSummary,
        key=nasty,
        state=st.none() | st.sampled_from(ScanState),
        identity=st.none()
        | st.builds(
            ScanIdentity,
            name=nasty,
            number=st.integers(-(2**31), 2**31),
            data_policy=maybe,
            session=maybe,
            proposal=maybe,
            collection=maybe,
            dataset=maybe,
            path=maybe,
        ),
        problem=nasty,
        state_id=times.map("{}-0".format),
        created_ms=times,
        title=maybe,
        npoints=st.none() | st.integers(0, 10**6),
        count_time=st.none() | st.floats(0, 1e3),
        start_time=maybe,
        end_time=maybe,
        end_reason=maybe,
        exit_status=maybe,
        user_name=maybe,
        publisher=maybe,
        parent=maybe,
    ),
    word=st.sampled_from(["RUN", "DONE", "BAD"]),
    progress=st.sampled_from(["", "61% ends 03:14"]),
    now_ms=times,
)
lists = st.lists(scans, max_size=4)
some_columns = st.lists(st.sampled_from(sorted(EXPORT_COLUMNS)), min_size=1, max_size=6)

ONE = ExportedScan(
    ScanSummary(
        key="esrf:scan:1",
        state=ScanState.CLOSED,
        identity=ScanIdentity(name="ascan", number=42, session="demo", dataset="sample_0001"),
        state_id=f"{NOON_MS + 61_500}-0",
        created_ms=NOON_MS,
        title="ascan samx 0 1 20 0.5",
        end_reason="SUCCESS",
        user_name="opid11",
    ),
    word="DONE",
)


def read_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def has_controls(text: str) -> bool:
    return printable(text, limit=10**9) != text


# Texts as tables


@settings(deadline=None)
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


@settings(deadline=None)
@given(lists)
def test_no_text_in_csv_is_a_formula(exported: list[ExportedScan]) -> None:
    for scan, line in zip(exported, read_csv(to_csv(exported))[1:], strict=True):
        for column, cell in zip(EXPORT_COLUMNS.values(), line, strict=True):
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


@settings(deadline=None)
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


@settings(deadline=None)
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
@settings(deadline=None)
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


def test_the_duration_of_an_open_scan_needs_the_clock() -> None:
    scan = ScanSummary(key="key", state=ScanState.STARTED, created_ms=NOON_MS)
    assert read_csv(to_csv([ExportedScan(scan, "RUN")], ["duration"]))[1:] == [[""]]
    assert read_csv(to_csv([ExportedScan(scan, "RUN", now_ms=NOON_MS + 2500)], ["duration"]))[1:] == [["2.5"]]


# JSON


@settings(deadline=None)
@given(lists)
def test_json_says_all_that_is_known(exported: list[ExportedScan]) -> None:
    records = json.loads(to_json(exported))
    assert records == [json.loads(line) for line in to_jsonl(exported).split("\n")[:-1]]
    assert len(records) == len(exported)
    for (scan, word, _, _), record in zip(exported, records, strict=True):
        assert record["word"] == word
        assert record.get("state") == (None if scan.state is None else scan.state.name)
        identity = scan.identity and {name: value for name, value in cleaned(scan.identity).items() if name != "others"}
        assert record.get("identity") == identity
        for field, value in cleaned(scan).items():
            if field not in ("state", "identity", "created_ms"):
                assert record.get(field) == (None if value == "" else value)
        for field, ms in (("created", scan.created_ms), ("state_since", scan.state_ms)):
            assert (round(datetime.fromisoformat(record[field]).timestamp() * 1000) if field in record else 0) == ms


def cleaned(struct: msgspec.Struct) -> dict[str, object]:
    fields = msgspec.structs.asdict(struct)
    return {field: printable(value) if isinstance(value, str) else value for field, value in fields.items()}


@settings(deadline=None)
@given(lists)
def test_json_holds_no_character_that_a_terminal_obeys(exported: list[ExportedScan]) -> None:
    assert not has_controls(to_json(exported).replace("\n", ""))
    assert not has_controls(to_jsonl(exported).replace("\n", ""))


@pytest.mark.parametrize("ms", [0, 10**18, -(10**18)])
def test_a_time_that_no_calendar_has_is_left_out(ms: int) -> None:
    assert iso_time(ms) is None


def test_no_rows_are_still_a_document() -> None:
    assert json.loads(to_json([])) == []
    assert to_jsonl([]) == ""
    assert read_csv(to_csv([], ["key"])) == [["KEY"]]
    assert to_plain([], ["key"]) == "KEY\n"


# The command


@settings(deadline=None)
@given(nasty, nasty)
def test_the_command_is_read_by_a_shell_as_it_was_meant(label: str, filter_text: str) -> None:
    command = reproduce_command(label, filter_text)
    words = shlex.split(command)
    assert words[0] == "scantui"
    named = ["-s"] if "://" not in label and label != "demo" else []
    assert words[-1] == ("--demo" if label == "demo" else printable(label))
    assert words[1:-1] == ([f"--filter={printable(filter_text)}"] if filter_text.strip() else []) + named
    assert not has_controls(command)


@pytest.mark.parametrize(
    ("label", "filter_text", "command"),
    [
        ("redis://id11:6380", "", "scantui redis://id11:6380"),
        ("demo", "name=ascan*", "scantui --filter='name=ascan*' --demo"),
        ("redis://id11:6380/1", '-ct "a b"', "scantui --filter='-ct \"a b\"' redis://id11:6380/1"),
        ("id11", "name=ct", "scantui --filter=name=ct -s id11"),
        ("demo", "it's", "scantui --filter='it'\"'\"'s' --demo"),
    ],
)
def test_commands(label: str, filter_text: str, command: str) -> None:
    assert reproduce_command(label, filter_text) == command
