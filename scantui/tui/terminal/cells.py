"""The cells of a line on the terminal, and the shortest way to write those that differ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec
from rich.cells import cell_len
from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style

from scantui.tui.terminal.palette import nearest

# Rewriting this many unchanged cells costs no more than jumping over them.
_SHORT_GAP = 4
# Letters of the West, punctuation, arrows, what stands for control characters, boxes, blocks and dots; not clocks and
# brackets among them that are wide.
_SURE_WIDTHS = "[\\x00-\u02ff\u2010-\u2027\u2190-\u2319\u2400-\u2421\u2500-\u25fc\u2800-\u28ff]*"
# What turns an attribute off, where all terminals understand that: bold, dim, underlined, reversed.
_OFF = {"1": "22", "2": "22", "4": "24", "7": "27"}
_UNSEEN_ON_BLANKS = frozenset(("", "1", "2", "3"))  # bold, dim, italic


class Look(msgspec.Struct, frozen=True):
    """How cells look, in the parameters of "select graphic rendition"; an empty one is the terminal's own."""

    attributes: str = ""
    foreground: str = ""
    background: str = ""


PLAIN = Look()
PLAIN_LOOK = "\x1b[m"
"""What gives the terminal its own look again."""
Run = tuple[int, Look]


class CellLine(msgspec.Struct, frozen=True):
    """What stands in each cell, and how many cells in a row have which look.

    `text` is a str when each character takes one column on every terminal. Otherwise it is a tuple of what stands in
    each cell: nothing in the second one of a wide character, and marks together with the character that they are on.
    """

    text: Sequence[str]
    looks: tuple[Run, ...]

    def replaced(self, x: int, part: CellLine) -> CellLine:
        """This line with another one over it from column `x` on."""
        end = x + len(part.text)
        if isinstance(self.text, str) and isinstance(part.text, str):
            text: Sequence[str] = self.text[:x] + part.text + self.text[end:]
        else:
            text = (*self.text[:x], *part.text, *self.text[end:])
        width = len(self.text)
        return CellLine(text, _joined((*_cut(self.looks, 0, x), *part.looks, *_cut(self.looks, end, width))))


class StyleCodes:
    """The looks of styles in a number of colours, each worked out once."""

    def __init__(self, colours: ColorSystem) -> None:
        self._colours = colours
        self._known: dict[Style | None, Look] = {None: PLAIN}

    def of(self, style: Style | None) -> Look:
        known = self._known.get(style)
        if known is None and style is not None:
            plain = (Style.null() + style.without_color).update_link(None)
            attributes = plain.render("x", color_system=self._colours).partition("x")[0]
            colours = [
                "" if colour is None else ";".join(self._shown(colour).get_ansi_codes(foreground))
                for colour, foreground in ((style.color, True), (style.bgcolor, False))
            ]
            known = self._known[style] = Look(attributes[2:-1], *colours)
        return known or PLAIN

    def _shown(self, colour: Color) -> Color:
        if self._colours is ColorSystem.EIGHT_BIT and colour.triplet is not None:
            return Color.from_ansi(nearest(tuple(colour.triplet)))
        return colour.downgrade(self._colours)

    def line_of(self, segments: Iterable[Segment]) -> CellLine:
        """What these segments fill."""
        parts = [(text, self.of(style)) for text, style, control in segments if not control]
        text = "".join([text for text, _ in parts])
        if _has_sure_widths(text):
            return CellLine(text, _joined((len(text), look) for text, look in parts))
        cells = [(cell, look) for text, look in parts for cell in _cells(text)]
        return CellLine(tuple(cell for cell, _ in cells), _joined((1, look) for _, look in cells))


