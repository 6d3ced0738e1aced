"""The saved state is restored unchanged, and no content of its file stops the monitor."""

from __future__ import annotations

import json
import logging
import os
import stat
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.exceptions import MachineError
from scantui.system.files import locked
from scantui.system.log import open_log
from scantui.system.state import LONGEST_HISTORY, Memory, RememberedState, load_state, save_state, state_path

# A file can hold any character but half ones.
TEXTS = st.text(st.characters(codec="utf-8"))
STATES = st.builds(
    RememberedState,
    version=st.integers(0, 9),
    theme=TEXTS,
    time_format=st.sampled_from(["age", "clock", "utc"]),
    sort=st.lists(st.tuples(TEXTS, st.booleans())),
    columns=st.lists(TEXTS),
    filter_history=st.lists(TEXTS, max_size=LONGEST_HISTORY),
    saved_filters=st.dictionaries(TEXTS, TEXTS),
    last_test_scan=st.dictionaries(TEXTS, TEXTS),
)
FIRST = RememberedState()
SORTED = RememberedState(theme="night", sort=[("number", True)])


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


@given(STATES)
def test_a_state_comes_back_as_it_was(state: RememberedState) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "state.json")
        save_state(path, SORTED)
        save_state(path, state)
        assert load_state(path) == (state, "")
        assert names(path.parent) == ["state.json"]


