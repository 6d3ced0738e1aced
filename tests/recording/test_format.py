"""Recordings are read back unchanged, whatever they hold; a truncated file gives the events before the cut."""

from __future__ import annotations

import gzip
import json
import stat
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scantui import feed
from scantui.exceptions import ConnectionFailed, MachineError, NotRecordedError, RecordingError, ScanTuiError
from scantui.feed import Connected, Ended, Gone, Heartbeat, Lost
from scantui.recording.format import Header, Moment, Recording, decode_moment, encode_header, encode_moment
from scantui.system import recordings
from scantui.system.recordings import DAMAGED, TRUNCATED, LineWriter
from tests.recording.events import moments, same
from tests.tui.scenes import beamline_rows

HEADER = Header(started="2026-11-22T08:00:00+00:00", server="redis://id11:6380")
NIGHT = [
    Moment(0.0, feed.Connecting(1)),
    Moment(0.25, feed.Loaded(beamline_rows()[:3], 0)),
    Moment(1.5, Heartbeat(1_795_000_364_000)),
    Moment(2.5, Gone([beamline_rows()[0].key])),
]


def written(path: Path, *lines: bytes, overwrite: bool = False) -> str:
    with LineWriter(str(path), overwrite=overwrite) as writer:
        for line in lines:
            writer.write(line)
    return str(path)


def taped(path: Path, recorded: list[Moment]) -> str:
    return written(path, encode_header(HEADER), *map(encode_moment, recorded), overwrite=True)


def reported(recorded: list[Moment]) -> list[Any]:
    return [(moment.at, same(moment.event)) for moment in recorded]


@given(moments)
def test_a_line_holds_all_of_an_event(moment: Moment) -> None:
    line = encode_moment(moment)
    assert b"\n" not in line
    assert reported([decode_moment(line)]) == reported([moment])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(moments, max_size=6))
def test_what_is_recorded_is_read_again(tmp_path: Path, recorded: list[Moment]) -> None:
    recording = Recording(taped(tmp_path / "night.rec", recorded))
    assert recording.header == HEADER
    assert reported(list(recording.moments())) == reported(recorded)
    assert recording.ending == ""


def test_every_event_of_a_store_can_be_recorded() -> None:
    drawn = {branch.__name__ for branch in get_args(feed.Event)} - {Ended.__name__}
    # The names in the file are those of the first recordings, which stay readable.
    written_as = {"Heartbeat": "beat", "Loaded": "known"}
    lines = {json.loads(encode_moment(Moment(0.0, event)))["event"] for event in one_of_each()}
    assert {written_as.get(name, name.lower()) for name in drawn} == lines


def one_of_each() -> list[feed.Event]:
    night = [moment.event for moment in NIGHT]
    rows = beamline_rows()[:1]
    lost = Lost(ConnectionFailed("gone"), 1, 1.0)
    store: Any = None
    return [*night, Connected(store, 3), feed.Created(rows), feed.Changed(rows), feed.Progress({"k": 1}), lost]


def test_an_error_of_a_kind_that_is_not_known_keeps_its_words() -> None:
    line = b'{"event":"lost","kind":"%s","text":"what it said","attempt":1,"retry_in":2,"at":3}'
    for kind in (b"FromTheFuture", b"annotations", b"UsageError"):
        event = decode_moment(line % kind).event
        assert isinstance(event, Lost)
        assert type(event.error).__name__ == "StoreError"
        assert str(event.error) == "what it said"


def test_a_file_cut_at_any_byte_gives_what_came_before_and_a_reason(tmp_path: Path) -> None:
    path = Path(taped(tmp_path / "night.rec", NIGHT))
    whole, seen = path.read_bytes(), 0
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        try:
            recording = Recording(str(path))
        except RecordingError as error:
            assert seen == 0
            assert TRUNCATED in str(error)
            continue
        found = list(recording.moments())
        assert reported(found) == reported(NIGHT[: len(found)])
        assert recording.ending == TRUNCATED
        assert len(found) >= seen
        seen = len(found)
    assert seen == len(NIGHT)


