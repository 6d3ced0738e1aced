"""Files are written completely or not at all; an export overwrites a file only if asked to."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from scantui.exceptions import MachineError
from scantui.system.exports import write_text
from scantui.system.files import make_private_directory, read_secret, state_directory, write_atomically


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_a_file_is_written_for_the_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"first")
    path.chmod(0o644)
    write_atomically(path, b"second")
    assert (path.read_bytes(), mode(path), names(tmp_path)) == (b"second", 0o600, ["file"])


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_before_the_end_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def fail(*_: object) -> NoReturn:
        raise error

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises((MachineError, KeyboardInterrupt)) as caught:
        write_atomically(path, b"new")
    assert isinstance(caught.value, KeyboardInterrupt) or str(caught.value).endswith(": No space left on device")
    assert (path.read_bytes(), names(tmp_path)) == (b"old", ["file"])


def test_a_process_that_dies_before_the_end_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")
    code = (
        "import os, pathlib, sys\n"
        "from scantui.system.files import write_atomically\n"
        "pathlib.Path.replace = lambda *_: os._exit(9)\n"
        "write_atomically(pathlib.Path(sys.argv[1]), b'new')\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(path)], check=False).returncode == 9
    assert path.read_bytes() == b"old"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_links_in_a_circle_are_a_machine_error(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(link)
    with pytest.raises(MachineError):
        write_text(link, "text", overwrite=True)


def test_directories_of_the_state_are_the_users_alone(tmp_path: Path) -> None:
    make_private_directory(tmp_path / "a" / "b")
    make_private_directory(tmp_path / "a" / "b")
    assert mode(tmp_path / "a" / "b") == 0o700
    (tmp_path / "file").touch()
    with pytest.raises(MachineError, match="cannot create"):
        make_private_directory(tmp_path / "file" / "b")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"HOME": "/home/u"}, "/home/u/.local/state/scantui"),
        ({"HOME": "/home/u", "XDG_STATE_HOME": ""}, "/home/u/.local/state/scantui"),
        ({"HOME": "/home/u", "XDG_STATE_HOME": "relative"}, "/home/u/.local/state/scantui"),
        ({"HOME": "/home/u", "XDG_STATE_HOME": "/state"}, "/state/scantui"),
    ],
)
def test_where_state_belongs(environment: dict[str, str], expected: str) -> None:
    assert state_directory(environment) == Path(expected)


def test_without_a_home_nothing_can_be_remembered() -> None:
    with pytest.raises(MachineError, match="set HOME or XDG_STATE_HOME"):
        state_directory({"HOME": "relative"})


def test_an_export_shows_where_it_went(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    path = write_text("~/scans.csv", "a\r\nb\u00e9\ud800\n")
    assert path == tmp_path / "scans.csv"
    assert (path.read_bytes(), mode(path)) == (b"a\r\nb\xc3\xa9?\n", 0o600)


def test_an_export_overwrites_only_when_asked(tmp_path: Path) -> None:
    path = write_text(tmp_path / "scans.csv", "old")
    with pytest.raises(MachineError, match=r"scans\.csv already exists: choose another name"):
        write_text(path, "new")
    assert path.read_text() == "old"
    write_text(path, "new", overwrite=True)
    assert path.read_text() == "new"


def test_an_export_does_not_follow_a_link_unasked(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(MachineError, match="already exists"):
        write_text(tmp_path / "link", "text")
    assert names(tmp_path) == ["link"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "is not a regular file: choose another name"),
        ("missing/scans.csv", "directory .*missing does not exist: create it or choose another"),
        ("x" * 300, "cannot write .*: File name too long"),
        ("a\0b", "cannot write .*null"),
    ],
)
@pytest.mark.parametrize("overwrite", [False, True])
def test_an_export_that_cannot_be_shows_why(tmp_path: Path, name: str, sentence: str, overwrite: bool) -> None:
    with pytest.raises(MachineError, match=sentence) as caught:
        write_text(f"{tmp_path}/{name}", "text", overwrite=overwrite)
    assert str(caught.value).isprintable()
    assert names(tmp_path) == []


def test_a_device_is_not_replaced() -> None:
    with pytest.raises(MachineError, match="is not a regular file"):
        write_text("/dev/null", "text", overwrite=True)


def test_the_home_of_an_unknown_user_is_a_machine_error() -> None:
    with pytest.raises(MachineError, match="cannot write"):
        write_text("~no-such-user/scans.csv", "text")


@pytest.mark.parametrize("content", [b"\xef\xbb\xbfs3cret\r\n", b"s3cret\nmore", b"s3cret"])
def test_a_password_file_may_be_written_by_any_editor(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "password"
    path.write_bytes(content)
    path.chmod(0o600)
    assert read_secret(path) == "s3cret"
