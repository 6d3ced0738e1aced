"""What changed in the rows: for the screen, and for an outline that is kept up with them; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol


class Change(NamedTuple):
    """What a screen has to do: `rearranged` when rows came, went or moved, `touched` rows changed in their place.

    `appended` of the rows that came are below all that were there before.
    """

    rearranged: bool = False
    touched: frozenset[str] = frozenset()
    appended: int = 0

    def __or__(self, other: Change) -> Change:
        return Change(self.rearranged or other.rearranged, self.touched | other.touched, self.appended + other.appended)


class Noting(Protocol):
    """What has to know which rows came or changed."""

    def note(self, keys: Iterable[str]) -> None: ...


class Moves:
    """Which rows came, left or look different since the last look; `before` are those there were when chosen again."""

    def __init__(self) -> None:
        self.came: set[str] = set()
        self.left: set[str] = set()
        self.touched: set[str] = set()
        self.before: Sequence[str] | None = None

    @classmethod
    def of(cls, came: Iterable[str]) -> Moves:
        """Only rows that came."""
        moves = cls()
        moves.came.update(came)
        return moves

    @property
    def noted(self) -> set[str]:
        """All of them."""
        return self.came | self.left | self.touched

    def choose_anew(self, before: Sequence[str]) -> None:
        """Note that rows were chosen again, and which there were before."""
        if self.before is None:
            self.before = before

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
