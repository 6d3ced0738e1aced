"""Compressed files of lines that can be read while they grow; a truncated file is read up to its last whole line.

Rule: each line is written, and can be read back, before the next one is accepted.
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

_GZIP = 31  # zlib's number for the gzip format with the largest window
_CHUNK = 1 << 16
LONGEST_LINE = 1 << 26
TRUNCATED, DAMAGED = "the file is truncated", "the file is damaged"


class LineWriter:
    """A new gzip file of lines, with mode 600."""

    def __init__(self, path: str, *, overwrite: bool = False) -> None:
        """Create the file. Raises MachineError if it exists (unless `overwrite`) or the system refuses."""
        with machine_errors(f"cannot write {path}"):
            self.path = Path(path).expanduser().absolute()
            if self.path.is_symlink() or self.path.exists():
                if not self.path.is_file():
                    raise MachineError(printable(f"{path} is not a regular file: choose another name"))
                if not overwrite:
                    raise MachineError(printable(f"{path} already exists: choose another name or add --force"))
                self.path.unlink()
            # O_EXCL: a link that another user has put here meanwhile is not followed.
            self._file = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._compress = zlib.compressobj(wbits=_GZIP)

    def write(self, line: bytes) -> None:
        """Add a line, given without its line end. Raises MachineError if the disk is full."""
        self._put(self._compress.compress(line + b"\n") + self._compress.flush(zlib.Z_SYNC_FLUSH))

    def close(self) -> None:
        """Complete the file."""
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
        with machine_errors(f"cannot write {self.path}"):
            self._file.write(content)
            self._file.flush()


def read_lines(path: str) -> Generator[bytes, None, str]:
    """Yield the whole lines of a gzip file; return an empty string, or the reason why the lines end early.

    Raises MachineError if the system refuses. A file in another format counts as damaged from its first byte.
    """
    with machine_errors(f"cannot read {path}"):
        file = Path(path).expanduser().open("rb")
    with file:
        # The beginning of a line, in pieces: each is read once, however long the line becomes.
        decompress, begun, size = zlib.decompressobj(_GZIP), list[bytes](), 0
        while not decompress.eof:
            with machine_errors(f"cannot read {path}"):
                compressed = decompress.unconsumed_tail or file.read(_CHUNK)
            if not compressed:
                return TRUNCATED
            try:
                # Bounded, since a few bytes can decompress to any number.
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
