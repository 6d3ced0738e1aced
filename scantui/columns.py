"""The columns in which a scan can be shown: what stands in each, and how wide each is; pure.

Rule: a column is one entry of COLUMNS; what it shows is made from the row and the board alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import timezone
from typing import TYPE_CHECKING

import msgspec

from scantui.fitting import Cut, Lengths, Step, shared_out
from scantui.titles import name_in_sequence, row_name
from scantui.words import clock_span, duration, moment, short_span

if TYPE_CHECKING:
    from scantui.board import Board
    from scantui.models import ScanSummary

_LONGEST_CLOCK = 100 * 3600
_MINUTE, _YOUNG_STEPS = 60, (30,)
_LONGEST_STATE, _LONGEST_TIME = 5, 12
_SHORT_SERVER, _SHORT_NAME, _NAME, _SHORT_DATASET, _PROGRESS_TEXT, _SHORT_PATH = 7, 16, 24, 9, 14, 16
_SHORT_NOTE = 24
_SHORT_SEQUENCE, _SEQUENCE = 22, 28
BAR_CELLS = 8
NOT_SAVED = "NOT SAVED"
SERVER_COLUMN = "server"
# Stands behind the name of a server that does not answer.
SILENT = "○"


class RowColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column, and how it is cut where there is no room: it is never narrower than `least` cells.

    One that is `repeated` holds mostly the same text in all rows, and then stands in the header instead.
    """

    key: str
    label: str
    least: int
    to_right: bool = False
    cut: Cut = "middle"
    repeated: bool = False
    show: Callable[[Board, ScanSummary], str | None]


def _name(board: Board, row: ScanSummary) -> str | None:
    name = row_name(row)
    if row.identity is None or not row.parent:
        return name
    return name_in_sequence(name, row, board.row(row.parent))


def _server(board: Board, row: ScanSummary) -> str | None:
    if row.server is None:
        return None
    name = short_server(row.server)
    return f"{name} {SILENT}" if row.server in board.silent_servers else name


def short_server(name: str) -> str:
    """The name of a server in a list of several; of a URL what tells it from others."""
    return name.removeprefix("redis://")


def _age(board: Board, row: ScanSummary) -> str | None:
    """The age of a scan; below a minute in few steps, since each one is repainted on a line that is seen."""
    if not row.born_ms or not board.now_ms:
        return None
    seconds = (board.now_ms - row.born_ms) / 1000
    if seconds < _YOUNG_STEPS[0]:
        return "now"
    return short_span(next((step for step in reversed(_YOUNG_STEPS) if _MINUTE > seconds >= step), seconds))


def _duration(board: Board, row: ScanSummary) -> str | None:
    if board.is_gone(row.key) and row.is_open:
        return None  # it may have ended meanwhile
    seconds = duration(row, board.now_ms) if board.now_ms else None
    if seconds is None:
        return None
    return clock_span(seconds) if seconds < _LONGEST_CLOCK else short_span(seconds)


def _progress(board: Board, row: ScanSummary) -> str:
    reason = "" if row.is_open else board.reasons.get(row.key, "")
    progress = ", ".join(part for part in (board.progress_of(row), reason) if part)
    return f"{progress} {NOT_SAVED}".strip() if goes_nowhere(row) else progress


def goes_nowhere(row: ScanSummary) -> bool:
    """Whether the data of a scan are lost when Redis forgets them; a ct is a look, which no one saves."""
    return row.is_saved is False and row.numberless is not None and row.numberless.name != "ct"


def _note(board: Board, row: ScanSummary) -> str | None:
    note = board.note_of(row.key)
    return note.shown if note else None


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


_AGE = RowColumn(key="age", label="AGE", least=4, to_right=True, show=_age)
# What may stand in place of the age, under the same key.
TIME_FORMATS = {
    "age": _AGE,
    "clock": RowColumn(key="age", label="CREATED", least=12, to_right=True, show=_created(None)),
    "utc": RowColumn(key="age", label="UTC", least=12, to_right=True, show=_created(timezone.utc)),
}

COLUMNS = (
    RowColumn(key="state", label="ST", least=_LONGEST_STATE, show=lambda board, row: board.word_of(row)),
    RowColumn(key="number", label="NO", least=3, to_right=True, cut="left", show=_of_identity("number")),
    RowColumn(key=SERVER_COLUMN, label="SERVER", least=4, repeated=True, show=_server),
    RowColumn(key="name", label="NAME", least=8, show=_name),
    RowColumn(key="dataset", label="DATASET", least=7, show=_of_identity("dataset")),
    RowColumn(key="collection", label="COLLECTION", least=10, repeated=True, show=_of_identity("collection")),
    RowColumn(key="proposal", label="PROPOSAL", least=8, repeated=True, show=_of_identity("proposal")),
    RowColumn(key="session", label="SESSION", least=7, repeated=True, show=_of_identity("session")),
    RowColumn(key="user", label="USER", least=6, repeated=True, show=lambda _, row: row.user_name),
    _AGE,
    RowColumn(key="duration", label="DUR", least=5, to_right=True, show=_duration),
    RowColumn(key="progress", label="PROGRESS", least=4, cut="last parts", show=_progress),
    RowColumn(key="curve", label="CURVE", least=10, show=lambda board, row: board.curves.get(row.key)),
    RowColumn(key="note", label="NOTE", least=8, show=_note),
    RowColumn(key="path", label="PATH", least=8, cut="left", show=_of_identity("path")),
)
# What changes with time alone.
CLOCKED = tuple(column for column in COLUMNS if column.key in ("age", "duration", "progress", "curve"))