def test_what_was_written_can_be_read_while_the_recording_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "night.rec"
    with LineWriter(str(path)) as writer:
        writer.write(encode_header(HEADER))
        for count, moment in enumerate(NIGHT, 1):
            writer.write(encode_moment(moment))
            assert len(list(Recording(str(path)).moments())) == count


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_byte_ends_it_with_a_sentence_or_changes_a_text(tmp_path: Path, data: st.DataObject) -> None:
    path = Path(taped(tmp_path / "night.rec", NIGHT))
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    try:
        recording = Recording(str(path))
        assert len(list(recording.moments())) <= len(NIGHT)
        assert recording.ending in ("", TRUNCATED, DAMAGED)
    except RecordingError as error:
        assert "is not a recording" in str(error) or "use a newer scantui" in str(error)


@pytest.mark.parametrize(
    "content", [b"", b"key;number\n", gzip.compress(b"", mtime=0), gzip.compress(b'{"event":"beat"}\n', mtime=0)]
)
def test_what_is_not_a_recording_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "scans.csv"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match="is not a recording"):
        Recording(str(path))


def test_a_recording_of_a_newer_version_is_refused_with_its_version(tmp_path: Path) -> None:
    header = b'{"event":"recording","version":2,"program":"scantui 9.0 \\u001b[2J","shape":"of things to come"}'
    with pytest.raises(RecordingError, match=r"written by scantui 9.0 .*version 2 .* use a newer scantui") as refused:
        Recording(written(tmp_path / "new.rec", header))
    assert "\x1b" not in str(refused.value)


def test_fields_that_a_later_scantui_adds_are_passed_over(tmp_path: Path) -> None:
    beat = b'{"event":"beat","server_ms":7,"at":1,"mood":"fine"}'
    recording = Recording(written(tmp_path / "night.rec", encode_header(HEADER), beat))
    assert list(recording.moments()) == [Moment(1, Heartbeat(7))]


def test_a_line_that_is_no_event_ends_it(tmp_path: Path) -> None:
    good = encode_moment(NIGHT[0])
    for bad in (b"not JSON", b'{"event":"unheard of","at":1}', b'{"event":"beat"}', b"[" * 100_000):
        recording = Recording(written(tmp_path / "x.rec", encode_header(HEADER), good, bad, good, overwrite=True))
        assert reported(list(recording.moments())) == reported(NIGHT[:1])
        assert recording.ending == DAMAGED


def test_a_line_without_an_end_takes_no_memory_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "LONGEST_LINE", 1 << 18)
    recording = Recording(written(tmp_path / "bomb.rec", encode_header(HEADER), b"0" * (1 << 20)))
    assert list(recording.moments()) == []
    assert recording.ending == DAMAGED


def test_the_file_is_the_users_alone_and_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "night.rec"
    path.write_text("precious")
    path.chmod(0o644)
    with pytest.raises(MachineError, match="already exists"):
        LineWriter(str(path))
    assert path.read_text() == "precious"
    written(path, encode_header(HEADER), overwrite=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Recording(str(path)).header == HEADER


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    precious, link = tmp_path / "precious", tmp_path / "night.rec"
    precious.write_text("precious")
    link.symlink_to(precious)
    with pytest.raises(MachineError, match="already exists"):
        LineWriter(str(link))
    written(link, encode_header(HEADER), overwrite=True)
    assert precious.read_text() == "precious"
    assert not link.is_symlink()


@pytest.mark.parametrize("place", ["", "nowhere/night.rec", "x\0y"])
def test_a_place_where_no_file_can_be_is_a_sentence(tmp_path: Path, place: str) -> None:
    with pytest.raises(MachineError):
        LineWriter(f"{tmp_path}/{place}", overwrite=True)
    with pytest.raises(ScanTuiError):
        Recording(f"{tmp_path}/{place}")


async def test_the_store_of_a_recording_shows_what_it_cannot_do() -> None:
    store: Any = None
    read = decode_moment(encode_moment(Moment(0.0, Connected(store, 3)))).event
    assert isinstance(read, Connected)
    for asked in (read.store.load_details(f"esrf:scan:{0:026}"), read.store.search_existing_scans(name="x")):
        with pytest.raises(NotRecordedError, match="holds only the rows"):
            await asked
    await read.store.aclose()
