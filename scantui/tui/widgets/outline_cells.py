"""What the outline adds to the cells of a line: its depth, whether it is folded, and how many scans it stands for."""

from __future__ import annotations

from scantui.board import Board
from scantui.board.families import OutlineRow
from scantui.words import clock_span, duration

_FOLDED, _UNFOLDED = "▸ ", "▾ "
_INDENT, _NARROW_INDENT = "  ", " "
_TIMES = "\u00d7"


def outline_texts(texts: dict[str, str], line: OutlineRow, board: Board, is_narrow: bool) -> None:
    """Change the texts of a line, by the keys of their columns, to those of the outline; a narrow one indents less."""
    name = texts.get("name")
    if name is not None:
        indent = (_NARROW_INDENT if is_narrow else _INDENT) * line.depth
        mark = "" if line.folded is None else _FOLDED if line.folded else _UNFOLDED
        # Below its sequence a scan needs no number of it.
        title = name.partition(") ")[2] if line.depth else name
        count = _count(line, board) if line.size > 1 else ""
        texts["name"] = f"{indent}{mark}{title}{count}"
    if line.size > 1 and "duration" in texts:
        rows = map(board.row, board.lines.members_of(line.key))
        took = (duration(each, board.now_ms) for each in rows if each is not None)
        texts["duration"] = clock_span(sum(seconds for seconds in took if seconds))


def _count(line: OutlineRow, board: Board) -> str:
    """How many scans, and their numbers: `(21-57)`."""
    rows = map(board.row, board.lines.members_of(line.key))
    numbers = [row.identity.number for row in rows if row is not None and row.identity is not None]
    return f"  {_TIMES}{line.size} ({numbers[0]}-{numbers[-1]})" if numbers else f"  {_TIMES}{line.size}"
