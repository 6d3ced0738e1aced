"""The cells of a line on the terminal, and the shortest way to write those that differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

# Rewriting so many unchanged cells costs no more than jumping over them.
_SHORT_GAP = 4
_UNSEEN_ON_BLANKS = frozenset(("", "1", "2", "3"))  # bold, dim, italic


class Look(NamedTuple):
    """How a cell looks, in the parameters of "select graphic rendition"; an empty one is the terminal's own."""

    attributes: str = ""
    foreground: str = ""
    background: str = ""


# What stands in a cell and how it looks; the second cell of a wide character is empty.
Cell = tuple[str, Look]
Line = Sequence[Cell]
PLAIN = Look()


class Looks:
    """The looks of styles in so many colours, each worked out once."""

    def __init__(self, colours: ColorSystem) -> None:
        self._colours = colours
        self._known: dict[Style | None, tuple[Look, Look]] = {None: (PLAIN, PLAIN)}

    def of(self, style: Style | None) -> tuple[Look, Look]:
        """The look of a character, and that of a blank, of which less is seen."""
        known = self._known.get(style)
        if known is None and style is not None:
            plain = Style.null() + style.without_color
            rendered = plain.update_link(None).render("x", color_system=self._colours).partition("x")[0]
            colours = [
                "" if colour is None else ";".join(colour.downgrade(self._colours).get_ansi_codes(foreground))
                for colour, foreground in ((style.color, True), (style.bgcolor, False))
            ]
            look = Look(rendered[2:-1], *colours)
            known = self._known[style] = look, Look(background=look.background) if _hides_on_blanks(look) else look
        return known or (PLAIN, PLAIN)

    def cells_of(self, segments: Iterable[Segment]) -> list[Cell]:
        """What these segments fill, cell by cell."""
        cells: list[Cell] = []
        for text, style, control in segments:
            if control:
                continue
            look, blank = self.of(style)
            if text.isascii():
                cells += [(character, blank if character == " " else look) for character in text]
                continue
            for character in text:
                width = cell_len(character)
                if width:
                    cells.append((character, blank if character == " " else look))
                    cells += [("", look)] * (width - 1)
                elif cells:
                    cells[-1] = (cells[-1][0] + character, cells[-1][1])
        return cells


class Pen:
    """Writes cells, and keeps in mind where the terminal's cursor is and which look it writes in."""

    def __init__(self) -> None:
        self._written: list[str] = []
        self._at: tuple[int, int] | None = None
        self._look = PLAIN

    @property
    def written(self) -> str:
        """All that was written; whoever writes next finds the terminal's own look."""
        return "".join(self._written) + ("\x1b[m" if self._look != PLAIN else "")

    def scroll(self, top: int, bottom: int, lines: int) -> None:
        """Move the lines from `top` to `bottom` up, or down by a negative number; those that come in are undefined."""
        self._written.append(f"\x1b[{top + 1};{bottom + 1}r")
        # A line feed at the end of a scroll region is understood by all terminals, other commands are not.
        self._written.append(
            f"\x1b[{bottom + 1}H" + "\n" * lines if lines > 0 else f"\x1b[{top + 1}H" + "\x1bM" * -lines
        )
        self._written.append("\x1b[r")
        self._at = None

    def write(self, y: int, shown: Line | None, wanted: Line) -> None:
        """Make a line that is shown, or unknown, the one that is wanted."""
        for start, end in _changed_runs(shown, wanted):
            self._go_to(start, y)
            for character, look in wanted[start:end]:
                self._use(character, look)
                self._written.append(character)
            # In the last column terminals disagree on where the cursor is.
            self._at = (end, y) if end < len(wanted) else None

    def _go_to(self, x: int, y: int) -> None:
        if self._at == (x, y):
            return
        if self._at is not None and self._at[1] == y and x > self._at[0]:
            columns = x - self._at[0]
            self._written.append(f"\x1b[{columns}C" if columns > 1 else "\x1b[C")
        else:
            self._written.append(f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H")
        self._at = (x, y)

    def _use(self, character: str, look: Look) -> None:
        now = self._look
        if not character or _suits(now, character, look):
            return
        if look.attributes != now.attributes and now.attributes:
            parts = ["0" if any(look) else "", *filter(None, look)]
        else:
            parts = [look.attributes] if look.attributes != now.attributes else []
            if look.foreground != now.foreground:
                parts.append(look.foreground or "39")
            if look.background != now.background:
                parts.append(look.background or "49")
        self._written.append(f"\x1b[{';'.join(parts)}m")
        self._look = look


def _suits(now: Look, character: str, look: Look) -> bool:
    """Whether what is written in the look of `now` is seen as it should be."""
    if look == now:
        return True
    # A blank of which only the background is seen has no other attributes.
    return character == " " and look == (*PLAIN[:2], now.background) and _hides_on_blanks(now)


def _hides_on_blanks(look: Look) -> bool:
    return _UNSEEN_ON_BLANKS.issuperset(look.attributes.split(";"))


def _changed_runs(shown: Line | None, wanted: Line) -> Iterator[tuple[int, int]]:
    """From where to where cells have to be written."""
    if shown is None or len(shown) != len(wanted) or not (_has_sure_widths(shown) and _has_sure_widths(wanted)):
        yield 0, len(wanted)
        return
    start = end = -1
    for index, (before, after) in enumerate(zip(shown, wanted, strict=True)):
        if before == after:
            continue
        if end < 0:
            start = index
        elif index - end > _SHORT_GAP or not all(_suits(wanted[end - 1][1], *cell) for cell in wanted[end:index]):
            yield start, end
            start = index
        end = index + 1
    if end >= 0:
        yield start, end


def _has_sure_widths(line: Line) -> bool:
    """Whether each character is one column wide on every terminal: where one may not be, a line is written whole."""
    text = "".join([character for character, _ in line])
    if len(text) != len(line):
        return False
    return text.isascii() or all(ord(character) < 0x300 or 0x2000 <= ord(character) < 0x2600 for character in text)
