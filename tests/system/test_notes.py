"""Notes kept in files: what is added is read back, by others too, and what is broken or hostile does no harm."""

from __future__ import annotations

import json
import stat
import time
from pathlib import Path

import msgspec
import pytest

from scantui.exceptions import ConfigurationError
from scantui.models import Note
from scantui.system.config import Configuration
from scantui.system.notes import FILE_NAME, LONGEST_NOTE, NoteBook
from tests.hostile import ATTACKS


def note(key: str = "k1", at: int = 1, verdict: str = "", text: str = "") -> Note:
    return Note(server="id11", key=key, number=42, title="ascan", user="me", at_ms=at, verdict=verdict, text=text)


def texts_of(book: NoteBook) -> dict[str, tuple[str, str]]:
    return {key: (each.verdict, each.text) for key, each in book.notes.items()}


def test_the_last_note_counts_and_none_takes_it_away(tmp_path: Path) -> None:
    path = tmp_path / "state" / FILE_NAME
    book = NoteBook(path)
    book.add(note(verdict="good"))
    book.add(note("k2", verdict="repeat", text="beam lost"))
    book.add(note(at=2, verdict="bad", text="wrong filter"))
    assert texts_of(book) == {"k1": ("bad", "wrong filter"), "k2": ("repeat", "beam lost")}
    book.add(note(at=3, verdict="none"))
    assert texts_of(book) == {"k2": ("repeat", "beam lost")}
    another = NoteBook(path)
    another.refresh()
    assert another.notes == book.notes
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_text().splitlines()) == 4


def test_a_write_that_was_cut_off_loses_its_own_line_alone(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    book = NoteBook(path)
    book.add(note("k1", verdict="good"))
    with path.open("ab") as file:
        file.write(msgspec.json.encode(note("k2", verdict="bad"))[:-5])
    book.add(note("k3", verdict="bad"))
    assert texts_of(book) == {"k1": ("good", ""), "k3": ("bad", "")}
    assert book.broken == 1


@pytest.mark.parametrize("line", [b"null", b"[]", b"\xff\xfe", b'{"key": 3}', b"{" * 5000, b'{"server": "s"}'])
def test_a_broken_line_is_counted(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(line + b"\n" + msgspec.json.encode(note(verdict="bad")) + b"\n")
    book = NoteBook(path)
    book.refresh()
    assert texts_of(book) == {"k1": ("bad", "")}
    assert book.broken == 1


def test_a_file_that_an_editor_saved_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(b"\xef\xbb\xbf" + msgspec.json.encode(note(verdict="bad")) + b"\r\n")
    book = NoteBook(path)
    book.refresh()
    assert texts_of(book) == {"k1": ("bad", "")}
    assert book.broken == 0


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_another_user_wrote_is_harmless(tmp_path: Path, attack: str) -> None:
    path = tmp_path / FILE_NAME
    fields = dict.fromkeys(("title", "dataset", "user", "verdict", "text", "server"), attack)
    path.write_text(json.dumps({"key": "k", "at_ms": 1, **fields}) + "\n")
    book = NoteBook(path)
    book.refresh()
    (found,) = book.notes.values()
    assert all(getattr(found, field).isprintable() for field in fields)
    assert found.verdict == ""


def test_a_text_is_cut(tmp_path: Path) -> None:
    book = NoteBook(tmp_path / FILE_NAME)
    book.add(note(text="x" * 5000))
    assert len(book.notes["k1"].text) == LONGEST_NOTE


def opened(tmp_path: Path, user: str) -> NoteBook:
    home = tmp_path / user / "scantui"
    home.mkdir(parents=True, exist_ok=True)
    (home / "config.toml").write_text(f'notes_dir = "{tmp_path / "shared"}"\n')
    environment = {"XDG_CONFIG_HOME": str(home.parent), "XDG_STATE_HOME": str(home.parent), "LOGNAME": user}
    return NoteBook.open(environment, Configuration.read(environment))


def test_two_users_see_each_others_notes_and_write_their_own_files(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    ann, bob = opened(tmp_path, "ann"), opened(tmp_path, "../bob")
    ann.add(note("k1", 5, "good"))
    bob.add(note("k1", 6, "bad"))
    bob.add(note("k2", 1, text="mine"))
    assert ann.refresh()
    assert not ann.refresh()
    assert texts_of(ann) == texts_of(bob) == {"k1": ("bad", ""), "k2": ("", "mine")}
    ann.add(note("k1", 7, "repeat"))
    bob.refresh()
    assert texts_of(bob)["k1"] == ("repeat", "")
    names = sorted(path.name.partition("@")[0] for path in (tmp_path / "shared").iterdir())
    assert names == [".._bob", "ann"]


def test_a_shared_directory_that_is_not_there_is_a_mistake_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="line 1, notes_dir: there is no directory"):
        opened(tmp_path, "ann")


def test_without_a_home_notes_last_for_the_run() -> None:
    book = NoteBook(None)
    book.add(note(verdict="bad"))
    assert texts_of(book) == {"k1": ("bad", "")}


def test_ten_thousand_notes_are_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    lines = [msgspec.json.encode(note(f"k{number}", verdict="bad", text="wrong filter")) for number in range(10_000)]
    path.write_bytes(b"\n".join(lines) + b"\n")
    book = NoteBook(path)
    began = time.process_time()
    book.refresh()
    assert len(book.notes) == 10_000
    assert time.process_time() - began < 1
