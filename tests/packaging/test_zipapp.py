"""The one-file program: where it unpacks itself, and where it refuses to run from; with a little program in it."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

BUILDER = Path(__file__).parents[2] / ".ci" / "zipapp.py"
PROGRAM = b"import os, sys\ndef main():\n    print(os.path.dirname(__file__), *sys.argv[1:])\n    return 7\n"
THIS_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
PATIENCE = 60.0
HALF_A_YEAR = 183 * 24 * 3600

Build = Callable[..., Path]


def load_builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("zipapp_builder", BUILDER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


builder = load_builder()


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Builds a file with the little program for some Pythons, by default for the one that runs."""

    def build(*versions: str, machine: str = os.uname().machine) -> Path:
        files = {"scantui/__init__.py": b"", "scantui/__main__.py": PROGRAM}
        trees = {version: {**files, "compiled.so": version.encode()} for version in versions or (THIS_PYTHON,)}
        output = tmp_path / "scantui.pyz"
        builder.write_archive(output, trees, sys.platform, machine)
        return output

    return build


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A user's cache directory, as the system makes one."""
    directory = tmp_path / "cache"
    directory.mkdir(mode=0o755)
    return directory


def start(archive: Path, cache: Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(archive), "an argument"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PATH": "", "XDG_CACHE_HOME": str(cache), **environment},
    )


def run(archive: Path, cache: Path, **environment: str) -> tuple[int, str, str]:
    """Its exit code, what it wrote, and its errors."""
    process = start(archive, cache, **environment)
    written, errors = process.communicate(timeout=PATIENCE)
    return process.returncode, written, errors


def trees_in(cache: Path) -> list[Path]:
    return sorted((cache / "scantui" / "zipapp").iterdir())


def test_it_unpacks_once_and_runs_from_there(build: Build, cache: Path) -> None:
    archive = build()
    code, written, errors = run(archive, cache)
    [tree] = trees_in(cache)
    assert (code, written, errors) == (7, f"{tree}/scantui an argument\n", "")
    assert (tree / "compiled.so").read_text() == THIS_PYTHON
    assert {path.stat().st_mode & 0o777 for path in (tree, tree.parent)} == {0o700}
    (tree / "compiled.so").write_text("as it was left")
    assert run(archive, cache)[0] == 7
    assert (tree / "compiled.so").read_text() == "as it was left"
    assert trees_in(cache) == [tree]


def test_the_same_content_makes_the_same_file(build: Build) -> None:
    first = build("3.10", "3.11").read_bytes()
    assert build("3.10", "3.11").read_bytes() == first
    assert build("3.10", "3.12").read_bytes() != first


def test_many_at_once_unpack_one(build: Build, cache: Path) -> None:
    archive = build()
    running = [start(archive, cache) for _ in range(8)]
    ended = [(*process.communicate(timeout=PATIENCE), process.returncode) for process in running]
    [tree] = trees_in(cache)
    assert ended == [(f"{tree}/scantui an argument\n", "", 7)] * 8


def test_without_a_cache_it_runs_from_a_directory_that_is_gone_afterwards(
    build: Build, cache: Path, tmp_path: Path
) -> None:
    no_directory = cache / "file"
    no_directory.touch()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    code, written, errors = run(build(), no_directory, TMPDIR=str(temporary))
    assert code == 7
    assert written.startswith(f"{temporary}/scantui-")
    assert "XDG_CACHE_HOME" in errors
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("place", "mode", "trusted"),
    [
        ("cache", 0o755, True),
        ("cache", 0o1777, True),
        ("cache", 0o777, False),
        ("cache", 0o775, False),
        ("tree", 0o755, False),
        ("tree", 0o770, False),
    ],
)
def test_it_never_runs_from_where_others_can_write(
    build: Build, cache: Path, tmp_path: Path, place: str, mode: int, trusted: bool
) -> None:
    archive = build()
    assert run(archive, cache)[0] == 7
    [tree] = trees_in(cache)
    (tree / "scantui" / "__main__.py").write_text("def main():\n    print('planted')\n    return 0\n")
    (cache if place == "cache" else tree).chmod(mode)
    code, written, errors = run(archive, cache, TMPDIR=str(tmp_path))
    assert (written == "planted\n") == trusted
    assert (code, bool(errors)) == ((0, False) if trusted else (7, True))


def test_a_link_in_the_place_of_the_unpacked_program_is_not_followed(build: Build, cache: Path, tmp_path: Path) -> None:
    archive = build()
    assert run(archive, cache)[0] == 7
    [tree] = trees_in(cache)
    tree.rename(tmp_path / "elsewhere")
    tree.symlink_to(tmp_path / "elsewhere")
    code, written, errors = run(archive, cache, TMPDIR=str(tmp_path))
    assert code == 7
    assert "elsewhere" not in written
    assert "not your own directory" in errors


def test_what_was_not_started_for_long_is_cleared_away(build: Build, cache: Path) -> None:
    old, young = (cache / "scantui" / "zipapp" / name for name in ("old", "young"))
    for directory in (old, young):
        directory.mkdir(parents=True)
    old.parent.chmod(0o700)
    os.utime(old, (0, time.time() - HALF_A_YEAR))
    assert run(build(), cache)[0] == 7
    assert not old.exists()
    assert young.exists()


def test_another_python_on_the_path_takes_over(build: Build, cache: Path, tmp_path: Path) -> None:
    other = tmp_path / "python3.99"
    other.write_text('#!/bin/sh\nprintf "%s|" "$@"\n')
    other.chmod(0o755)
    code, written, _ = run(archive := build("3.99"), cache, PATH=str(tmp_path))
    assert (code, written) == (0, f"-c||{archive}|an argument|")


def test_without_a_fitting_python_it_shows_which_would_do(build: Build, cache: Path) -> None:
    code, written, errors = run(build("3.98", "3.99"), cache)
    assert (code, written) == (1, "")
    assert "this file needs CPython 3.98, 3.99" in errors


def test_another_kind_of_computer_is_refused(build: Build, cache: Path) -> None:
    code, written, errors = run(build(machine="abacus"), cache)
    assert (code, written) == (1, "")
    assert "is for linux abacus" in errors or "is for darwin abacus" in errors


@pytest.mark.parametrize(
    ("platform", "meant"),
    [
        ("x86_64-manylinux_2_17", ("linux", "x86_64")),
        ("aarch64-manylinux_2_28", ("linux", "aarch64")),
        ("aarch64-apple-darwin", ("darwin", "arm64")),
        ("x86_64-apple-darwin", ("darwin", "x86_64")),
    ],
)
def test_a_platform_is_what_python_calls_it_there(platform: str, meant: tuple[str, str]) -> None:
    assert builder.system_and_machine(platform) == meant
