"""The one function that makes text from outside fit for a terminal, a log or a file.

Rule: every string that came from Redis, a file or the network passes through `printable` before it is shown.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

ELLIPSIS = "…"
BYTE_ORDER_MARK = "\ufeff"
LONGEST_TEXT = 4096

# Most texts hold nothing but these, and then nothing has to be checked.
_HARMLESS = (
    "[ -~\u00a1-\u00ac\u00ae-\u02ff\u0391-\u03a1\u03a3-\u03ff\u0400-\u0482\u2010-\u2027\u2400-\u2421"
    "\u3041-\u3096\u30a1-\u30fe\u4e00-\u9fa5\uac00-\ud7a3\ufffd]*"
)
# Signs that look the same and have two codes, of which no composition knows.
_TWINS = str.maketrans({"\u00b5": "\u03bc", "\u2010": "-", "\u2011": "-", "\u2212": "-"})
# Full-width forms and ligatures, which keyboards type as plain letters.
_PLAIN_LETTERS = str.maketrans(
    {
        **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
        **dict(
            zip("\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06", ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True)
        ),
    }
)
# Printable by category, yet blank or zero-width, so that they hide; or terminals disagree on their columns: some join
# them with their neighbours, some know another version of Unicode.
_DECEPTIVE = {
    *(0x034F, 0x115F, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
    *range(0x180B, 0x1810),
    *range(0xFE00, 0xFE10),
    *range(0xE0100, 0xE01F0),
    # Vowels and final consonants of Hangul, two signs of Thai and Lao, two of Vedic Sanskrit.
    *range(0x1160, 0x1200),
    *range(0xD7B0, 0xD800),
    *(0x0E33, 0x0EB3, 0x1CF2, 0x1CF3),
    # Consonants of Indic scripts that join what follows.
    *(0x0D4E, 0x111C2, 0x111C3, 0x1193F, 0x11941, 0x11A3A, *range(0x11A84, 0x11A8A), 0x11D46),
    # Trigrams, hexagrams, tetragrams, counting rods, numbers on black squares.
    *range(0x2630, 0x2638),
    *range(0x268A, 0x2690),
    *range(0x3248, 0x3250),
    *range(0x4DC0, 0x4E00),
    *range(0x1D300, 0x1D357),
    *range(0x1D360, 0x1D377),
    # Halves of flags, skin tones, two emoji that are narrow here and wide there.
    *range(0x1F1E6, 0x1F200),
    *range(0x1F3FB, 0x1F400),
    *(0x1F93B, 0x1F946),
}
# Marks that take no column on any terminal: of alphabets, Hebrew, Arabic, Thai, Lao and kana. Those of other scripts do
# on some, and change the letters around them.
_MARKS = (
    range(0x0300, 0x0900),
    range(0x0E31, 0x0EC8),
    range(0x1DC0, 0x1E00),
    range(0x302A, 0x302E),
    range(0x3099, 0x309B),
    range(0xFE20, 0xFE30),
)
# With more marks than these, a letter covers the lines above and below.
_MOST_MARKS = 3


def _stand_in(character: str) -> str:
    """One visible character, one column wide, in place of one that a terminal would obey or hide."""
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if character.isspace() and code not in (0x85, 0x2028, 0x2029):
        return " "
    return "\ufffd"


@lru_cache(maxsize=4096)
def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


@lru_cache(maxsize=4096)
def _shown(character: str) -> str:
    """The character itself, or what stands in its place."""
    code = ord(character)
    if not character.isprintable() or code in _DECEPTIVE:
        return _stand_in(character)
    if not _is_mark(character) or (unicodedata.category(character) == "Mn" and any(code in marks for marks in _MARKS)):
        return character
    return "\ufffd"


def _with_few_marks(characters: list[str]) -> Iterator[str]:
    """The characters, without a mark that has nothing to stand on and without too many of them on one."""
    marks = _MOST_MARKS
    for character in characters:
        marks = marks + 1 if character > "\u02ff" and _is_mark(character) else 0
        yield "\ufffd" if marks > _MOST_MARKS else character


def printable(text: str, limit: int = LONGEST_TEXT) -> str:
    """Return `text` without anything that a terminal could take for a command or that hides its neighbours.

    Control characters, C1 controls, bidirectional and zero-width characters, line separators, unassigned and private
    characters become a visible stand-in of one column, and so does what terminals do not agree on: skin tones, flags,
    vowel signs of Indic scripts. Text longer than `limit` characters ends in an ellipsis.
    Markup is not touched: show the text with markup off.
    """
    if len(text) > limit:
        text = text[: limit - 1] + ELLIPSIS
    if (text.isascii() and text.isprintable()) or re.fullmatch(_HARMLESS, text):
        return text
    return "".join(_with_few_marks([_shown(character) for character in text]))


def as_read(text: str) -> str:
    """The one spelling of all texts that look the same on the screen, for comparing what is read with what is there.

    Stand-ins stand where printable() puts them, letters and their marks are composed, and of signs with two codes
    (micro and mu, hyphens and minus) one is left.
    """
    if len(text) <= LONGEST_TEXT and text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", printable(text)).translate(_TWINS)


def as_typed(text: str) -> str:
    """The text as it is read, with plain letters for full-width forms and ligatures."""
    if len(text) <= LONGEST_TEXT and text.isascii() and text.isprintable():
        return text
    return as_read(text).translate(_PLAIN_LETTERS)


def without_case(text: str) -> str:
    """The text in lower case, in which the Turkish i, with and without a dot, is an i, and a sharp s two."""
    if text.isascii():
        return text.lower()
    return text.casefold().replace("i\u0307", "i").replace("\u0131", "i")


def hint(word: str, known: Iterable[str], listed: Iterable[str] | None = None) -> str:
    """What to write in place of a word that is not known: the nearest one that is, else all, or those `listed`."""
    known = list(known)
    near = difflib.get_close_matches(word.lower(), known, n=1)
    return f"did you mean {near[0]}?" if near else f"give one of {', '.join(known if listed is None else listed)}"
