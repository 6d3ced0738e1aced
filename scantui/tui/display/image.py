"""What the terminal shows and what it ought to show, and what has to be written to make the one the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from scantui.tui.display.cells import Cell, Line, Pen

# So many lines have to be found elsewhere before it is tried whether moving them is shorter.
_WORTH_MOVING = 3


class Image:
    """The lines of a terminal: `wanted` is changed freely, and `changes` brings the terminal there."""

    def __init__(self) -> None:
        self._wanted: list[Line] = []
        self._shown: list[Line | None] = []

    @property
    def is_shown(self) -> bool:
        """Whether the terminal shows all that is wanted."""
        return self._wanted == self._shown

    @property
    def has_lines(self) -> bool:
        return bool(self._wanted)

    def want_all(self, lines: Sequence[Line]) -> None:
        """Want these lines, and write them all: nothing is known of what the terminal shows."""
        self._wanted = list(lines)
        self.forget_shown()

    def forget_shown(self) -> None:
        """Somebody else has written to the terminal."""
        self._shown = [None] * len(self._wanted)

    def want(self, x: int, y: int, cells: Sequence[Cell]) -> None:
        """Want these cells in a place of their own."""
        line = self._wanted[y]
        if line[x : x + len(cells)] != cells:
            # A line may be one that is shown, which has to stay what it is.
            self._wanted[y] = [*line[:x], *cells, *line[x + len(cells) :]]

    def changes(self) -> str:
        """What has to be written; from now on it counts as shown."""
        written = _written(self._shown, self._wanted, 0)
        lines = self._moved_by()
        if lines:
            moved = _written(self._shown, self._wanted, lines)
            written = min(written, moved, key=len)
        self._shown = list(self._wanted)
        return written

    def _moved_by(self) -> int:
        """By how many lines most of those that changed seem to have moved up; 0 when they did not."""
        changed = _changed(self._shown, self._wanted)
        if len(changed) <= _WORTH_MOVING:
            return 0
        places = {_text(self._shown[y]): y for y in reversed(changed)}
        moves = Counter(
            places[text] - y for y in changed if (text := _text(self._wanted[y])).strip() and text in places
        )
        moves.pop(0, None)
        lines, count = max(moves.items(), key=lambda move: move[1], default=(0, 0))
        return lines if count >= _WORTH_MOVING else 0


def _written(shown: Sequence[Line | None], wanted: Sequence[Line], lines: int) -> str:
    """The way from one to the other, with what changed moved up by so many lines first."""
    pen = Pen()
    if lines:
        changed = _changed(shown, wanted)
        top, bottom = changed[0], changed[-1]
        pen.scroll(top, bottom, lines)
        moved = list(shown)
        for y in range(top, bottom + 1):
            moved[y] = shown[y + lines] if top <= y + lines <= bottom else None
        shown = moved
    for y in _changed(shown, wanted):
        pen.write(y, shown[y], wanted[y])
    return pen.written


def _changed(shown: Sequence[Line | None], wanted: Sequence[Line]) -> list[int]:
    return [y for y, (before, after) in enumerate(zip(shown, wanted, strict=True)) if before != after]


def _text(line: Line | None) -> str:
    return "".join([character for character, _ in line or ()])
