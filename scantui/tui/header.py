"""The header line: parts in the order of their places, of which the least important leave a narrow terminal; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec
from rich.text import Text

from scantui.fitting import cut_to, width_of
from scantui.tui.looks import style_name

if TYPE_CHECKING:
    from scantui.board import Board

_GAP = "  "
_DAY_MS = 86_400_000
# A longer name is cut before parts leave.
_LEAST_LABEL, _USUAL_LABEL = 4, 36


class Part(msgspec.Struct, frozen=True):
    """A part of the header; the part with the highest `rank` leaves first, and one of rank 0 stays.

    A part with a `short` text is shown by this one before it leaves.
    """

    text: str
    rank: int = 0
    style: str = ""
    short: str = ""

    def shrunk(self, rank: int) -> Part | None:
        """What is left of it when all parts of a rank have to shrink."""
        if self.rank < rank:
            return self
        return Part(self.short, self.rank, self.style) if self.short else None


def connection_parts(words: str) -> list[Part]:
    """The words for the connection, each with its colour; two blanks part them."""
    return [_connection_part(word) for word in words.split(_GAP) if word]


def _connection_part(word: str) -> Part:
    first = word.partition(" ")[0]
    known = {"ERROR": "DOWN", "CONNECTING": "IDLE", "ENDED": "IDLE", "R:Reconnect": "IDLE"}
    style = style_name(known.get(first, first))
    return Part(f"● {word}" if first in ("LIVE", "IDLE", "RETRY") else word, style=style)


def header(label: str, parts: Iterable[Part], right: Sequence[Part], width: int) -> Text:
    """The header, as wide as the terminal: the server's name, parts at the left, and parts at the right."""
    left, at_right = [part for part in parts if part.text], [part for part in right if part.text]
    while _width(left) + _width(at_right) + min(_USUAL_LABEL, width_of(label)) > width - 1:
        highest = max((part.rank for part in (*left, *at_right)), default=0)
        if not highest:
            break
        left = [part for each in left if (part := each.shrunk(highest))]
        at_right = [part for each in at_right if (part := each.shrunk(highest))]
    room = max(_LEAST_LABEL, width - 1 - _width(left) - _width(at_right))
    line = Text(f" {cut_to(label, room, 'middle')}", no_wrap=True, end="")
    for part in left:
        line.append(_GAP if line.cell_len > 1 else "").append(part.text, part.style)
    line.append(" " * max(0, width - line.cell_len - _width(at_right)))
    for part in at_right:
        line.append(_GAP).append(part.text, part.style)
    line.truncate(width)
    return line


def _width(parts: Iterable[Part]) -> int:
    return sum(len(_GAP) + width_of(part.text) for part in parts)


def counts_line(board: Board) -> Text:
    """How many of all known scans run, fell silent, or went wrong in the last day."""
    glance, line = board.glance, Text()
    stalled = glance.stalled
    if glance.running > stalled:
        line.append(f"{glance.running - stalled} running", style_name("RUN"))
    if stalled:
        line.append(_GAP if line.plain else "").append(f"{stalled} stalled", style_name("STALL"))
    failed = glance.problems_since(board.now_ms - _DAY_MS) if board.now_ms else 0
    if failed:
        line.append(_GAP if line.plain else "").append(f"{failed} failed 24h", style_name("wrong"))
    return line
