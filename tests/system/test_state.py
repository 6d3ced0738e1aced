"""The saved state is restored unchanged, and no content of its file stops the monitor."""

from __future__ import annotations

import json
import stat
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.exceptions import MachineError
from scantui.system.state import LONGEST_HISTORY, RememberedState, load_state, save_state, state_path

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


def test_what_cannot_even_be_set_aside_is_told(tmp_path: Path) -> None:
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


def test_a_state_that_cannot_be_saved_says_why(tmp_path: Path) -> None:
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
