"""Lines that are too long for their pane, in as many rows as they need; pure."""

from __future__ import annotations

from rich.cells import chop_cells
from rich.text import Text

_UNBROKEN = "\u00a0"


def unbroken(text: str) -> str:
    """A text that stays on one row when a line is wrapped, such as a value with its unit."""
    return text.replace(" ", _UNBROKEN)


def wrapped(text: Text, indent: int, width: int) -> list[Text]:
    """A line in as many rows as it needs, broken between words or parts of a path if one ends near.

    All rows but the first are indented.
    """
    if text.cell_len <= width:
        return [with_blanks(text)]
    indent = min(indent, width // 2)
    plain, ends, start = text.plain, list[int](), 0
    while start < len(plain):
        room = width - indent if ends else width
        part = chop_cells(plain[start : start + room], room)[0]
        is_last = start + len(part) >= len(plain)
        blank = -1 if is_last else part.rfind(" ", room // 2)
        slash = -1 if is_last else part.rfind("/", room // 2)
        start += blank + 1 if blank > 0 else slash if slash > 0 else len(part)
        ends.append(start)
    pieces = list(map(with_blanks, text.divide(ends[:-1])))
    return [pieces[0], *(Text(" " * indent) + piece for piece in pieces[1:])]


def with_blanks(text: Text) -> Text:
    """A line as it is read: what holds it together for wrapping is a blank again."""
    if _UNBROKEN in text.plain:
        text = text.copy()
        text.plain = text.plain.replace(_UNBROKEN, " ")
    return text
