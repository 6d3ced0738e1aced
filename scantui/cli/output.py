"""Writes scans to stdout, as lines for people or JSON for programs, and messages to stderr.

Rule: text from outside never reaches a terminal unchanged: lines are made printable, JSON is ASCII.
"""

from __future__ import annotations

import math
import os
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scantui.filters import ScanFilter
from scantui.system.output import is_terminal
from scantui.system.passwords import without_passwords
from scantui.system.terminal import wants_no_colour
from scantui.text import printable
from scantui.titles import row_name
from scantui.words import clock_span, duration

if TYPE_CHECKING:
    from scantui.export import ExportedScan

# The colours of the screen, in a terminal's own 16. The colours only repeat what the words mean.
_COLOURS = {
    **dict.fromkeys(("NEW", "PREP", "STOP"), "36"),
    "RUN": "1;36",
    "STALL": "1;33",
    "DONE": "32",
    "FAIL": "1;31",
    "ABRT": "33",
    "LOST": "35",
    "GONE": "2",
    "BAD": "7;31",
}
_NO_TIME = " " * 19


def write(text: str) -> None:
    """Write a line of data and flush it."""
    print(text, flush=True)


def notify(text: str) -> None:
    """Print a message to stderr; stdout is for data."""
    print(f"scantui: {printable(without_passwords(text))}", file=sys.stderr, flush=True)


def notify_reading(scan_filter: ScanFilter) -> None:
    """Print how a filter was read where that may surprise."""
    # Imported when there is a filter: the first frame of the monitor does not wait.
    from scantui.filters import remark

    how = remark(scan_filter)
    if how:
        notify(how[0].lower() + how[1:])


def notify_person(text: str) -> None:
    """Print a message to stderr if this is a terminal, since a log does not need it."""
    if is_terminal(sys.stderr):
        notify(text)


def scan_line(scan: ExportedScan, at_ms: int = 0, width: int = 0) -> str:
    """A scan on one line: time (of creation, or `at_ms`), word, number, duration, name, dataset and progress.

    With a `width`, its server stands behind the time, in a column of that many characters.
    """
    row = scan.scan
    seconds = duration(row, scan.now_ms) if scan.now_ms or not row.is_open else None
    number = row.identity.number if row.identity else ""
    dataset = row.identity.dataset if row.identity else None
    span = "" if seconds is None else clock_span(seconds)
    cells = (
        local_time(at_ms or row.born_ms) or _NO_TIME,
        *([f"{printable(row.server or ''):<{width}}"] if width else ()),
        _coloured(scan.word),
        f"{number:>5}",
        f"{span:>7}",
        *(printable(text) for text in (row_name(row), dataset, scan.progress) if text),
    )
    return "  ".join(cells)


def local_time(ms: int) -> str:
    """Local time from milliseconds since 1970; empty for 0, or for a time beyond the calendar."""
    try:
        return datetime.fromtimestamp(ms / 1000).astimezone().strftime("%Y-%m-%d %H:%M:%S") if ms else ""
    except (OverflowError, ValueError, OSError):
        return ""


def json_text(value: object, indent: int | None = None) -> str:
    """A value as ASCII JSON, which is safe on terminals; numbers that JSON lacks become null."""
    import json

    text = json.dumps(_finite(value), indent=indent, separators=None if indent else (",", ":"), ensure_ascii=True)
    return text.replace("\x7f", "\\u007f")


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _finite(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _coloured(word: str) -> str:
    padded = f"{word:<5}"
    if word not in _COLOURS or not is_terminal(sys.stdout) or wants_no_colour(os.environ):
        return padded
    return f"\x1b[{_COLOURS[word]}m{padded}\x1b[0m"