@given(
    st.one_of(st.binary(), st.recursive(st.none() | st.text(), st.lists).map(lambda value: json.dumps(value).encode()))
)
def test_a_broken_file_is_set_aside_unchanged(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "state.json")
        path.write_bytes(content)
        state, problem = load_state(path)
        assert state == FIRST
        assert problem.endswith(f"renamed it to {path}.broken-1")
        assert problem.isprintable()
        assert Path(f"{path}.broken-1").read_bytes() == content
        assert load_state(path) == (FIRST, "")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"theme": 1}',
        b'{"time_format": "moon"}',
        b'{"sort": [["number"]]}',
        b'{"theme": "night"',
        b'{"theme": "\xff"}',
        b"[" * 100_000,
        b'{"theme": "' + b"x" * (5 << 20) + b'"}',
    ],
)
def test_each_broken_file_gets_a_name_of_its_own(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "state.json"
    for number in (1, 2):
        path.write_bytes(content)
        state, problem = load_state(path)
        assert state == FIRST
        assert problem.startswith("cannot read the saved state (")
        assert f"state.json.broken-{number}" in problem
    save_state(path, SORTED)
    assert load_state(path) == (SORTED, "")
    assert names(tmp_path) == ["state.json", "state.json.broken-1", "state.json.broken-2"]


def test_without_a_file_all_is_as_in_the_first_run(tmp_path: Path) -> None:
    assert load_state(tmp_path / "no" / "state.json") == (FIRST, "")


def test_fields_of_another_version_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text('{"version": 7, "theme": "night", "moon": {"phase": 3}}')
    assert load_state(path) == (RememberedState(version=7, theme="night"), "")


def test_what_cannot_be_opened_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.mkdir()
    state, problem = load_state(path)
    assert state == FIRST
    assert "Is a directory" in problem
    assert names(tmp_path) == ["state.json.broken-1"]


def test_what_cannot_even_be_set_aside_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    state, problem = load_state(tmp_path / "file" / "state.json")
    assert state == FIRST
    assert "nor rename it (Not a directory)" in problem


def test_file_and_directory_are_the_users_alone(tmp_path: Path) -> None:
    path = state_path({"XDG_STATE_HOME": str(tmp_path)})
    assert path is not None
    assert path == tmp_path / "scantui" / "state.json"
    save_state(path, FIRST)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_state_that_cannot_be_saved_shows_why(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MachineError, match=r"cannot create .*file: File exists"):
        save_state(tmp_path / "file" / "state.json", FIRST)
    with pytest.raises(MachineError, match="cannot save more than 4 MiB"):
        save_state(tmp_path / "state.json", RememberedState(saved_filters={"all": "x" * (5 << 20)}))
    assert names(tmp_path) == ["file"]


def test_of_the_history_the_newest_entries_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    history = [f"number={number}" for number in range(300)]
    save_state(path, RememberedState(filter_history=[*history, "x" * 9999]))
    assert load_state(path) == (RememberedState(filter_history=history[-LONGEST_HISTORY:]), "")


def test_half_characters_do_not_keep_the_rest_from_being_saved(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    save_state(path, RememberedState(theme="night", filter_history=["name=\ud800"]))
    assert load_state(path) == (RememberedState(theme="night", filter_history=["name=?"]), "")


# Two monitors of one user


def test_what_one_monitor_saves_the_other_keeps_and_takes_over(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    one, other = Memory(path), Memory(path)
    one.add_filter("name=aaa*")
    other.add_filter("name=bbb*")
    one.change(saved_filters={"mine": "name=a"}, theme="nord")
    other.change(saved_filters={"theirs": "name=b"}, time_format="utc")
    one.add_filter("name=aaa*")
    for memory in (one, other, Memory(path)):
        assert memory.state.filter_history == ["name=bbb*", "name=aaa*"]
        assert memory.saved_filters == {"mine": "name=a", "theirs": "name=b"}
        assert (memory.theme, memory.time_format) == ("nord", "utc")
    other.forget_filter("mine")
    one.change(columns=["state"])
    assert one.saved_filters == other.saved_filters == {"theirs": "name=b"}
    assert one.problem == other.problem == ""


def test_what_a_newer_version_remembers_survives(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text('{"version": 7, "theme": "night", "moon": {"phase": 3}, "filter_history": ["samx"]}')
    memory = Memory(path)
    memory.add_filter("samy")
    written = json.loads(path.read_text())
    assert (written["version"], written["theme"], written["moon"]) == (7, "night", {"phase": 3})
    assert written["filter_history"] == ["samx", "samy"]


def test_what_a_newer_version_has_in_another_form_survives_beside_what_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    newer = {
        "version": 7,
        "theme": {"day": "light"},
        "time_format": "utc",
        "outline": "some",
        "filter_history": ["name=a", {"text": "name=b"}],
        "saved_filters": {"plain": "name=c", "odd": {"text": "name=d"}},
        "new": [1],
    }
    path.write_text(json.dumps(newer))
    memory = Memory(path)
    assert (memory.problem, memory.time_format, memory.theme) == ("", "utc", "")
    assert (memory.state.filter_history, memory.saved_filters) == (["name=a"], {"plain": "name=c"})
    memory.add_filter("name=e")
    memory.change(saved_filters={"mine": "name=f"}, outline=False)
    saved = json.loads(path.read_text())
    assert {name: saved[name] for name in ("version", "theme", "time_format", "new")} == {
        name: newer[name] for name in ("version", "theme", "time_format", "new")
    }
    assert saved["outline"] is False
    assert saved["filter_history"] == [{"text": "name=b"}, "name=a", "name=e"]
    assert saved["saved_filters"] == {"odd": {"text": "name=d"}, "plain": "name=c", "mine": "name=f"}


def test_a_file_that_is_broken_meanwhile_costs_nothing_of_this_run(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    memory = Memory(path)
    memory.add_filter("samx")
    path.write_text("{")
    memory.add_filter("samy")
    assert memory.state.filter_history == ["samx", "samy"]
    assert load_state(path)[0].filter_history == ["samx", "samy"]
    assert (tmp_path / "state.json.broken-1").read_text() == "{"


def test_a_lock_that_another_process_holds_keeps_no_key_waiting(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with locked(path), locked(path):
        Memory(path).add_filter("samx")
    assert load_state(path)[0].filter_history == ["samx"]


def test_without_locks_it_does_without(tmp_path: Path) -> None:
    (tmp_path / ".state.json.lock").symlink_to(tmp_path / "elsewhere")
    Memory(tmp_path / "state.json").add_filter("samx")
    assert load_state(tmp_path / "state.json")[0].filter_history == ["samx"]
    assert not (tmp_path / "elsewhere").exists()


def test_a_file_with_a_mark_of_its_encoding_is_read(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(b'\xef\xbb\xbf{"theme": "nord"}')
    assert load_state(path) == (RememberedState(theme="nord"), "")


@pytest.mark.parametrize("secret", ["redis://u:s3cret@h", "samx password=s3cret"])
def test_a_filter_that_may_hold_a_password_is_not_remembered(tmp_path: Path, secret: str) -> None:
    memory = Memory(tmp_path / "state.json")
    memory.add_filter(secret)
    assert memory.state.filter_history == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files of another user")
@pytest.mark.parametrize("linked", ["scantui", "scantui/state.json", "scantui/scantui.log"])
def test_no_link_of_another_user_is_followed(tmp_path: Path, linked: str) -> None:
    link, target = tmp_path / linked, tmp_path / "target"
    if linked == "scantui":
        target.mkdir()
    else:
        link.parent.mkdir()
        target.write_text("{}")
    link.symlink_to(target)
    os.chown(link.parent, 12345, -1)
    memory = Memory(tmp_path / "scantui" / "state.json")
    memory.add_filter("samx")
    with open_log(tmp_path / "scantui" / "scantui.log", "INFO") as ring:
        logging.getLogger("scantui").info("samx")
    problems = memory.problem + "".join(line.text for line in ring.records)
    assert "a link in a directory of another user" in problems
    assert list(target.iterdir()) == [] if linked == "scantui" else target.read_text() == "{}"