class Pen:
    """Writes cells, and keeps in mind where the terminal's cursor is and which look it writes in.

    `look` is the one in which the terminal writes: at first that of the frame before, None when it is not known.
    """

    def __init__(self, look: Look | None = PLAIN) -> None:
        self._written: list[str] = [] if look is not None else [PLAIN_LOOK]
        self._at: tuple[int, int] | None = None
        self.look = look or PLAIN
        self.cells = 0
        """How many cells were written."""
        self.jumps = 0
        """How many times the cursor was put somewhere."""

    @property
    def written(self) -> str:
        """Everything written."""
        return "".join(self._written)

    def scroll(self, top: int, bottom: int, lines: int) -> None:
        """Move the lines from `top` to `bottom` up, or down by a negative number; those that come in are undefined."""
        self._written.append(f"\x1b[{top + 1};{bottom + 1}r")
        # A line feed at the end of a scroll region is understood by all terminals, other commands are not.
        self._written.append(
            f"\x1b[{bottom + 1}H" + "\n" * lines if lines > 0 else f"\x1b[{top + 1}H" + "\x1bM" * -lines
        )
        self._written.append("\x1b[r")
        self._at = None

    def write(self, y: int, shown: CellLine | None, wanted: CellLine) -> None:
        """Make a line that is shown, or unknown, the one that is wanted."""
        for start, end in _changed_runs(shown, wanted):
            self._go_to(start, y)
            x = start
            for length, look in _cut(wanted.looks, start, end):
                text = "".join(wanted.text[x : x + length])
                self._use(look, is_blank=text.isspace())
                self._written.append(text)
                self.cells += length
                x += length
            # In the last column terminals disagree on where the cursor is.
            self._at = (end, y) if end < len(wanted.text) else None

    def _go_to(self, x: int, y: int) -> None:
        if self._at == (x, y):
            return
        self.jumps += 1
        if self._at is not None and self._at[1] == y and x > self._at[0]:
            columns = x - self._at[0]
            self._written.append(f"\x1b[{columns}C" if columns > 1 else "\x1b[C")
        else:
            self._written.append(f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H")
        self._at = (x, y)

    def _use(self, look: Look, is_blank: bool) -> None:
        now = self.look
        if look == now or (is_blank and _on_blanks(look) == _on_blanks(now)):
            return
        self._written.append(f"\x1b[{_between(now, look)}m")
        self.look = look


@lru_cache(maxsize=1024)
def _between(now: Look, look: Look) -> str:
    """The shortest parameters that lead from one look to another."""
    wanted = (look.attributes, look.foreground, look.background)
    anew = ";".join(["0", *filter(None, wanted)]) if look != PLAIN else ""
    had, has = (frozenset(filter(None, each.attributes.split(";"))) for each in (now, look))
    gone = had - has
    if not gone <= _OFF.keys():
        return anew
    off = {_OFF[attribute] for attribute in gone}
    # Bold and dim go together.
    on = {attribute for attribute in has if attribute not in had or _OFF.get(attribute) in off}
    parts = [*sorted(off), *sorted(on)]
    if look.foreground != now.foreground:
        parts.append(look.foreground or "39")
    if look.background != now.background:
        parts.append(look.background or "49")
    return min(";".join(parts), anew, key=len)


@lru_cache(maxsize=1024)
def _on_blanks(look: Look) -> Look:
    """What is seen of a look where nothing is written."""
    return Look(background=look.background) if _UNSEEN_ON_BLANKS.issuperset(look.attributes.split(";")) else look


def _changed_runs(shown: CellLine | None, wanted: CellLine) -> Iterator[tuple[int, int]]:
    """From where to where cells have to be written."""
    width = len(wanted.text)
    if shown is None or len(shown.text) != width:
        yield 0, width
        return
    looks, start, end = _spread(wanted.looks), 0, 0
    sure = min(_sure_cells(shown.text), _sure_cells(wanted.text))
    for index in _changed_cells(shown, wanted, looks):
        if index >= sure:
            break
        if end == 0:
            start = index
        elif index - end > _SHORT_GAP or any(look is not looks[end - 1] for look in looks[end:index]):
            yield start, end
            start = index
        end = index + 1
    else:
        sure = width
    if end:
        yield start, end
    if sure < width:
        # A terminal may take a character for wider or narrower; then everything after it stands elsewhere.
        yield sure, width


def _changed_cells(shown: CellLine, wanted: CellLine, looks: Sequence[Look]) -> list[int]:
    texts = zip(shown.text, wanted.text, strict=True)
    if shown.looks == wanted.looks:
        return [index for index, (before, after) in enumerate(texts) if before != after]
    return [
        index
        for index, ((before, after), was, look) in enumerate(zip(texts, _spread(shown.looks), looks, strict=True))
        if before != after
        or (was is not look and was != look and (after != " " or _on_blanks(was) != _on_blanks(look)))
    ]


def _spread(runs: Iterable[Run]) -> list[Look]:
    looks: list[Look] = []
    for length, look in runs:
        looks += [look] * length
    return looks


def _joined(runs: Iterable[Run]) -> tuple[Run, ...]:
    """As few runs as there can be."""
    joined: list[Run] = []
    for length, look in runs:
        if joined and joined[-1][1] == look:
            joined[-1] = (joined[-1][0] + length, look)
        elif length:
            joined.append((length, look))
    return tuple(joined)


def _cut(runs: Iterable[Run], start: int, end: int) -> Iterator[Run]:
    """The runs from one column to another."""
    x = 0
    for length, look in runs:
        first, last = max(x, start), min(x + length, end)
        if first < last:
            yield last - first, look
        x += length


def _cells(text: str) -> list[str]:
    cells: list[str] = []
    for character in text:
        width = cell_len(character)
        if width:
            cells += [character] + [""] * (width - 1)
        elif cells:
            # A mark after a wide character belongs into the first of its cells.
            cells[-1 if cells[-1] else -2] += character
    return cells


def _sure_cells(text: Sequence[str]) -> int:
    """How many cells there are before the first whose width terminals may not agree on."""
    if isinstance(text, str):
        return len(text)
    return next((index for index, cell in enumerate(text) if len(cell) != 1 or not _has_sure_widths(cell)), len(text))


def _has_sure_widths(text: str) -> bool:
    """Whether terminals agree that each character is one column wide."""
    return text.isascii() or re.fullmatch(_SURE_WIDTHS, text) is not None
