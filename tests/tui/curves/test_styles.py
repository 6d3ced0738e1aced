"""Curves have colours that the terminal can show, and marks that it can show."""

from __future__ import annotations

import pytest

from scantui.curves.mesh import RAMPS
from scantui.tui.curves.styles import colours_of, marks_of, style_of

NAMED = "title", "note", "axis", "name", "behind", "mark", "inspector", "problem"
ROLES = ["", *NAMED, *(f"curve{number}" for number in range(9))]


@pytest.mark.parametrize(
    ("environment", "colours"),
    [
        ({"TERM": "xterm-256color"}, "many"),
        ({"TERM": "screen"}, "sixteen"),
        ({"TERM": "linux"}, "sixteen"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "none"),
    ],
)
def test_colours_are_those_of_the_terminal(environment: dict[str, str], colours: str) -> None:
    assert colours_of(environment) == colours


def test_a_terminal_without_symbols_gets_ascii_whatever_was_chosen() -> None:
    assert marks_of({"TERM": "xterm"}, "dots", False).name == "dots"
    assert marks_of({"TERM": "xterm"}, "", False).name == "blocks"
    assert marks_of({"TERM": "xterm"}, "dots", True).ascii_only
    assert marks_of({"TERM": "linux"}, "dots", False).ascii_only


@pytest.mark.parametrize("palette", ["many", "sixteen", "none"])
def test_every_role_has_a_style_and_without_colours_none_has_a_colour(palette: str) -> None:
    ramp = RAMPS[palette]
    roles = [*ROLES, *(f"{ramp.role}{level}" for level in range(ramp.levels) if ramp.role)]
    styles = [style_of(role, "", palette, False) for role in roles]
    assert (palette == "none") is all(style.color is None for style in styles)
    assert all(style_of(role, "", palette, True).dim for role in roles)
    if ramp.role:
        both = style_of(f"{ramp.role}1", f"{ramp.role}2", palette, False)
        assert both.color != both.bgcolor is not None
