"""Notes and verdicts by keys: what is asked, which scans get it, and what it changes on the screen."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from textual.message import Message

from scantui.columns import COLUMNS
from scantui.models import Note
from scantui.system.notes import NoteBook
from scantui.tui.messages import NotesRead, Notice
from scantui.tui.note_files import follow_notes, write_notes
from tests.tui.commands.fakes import Bench

NOTE_COLUMN = next(column for column in COLUMNS if column.key == "note")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench()
    made.kept_group = "notes"
    made.groups.notes.read(NoteBook(tmp_path / "notes.jsonl", user="ann"))
    return made


def note(bench: Bench, text: str) -> None:
    """Write a note by the key, and show it as the background does."""
    bench.kept.clear()
    bench.run("note", text)
    for work in bench.kept:
        asyncio.run(work)
    for message in bench.posted:
        if isinstance(message, NotesRead):
            bench.groups.notes.read(message.book)


def shown(bench: Bench, number: int) -> str | None:
    rows = [row for key in bench.board.known_keys if (row := bench.board.row(key)) is not None]
    (row,) = [row for row in rows if row.identity is not None and row.identity.number == number]
    return NOTE_COLUMN.show(bench.board, row)


def test_a_verdict_and_its_text_show_in_the_column(bench: Bench) -> None:
    bench.go_to(18)
    note(bench, "Bad wrong filter")
    assert shown(bench, 18) == "BAD wrong filter"
    note(bench, "none")
    assert shown(bench, 18) is None


def test_a_note_goes_to_all_marked_scans(bench: Bench) -> None:
    for number in (3, 7):
        bench.go_to(number)
        bench.run("mark")
    note(bench, "good")
    assert bench.dialogs.asked[-1].startswith("2 scans: good, bad, repeat")
    assert (shown(bench, 3), shown(bench, 7)) == ("GOOD", "GOOD")


def test_a_judged_problem_is_not_walked_to_and_a_bad_scan_is_a_problem(bench: Bench) -> None:
    bench.go_to(3)
    note(bench, "repeat")
    bench.go_to(1)
    note(bench, "bad")
    visited = [bench.run("next_problem") or bench.number for _ in range(2)]
    assert visited == [7, 13]
    bench.run("only_problems")
    assert 1 in bench.numbers


def test_a_key_before_the_notes_are_read_is_answered() -> None:
    bench = Bench()
    bench.run("note", "bad")
    assert bench.said == ["Notes are not read yet"]


async def test_a_note_of_another_user_is_seen_at_the_next_look(tmp_path: Path) -> None:
    mine, theirs = NoteBook(tmp_path / "ann.jsonl", tmp_path), NoteBook(tmp_path / "bob.jsonl", tmp_path)
    posted: list[Message] = []
    looks = 0

    async def pause(_: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            theirs.add(Note(server="s", key="k1", verdict="bad"))
        elif looks > 2:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await follow_notes(lambda: mine, posted.append, pause)
    assert [type(message) for message in posted] == [NotesRead, NotesRead]
    assert mine.notes["k1"].verdict == "bad"


async def test_a_note_that_cannot_be_saved_is_reported(tmp_path: Path) -> None:
    (tmp_path / "notes.jsonl").mkdir()
    posted: list[Any] = []
    await write_notes(NoteBook(tmp_path / "notes.jsonl"), [Note(server="s", key="k", text="x")], {}, posted.append)
    assert isinstance(posted[0], Notice)
    assert posted[0].is_error


@pytest.mark.parametrize(("other", "by"), [("bob", "bob"), ("ann", "Another scantui of yours")])
def test_who_replaces_what_another_noted_meanwhile_is_told(bench: Bench, tmp_path: Path, other: str, by: str) -> None:
    bench.go_to(18)
    key = bench.view.keys_under_cursor[0]

    def write_meanwhile(text: str) -> None:
        theirs = NoteBook(tmp_path / "notes.jsonl", user=other)
        theirs.add(Note(server="", key=key, user=other, verdict="bad", text=text, at_ms=1))

    write_meanwhile("beam lost")
    note(bench, "good")
    said = [message.text for message in bench.posted if isinstance(message, Notice)]
    assert said == [f"{by} noted meanwhile: BAD beam lost. Your note replaces it."]
    note(bench, "repeat")
    assert len([message for message in bench.posted if isinstance(message, Notice)]) == 1, "what was seen is replaced"
