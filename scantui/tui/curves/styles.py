"""The colours of the curves: a style for each role, for many colours, for sixteen, and without any."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from rich.color import Color
from rich.style import Style

from scantui.curves.glyphs import ASCII, MARK_SETS, MarkSet
from scantui.system.terminal import ANSI_COLOURS, colours, wants_no_colour
from scantui.tui.looks import quiet_on, readable_on
from scantui.tui.terminal.palette import Rgb

MANY, SIXTEEN, NONE = "many", "sixteen", "none"
_CURVES = ("#4ebf71", "#ffa62b", "#5fafff", "#d787d7", "#d7d75f", "#5fd7d7", "#ff8787", "#afafff")
_ANSI_CURVES = ("green", "yellow", "cyan", "magenta", "blue", "red", "bright_green", "bright_cyan")
_HEAT = (
    *("#2b1055", "#3a1c71", "#45308a", "#474a97", "#42629b", "#39789b", "#308e98", "#2ba48f"),
    *("#39b97f", "#5ccb67", "#87d94c", "#b3e033", "#d9dd2f", "#f5cf3a", "#fbb04a", "#ffffc8"),
)
NO_STYLE = Style.null()
# What says why curves are dim is not dim itself.
_SENTENCES = frozenset(("note", "problem"))
_RAMP = ("blue", "cyan", "green", "yellow", "red", "bright_white")
_PLAIN = {"title": "bold", "note": "dim", "axis": "dim", "name": "dim", "behind": "dim", "problem": "bold"}
_COLOURED = {"behind": "#767676", "mark": "#ff5f5f", "inspector": "#d0d0d0", "problem": "bold #ff5f5f"}
_ANSI_COLOURED = {"behind": "bright_black", "mark": "red", "inspector": "bold", "problem": "bold red"}


def colours_of(environment: Mapping[str, str]) -> str:
    """How many colours the user's terminal has for curves: MANY, SIXTEEN or NONE."""
    if wants_no_colour(environment):
        return NONE
    return SIXTEEN if colours(environment) <= ANSI_COLOURS else MANY


def marks_of(environment: Mapping[str, str], chosen: str, ascii_only: bool) -> MarkSet:
    """The marks to draw with: those that the user chose, if the terminal can show them."""
    if ascii_only or environment.get("TERM") == "linux":
        return ASCII
    return MARK_SETS.get(chosen) or MARK_SETS["blocks"]


@lru_cache(maxsize=512)
def style_of(role: str, under: str, palette: str, is_dim: bool, base: Style = NO_STYLE) -> Style:
    """The style of a piece of a line: its role in the foreground, the role under it in the background.

    `base` is the style of the pane. Where the terminal chooses its colours, the curves have the terminal's too.
    """
    paper = _rgb(base.bgcolor)
    if palette == MANY and paper is None and base.bgcolor:
        palette = SIXTEEN
    style = Style.parse(_definition(role, palette))
    if palette == MANY and paper and not role.startswith("heat"):
        style = _readable(style, paper, _rgb(base.color))
    if is_dim and role not in _SENTENCES:
        style += Style(dim=True)
    if under:
        style += Style(bgcolor=Style.parse(_definition(under, palette)).color)
    return base + style


def _rgb(colour: Color | None) -> Rgb | None:
    return (*colour.triplet,) if colour and colour.triplet else None


def _readable(style: Style, paper: Rgb, ink: Rgb | None) -> Style:
    colour = _rgb(style.color)
    if colour:
        return style + Style(color=Color.from_rgb(*readable_on(paper, colour)))
    if style.dim and ink:
        return style + Style(color=Color.from_rgb(*quiet_on(paper, ink)), dim=False)
    return style


def _definition(role: str, palette: str) -> str:
    kind = role.rstrip("0123456789")
    number = int(role[len(kind) :] or 0)
    if kind == "curve" and palette != NONE:
        curves = _CURVES if palette == MANY else _ANSI_CURVES
        return curves[number % len(curves)]
    if kind == "heat":
        return _HEAT[number]
    if kind == "ramp":
        return _RAMP[number]
    coloured = {MANY: _COLOURED, SIXTEEN: _ANSI_COLOURED, NONE: {}}[palette]
    return coloured.get(role) or _PLAIN.get(role, "none")
