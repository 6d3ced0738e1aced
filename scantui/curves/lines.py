"""The lines of a figure: pieces of text with a role, and their width in columns.

Rule: text from Redis enters a line only through `shown`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from scantui.text import ELLIPSIS, printable

LONGEST_LABEL = 200
_WIDE = frozenset("WF")
# Plain stand-ins for letters in units; other letters become an underscore.
_PLAIN = str.maketrans(
    {"µ": "u", "μ": "u", "Å": "A", "\u212b": "A", "°": "deg", "·": "-", "…": "~", "²": "2", "³": "3"}
)


class Piece(NamedTuple):
    """Text with one role; `under` is the role of its background, the lower half of a cell with two points."""

    text: str
    role: str = ""
    under: str = ""


Line = list[Piece]


def shown(text: str, ascii_only: bool = False, limit: int = LONGEST_LABEL) -> str:
    """Return text from Redis made safe for a line; with `ascii_only`, in plain ASCII."""
    text = printable(text, limit)
    if ascii_only and not text.isascii():
        plain = text.translate(_PLAIN)
        text = "".join(character if character.isascii() else "_" for character in plain)
    return text


def columns_of(text: str) -> int:
    """Return the width of a printable text, in columns of a terminal."""
    return len(text) if text.isascii() else sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) == "Mn":
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1


def cut(text: str, columns: int, ascii_only: bool = False) -> str:
    """Return the text cut to this many columns; a cut text ends in an ellipsis."""
    if columns_of(text) <= columns:
        return text
    kept, taken = [], 0
    for character in text:
        taken += _columns(character)
        if taken > columns - 1:
            break
        kept.append(character)
    return "".join(kept) + ("~" if ascii_only else ELLIPSIS) if columns > 0 else ""


def width_of(line: Iterable[Piece]) -> int:
    """Return the width of a line, in columns."""
    return sum(columns_of(span.text) for span in line)


def fitted(line: Sequence[Piece], columns: int, ascii_only: bool = False) -> Line:
    """Return the line with exactly this width: cut, or filled up with blanks."""
    fits: Line = []
    left = columns
    for span in line:
        taken = columns_of(span.text)
        if taken > left:
            text = cut(span.text, left, ascii_only)
            if text:
                fits.append(span._replace(text=text))
                left -= columns_of(text)
            break
        fits.append(span)
        left -= taken
    if left:
        fits.append(Piece(" " * left))
    return fits


def text_of(line: Iterable[Piece]) -> str:
    """Return the text of a line without trailing blanks."""
    return "".join(span.text for span in line).rstrip(" ")
