"""An outline that is made in slices, so that keys have their turn between them; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scantui.board.outline import Outline


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
