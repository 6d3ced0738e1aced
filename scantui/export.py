"""Rows as texts to take away: csv, json, jsonl, markdown, plain; and the command that shows them again; pure.

Rule: every text that came from outside passes through `printable` here, and no cell may act as a formula or as markup.
"""

from __future__ import annotations

import csv
import io
import shlex
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import msgspec

from scantui.board import Board
from scantui.escaping import Value, csv_cell, markdown_text
from scantui.exceptions import UsageError
from scantui.fitting import width_of
from scantui.matching import FIELDS
from scantui.models import Note, ScanIdentity, ScanSummary
from scantui.text import printable
from scantui.titles import row_name
from scantui.words import clock_span, duration, iso_time, moment

_DURATION = "duration"


class ExportedScan(msgspec.Struct, frozen=True, gc=False):
    """A row as it is shown: its word, what its PROGRESS says, the server's clock for its duration, and its note.

    `quiet_ms` is for how long a stalled scan has done nothing, in milliseconds, else 0.
    """

    scan: ScanSummary
    word: str
    progress: str = ""
    now_ms: int = 0
    note: Note | None = None
    quiet_ms: int = 0

    @classmethod
    def of(cls, board: Board, scan: ScanSummary) -> ExportedScan:
        """A row as a board shows it."""
        word, quiet_ms = board.word_of(scan), board.quiet_ms(scan)
        return cls(scan, word, board.progress_of(scan), board.now_ms, board.note_of(scan.key), quiet_ms)


class _Column(NamedTuple):
    label: str
    value: Callable[[ExportedScan], Value]


def _of_identity(field: str) -> Callable[[ExportedScan], Value]:
    def value(exported: ExportedScan) -> Value:
        found: Value = getattr(exported.scan.identity, field, None)
        return found

    return value


def _of_scan(field: str) -> Callable[[ExportedScan], Value]:
    def value(exported: ExportedScan) -> Value:
        found: Value = getattr(exported.scan, field)
        return found

    return value


def _name(exported: ExportedScan) -> Value:
    return row_name(exported.scan)


def _verdict(exported: ExportedScan) -> str:
    return exported.note.verdict if exported.note else ""


def _note_text(exported: ExportedScan) -> str:
    return exported.note.text if exported.note else ""


def _local_time(ms: int) -> Value:
    when = moment(ms) if ms else None
    return when.strftime("%Y-%m-%d %H:%M:%S") if when else None


def _seconds(exported: ExportedScan) -> Value:
    if exported.scan.is_open and not exported.now_ms:
        return None
    seconds = duration(exported.scan, exported.now_ms)
    return None if seconds is None else round(seconds, 3)


# Under the names of the columns on the screen; an age, which soon is another, is written as the time that it is from.
EXPORT_COLUMNS = {
    "state": _Column("STATE", lambda exported: exported.word),
    "number": _Column("NUMBER", _of_identity("number")),
    "name": _Column("NAME", _name),
    "dataset": _Column("DATASET", _of_identity("dataset")),
    "collection": _Column("COLLECTION", _of_identity("collection")),
    "proposal": _Column("PROPOSAL", _of_identity("proposal")),
    "session": _Column("SESSION", _of_identity("session")),
    "user": _Column("USER", _of_scan("user_name")),
    "age": _Column("CREATED", lambda exported: iso_time(exported.scan.born_ms)),
    _DURATION: _Column("DURATION", _seconds),
    "progress": _Column("PROGRESS", lambda exported: exported.progress or None),
    "path": _Column("PATH", _of_identity("path")),
    "verdict": _Column("VERDICT", lambda exported: _verdict(exported) or None),
    "note": _Column("NOTE", lambda exported: _note_text(exported) or None),
    "server": _Column("SERVER", _of_scan("server")),
    "key": _Column("KEY", _of_scan("key")),
}


def export_columns(of_several_servers: bool) -> tuple[str, ...]:
    """The usual columns; those of several servers name theirs."""
    return tuple(column for column in EXPORT_COLUMNS if of_several_servers or column != "server")


USUAL_COLUMNS = export_columns(of_several_servers=False)
# What one pastes into a logbook, and what fits on a line of a terminal.
LOGBOOK = ("number", "name", "dataset", "time", _DURATION, "result")
ON_A_LINE = ("number", "result", "time", _DURATION, "name", "dataset")
_FOR_READERS = {
    "time": _Column("TIME", lambda exported: _local_time(exported.scan.born_ms)),
    "result": _Column("RESULT", lambda exported: f"{exported.word} {exported.progress}".strip()),
}


def to_csv(scans: Iterable[ExportedScan], columns: Sequence[str] = USUAL_COLUMNS) -> str:
    """A header and a line for each scan, as RFC 4180 has it but for the ends of lines; durations are in seconds."""
    chosen = _chosen(columns)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column.label for column in chosen)
    writer.writerows([csv_cell(column.value(scan)) for column in chosen] for scan in scans)
    return text.getvalue()


