"""What the terminal shows, what it is to show, and what has to be written to get from one to the other."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from scantui.tui.terminal.cells import PLAIN, CellLine, Look, Pen

# Try whether moving lines is shorter only when this many stand elsewhere now.
_WORTH_MOVING = 3
# The digits of a clock: this few cells side by side cannot tear.
_FEW_CELLS = 2


class Image:
    """The lines of a terminal: `wanted` is changed freely, and `changes` brings the terminal there."""

    def __init__(self) -> None:
        self._wanted: list[CellLine] = []
        self._shown: list[CellLine | None] = []
        # The look in which the terminal writes: each frame goes on in that of the frame before.
        self._look: Look | None = PLAIN

    @property
    def is_shown(self) -> bool:
        """Whether the terminal shows all that is wanted."""
        return self._wanted == self._shown

    def want_all(self, lines: Sequence[CellLine]) -> None:
        """Want these lines; when there are more or fewer, or of another width, nothing is known of what is shown."""
        before, self._wanted = self._wanted, list(lines)
        if _size(before) != _size(self._wanted):
            self.forget_shown()

    def forget_shown(self) -> None:
        """Forget what is shown: another program has written to the terminal."""
        self._look = None
        self._shown = [None] * len(self._wanted)

    def want(self, x: int, y: int, part: CellLine) -> None:
        """Want this in the line `y` from column `x` on."""
        self._wanted[y] = self._wanted[y].replaced(x, part)

    def changes(self) -> str:
        """What has to be written; from now on it counts as shown."""
        pen = _written(Pen(self._look), self._shown, self._wanted)
        move = _find_move(self._shown, self._wanted)
        if move is not None:
            moved = _written(*_moved(Pen(self._look), self._shown, move), self._wanted)
            pen = min(pen, moved, key=lambda each: len(each.written))
        return self._take(pen)

    def few_changes(self) -> str:
        """The same when no more than a few cells side by side have changed; else "", and nothing counts as shown."""
        changed = _changed(self._shown, self._wanted)
        if len(changed) != 1 or self._shown[changed[0]] is None:
            return ""
        pen = _written(Pen(self._look), self._shown, self._wanted)
        return self._take(pen) if pen.jumps == 1 and pen.cells <= _FEW_CELLS else ""

    def _take(self, pen: Pen) -> str:
        self._shown, self._look = list(self._wanted), pen.look
        return pen.written


class _Move(msgspec.Struct, frozen=True):
    """Move the lines from `top` to `bottom` up by a number of lines, or down by a negative number."""

    top: int
    bottom: int
    lines: int


def _size(lines: Sequence[CellLine]) -> tuple[int, int]:
    return len(lines), len(lines[0].text) if lines else 0


def _written(pen: Pen, shown: Sequence[CellLine | None], wanted: Sequence[CellLine]) -> Pen:
    for y in _changed(shown, wanted):
        pen.write(y, shown[y], wanted[y])
    return pen


def _moved(pen: Pen, shown: Sequence[CellLine | None], move: _Move) -> tuple[Pen, list[CellLine | None]]:
    """The pen after it moved lines, and what is shown then; of the lines that came in nothing is known."""
    top, bottom, lines = move.top, move.bottom, move.lines
    moved = list(shown)
    pen.scroll(top, bottom, lines)
    for y in range(top, bottom + 1):
        moved[y] = shown[y + lines] if top <= y + lines <= bottom else None
    return pen, moved


def _find_move(shown: Sequence[CellLine | None], wanted: Sequence[CellLine]) -> _Move | None:
    """The move that brings most lines of text to where they are wanted, if there are enough of them."""
    changed = _changed(shown, wanted)
    if len(changed) < _WORTH_MOVING:
        return None
    stood = {_text(shown[y]): y for y in reversed(changed)}
    found: dict[int, list[int]] = {}
    for y in changed:
        text = _text(wanted[y])
        if text in stood and not text.isspace() and stood[text] != y:
            found.setdefault(stood[text] - y, []).append(y)
    lines, places = max(found.items(), key=lambda item: len(item[1]), default=(0, []))
    if len(places) < _WORTH_MOVING:
        return None
    return _Move(places[0] + min(0, lines), places[-1] + max(0, lines), lines)


def _changed(shown: Sequence[CellLine | None], wanted: Sequence[CellLine]) -> list[int]:
    return [y for y, (before, after) in enumerate(zip(shown, wanted, strict=True)) if before != after]


def _text(line: CellLine | None) -> str:
    """What is read on a line, but for its last column: a scroll bar does not move with its rows."""
    return "".join(line.text[:-1]) if line else ""
