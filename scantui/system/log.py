"""scantui's own log: a small file that rotates, and the latest records in memory for the screen.

Rule: logging never raises and never fills a disk; every message first passes `without_passwords` and `printable`.
"""

from __future__ import annotations

import contextlib
import logging
import traceback
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path

import msgspec

from scantui.exceptions import MachineError, UsageError
from scantui.system.files import state_directory
from scantui.system.passwords import without_passwords
from scantui.text import printable

LARGEST_FILE = 1 << 20
REMEMBERED_RECORDS = 500
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

_MOST_DETAILS, _LONGEST_DETAIL = 100, 500


class LogLine(msgspec.Struct, frozen=True):
    """A record that is safe to show: `time` in seconds since 1970, `details` the lines of a traceback."""

    time: float
    level: str
    name: str
    text: str
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        when = datetime.fromtimestamp(self.time, timezone.utc).isoformat(timespec="milliseconds")
        # Indented, so that text from outside cannot pass for a record.
        return "\n    | ".join((f"{when} {self.level} {self.name}: {self.text}", *self.details))


class LogRing(logging.Handler):
    """Keeps the latest records in memory."""

    def __init__(self, size: int = REMEMBERED_RECORDS) -> None:
        super().__init__()
        self._lines: deque[LogLine] = deque(maxlen=size)

    @property
    def records(self) -> tuple[LogLine, ...]:
        """The records, oldest first."""
        return tuple(self._lines.copy())

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(log_line(record))


def log_path(environment: Mapping[str, str]) -> Path:
    """The path of the log file. Raises MachineError without a home directory."""
    return state_directory(environment) / "scantui.log"


def log_path_if_any(environment: Mapping[str, str]) -> Path | None:
    """The path of the log file, or None without a home directory."""
    try:
        return log_path(environment)
    except MachineError:
        return None


@contextlib.contextmanager
def open_log(path: Path | None, level: str) -> Iterator[LogRing]:
    """Log scantui's records from `level` up and the libraries' warnings, until the context ends.

    The first record creates the file; without a path there is no file. If the file cannot be written, the ring notes it
    once and keeps the records alone.
    """
    if level.upper() not in LEVELS:
        raise UsageError(f"unknown log level {printable(level, 40)!r}: choose one of {', '.join(LEVELS)}")
    ring = LogRing()
    handlers: list[logging.Handler] = [ring] if path is None else [ring, _LateFile(path, ring)]
    own, root = logging.getLogger("scantui"), logging.getLogger()
    level_before = own.level
    own.setLevel(level.upper())
    for handler in handlers:
        root.addHandler(handler)
    try:
        yield ring
    finally:
        own.setLevel(level_before)
        for handler in handlers:
            root.removeHandler(handler)
            with contextlib.suppress(OSError, ValueError):
                handler.close()


def log_line(record: logging.LogRecord) -> LogLine:
    """A record without passwords and control characters. If it cannot be formatted, the text names its origin."""
    try:
        text, details = record.getMessage(), "".join(_details(record))
    except Exception:  # the arguments of a message can be any objects and raise any error
        text, details = f"cannot format a message from {record.module}, line {record.lineno}", ""
    lines = [line for line in without_passwords(details).split("\n") if line][-_MOST_DETAILS:]
    return LogLine(
        record.created,
        printable(record.levelname),
        printable(record.name),
        printable(without_passwords(text)),
        tuple(printable(line, _LONGEST_DETAIL) for line in lines),
    )


def _details(record: logging.LogRecord) -> list[str]:
    lines = traceback.format_exception(*record.exc_info) if record.exc_info else []
    return [*lines, record.stack_info or ""]


class _AsLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return str(log_line(record))


class _LateFile(logging.Handler):
    """The log file, opened with the first record: most runs have none, and the first frame does not wait."""

    def __init__(self, path: Path, ring: LogRing) -> None:
        super().__init__()
        self._path, self._ring = path, ring
        self._file: logging.Handler | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if self._file is None:
            from scantui.system.log_file import LogFile

            self._file = LogFile(self._path, LARGEST_FILE, self._note_failure)
            self._file.setFormatter(_AsLine())
        self._file.handle(record)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        super().close()

    def _note_failure(self, reason: str) -> None:
        text = printable(f"cannot write the log file {self._path}, the latest records are kept here: {reason}")
        self._ring.handle(logging.LogRecord(__name__, logging.WARNING, __file__, 0, text, None, None))
