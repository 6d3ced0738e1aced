"""The file of scantui's own log, which rotates and is private."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Callable
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from scantui.system.files import make_private_directory, reason_of, require_own


def _open_private(path: str, flags: int) -> int:
    # The path was checked before; a link that another user has put there since is not followed.
    own = os.stat(os.path.dirname(path)).st_uid == os.geteuid()  # noqa: PTH116, PTH120 - logging hands out a text
    return os.open(path, flags if own else flags | os.O_NOFOLLOW, 0o600)


class LogFile(RotatingFileHandler):
    """Two private files of at most `most` bytes; the first record opens them, and `failed` hears once why not."""

    def __init__(self, path: Path, most: int, failed: Callable[[str], None]) -> None:
        super().__init__(path, maxBytes=most, backupCount=1, encoding="utf-8", errors="backslashreplace", delay=True)
        self._path = path
        self._failed: Callable[[str], None] | None = failed

    def _open(self) -> TextIOWrapper:
        make_private_directory(self._path.parent)
        require_own(self._path)
        return open(self._path, "a", encoding=self.encoding, errors=self.errors, opener=_open_private)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        error = sys.exc_info()[1]
        # Otherwise every later record would try to write this one again.
        with contextlib.suppress(OSError, ValueError):
            self.close()
        if error is not None and self._failed is not None:
            failed, self._failed = self._failed, None
            failed(reason_of(error))
