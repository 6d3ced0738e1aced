"""Compressed files of lines that grow while they are written; one that was cut off is read up to the cut.

Rule: a line is handed to the system, and can be read back, before the next one is taken.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Generator
from pathlib import Path
from types import TracebackType

from scantui.exceptions import MachineError
from scantui.system.files import machine_errors
from scantui.text import printable

_GZIP = 31  # what zlib calls a gzip frame with the largest window
_CHUNK = 1 << 16
LONGEST_LINE = 1 << 26
CUT_OFF, DAMAGED = "it was cut off", "it is damaged"


class LineWriter:
    """A new gzip file of lines, the user's alone (mode 600)."""

    def __init__(self, path: str, *, overwrite: bool = False) -> None:
        """Make the file; MachineError when there is such a file (unless `overwrite`) or the system refuses."""
        with machine_errors(f"{path} cannot be written"):
            self.path = Path(path).expanduser().absolute()
            if self.path.is_symlink() or self.path.exists():
                if not self.path.is_file():
                    raise MachineError(printable(f"{path} is no plain file: choose another name"))
                if not overwrite:
                    raise MachineError(printable(f"{path} exists already: choose another name, or add --force"))
                self.path.unlink()
            # Made anew and nothing else: what somebody put in its place meanwhile is not followed.
            self._file = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._compress = zlib.compressobj(wbits=_GZIP)

    def write(self, line: bytes) -> None:
        """Add a line, whose end is put by us; MachineError when the disk takes no more."""
        self._put(self._compress.compress(line + b"\n") + self._compress.flush(zlib.Z_SYNC_FLUSH))

    def close(self) -> None:
        """End the file: from now on it is whole."""
        if not self._file.closed:
            try:
                self._put(self._compress.flush())
            finally:
                self._file.close()

    def __enter__(self) -> LineWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _put(self, content: bytes) -> None:
        with machine_errors(f"{self.path} cannot be written"):
            self._file.write(content)
            self._file.flush()


def read_lines(path: str) -> Generator[bytes, None, str]:
    """Yield the whole lines of a gzip file, and return "" or the reason for which there are no more.

    MachineError when the system refuses. A file that is no gzip at all is damaged from its first byte.
    """
    with machine_errors(f"{path} cannot be read"):
        file = Path(path).expanduser().open("rb")
    with file:
        # The beginning of a line, in pieces: each is looked at once, however long the line becomes.
        decompress, begun, size = zlib.decompressobj(_GZIP), list[bytes](), 0
        while not decompress.eof:
            with machine_errors(f"{path} cannot be read"):
                compressed = decompress.unconsumed_tail or file.read(_CHUNK)
            if not compressed:
                return CUT_OFF
            try:
                # Bounded, since a few bytes may stand for any number.
                first, *lines = decompress.decompress(compressed, _CHUNK).split(b"\n")
            except zlib.error:
                return DAMAGED
            begun.append(first)
            size += len(first)
            if lines:
                yield b"".join(begun)
                *whole, last = lines
                yield from whole
                begun, size = [last], len(last)
            if size > LONGEST_LINE:
                return DAMAGED
    return ""
