"""Curves have colours that the terminal can show, and marks that it can show."""

from __future__ import annotations

import pytest
from rich.style import Style

from scantui.curves.mesh import RAMPS
from scantui.tui.curves.styles import colours_of, marks_of, style_of
from scantui.tui.looks import LEAST_CONTRAST, contrast

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
    assert all(style_of(role, "", palette, True).dim for role in roles if role != "problem")
    if ramp.role:
        both = style_of(f"{ramp.role}1", f"{ramp.role}2", palette, False)
        assert both.color != both.bgcolor is not None


@pytest.mark.parametrize(("ink", "paper"), [("#e0e0e0", "#1e1e1e"), ("#1f1f1f", "#d8d8d8"), ("#073642", "#eee8d5")])
@pytest.mark.parametrize("role", [*NAMED, *(f"curve{number}" for number in range(8))])
def test_curves_and_their_names_can_be_read_on_light_and_dark(role: str, ink: str, paper: str) -> None:
    style = style_of(role, "", "many", False, Style.parse(f"{ink} on {paper}"))
    assert style.color
    assert style.bgcolor
    assert not style.dim
    assert contrast(style.color.get_truecolor(), style.bgcolor.get_truecolor()) >= LEAST_CONTRAST


def test_where_the_terminal_chooses_its_colours_curves_have_them_too() -> None:
    assert style_of("curve0", "", "many", False, Style.parse("default on default")) == Style.parse("green on default")


def test_dim_curves_leave_the_sentence_beside_them_readable() -> None:
    base = Style.parse("#e0e0e0 on #1e1e1e")
    assert style_of("curve0", "", "many", True, base).dim
    assert not style_of("note", "", "many", True, base).dim
