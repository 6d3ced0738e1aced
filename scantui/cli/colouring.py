"""Lines of a figure as text for a terminal: a role becomes a colour if the terminal has colours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from scantui.curves.lines import Line, text_of

Palette = Literal["many", "sixteen", "none"]

# Codes of SGR. The 16 colours of the terminal follow its own theme.
_ROLES = {
    "title": "1",
    "axis": "2",
    "note": "2",
    "behind": "90",
    "mark": "33",
    "inspector": "33",
    **{f"curve{number}": code for number, code in enumerate(("36", "33", "35", "32", "34", "31", "96", "93"))},
}
_HEAT = (17, 18, 19, 25, 31, 37, 36, 35, 71, 107, 143, 179, 215, 221, 227, 230)
_RAMP = (34, 36, 32, 33, 31, 97)
_TO_BACKGROUND = 10


def coloured_text(line: Line, palette: Palette) -> str:
    """A line with its colours, without the blanks at its end; without colours the text alone."""
    if palette == "none":
        return text_of(line)
    return "".join(_coloured(line[: _used(line)]))


def _used(line: Line) -> int:
    """How many pieces the line has before the blanks at its end."""
    used = len(line)
    while used and not line[used - 1].under and not line[used - 1].text.strip(" "):
        used -= 1
    return used


def _coloured(line: Line) -> Iterable[str]:
    for text, role, under in line:
        codes = [code for code in (_code(role), _background(under)) if code]
        yield f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if codes else text


def _code(role: str) -> str:
    if role.startswith("heat"):
        return f"38;5;{_level(role, 'heat', _HEAT)}"
    if role.startswith("ramp"):
        return str(_level(role, "ramp", _RAMP))
    return _ROLES.get(role, "")


def _background(role: str) -> str:
    if role.startswith("heat"):
        return f"48;5;{_level(role, 'heat', _HEAT)}"
    return str(_level(role, "ramp", _RAMP) + _TO_BACKGROUND) if role.startswith("ramp") else ""


def _level(role: str, kind: str, codes: Sequence[int]) -> int:
    return codes[int(role.removeprefix(kind))]
