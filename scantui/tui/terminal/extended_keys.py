"""Keys as kitty's keyboard protocol reports them, in the form that Textual reads.

A key is `CSI code:shifted:base ; modifiers:event ; text u`, where all but the code may be missing
(https://sw.kovidgoyal.net/kitty/keyboard-protocol/). Textual reads neither alternate codes nor events.
"""

from __future__ import annotations

import re

_KEY = re.compile(r"\x1b\[(\d*)((?::\d*){0,2})(?:;(\d*)(?::(\d*))?(?:;([\d:]*))?)?([u~ABCDEFHPQRS])")
_LIKE_A_KEY = re.compile(r"\x1b\[[\d:;]*[u~ABCDEFHPQRS]")
_LONG_NUMBER = re.compile(r"\d{8}")
_RELEASED = "3"
_LAST_ASCII = 0x7F
_LAST_CHARACTER = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
# Shift, caps lock and num lock choose the letter; the other modifiers make a command of it.
_CHOOSES_LETTER = 0b11000001


def in_textuals_form(sequence: str) -> str | None:
    """`sequence` as Textual reads it, or None if it stands for no key that is pressed.

    With Ctrl or Alt, the key counts that has the place of the letter on a Latin keyboard, if the terminal names it.
    """
    match = _KEY.fullmatch(sequence)
    if match is None:
        return None if _LONG_NUMBER.search(sequence) or _LIKE_A_KEY.fullmatch(sequence) else sequence
    code, alternates, modifiers, event, text, end = match.groups(default="")
    base = alternates.rpartition(":")[2] if alternates.count(":") == 2 else ""
    is_command = bool((int(modifiers or "1") - 1) & ~_CHOOSES_LETTER)
    chosen = base if base and is_command and int(code or "1") > _LAST_ASCII else code
    if event == _RELEASED or not all(map(_is_character, (chosen, modifiers, *text.split(":")))):
        return None
    if ":" not in sequence:
        return sequence
    fields = [chosen, modifiers, text] if text else [chosen, modifiers] if modifiers else [chosen]
    return f"\x1b[{';'.join(fields)}{end}"


def _is_character(number: str) -> bool:
    return not number or (int(number) <= _LAST_CHARACTER and int(number) not in _SURROGATES)
