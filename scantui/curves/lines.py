"""Lines of a figure: pieces of text with a role each, and how many columns they take.

Rule: text that came from outside enters a line through `shown` and nowhere else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from scantui.text import ELLIPSIS, printable

LONGEST_LABEL = 200
_WIDE = frozenset("WF")
# Letters of units that have a plain stand-in; the rest becomes an underscore.
_PLAIN = str.maketrans(
    {"µ": "u", "μ": "u", "Å": "A", "\u212b": "A", "°": "deg", "·": "-", "…": "~", "²": "2", "³": "3"}
)


class Span(NamedTuple):
    """Text with one role; `under` is the role of what lies behind it, as in the lower half of a cell."""

    text: str
    role: str = ""
    under: str = ""


Line = list[Span]


def shown(text: str, ascii_only: bool = False, limit: int = LONGEST_LABEL) -> str:
    """Text from outside, fit for a line; with `ascii_only` without any character that an old terminal lacks."""
    text = printable(text, limit)
    if ascii_only and not text.isascii():
        plain = text.translate(_PLAIN)
        text = "".join(character if character.isascii() else "_" for character in plain)
    return text


def columns_of(text: str) -> int:
    """How many columns of a terminal a printable text takes."""
    return len(text) if text.isascii() else sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) == "Mn":
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1


def cut(text: str, columns: int, ascii_only: bool = False) -> str:
    """The text in at most so many columns; where something is missing it ends in an ellipsis."""
    if columns_of(text) <= columns:
        return text
    kept, taken = [], 0
    for character in text:
        taken += _columns(character)
        if taken > columns - 1:
            break
        kept.append(character)
    return "".join(kept) + ("~" if ascii_only else ELLIPSIS) if columns > 0 else ""


def width_of(line: Iterable[Span]) -> int:
    """How many columns a line takes."""
    return sum(columns_of(span.text) for span in line)


def fitted(line: Sequence[Span], columns: int, ascii_only: bool = False) -> Line:
    """The line in exactly so many columns: cut, or filled up with blanks."""
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
        fits.append(Span(" " * left))
    return fits


def text_of(line: Iterable[Span]) -> str:
    """The text of a line alone, without the blanks at its end."""
    return "".join(span.text for span in line).rstrip(" ")
