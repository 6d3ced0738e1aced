"""The one function that makes text from outside fit for a terminal, a log or a file.

Rule: every string that came from Redis, a file or the network passes through `printable` before it is shown.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

ELLIPSIS = "…"
LONGEST_TEXT = 4096

# Printable by category, yet blank, zero-width or able to change the width of the character before them.
_DECEPTIVE = {
    *range(0x180B, 0x1810),
    *range(0xFE00, 0xFE10),
    *range(0xE0100, 0xE01F0),
    *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
}


def _stand_in(character: str) -> str:
    """One visible character, one column wide, in the place of one that a terminal would obey or hide."""
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if character.isspace() and code not in (0x85, 0x2028, 0x2029):
        return " "
    return "\ufffd"


def printable(text: str, limit: int = LONGEST_TEXT) -> str:
    """Return `text` without anything that a terminal could take for a command or that hides its neighbours.

    Control characters, C1 controls, bidirectional and zero-width characters, line separators, unassigned and private
    characters become a visible stand-in of one column; text longer than `limit` characters ends in an ellipsis.
    Markup is not touched: whoever shows the text must show it with markup off.
    """
    if len(text) > limit:
        text = text[: limit - 1] + ELLIPSIS
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character if character.isprintable() and ord(character) not in _DECEPTIVE else _stand_in(character)
        for character in text
    )


def hint(word: str, known: Iterable[str], listed: Iterable[str] | None = None) -> str:
    """What to write in the place of a word that is not known: the nearest one that is, else all, or those `listed`."""
    known = list(known)
    near = difflib.get_close_matches(word.lower(), known, n=1)
    return f"did you mean {near[0]}?" if near else f"give one of {', '.join(known if listed is None else listed)}"
