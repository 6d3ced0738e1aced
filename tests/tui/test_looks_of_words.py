"""Words are legible in every theme, with all colours and with 256."""

from __future__ import annotations

import pytest
from rich.style import Style
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from scantui.tui.looks import ANSI_STYLES, LEAST_CONTRAST, contrast, style_name, styles_of
from scantui.tui.terminal.palette import Rgb, in_256, nearest
from scantui.words import STATE_WORDS

SURFACES = ("surface", "panel", "background")


def rgb(colour: str) -> Rgb:
    return Color.parse(colour).rgb


def inks(style: Style, surfaces: list[Rgb]) -> list[tuple[Rgb, Rgb]]:
    assert style.color is not None
    ink = tuple(style.color.get_truecolor())
    papers = [tuple(style.bgcolor.get_truecolor())] if style.bgcolor else surfaces
    return [(ink, paper) for paper in papers]  # type: ignore[misc]


@pytest.mark.parametrize(
    "name", sorted(name for name in BUILTIN_THEMES if not name.startswith(("ansi", "textual-ansi")))
)
def test_each_style_can_be_read_in_each_theme(name: str) -> None:
    variables = BUILTIN_THEMES[name].to_color_system().generate()
    surfaces = [rgb(variables[surface]) for surface in SURFACES]
    poor = {
        (word, depth)
        for word, style in styles_of(variables, rgb).items()
        for ink, paper in inks(style, surfaces)
        for depth, shown in (("all", contrast(ink, paper)), ("256", contrast(in_256(ink), in_256(paper))))
        if shown < LEAST_CONTRAST
    }
    assert poor == set()


def test_every_state_has_a_style_with_any_number_of_colours() -> None:
    styles = styles_of(BUILTIN_THEMES["nord"].to_color_system().generate(), rgb)
    assert {style_name(word) for word in STATE_WORDS} <= styles.keys() == ANSI_STYLES.keys()


def test_a_failure_has_more_weight_than_a_success() -> None:
    styles = styles_of(BUILTIN_THEMES["textual-dark"].to_color_system().generate(), rgb)
    assert styles["scan.FAIL"].bgcolor
    assert styles["scan.FAIL"].bold
    assert not styles["scan.DONE"].bgcolor
    assert not styles["scan.DONE"].bold


def test_a_grey_stays_grey_with_256_colours() -> None:
    assert [in_256(grey) for grey in ((30, 30, 30), (36, 36, 36), (42, 44, 50))] == [
        (28, 28, 28),
        (38, 38, 38),
        (48, 48, 48),
    ]
    assert nearest((255, 0, 0)) == 196
