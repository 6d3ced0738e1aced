"""The colours of the words: from the variables of a theme, and always legible; pure.

Rule: each style has a contrast of at least 4.5 to 1, with all colours and with 256. News have weight: what is well is
quiet, what is not is a filled badge. A terminal of 16 colours has its own table, since its user chose what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeAlias

from rich.style import Style

from scantui.tui.terminal.palette import Rgb, in_256

Styles: TypeAlias = dict[str, Style]

LEAST_CONTRAST = 4.5
_BLACK, _WHITE = (0, 0, 0), (255, 255, 255)
# On what is darker, a text is white rather than black.
_MIDDLE = (150, 150, 150)
_STEPS = 40
# How much lighter or darker than its surface an input is.
_RAISED_SHARE = 0.05
# Of `_STEPS`: how much of its colour the cursor has where the keyboard is not.
_TINT_STEPS = 12
_PREFIX, _ACCENT = "scan.", "accent"

# Which variable of a theme a word has, and whether it fills its background.
_WORDS = {
    "NEW": ("accent", False),
    "PREP": ("accent", False),
    "RUN": ("accent", False),
    "STOP": ("accent", False),
    "STALL": ("warning", True),
    "DONE": ("foreground", False),
    "FAIL": ("error", True),
    "LOST": ("error", True),
    "ABRT": ("warning", True),
    "END": ("foreground", False),
    "GONE": ("foreground", False),
    "BAD": ("error", True),
    # Not words of a scan: the connection, the hold, keys, numbers, what is wrong.
    "LIVE": ("success", False),
    "IDLE": ("foreground", False),
    "RETRY": ("warning", False),
    "DOWN": ("error", True),
    "HELD": ("primary", True),
    "PAUSED": ("warning", True),
    "NOT SAVED": ("warning", True),
    "key": ("accent", False),
    "wrong": ("error", False),
    "bar": ("accent", False),
    "quiet": ("foreground", False),
}
_QUIET = frozenset(("DONE", "END", "GONE", "IDLE", "quiet"))
_BOLD = frozenset(("RUN", "LIVE", "RETRY", "wrong", "key"))
# The variables of a theme for texts with a meaning.
_TEXTS = ("text-primary", "text-secondary", "text-accent", "text-success", "text-warning", "text-error")
# How far a quiet word goes towards its background.
_QUIET_SHARE = 0.35

# The background may be black or white: nothing but magenta and red is read on both, and a badge brings its own. Many
# terminals paint bold letters in another, brighter colour.
ANSI_STYLES: Styles = {
    _PREFIX + word: Style.parse(style)
    for word, style in {
        "NEW": "magenta",
        "PREP": "magenta",
        "RUN": "magenta",
        "STOP": "magenta",
        "STALL": "black on yellow",
        "DONE": "",
        "FAIL": "bold white on red",
        "LOST": "bold white on red",
        "ABRT": "black on yellow",
        "END": "",
        "GONE": "dim",
        "BAD": "bold white on red",
        "LIVE": "green",
        "IDLE": "",
        "RETRY": "black on yellow",
        "DOWN": "bold white on red",
        "HELD": "reverse",
        "PAUSED": "black on yellow",
        "NOT SAVED": "black on yellow",
        "key": "magenta",
        "wrong": "bold red",
        "bar": "magenta",
        "quiet": "",
    }.items()
}


def style_name(word: str) -> str:
    """The name under which the console knows the style of a word."""
    return _PREFIX + word if word in _WORDS else ""


def styles_of(variables: Mapping[str, str], read: Callable[[str], Rgb]) -> Styles:
    """The styles of all words on the surfaces of a theme; `read` gives the colour of one of its variables."""
    surfaces = _surfaces(variables, read)
    colours = {name: read(variables[name]) for name in {name for name, _ in _WORDS.values()} - {_ACCENT}}
    accents = [read(variables[name]) for name in (_ACCENT, "primary", "secondary")]
    colours[_ACCENT] = min(accents, key=lambda colour: _steps_to_legible(colour, surfaces))
    return {_PREFIX + word: _style(word, colours[name], filled, surfaces) for word, (name, filled) in _WORDS.items()}


def legible(variables: Mapping[str, str], read: Callable[[str], Rgb]) -> dict[str, str]:
    """The variables of a theme, changed where a text on a surface or under the cursor could not be read."""
    surfaces = _surfaces(variables, read)
    foreground, cursor = _legible(read(variables["foreground"]), surfaces), read(variables["block-cursor-background"])
    quiet = _hex(_legible(_mixed(foreground, surfaces[0], _QUIET_SHARE), surfaces))
    changed = {name: _hex(_legible(read(variables[name]), surfaces)) for name in _TEXTS}
    changed |= {"foreground": _hex(foreground), "text-muted": quiet, "text-disabled": quiet}
    own_ink = variables["block-cursor-foreground"]
    light_or_dark = _WHITE if luminance(cursor) < luminance(_MIDDLE) else _BLACK
    ink, paper = _cursor(read(own_ink) if own_ink.startswith("#") else light_or_dark, cursor)
    changed |= {"block-cursor-foreground": _hex(ink), "block-cursor-background": _hex(paper)}
    tint = _hex(_tint(cursor, foreground, surfaces[0]))
    for name in ("block-cursor-blurred", "input-selection"):
        changed |= {f"{name}-foreground": _hex(foreground), f"{name}-background": tint}
    return {**variables, **changed}


def _surfaces(variables: Mapping[str, str], read: Callable[[str], Rgb]) -> tuple[Rgb, ...]:
    surfaces = tuple(read(variables[name]) for name in ("surface", "panel", "background"))
    return *surfaces, _mixed(surfaces[0], _far_from(surfaces), _RAISED_SHARE)


def _cursor(ink: Rgb, paper: Rgb) -> tuple[Rgb, Rgb]:
    """The ink on the paper made somewhat lighter or darker, if that is enough to read it, else as on a badge."""
    away = _BLACK if luminance(ink) > luminance(paper) else _WHITE
    papers = (_mixed(paper, away, step / _STEPS) for step in range(_TINT_STEPS))
    return next(((ink, changed) for changed in papers if _is_legible(ink, changed)), _badge(paper))


def _tint(colour: Rgb, ink: Rgb, surface: Rgb) -> Rgb:
    """A surface with as much of a colour as leaves the ink legible."""
    tints = (_mixed(surface, colour, step / _STEPS) for step in range(_TINT_STEPS, 0, -1))
    return next((tint for tint in tints if _is_legible(ink, tint)), surface)


def _style(word: str, colour: Rgb, filled: bool, surfaces: tuple[Rgb, ...]) -> Style:
    if filled:
        ink, paper = _badge(colour)
        return Style(color=_hex(ink), bgcolor=_hex(paper), bold=True)
    if word in _QUIET:
        colour = _mixed(colour, surfaces[0], _QUIET_SHARE)
    return Style(color=_hex(_legible(colour, surfaces)), bold=True if word in _BOLD else None)


def _legible(colour: Rgb, surfaces: tuple[Rgb, ...]) -> Rgb:
    """The colour, or as much nearer to white or black as it takes to be read on all surfaces."""
    return _mixed(colour, _far_from(surfaces), _steps_to_legible(colour, surfaces) / _STEPS)


@lru_cache(maxsize=256)
def _steps_to_legible(colour: Rgb, surfaces: tuple[Rgb, ...]) -> int:
    mixes = (_mixed(colour, _far_from(surfaces), step / _STEPS) for step in range(_STEPS))
    legible = (step for step, mix in enumerate(mixes) if all(_is_legible(mix, surface) for surface in surfaces))
    return next(legible, _STEPS)


def _far_from(surfaces: tuple[Rgb, ...]) -> Rgb:
    return _WHITE if luminance(surfaces[0]) < luminance((118, 118, 118)) else _BLACK


def _badge(colour: Rgb) -> tuple[Rgb, Rgb]:
    """Black or white on a colour, and the colour, changed as little as it takes."""
    for step in range(_STEPS + 1):
        for ink in (_BLACK, _WHITE) if luminance(in_256(colour)) > luminance((118, 118, 118)) else (_WHITE, _BLACK):
            paper = _mixed(colour, _WHITE if ink == _BLACK else _BLACK, step / _STEPS)
            if _is_legible(ink, paper):
                return ink, paper
    return _BLACK, _WHITE


def _is_legible(ink: Rgb, paper: Rgb) -> bool:
    return contrast(ink, paper) >= LEAST_CONTRAST and contrast(in_256(ink), in_256(paper)) >= LEAST_CONTRAST


def readable_on(paper: Rgb, colour: Rgb) -> Rgb:
    """The colour, or as much lighter or darker as it takes to be read on the paper."""
    return _legible(colour, (paper,))


def quiet_on(paper: Rgb, ink: Rgb) -> Rgb:
    """The colour of what stands back on the paper, beside texts in that ink."""
    return readable_on(paper, _mixed(ink, paper, _QUIET_SHARE))


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast of two colours as WCAG 2 defines it, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: Rgb) -> float:
    """How light a colour is, from 0 to 1, as WCAG 2 defines it."""
    red, green, blue = colour
    return 0.2126 * _LINEAR[red] + 0.7152 * _LINEAR[green] + 0.0722 * _LINEAR[blue]


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


# Themes are made legible before the first frame, which takes thousands of these.
_LINEAR = tuple(_linear(part / 255) for part in range(256))


def _mixed(colour: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))
    return red, green, blue


def _hex(colour: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
