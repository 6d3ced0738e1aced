"""A terminal as far as this program uses one: what is written to it ends in cells that a test can look at."""

from __future__ import annotations

import re
from typing import NamedTuple

from rich.cells import cell_len

_TOKEN = re.compile(
    r"\x1b\[([?<>=]?)([\d;]*)([ -/]*)([@-~])|\x1b\](?:[^\x07\x1b]*)(?:\x07|\x1b\\)|\x1b([M78=>])|([\r\n])"
    r"|([ -~]+|[^\x1b\r\n])"
)
_EXTENDED = {38, 48}
_OFF = {22: frozenset({1, 2}), 24: frozenset({4}), 27: frozenset({7})}


class Look(NamedTuple):
    attributes: frozenset[int] = frozenset()
    foreground: str = ""
    background: str = ""


Cell = tuple[str, Look]
PLAIN = Look()


class EmulatedTerminal:
    """Cells, a cursor, a scroll region and the present look; a line that scrolls in is full of question marks."""

    def __init__(self, columns: int, lines: int) -> None:
        self.columns, self.height = columns, lines
        self.cells: list[list[Cell]] = [self._unknown() for _ in range(lines)]
        self.scrolled = 0
        self._x = self._y = 0
        self._top, self._bottom = 0, lines - 1
        self._look = PLAIN

    @property
    def seen(self) -> list[list[Cell]]:
        """What a user sees: of a blank, only what shows."""
        return [[_seen(*cell) for cell in line] for line in self.cells]

    @property
    def text(self) -> str:
        return "\n".join("".join(character for character, _ in line) for line in self.cells)

    def write(self, data: str) -> None:
        position = 0
        while position < len(data):
            token = _TOKEN.match(data, position)
            assert token is not None, f"not understood: {data[position : position + 20]!r}"
            position = token.end()
            private, parameters, _, command, escape, control, character = token.groups()
            if character:
                self._put_all(character)
            elif control == "\n":
                self._line_feed()
            elif control == "\r":
                self._x = 0
            elif escape == "M":
                self._reverse_feed()
            elif command and not private:
                self._command(command, [int(number or 0) for number in parameters.split(";")])

    def _unknown(self) -> list[Cell]:
        return [("?", PLAIN)] * self.columns

    def _command(self, command: str, numbers: list[int]) -> None:
        if command == "H":
            self._y, self._x = max(numbers[0], 1) - 1, max([*numbers, 1][1], 1) - 1
        elif command == "C":
            self._x += max(numbers[0], 1)
        elif command == "r":
            self._top, self._bottom = (0, self.height - 1) if numbers == [0] else (numbers[0] - 1, numbers[1] - 1)
            self._x = self._y = 0
        elif command == "m":
            self._look = _changed_look(self._look, numbers)
        else:
            assert command in "nhlutq", command

    def _put_all(self, text: str) -> None:
        """Put the letters of ASCII at once where they fit and touch no wide character."""
        line, end = self.cells[self._y], self._x + len(text)
        if len(text) > 1 and end <= self.columns and all(character for character, _ in line[self._x : end + 1]):
            line[self._x : end] = [(character, self._look) for character in text]
            self._x = min(end, self.columns - 1)
            return
        for character in text:
            self._put(character)

    def _put(self, character: str) -> None:
        width, line = cell_len(character), self.cells[self._y]
        if not width:
            before = self._x - 1 if line[self._x - 1][0] else self._x - 2
            line[before] = (line[before][0] + character, line[before][1])
            return
        # Half a wide character cannot stand: its other half becomes blank.
        for x in (self._x, self._x + width - 1):
            if x < self.columns and not line[x][0]:
                line[x - 1] = line[x] = (" ", line[x][1])
            elif x + 1 < self.columns and not line[x + 1][0]:
                line[x] = line[x + 1] = (" ", line[x][1])
        if self._x + width <= self.columns:
            line[self._x : self._x + width] = [(character, self._look), *[("", self._look)] * (width - 1)]
        self._x = min(self._x + width, self.columns - 1 + (width > 1))

    def _line_feed(self) -> None:
        self._x = 0  # the terminal's driver adds the carriage return
        if self._y == self._bottom:
            del self.cells[self._top]
            self.cells.insert(self._bottom, self._unknown())
            self.scrolled += 1
        elif self._y < self.height - 1:
            self._y += 1

    def _reverse_feed(self) -> None:
        if self._y == self._top:
            del self.cells[self._bottom]
            self.cells.insert(self._top, self._unknown())
            self.scrolled += 1
        elif self._y:
            self._y -= 1


def _seen(character: str, look: Look) -> Cell:
    if character == " " and look.attributes <= {1, 2, 3}:
        return character, Look(background=look.background)
    return character, look


def _changed_look(look: Look, numbers: list[int]) -> Look:
    left = list(numbers)
    while left:
        number = left.pop(0)
        if number == 0:
            look = PLAIN
        elif number in _EXTENDED:
            count = 4 if left[0] == 2 else 2
            colour = ";".join(str(part) for part in (number - number % 10, *left[:count]))
            del left[:count]
            look = look._replace(foreground=colour) if number == 38 else look._replace(background=colour)
        elif number in (39, 49):
            look = look._replace(foreground="") if number == 39 else look._replace(background="")
        elif 30 <= number < 38 or 90 <= number < 98:
            look = look._replace(foreground=str(number))
        elif 40 <= number < 48 or 100 <= number < 108:
            look = look._replace(background=str(number))
        elif number in _OFF:
            look = look._replace(attributes=look.attributes - _OFF[number])
        else:
            assert number < 10, number
            look = look._replace(attributes=look.attributes | {number})
    return look
