"""The columns in which a scan can be shown: what stands in each, and from which width of the terminal on; pure.

Rule: a column is one entry of COLUMNS; what it shows is made from the row and the board alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import timezone

import msgspec

from scantui.activity import progress_text
from scantui.board import Board
from scantui.models import ScanSummary
from scantui.words import clock_span, duration, moment, short_span

# BLISS writes positions with all their decimals, and there is little room.
_PADDED_NUMBER = re.compile(r"\b\d+\.\d{4,}\b")
_LONGEST_CLOCK = 100 * 3600
# Wider than any terminal: such a column is shown when the user chooses it.
_WHEN_CHOSEN = 1 << 16
_NARROWEST, _NARROW, _MEDIUM, _COMFORTABLE, _WIDE, _WIDEST = 30, 60, 64, 78, 120, 184


class RowColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column: it is shown from `from_width` columns of the terminal on; one without a width takes what is left."""

    key: str
    label: str
    width: int | None = None
    from_width: int = 0
    to_right: bool = False
    show: Callable[[Board, ScanSummary], str | None]


def _without_zeros(number: re.Match[str]) -> str:
    return number[0].rstrip("0").rstrip(".")


def _name(board: Board, row: ScanSummary) -> str | None:
    if row.identity is None:
        return row.problem.removeprefix(f"{row.key}: ")
    name = row.title or row.identity.name
    name = _PADDED_NUMBER.sub(_without_zeros, name)
    if not row.parent:
        return name
    parent = board.row(row.parent)
    number = str(parent.identity.number) if parent and parent.identity else "?"
    return f"({number}) {name}"


def _age(board: Board, row: ScanSummary) -> str | None:
    return short_span((board.now_ms - row.created_ms) / 1000) if row.created_ms and board.now_ms else None


def _duration(board: Board, row: ScanSummary) -> str | None:
    if board.is_gone(row.key) and row.is_open:
        return None  # it may have ended meanwhile
    seconds = duration(row, board.now_ms) if board.now_ms else None
    if seconds is None:
        return None
    return clock_span(seconds) if seconds < _LONGEST_CLOCK else short_span(seconds)


def _progress(board: Board, row: ScanSummary) -> str:
    return progress_text(row, board.activity_of(row.key), board.now_ms)


def _share(board: Board, row: ScanSummary) -> str | None:
    return _progress(board, row).partition(" ")[0]


def _note(board: Board, row: ScanSummary) -> str | None:
    note = board.note_of(row.key)
    return f"{note.verdict.upper()} {note.text}".strip() if note else None


def _of_identity(field: str) -> Callable[[Board, ScanSummary], str | None]:
    def show(_: Board, row: ScanSummary) -> str | None:
        value = getattr(row.identity, field, None)
        return None if value is None else str(value)

    return show


def _created(zone: timezone | None) -> Callable[[Board, ScanSummary], str | None]:
    """The moment of creation on this machine's clock, or in a zone; with its day when that is another."""

    def show(board: Board, row: ScanSummary) -> str | None:
        if not row.created_ms:
            return None
        created, now = moment(row.created_ms, zone), moment(board.now_ms, zone)
        if created is None or now is None:
            return None
        return created.strftime("%H:%M:%S" if created.date() == now.date() else "%d %b %H:%M")

    return show


_PROGRESS = RowColumn(key="progress", label="PROGRESS", width=14, show=_progress)
_NARROW_PROGRESS = RowColumn(key="progress", label="PROG", width=5, from_width=_NARROWEST, to_right=True, show=_share)
_AGE = RowColumn(key="age", label="AGE", width=4, from_width=_NARROW, to_right=True, show=_age)
# What may stand in the place of the age, under the same key.
TIME_FORMATS = {
    "age": _AGE,
    "clock": RowColumn(key="age", label="CREATED", width=12, from_width=_NARROW, to_right=True, show=_created(None)),
    "utc": RowColumn(key="age", label="UTC", width=12, from_width=_NARROW, to_right=True, show=_created(timezone.utc)),
}

COLUMNS = (
    RowColumn(key="state", label="ST", width=5, show=Board.word_of),
    RowColumn(key="number", label="NO", width=5, to_right=True, show=_of_identity("number")),
    RowColumn(key="name", label="NAME", show=_name),
    RowColumn(key="dataset", label="DATASET", width=14, from_width=_MEDIUM, show=_of_identity("dataset")),
    RowColumn(key="collection", label="COLLECTION", width=12, from_width=_WIDE, show=_of_identity("collection")),
    RowColumn(key="proposal", label="PROPOSAL", width=10, from_width=_WIDE, show=_of_identity("proposal")),
    RowColumn(key="session", label="SESSION", width=10, from_width=_WIDE, show=_of_identity("session")),
    RowColumn(key="user", label="USER", width=10, from_width=_WIDE, show=lambda _, row: row.user_name),
    _AGE,
    RowColumn(key="duration", label="DUR", width=7, from_width=_NARROW, to_right=True, show=_duration),
    _PROGRESS,
    RowColumn(key="note", label="NOTE", width=24, from_width=_WHEN_CHOSEN, show=_note),
    RowColumn(key="path", label="PATH", width=40, from_width=_WIDEST, show=_of_identity("path")),
)
# What changes with time alone.
CLOCKED = tuple(column for column in COLUMNS if column.key in ("age", "duration", "progress"))


def columns_for(width: int, wanted: Collection[str], time_format: str) -> list[RowColumn]:
    """The columns for a terminal of this width: those that are wanted by their keys, with none given what has room."""
    progress = _PROGRESS if width >= _COMFORTABLE else _NARROW_PROGRESS
    variants = {_AGE.key: TIME_FORMATS[time_format], _PROGRESS.key: progress}
    columns = [variants.get(column.key, column) for column in COLUMNS]
    return [column for column in columns if (column.key in wanted if wanted else width >= column.from_width)]