def to_markdown(scans: Iterable[ExportedScan], columns: Sequence[str] = USUAL_COLUMNS) -> str:
    """A table for a logbook or an issue."""
    header, *lines = _table(scans, columns)
    rule = ["---"] * len(header)
    return "".join(f"| {' | '.join(map(markdown_text, line))} |\n" for line in (header, rule, *lines))


def to_plain(scans: Iterable[ExportedScan], columns: Sequence[str] = USUAL_COLUMNS) -> str:
    """A line for each scan, in columns as wide as what they hold."""
    table = _table(scans, columns)
    widths = [max(map(width_of, cells)) for cells in zip(*table, strict=True)]
    return "".join(
        "  ".join(cell + " " * (width - width_of(cell)) for cell, width in zip(line, widths, strict=True)).rstrip()
        + "\n"
        for line in table
    )


def to_json(scans: Iterable[ExportedScan]) -> str:
    """A list with all that is known of each scan."""
    return (
        msgspec.json.format(msgspec.json.encode([_clean(scan_record(scan)) for scan in scans]), indent=2).decode()
        + "\n"
    )


def to_jsonl(scans: Iterable[ExportedScan]) -> str:
    """A line for each scan, with all that is known of it."""
    return "".join(msgspec.json.encode(_clean(scan_record(scan))).decode() + "\n" for scan in scans)


def reproduce_command(labels: Sequence[str], filter_text: str = "") -> str:
    """The shell command that shows this view again; `labels` are the servers' names or URLs without secrets."""
    if len(labels) > 1 and labels[0] == "demo":
        where = f"--demo --beamlines {len(labels)}"
    elif len(labels) == 1:
        (label,) = labels
        named = "" if "://" in label else "-s "
        where = "--demo" if label == "demo" else named + shlex.quote(printable(label))
    else:
        where = " ".join(f"-s {shlex.quote(printable(label))}" for label in labels)
    # With = also a text that begins with a dash is the option's value.
    what = f"--filter={shlex.quote(printable(filter_text))} " if filter_text.strip() else ""
    return f"scantui {what}{where}"


def _chosen(columns: Sequence[str]) -> list[_Column]:
    for column in columns:
        if column not in EXPORT_COLUMNS and column not in _FOR_READERS:
            raise UsageError(f"Unknown column {column!r}: use one of {', '.join(EXPORT_COLUMNS)}.")
    return [(EXPORT_COLUMNS | _FOR_READERS)[column] for column in columns]


def _table(scans: Iterable[ExportedScan], columns: Sequence[str]) -> list[tuple[str, ...]]:
    """The labels and a line for each scan, to be read by people."""
    chosen = _chosen(columns)
    lines = [tuple([_text(column, scan) for column in chosen]) for scan in scans]
    return [tuple(column.label for column in chosen), *lines]


def _text(column: _Column, scan: ExportedScan) -> str:
    value = column.value(scan)
    if value is None:
        return ""
    is_span = column is EXPORT_COLUMNS[_DURATION] and not isinstance(value, str)
    return clock_span(float(value)) if is_span else printable(str(value))


def scan_record(exported: ExportedScan) -> dict[str, object]:
    """All that is known of a scan, under the names of its fields; unknown ones are left out, texts are as they are."""
    scan = exported.scan
    known: dict[str, object] = {
        "key": scan.key,
        "server": scan.server,
        "word": exported.word,
        "state": scan.state.name if scan.state is not None else None,
        "identity": _identity_record(scan.identity) if scan.identity else None,
        "created": iso_time(scan.born_ms),
        "state_since": iso_time(scan.state_ms),
        "started": iso_time(scan.started_ms),
        "duration": _seconds(exported),
        "progress": exported.progress or None,
        "verdict": _verdict(exported),
        "note": _note_text(exported),
        **{field: getattr(scan, field) for field in _PLAIN_FIELDS},
    }
    return {field: value for field, value in known.items() if value not in (None, "")}


def _identity_record(identity: ScanIdentity) -> dict[str, object]:
    """The fields of an identity, those that blissdata does not define under `extra`."""
    fields: dict[str, object] = {field: getattr(identity, field) for field in FIELDS}
    return fields | ({"extra": identity.extra} if identity.others else {})


_PLAIN_FIELDS = (
    "problem",
    "title",
    "npoints",
    "count_time",
    "start_time",
    "end_time",
    "end_reason",
    "exit_status",
    "user_name",
    "publisher",
    "parent",
    "is_sequence",
    "planned_scans",
    "is_saved",
    "state_stream",
    "state_id",
    "timetag",
)


def _clean(value: object) -> object:
    if isinstance(value, dict):
        return {printable(key) if isinstance(key, str) else key: _clean(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_clean(each) for each in value]
    return printable(value) if isinstance(value, str) else value
