"""What is handed out: the wheel and the sdist hold what they must, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from scantui import __version__

ROOT = Path(__file__).parents[2]
NAME = f"scantui-{__version__}"
INSTALLED_NAMES = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}


def build(source: Path, kind: str, directory: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", str(directory)],
        cwd=source,
        check=True,
        capture_output=True,
    )
    [built] = directory.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist, unpacked."""
    directory = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(build(ROOT, "sdist", tmp_path_factory.mktemp("sdist"))) as archive:
        assert all(name.startswith(f"{NAME}/") for name in archive.getnames())
        archive.extractall(directory, filter="data")
    return directory / NAME


def files_below(*directories: Path) -> set[str]:
    found = (path for directory in directories for path in directory.rglob("*"))
    return {path.relative_to(ROOT).as_posix() for path in found if path.is_file() and "__pycache__" not in path.parts}


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_holds_the_package_and_its_licence(wheel: Path) -> None:
    held = set(contents(wheel))
    assert held == files_below(ROOT / "scantui") | {f"{NAME}.dist-info/{name}" for name in INSTALLED_NAMES}
    assert {"scantui/py.typed", "scantui/tui/monitor.tcss", "scantui/tui/widgets/late_looks.tcss"} <= held


def test_the_sdist_holds_what_one_develops_with(sdist: Path) -> None:
    held = {path.relative_to(sdist).as_posix() for path in sdist.rglob("*") if path.is_file()}
    folders = files_below(*(ROOT / name for name in ("scantui", "tests", "screenshots", ".ci")))
    assert held == folders | {".gitignore", "LICENSE", "PKG-INFO", "README.md", "justfile", "pyproject.toml"}


def test_the_sdist_builds_the_same_wheel(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    assert contents(build(sdist, "wheel", tmp_path)) == contents(wheel)


def test_the_wheel_runs_where_the_sources_are_not(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)  # noqa: S202 - it was made by us
    code = (
        "import scantui, sys; print(scantui.__file__, flush=True); from scantui.__main__ import main; sys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "search", "--demo", "--count"],
        env={"PYTHONPATH": str(tmp_path), "PATH": ""},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    place, count = done.stdout.splitlines()
    assert (place, done.stderr) == (str(tmp_path / "scantui" / "__init__.py"), "")
    assert int(count) > 0
