"""Which rows moved since the last look, for an outline that is kept up with them; pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Moves:
    """Which rows came, left or look different since the last look; `anew` when all were chosen anew."""

    def __init__(self) -> None:
        self.came: set[str] = set()
        self.left: set[str] = set()
        self.touched: set[str] = set()
        self.anew = False

    @classmethod
    def of(cls, came: Iterable[str]) -> Moves:
        """Only rows that came."""
        moves = cls()
        moves.came.update(came)
        return moves

    def note(self, came: Iterable[str], left: Iterable[str]) -> None:
        """Note the rows that came and left; each is in one set at most."""
        for key in left:
            self.came.discard(key)
            self.left.add(key)
        for key in came:
            self.left.discard(key)
            self.came.add(key)


class MovedLines(NamedTuple):
    """Whether lines came, went or moved, and the scans whose lines look different; with `anew` all lines do."""

    has_moved: bool = False
    keys: frozenset[str] = frozenset()
    anew: bool = False


ALL_MOVED = MovedLines(has_moved=True, anew=True)
