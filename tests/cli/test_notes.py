"""`scantui notes`, and notes where scans are found, exported and reported."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from scantui.board import Board
from scantui.cli.main import main
from scantui.export import USUAL_COLUMNS
from scantui.filters import ScanFilter, complete
from scantui.models import Note, ScanSummary
from scantui.store import DataStore
from scantui.system.notes import FILE_NAME, NoteBook
from tests.cli.conftest import publish


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NoteBook:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return NoteBook(tmp_path / "scantui" / FILE_NAME)


def a_note(key: str, verdict: str = "bad", text: str = "wrong filter", created: int = 1_790_000_000_000) -> Note:
    return Note(
        server="id11", key=key, number=42, title="ascan samx", dataset="ds", created_ms=created, user="ann", at_ms=1,
        verdict=verdict, text=text,
    )  # fmt: skip


def test_notes_are_listed_without_any_server(book: NoteBook, capsys: pytest.CaptureFixture[str]) -> None:
    book.add(a_note("k2", "good", "", 1_790_000_001_000))
    book.add(a_note("k1"))
    assert main(["notes", "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert first == {
        "key": "k1", "server": "id11", "number": 42, "title": "ascan samx", "dataset": "ds", "user": "ann",
        "created": "2026-09-21T14:13:20.000+00:00", "time": "1970-01-01T00:00:00.001+00:00",
        "verdict": "bad", "note": "wrong filter",
    }  # fmt: skip
    assert (second["verdict"], second["note"]) == ("good", None)
    assert main(["notes", "verdict=bad", "note=*FILTER*"]) == 0
    assert "BAD wrong filter" in capsys.readouterr().out
    assert main(["notes", "verdict=repeat"]) == 3
    assert main(["notes", "server=nowhere"]) == 3


def test_notes_on_scans_of_several_servers_name_the_server(book: NoteBook, capsys: pytest.CaptureFixture[str]) -> None:
    book.add(a_note("k1"))
    book.add(msgspec.structs.replace(a_note("k2", "good", "", 1_790_000_001_000), server="bm5"))
    assert main(["notes"]) == 0
    here, there = capsys.readouterr().out.splitlines()
    assert ("  id11     42  ascan" in here, "  bm5      42  ascan" in there) == (True, True)
    assert main(["notes", "server=id11"]) == 0
    assert "id11" not in capsys.readouterr().out


def test_scans_are_found_exported_and_reported_by_their_notes(
    store: DataStore, store_url: str, book: NoteBook, capsys: pytest.CaptureFixture[str]
) -> None:
    scans = [publish(store, number) for number in (1, 2)]
    book.add(a_note(scans[0].key))
    assert main(["search", "-s", store_url, "verdict=bad", "--csv"]) == 0
    header, line = capsys.readouterr().out.splitlines()
    assert header.endswith(",VERDICT,NOTE,KEY")
    assert line.endswith(f",bad,wrong filter,{scans[0].key}")
    assert main(["search", "-s", store_url, "verdict=none", "--keys"]) == 0
    assert capsys.readouterr().out == f"{scans[1].key}\n"
    assert main(["report", "-s", store_url, "--since", "1h", "--json"]) == 0
    notes = [(scan["verdict"], scan["note"]) for scan in json.loads(capsys.readouterr().out)["scans"]]
    assert notes == [("bad", "wrong filter"), (None, None)]


def test_columns_of_notes_stand_before_the_key() -> None:
    assert list(USUAL_COLUMNS)[-3:] == ["verdict", "note", "key"]


def test_a_board_shows_what_passes_when_a_note_comes() -> None:
    board = Board()
    board.put([ScanSummary(key="k1"), ScanSummary(key="k2")])
    board.set_filter(ScanFilter.parse("verdict=bad"))
    assert len(board) == 0
    change = board.put_notes({"k1": a_note("k1")})
    assert (change.rearranged, [board.key_at(index) for index in range(len(board))]) == (True, ["k1"])
    board.put_notes({})
    assert len(board) == 0


def test_verdicts_are_completed() -> None:
    assert complete("verdict=b", 9, lambda field: ()).candidates == ("bad",)
