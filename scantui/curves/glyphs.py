"""The characters for drawing figures: blocks, dots or ASCII."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class MarkSet(msgspec.Struct, frozen=True, kw_only=True):
    """One way to draw: the number of dots in a cell, and the characters.

    `cells[left | right << down]` is the character for the dots of a cell: `left` and `right` hold a bit for each of its
    `down` rows, the lowest for the upper one. A cell of one column has no right half.
    """

    name: str
    across: int
    down: int
    cells: str
    bars: str
    sparks: str
    vertical: str
    horizontal: str
    corner: str
    tick_y: str
    tick_x: str
    cross: str
    swatch: str
    between: str
    ascii_only: bool = False


# The bits of the dots of a braille cell, from the top down.
_BRAILLE_LEFT, _BRAILLE_RIGHT = (0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80)


def _chosen(bits: int, dots: Sequence[int]) -> int:
    return sum(dot for place, dot in enumerate(dots) if bits >> place & 1)


_BRAILLE = "".join(
    chr(0x2800 + _chosen(cell & 15, _BRAILLE_LEFT) + _chosen(cell >> 4, _BRAILLE_RIGHT)) if cell else " "
    for cell in range(256)
)

BLOCKS = MarkSet(
    name="blocks",
    across=2,
    down=2,
    # By bits: 1 upper left, 2 lower left, 4 upper right, 8 lower right.
    cells=" ▘▖▌▝▀▞▛▗▚▄▙▐▜▟█",
    bars=" ▁▂▃▄▅▆▇█",
    sparks="▁▂▃▄▅▆▇█",
    vertical="│",
    horizontal="─",
    corner="└",
    tick_y="┤",
    tick_x="┬",
    cross="┼",
    swatch="█",
    between=" · ",
)
DOTS = msgspec.structs.replace(BLOCKS, name="dots", down=4, cells=_BRAILLE)
ASCII = MarkSet(
    name="ascii",
    across=1,
    down=2,
    cells=" '.:",
    bars=" .:|",
    sparks="_.-:=+*#",
    vertical="|",
    horizontal="-",
    corner="+",
    tick_y="+",
    tick_x="+",
    cross="+",
    swatch="#",
    between=" - ",
    ascii_only=True,
)
MARK_SETS = {marks.name: marks for marks in (BLOCKS, DOTS, ASCII)}