def columns_in(time_format: str) -> list[RowColumn]:
    """All columns, with the time in this format."""
    return [TIME_FORMATS[time_format] if column.key == _AGE.key else column for column in COLUMNS]


def widths_for(
    columns: Sequence[RowColumn], room: int, lengths: Mapping[str, Lengths], wanted: Collection[str] = ()
) -> dict[str, int]:
    """How wide each of these columns is in `room` cells, by its key, in the order of the columns.

    `lengths` are those of the texts seen. Columns that are `wanted` are there at any width and no others are; with none
    wanted those that have room, and notes where there are any.
    """
    needs = {column.key: _need(column, lengths.get(column.key, Lengths())) for column in columns}
    always = [Step(column.key, column.least) for column in columns if column.key in (wanted or _ALWAYS)]
    has_notes = lengths.get("note", Lengths()).longest > 0
    possible = wanted or needs.keys() - (_WHEN_CHOSEN - {"note"} if has_notes else _WHEN_CHOSEN)
    steps = [step for step in _steps(needs) if step.column in needs and step.column in possible]
    widths = shared_out(steps, room, always)
    return {column.key: widths[column.key] for column in columns if column.key in widths}


_ALWAYS = ("state", "number", "name")
# They are there for those who choose them, notes also where there are any.
_WHEN_CHOSEN = {"curve", "note"}


class _Need(msgspec.Struct, frozen=True):
    """How wide a column is for most of its texts, and for all of them."""

    usual: int
    longest: int


def _need(column: RowColumn, lengths: Lengths) -> _Need:
    # An arrow stands behind the label of the column that rows are sorted by.
    least = max(column.least, len(column.label) + 1)
    return _Need(max(least, lengths.usual), max(least, lengths.longest))


def bar_room(columns: Sequence[RowColumn], widths: Mapping[str, int], lengths: Mapping[str, Lengths]) -> int:
    """How many cells of the progress are left for a bar."""
    if "progress" not in widths:
        return 0
    column = next(column for column in columns if column.key == "progress")
    need = max(_PROGRESS_TEXT, _need(column, lengths.get("progress", Lengths())).longest)
    return BAR_CELLS if widths["progress"] > need + BAR_CELLS else 0


def _steps(needs: Mapping[str, _Need]) -> Iterator[Step]:
    """What matters most first; the order, not the width of the terminal, decides what gets a cell."""
    usual = {key: need.usual for key, need in needs.items()}
    longest = {key: need.longest for key, need in needs.items()}
    name = usual.get("name", 0)
    progress = max(_PROGRESS_TEXT, longest.get("progress", 0))
    yield Step("number", longest.get("number", 0))
    yield Step("progress", 4, whole=True)
    yield Step("name", min(_SHORT_NAME, name))
    yield Step("server", min(_SHORT_SERVER, usual.get("server", 0)), whole=True)
    for key in ("age", "duration"):
        yield Step(key, min(_LONGEST_TIME, longest.get(key, 0)), whole=True)
    yield Step("dataset", min(_SHORT_DATASET, usual.get("dataset", 0)), whole=True)
    yield Step("progress", _PROGRESS_TEXT, whole=True)
    # Sequences say more: 5/7, 1 FAIL, 2:51 left, and with a little more room 5/7 scans, 1 FAIL, 2:51 left.
    yield Step("progress", min(_SHORT_SEQUENCE, progress))
    yield Step("name", min(_NAME, name))
    yield Step("server", usual.get("server", 0))
    yield Step("progress", min(_SEQUENCE, progress))
    yield Step("dataset", usual.get("dataset", 0))
    yield Step("name", name)
    yield Step("progress", progress)
    for key in ("server", "user", "collection", "proposal", "session"):
        yield Step(key, usual.get(key, 0), whole=True)
    yield Step("progress", progress + 1 + BAR_CELLS, whole=True)
    yield Step("note", min(_SHORT_NOTE, longest.get("note", 0)), whole=True)
    yield Step("path", min(_SHORT_PATH, usual.get("path", 0)), whole=True)
    for key in ("name", "note", "dataset", "path", "user", "collection", "proposal", "session"):
        yield Step(key, longest.get(key, 0))
