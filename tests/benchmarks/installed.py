"""scantui as the README installs it: in an environment of its own, made once for each content of the tree."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PLACE = ROOT / ".bench"
_PACKAGED = ("pyproject.toml", "README.md", "LICENSE", "scantui")
_KEPT = 3


def digest_of(root: Path, names: Iterable[str]) -> str:
    """A short text that changes with the paths and contents of files, and of those in directories."""
    digest = hashlib.sha256(sys.version.encode())
    for name in names:
        place = root / name
        files = place.rglob("*") if place.is_dir() else [place]
        for file in sorted(each for each in files if each.is_file() and each.suffix != ".pyc"):
            content = file.read_bytes()
            digest.update(f"{file.relative_to(root)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]


@cache
def environment() -> Path:
    """The environment that holds this tree's scantui; makes it unless it is there."""
    place = _PLACE / digest_of(ROOT, _PACKAGED)
    stamp = place / "complete"
    if not stamp.exists():
        _PLACE.mkdir(exist_ok=True)
        (_PLACE / ".gitignore").write_text("*\n", encoding="utf-8")
        _run(sys.executable, "-m", "venv", "--clear", str(place))
        _run(str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(ROOT))
        # Written last, so that an interrupted installation is made again.
        stamp.touch()
        _remove_all_but_newest()
    return place


def scantui_command() -> str:
    """The program as its user calls it."""
    return str(environment() / "bin" / "scantui")


def python_command() -> str:
    """The interpreter beside it, for programs that want the same libraries."""
    return str(environment() / "bin" / "python")


def peer_command(name: str) -> list[str]:
    """A program of `peers` in that environment, without anything of this tree in its path."""
    return [python_command(), "-I", str(Path(__file__).with_name("peers") / f"{name}.py")]


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)} failed:\n{done.stdout}{done.stderr}")


def _remove_all_but_newest() -> None:
    made = sorted(_PLACE.glob("*/complete"), key=lambda stamp: stamp.stat().st_mtime)
    for stamp in made[:-_KEPT]:
        shutil.rmtree(stamp.parent, ignore_errors=True)
