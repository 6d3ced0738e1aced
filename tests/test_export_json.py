"""Exported JSON and the command that shows the same view: complete, and harmless to a shell and a terminal."""

from __future__ import annotations

import json
import shlex
from datetime import datetime

import msgspec
import pytest
from hypothesis import given

from scantui.export import (
    ExportedScan,
    reproduce_command,
    to_csv,
    to_json,
    to_jsonl,
    to_plain,
)
from scantui.text import printable
from scantui.words import iso_time
from tests.exported import (
    has_controls,
    lists,
    nasty,
    read_csv,
)


@given(lists)
def test_json_shows_all_that_is_known(exported: list[ExportedScan]) -> None:
    records = json.loads(to_json(exported))
    assert records == [json.loads(line) for line in to_jsonl(exported).split("\n")[:-1]]
    assert len(records) == len(exported)
    for shown, record in zip(exported, records, strict=True):
        scan = shown.scan
        assert record["word"] == shown.word
        assert record.get("state") == (None if scan.state is None else scan.state.name)
        identity = scan.identity and {name: value for name, value in cleaned(scan.identity).items() if name != "others"}
        assert record.get("identity") == identity
        for field, value in cleaned_texts(scan.fields()).items():
            if field not in ("state", "identity", "created_ms", "started_ms", "origin", "placed_ms"):
                assert record.get(field) == (None if value == "" else value)
        for field, ms in (("created", scan.created_ms), ("state_since", scan.state_ms), ("started", scan.started_ms)):
            assert (round(datetime.fromisoformat(record[field]).timestamp() * 1000) if field in record else 0) == ms


def cleaned(struct: msgspec.Struct) -> dict[str, object]:
    return cleaned_texts(msgspec.structs.asdict(struct))


def cleaned_texts(fields: dict[str, object]) -> dict[str, object]:
    return {field: printable(value) if isinstance(value, str) else value for field, value in fields.items()}


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


@given(nasty, nasty)
def test_the_command_is_read_by_a_shell_as_it_was_meant(label: str, filter_text: str) -> None:
    command = reproduce_command([label], filter_text)
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
    assert reproduce_command([label], filter_text) == command
