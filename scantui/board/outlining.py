"""Outlines of a view: one without rows, and one made in slices, so that keys have their turn between them; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scantui.board.families import Kinship
from scantui.board.outline import Outline
from scantui.board.view import View
from scantui.report.folding import likeness

_SMALL = 2**30 - 1


def outline_of(view: View) -> Outline:
    """An outline without rows, which asks a view how scans belong together and in which order they stand."""

    def kinship_of(key: str) -> Kinship:
        known = view.known
        row = known.rows[key]
        like = None if key in view.marks else likeness(row, known.words[key], key in known.notes)
        # Of each of very many rows a small number is kept, not the texts: no run of neighbours is alike by chance.
        return Kinship(row.parent, None if like is None else hash(like) & _SMALL)

    return Outline(kinship_of, rank_of=lambda key: view.known.ranks[key])


class OutlinePreparation:
    """An outline that is made of the rows shown, from the oldest on; what moves meanwhile is taken in afterwards."""

    def __init__(self, outline: Outline, keys: Sequence[str]) -> None:
        self.outline = outline
        self._keys = list(keys)
        self._next = 0

    @property
    def is_done(self) -> bool:
        return self._next >= len(self._keys)

    def go_on(self, is_shown: Callable[[str], bool], most: int) -> None:
        """Put the next rows, so many, into the outline."""
        end = self._next + most
        some, self._next = self._keys[self._next : end], end
        self.outline.change(coming=list(filter(is_shown, some)))
        len(self.outline)
