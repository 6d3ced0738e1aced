"""What a monitor's screen shows, read from its cells: the header, the row of the cursor, the marks; pure.

Rule: nothing here depends on the monitor's sentences, only on the places of its lines and on words of the table.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence

from tests.tui.emulated import EmulatedTerminal

_STATUS, _FILTER, _HEADINGS, _FIRST_ROW = 0, 1, 2, 3
# What paints nothing: operating system commands, questions, device controls, and control characters.
_UNPAINTED = re.compile(
    rb"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[?<>=]?[\d;]*[$!][a-z]|\x1bP[^\x1b]*\x1b\\|[\x00-\x09\x0b\x0c\x0e-\x1a]"
)
_TOTAL = re.compile(r"(?:HELD|LIVE|IDLE \S+)  +(?:\d+ of )?(\d+) scans?")
_ROW = re.compile(r"^\w+ +\*?\d+…? ")


class Screen:
    """A screen that is painted with the bytes of frames."""

    def __init__(self, columns: int, lines: int) -> None:
        self._terminal = EmulatedTerminal(columns, lines)

    def paint(self, frame: bytes) -> None:
        self._terminal.write(_UNPAINTED.sub(b"", frame).decode("utf-8", "replace"))

    @property
    def text(self) -> str:
        return self._terminal.text

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @property
    def status(self) -> str:
        return self.lines[_STATUS]

    @property
    def filter_line(self) -> str:
        return self.lines[_FILTER]

    @property
    def headings(self) -> str:
        return self.lines[_HEADINGS]

    @property
    def hints(self) -> str:
        return self.lines[-1]

    @property
    def rows(self) -> list[str]:
        """The lines of scans, from the top down."""
        return [line for line in self.lines[_FIRST_ROW:-1] if _ROW.match(line)]

    @property
    def marks(self) -> int:
        """How many rows in view are marked."""
        return sum("*" in row[:12] for row in self.rows)

    @property
    def has_details(self) -> bool:
        return any(line.startswith("────") for line in self.lines[_FIRST_ROW:])

    @property
    def cursor(self) -> int | None:
        """The line of the row with a background that no other has, or None."""
        cells, lines = self._terminal.cells, self.lines
        # Headings and pinned scans have backgrounds of their own.
        backgrounds = {
            number: cells[number][1][1].background
            for number in range(_FIRST_ROW, len(lines) - 1)
            if _ROW.match(lines[number])
        }
        count = Counter(backgrounds.values())
        alone = [number for number, background in backgrounds.items() if count[background] == 1]
        return alone[0] if len(alone) == 1 else None

    def look_of(self, line: int) -> object:
        """How a line is painted at its beginning."""
        return self._terminal.cells[line][0][1]

    @property
    def total(self) -> int:
        """How many scans the monitor knows, by the header."""
        found = _TOTAL.search(self.status)
        if found is None:
            raise ValueError(f"no count in the header {self.status!r}")
        return int(found[1])

    @property
    def has_total(self) -> bool:
        """Whether the header counts scans: in a narrow one, it has no room for that while more are loaded."""
        return _TOTAL.search(self.status) is not None

    def counts(self, total: int) -> bool:
        """Whether the header counts exactly so many scans, shown ones or all."""
        return re.search(rf"(?<![\d/:.])(\d+ of )?{total} scans?", self.status) is not None

    def shows_of(self, shown: int, total: int) -> bool:
        """Whether the header counts that many shown of all."""
        return re.search(rf"(?<![\d/:.]){shown} of {total} scans?", self.status) is not None


def showing(text: str) -> Callable[[Screen], bool]:
    """Asks a screen whether a text is on it."""
    return lambda screen: text in screen.text


def counting(total: int) -> Callable[[Screen], bool]:
    """Asks a screen whether its header counts so many scans."""
    return lambda screen: screen.counts(total)


def newest_is(state: str) -> Callable[[Screen], bool]:
    """Asks a screen for the word of its last row."""
    return lambda screen: bool(screen.rows) and screen.rows[-1].startswith(state)


def answers(
    presses: Sequence[tuple[float, Sequence[str]]],
    frames: Iterable[float],
    view: Callable[[str], object],
) -> dict[str, list[float]]:
    """Seconds from each press to the first frame that changes what it should change.

    A press is its moment and the names of what should change; `view(name)` is that on the screen as it is after the
    last frame taken from `frames`. What has not changed by the next press counts with the time until then.
    """
    taken: dict[str, list[float]] = {name: [] for _, names in presses for name in names}
    left = deque(presses)
    before: dict[str, object] = {}
    pressed, waiting = 0.0, dict[str, object]()
    for moment in frames:
        while left and left[0][0] <= moment:
            for name in waiting:
                taken[name].append(left[0][0] - pressed)
            pressed, names = left.popleft()
            waiting = {name: before.get(name) for name in names}
        now = {name: view(name) for name in taken}
        for name in [name for name, old in waiting.items() if now[name] != old]:
            taken[name].append(moment - pressed)
            del waiting[name]
        before = now
    return taken
