"""The colours of the curves: a style for each role, for many colours, for sixteen, and without any."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from rich.style import Style

from scantui.curves.glyphs import ASCII, MARK_SETS, MarkSet
from scantui.system.terminal import ANSI_COLOURS, colours, wants_no_colour

MANY, SIXTEEN, NONE = "many", "sixteen", "none"
_CURVES = ("#4ebf71", "#ffa62b", "#5fafff", "#d787d7", "#d7d75f", "#5fd7d7", "#ff8787", "#afafff")
_ANSI_CURVES = ("green", "yellow", "cyan", "magenta", "blue", "red", "bright_green", "bright_cyan")
_HEAT = (
    *("#2b1055", "#3a1c71", "#45308a", "#474a97", "#42629b", "#39789b", "#308e98", "#2ba48f"),
    *("#39b97f", "#5ccb67", "#87d94c", "#b3e033", "#d9dd2f", "#f5cf3a", "#fbb04a", "#ffffc8"),
)
_RAMP = ("blue", "cyan", "green", "yellow", "red", "bright_white")
_PLAIN = {"title": "bold", "note": "dim", "axis": "dim", "name": "dim", "behind": "dim", "problem": "bold"}
_COLOURED = {"behind": "#767676", "mark": "#ff5f5f", "inspector": "#d0d0d0", "problem": "bold #ff5f5f"}
_ANSI_COLOURED = {"behind": "bright_black", "mark": "red", "inspector": "bright_white", "problem": "bold red"}


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
def style_of(role: str, under: str, palette: str, is_dim: bool) -> Style:
    """The style of a piece of a line: its role in the foreground, the role under it in the background."""
    style = Style.parse(_definition(role, palette)) + Style(dim=True if is_dim else None)
    if under:
        style += Style(bgcolor=Style.parse(_definition(under, palette)).color)
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
