"""`scantui record` and `scantui replay` as processes: on a real server, and on a terminal without one."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from scantui.feed import Changed, Connected, Created, Event, Loaded, Lost
from scantui.models import Note, ScanSummary
from scantui.recording.format import Moment, Recording
from scantui.recording.stand_in import recorded_store
from scantui.store import DataStore
from scantui.system.notes import FILE_NAME, NoteBook
from scantui.system.recordings import TRUNCATED
from tests.cli.conftest import publish
from tests.cli.processes import Running, run
from tests.programs import PATIENCE
from tests.recording.test_format import NIGHT, taped
from tests.terminals import LivingTerminal, scantui

Start = Callable[..., Running]


def moments_of(path: Path) -> list[Moment]:
    return list(Recording(str(path)).moments())


def rows_of(path: Path) -> list[ScanSummary]:
    events = [moment.event for moment in moments_of(path)]
    return [row for event in events if isinstance(event, Loaded | Created | Changed) for row in event.rows]


def wait_for(path: Path, condition: Callable[[], bool]) -> None:
    """Wait until a growing recording fulfils a condition."""
    deadline = time.monotonic() + PATIENCE
    while not (path.exists() and path.stat().st_size > 0 and condition()):
        assert time.monotonic() < deadline


def has_event(path: Path, kind: type[Event]) -> Callable[[], bool]:
    return lambda: any(isinstance(moment.event, kind) for moment in moments_of(path))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 128 + signal.SIGTERM)])
def test_what_happens_on_a_server_is_recorded_until_a_signal(
    tmp_path: Path, store_url: str, store: DataStore, start: Start, number: signal.Signals, code: int
) -> None:
    path = tmp_path / "night.rec"
    recorder = start("record", str(path), "-s", store_url)
    wait_for(path, has_event(path, Connected))
    scan = publish(store, 7, title="ascan samx \x1b[2J")
    wait_for(path, lambda: any(not row.is_open for row in rows_of(path)))
    recorder.send(number)
    ended, written, said = recorder.end()
    assert (ended, written) == (code, "")
    assert f" to {path}\n" in said
    recording = Recording(str(path))
    assert [moment.event for moment in recording.moments()]
    assert recording.ending == ""
    assert recording.header.server == store_url
    assert rows_of(path)[0].key == scan.key


def test_a_recorder_that_is_killed_leaves_what_it_had(tmp_path: Path, store_url: str, start: Start) -> None:
    path = tmp_path / "night.rec"
    recorder = start("record", str(path), "-s", store_url)
    wait_for(path, has_event(path, Connected))
    recorder.send(signal.SIGKILL)
    recorder.end()
    recording = Recording(str(path))
    assert len(list(recording.moments())) >= 2
    assert recording.ending == TRUNCATED


def test_a_server_that_is_not_there_is_recorded_too_and_no_password(tmp_path: Path, start: Start) -> None:
    path = tmp_path / "night.rec"
    recorder = start("record", str(path), "-s", "redis://:s3cret@127.0.0.1:1")
    wait_for(path, has_event(path, Lost))
    recorder.send(signal.SIGINT)
    code, _, said = recorder.end()
    assert code == 0
    assert "Redis is running there; retrying" in said
    assert Recording(str(path)).header.server == "redis://127.0.0.1:1"
    assert "s3cret" not in str(moments_of(path)) + said


def test_the_demo_is_recorded_without_its_names(tmp_path: Path, start: Start) -> None:
    path = tmp_path / "demo.rec"
    recorder = start("record", str(path), "--demo", "--anonymise")
    wait_for(path, lambda: any(row.identity for row in rows_of(path)))
    recorder.send(signal.SIGINT)
    assert recorder.end()[:2] == (0, "")
    header = Recording(str(path)).header
    assert (header.anonymised, header.server) == (True, "")
    assert all(row.identity.name.startswith("name-") for row in rows_of(path) if row.identity)


def test_an_anonymised_recording_holds_no_notes(
    tmp_path: Path, store_url: str, store: DataStore, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    scan, path = publish(store, 7, title="ascan samx"), tmp_path / "night.rec"
    book = NoteBook(tmp_path / "scantui" / FILE_NAME)
    note = Note(server=store_url, key=scan.key, number=7, title="ascan samx", dataset="ds", created_ms=1, at_ms=1)
    book.add(msgspec.structs.replace(note, user="ann", verdict="bad", text="wrong filter"))
    recorder = start("record", str(path), "--anonymise", "-s", store_url)
    wait_for(path, lambda: len(rows_of(path)) > 0)
    recorder.send(signal.SIGINT)
    assert recorder.end()[0] == 0
    held = str(moments_of(path))
    assert scan.key in held
    assert not any(word in held for word in ("wrong filter", "'bad'", "'ann'", "samx"))


def test_a_recording_ends_after_so_many_seconds(tmp_path: Path) -> None:
    done = run("record", str(tmp_path / "short.rec"), "--seconds", "0.2", "-s", "redis://127.0.0.1:1")
    assert (done.returncode, done.stdout) == (0, "")
    assert moments_of(tmp_path / "short.rec")


def test_a_recording_that_is_there_can_be_stripped(tmp_path: Path) -> None:
    original = taped(tmp_path / "night.rec", NIGHT)
    done = run("record", str(tmp_path / "report.rec"), "--from", original, "--anonymise")
    assert done.returncode == 0
    assert len(moments_of(tmp_path / "report.rec")) == len(NIGHT)
    assert all(row.title and row.title.startswith("title-") for row in rows_of(tmp_path / "report.rec"))


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["record", "FILE"], 1, "already exists: choose another name or add --force"),
        (["record", "FILE", "-s", "http://id11"], 2, "starts with redis://"),
        (["record", "new.rec", "--seconds", "0"], 2, "must be a positive number of seconds"),
        (["record", "new.rec", "--from", "nowhere.rec"], 1, "cannot read nowhere.rec: No such file"),
        (["record", "new.rec", "--from", "FILE", "--demo"], 2, "leave out -s and --demo"),
        (["record"], 2, "required: FILE"),
        (["replay", "nowhere.rec"], 1, "cannot read nowhere.rec: No such file"),
        (["replay", sys.executable], 1, "is not a recording"),
        (["replay", "FILE", "--speed", "0"], 2, "--speed must be a number greater than 0"),
        (["replay", "FILE", "--speed", "nan"], 2, "--speed must be a number greater than 0"),
        (["replay", "FILE"], 2, "the monitor needs a terminal"),
        (["replay", "FILE", "--filter", "nam=x"], 2, "filter, column 1"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(tmp_path: Path, arguments: list[str], code: int, said: str) -> None:
    file = taped(tmp_path / "night.rec", NIGHT)
    done = run(*(file if word == "FILE" else word for word in arguments))
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert moments_of(Path(file))


def test_a_recording_is_shown_with_what_it_can_and_says_what_it_cannot(tmp_path: Path) -> None:
    connected = Moment(0.1, Connected(recorded_store(), 3))
    terminal = LivingTerminal(
        scantui("replay", taped(tmp_path / "night.rec", [connected, *NIGHT[1:]]), "--speed", "60")
    )
    try:
        terminal.see("ENDED")
        assert b"REPLAY" in terminal.written
        assert b"LIVE" not in terminal.written
        terminal.type(b"\r")
        terminal.see("holds")
        terminal.type(b"qq")
        assert terminal.exit_code() == 0
        assert b"Traceback" not in terminal.written
    finally:
        terminal.close()
