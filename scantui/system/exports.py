"""Writes files whose names the user gives.

Rule: an existing file is overwritten only if the user agrees.
"""

from __future__ import annotations

from pathlib import Path

from scantui.exceptions import FileExistsAlready, MachineError
from scantui.system.files import machine_errors, write_atomically
from scantui.text import printable


def write_text(path: str | Path, text: str, *, overwrite: bool = False) -> Path:
    """Write a UTF-8 file atomically, with mode 600; a leading ~ is the home directory.

    Returns the path. Raises FileExistsAlready if the file exists (unless `overwrite`), MachineError if the directory
    does not exist or the system refuses. Line ends stay as they are. The caller makes the text printable, since what is
    safe depends on the format.
    """
    with machine_errors(f"cannot write {path}"):
        target = Path(path).expanduser().absolute()
        if not target.parent.is_dir():
            raise MachineError(printable(f"directory {target.parent} does not exist: create it or choose another"))
        if not overwrite and not target.is_dir() and (target.is_symlink() or target.exists()):
            raise FileExistsAlready(printable(f"{target} already exists: choose another name or overwrite it"))
    write_atomically(target, text.encode("utf-8", "replace"))
    return target
