"""The columns in which a scan can be shown: what stands in each, and from which width of the terminal on; pure.

Rule: a column is one entry of COLUMNS; what it shows is made from the row and the board alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timezone

import msgspec

from scantui.board import Board
from scantui.models import ScanSummary
from scantui.text import ELLIPSIS
from scantui.titles import row_name
from scantui.words import clock_span, duration, moment, short_span

_LONGEST_CLOCK = 100 * 3600
_LEAST_ELASTIC = 8
_NARROWEST, _NARROW, _MEDIUM, _COMFORTABLE, _WIDE, _WIDEST = 30, 60, 64, 78, 120, 184


class RowColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column: it is shown from `from_width` columns of the terminal on; one without a width takes what is left.

    One that `grows` becomes wider for what has to be shown whole.
    """

    key: str
    label: str
    width: int | None = None
    from_width: int = 0
    to_right: bool = False
    grows: bool = False
    show: Callable[[Board, ScanSummary], str | None]


def _name(board: Board, row: ScanSummary) -> str | None:
    name = row_name(row)
    if row.identity is None or not row.parent:
        return name
    parent = board.row(row.parent)
    number = str(parent.identity.number) if parent and parent.identity else "?"
    return f"({number}) {name}"


def _age(board: Board, row: ScanSummary) -> str | None:
    return short_span((board.now_ms - row.born_ms) / 1000) if row.born_ms and board.now_ms else None


def _duration(board: Board, row: ScanSummary) -> str | None:
    if board.is_gone(row.key) and row.is_open:
        return None  # it may have ended meanwhile
    seconds = duration(row, board.now_ms) if board.now_ms else None
    if seconds is None:
        return None
    return clock_span(seconds) if seconds < _LONGEST_CLOCK else short_span(seconds)


def _progress(board: Board, row: ScanSummary) -> str:
    return board.progress_of(row)


def _share(board: Board, row: ScanSummary) -> str | None:
    return _progress(board, row).partition(" ")[0].removeprefix("not")


def _of_identity(field: str) -> Callable[[Board, ScanSummary], str | None]:
    def show(_: Board, row: ScanSummary) -> str | None:
        value = getattr(row.identity, field, None)
        return None if value is None else str(value)

    return show


def _created(zone: timezone | None) -> Callable[[Board, ScanSummary], str | None]:
    """The moment of creation on this machine's clock, or in a zone; with its day when that is another."""

    def show(board: Board, row: ScanSummary) -> str | None:
        if not row.born_ms:
            return None
        created, now = moment(row.born_ms, zone), moment(board.now_ms, zone)
        if created is None or now is None:
            return None
        return created.strftime("%H:%M:%S" if created.date() == now.date() else "%d %b %H:%M")

    return show


_PROGRESS = RowColumn(key="progress", label="PROGRESS", width=14, grows=True, show=_progress)
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
    RowColumn(key="number", label="NO", width=5, to_right=True, grows=True, show=_of_identity("number")),
    RowColumn(key="name", label="NAME", show=_name),
    RowColumn(key="dataset", label="DATASET", width=14, from_width=_MEDIUM, show=_of_identity("dataset")),
    RowColumn(key="collection", label="COLLECTION", width=12, from_width=_WIDE, show=_of_identity("collection")),
    RowColumn(key="proposal", label="PROPOSAL", width=10, from_width=_WIDE, show=_of_identity("proposal")),
    RowColumn(key="session", label="SESSION", width=10, from_width=_WIDE, show=_of_identity("session")),
    RowColumn(key="user", label="USER", width=10, from_width=_WIDE, show=lambda _, row: row.user_name),
    _AGE,
    RowColumn(key="duration", label="DUR", width=7, from_width=_NARROW, to_right=True, show=_duration),
    _PROGRESS,
    RowColumn(key="path", label="PATH", width=40, from_width=_WIDEST, show=_of_identity("path")),
)
# What changes with time alone.
CLOCKED = tuple(column for column in COLUMNS if column.key in ("age", "duration", "progress"))


def widths_for(columns: Sequence[RowColumn], room: int, needed: Mapping[str, int]) -> dict[str, int]:
    """How wide each of these columns is, by its key, where the table has `room` columns of the terminal without gaps.

    What is `needed` for a column to show its longest text is taken from the one that gets what is left, down to its
    least: a number that lost a digit is another number.
    """
    widths = {column.key: column.width for column in columns if column.width is not None}
    elastic = [column.key for column in columns if column.width is None]
    spare = room - sum(widths.values()) - _LEAST_ELASTIC * len(elastic)
    for key in [column.key for column in columns if column.grows]:
        grown = min(max(0, needed.get(key, 0) - widths[key]), max(0, spare))
        widths[key] += grown
        spare -= grown
    return widths | dict.fromkeys(elastic, _LEAST_ELASTIC + max(0, spare))


def last_digits(number: str, width: int) -> str:
    """A number that has no room, without its first digits: the last digits still distinguish it from the next."""
    return number if len(number) <= width else ELLIPSIS + number[len(number) - width + 1 :]


def columns_for(width: int, wanted: Collection[str], time_format: str) -> list[RowColumn]:
    """The columns for a terminal of this width: those that are wanted by their keys, with none given what has room."""
    progress = _PROGRESS if width >= _COMFORTABLE else _NARROW_PROGRESS
    variants = {_AGE.key: TIME_FORMATS[time_format], _PROGRESS.key: progress}
    columns = [variants.get(column.key, column) for column in COLUMNS]
    return [column for column in columns if (column.key in wanted if wanted else width >= column.from_width)]
