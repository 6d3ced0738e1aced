"""Commands that take rows out of the screen."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.tui.commands.fakes import Bench


def run(bench: Bench, name: str, *answers: Any) -> None:
    """Run a command and the work that it starts."""
    bench.kept_group = "export"
    bench.run(name, *answers)
    while bench.kept:
        asyncio.run(bench.kept.pop())


def test_the_key_is_copied_and_what_was_sent_is_said() -> None:
    bench = Bench()
    bench.run("copy_key")
    assert bench.host.copied == [bench.table.cursor_key]
    assert bench.said == ["Sent the key to the terminal (OSC 52)"]


@pytest.mark.parametrize(("name", "text"), [("title", "ct 1.0 1"), ("number", "20")])
def test_what_to_copy_is_chosen(name: str, text: str) -> None:
    bench = Bench()
    bench.run("copy", name)
    assert bench.host.copied == [text]


def test_a_copy_that_is_too_long_is_an_error() -> None:
    bench = Bench()
    bench.host.refuses_copies = True
    bench.run("copy_key")
    assert (bench.errors, bench.said) == (["too long for the terminal"], [])


def test_without_a_row_there_is_nothing_to_copy() -> None:
    bench = Bench([])
    bench.run("copy")
    bench.run("copy_key")
    assert not bench.dialogs.asked
    assert not bench.host.copied


def test_rows_are_written_to_a_file_that_is_overwritten_only_after_a_question(tmp_path: Path) -> None:
    bench, target = Bench(), tmp_path / "scans.csv"
    run(bench, "write", "csv", str(target))
    assert bench.said == [f"wrote 20 rows to {target}"]
    assert len(target.read_text().splitlines()) == 21
    assert target.stat().st_mode & 0o777 == 0o600
    bench.run("mark")
    run(bench, "write", "csv", str(target), False)
    assert len(target.read_text().splitlines()) == 21
    run(bench, "write", "csv", str(target), True)
    assert bench.said[-1] == f"wrote 1 row to {target}"
    assert bench.dialogs.asked[-3:] == ["Write 1 marked row", "write to", f"Overwrite {target}?"]
    assert len(target.read_text().splitlines()) == 2


@pytest.mark.parametrize("answers", [(), ("csv",), ("csv", "")])
def test_nothing_is_written_when_a_dialog_is_left(answers: tuple[str, ...]) -> None:
    bench = Bench()
    run(bench, "write", *answers)
    assert (bench.said, bench.errors) == ([], [])


def test_a_directory_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    bench = Bench()
    run(bench, "write", "json", str(tmp_path / "none" / "scans.json"))
    assert len(bench.errors) == 1


def test_the_rows_are_printed_as_plain_text() -> None:
    bench = Bench()
    run(bench, "plain")
    (text,) = bench.host.printed
    assert len(text.splitlines()) == 21
