"""Which rows moved since the last look, for an outline that is kept up with them; pure."""

from __future__ import annotations

from collections.abc import Iterable


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
