"""Files that the user asked for, and says the name of.

Rule: nothing is overwritten that the user did not give up.
"""

from __future__ import annotations

from pathlib import Path

from scantui.exceptions import FileExistsAlready, MachineError
from scantui.system.files import machine_errors, write_atomically
from scantui.text import printable


def write_text(path: str | Path, text: str, *, overwrite: bool = False) -> Path:
    """Write a file as UTF-8, mode 600, all of it or nothing; a leading ~ is the home directory.

    Returns the path that was written. FileExistsAlready when there is such a file (unless `overwrite`), MachineError
    when there is no such directory, or the system refuses. Line ends are written as they are; the text is not made
    printable here, since only its format knows what may stay.
    """
    with machine_errors(f"{path} cannot be written"):
        target = Path(path).expanduser().absolute()
        if not target.parent.is_dir():
            raise MachineError(printable(f"there is no directory {target.parent}: make it, or choose another"))
        if not overwrite and not target.is_dir() and (target.is_symlink() or target.exists()):
            raise FileExistsAlready(printable(f"{target} exists already: choose another name, or overwrite it"))
    write_atomically(target, text.encode("utf-8", "replace"))
    return target
