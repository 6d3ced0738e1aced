"""Words are legible in every theme, with all colours and with 256."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rich.style import Style
from textual.color import Color
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.theme import BUILTIN_THEMES

from scantui.tui.looks import ANSI_STYLES, LEAST_CONTRAST, contrast, legible, style_name, styles_of
from scantui.tui.terminal.palette import Rgb, in_256, nearest
from scantui.words import STATE_WORDS
from tests.tui.pilots import watching
from tests.tui.scenes import night_feed

SURFACES = ("surface", "panel", "background")
THEMES = sorted(name for name in BUILTIN_THEMES if not name.startswith(("ansi", "textual-ansi")))


def rgb(colour: str) -> Rgb:
    return Color.parse(colour).rgb


def inks(style: Style, surfaces: list[Rgb]) -> list[tuple[Rgb, Rgb]]:
    assert style.color is not None
    ink = tuple(style.color.get_truecolor())
    papers = [tuple(style.bgcolor.get_truecolor())] if style.bgcolor else surfaces
    return [(ink, paper) for paper in papers]  # type: ignore[misc]


@pytest.mark.parametrize("name", THEMES)
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


@pytest.mark.parametrize("name", THEMES)
def test_texts_and_cursors_can_be_read_in_each_theme(name: str) -> None:
    variables = legible(BUILTIN_THEMES[name].to_color_system().generate() | BUILTIN_THEMES[name].variables, rgb)
    papers = [rgb(variables[surface]) for surface in SURFACES]
    pairs = [
        (variables[text], paper)
        for text in ("text-muted", "text-disabled", "text-error", "foreground")
        for paper in papers
    ]
    cursors = ("block-cursor", "block-cursor-blurred", "input-selection")
    pairs += [(variables[f"{name}-foreground"], rgb(variables[f"{name}-background"])) for name in cursors]
    assert all(contrast(rgb(ink), paper) >= LEAST_CONTRAST for ink, paper in pairs)
    assert all(contrast(in_256(rgb(ink)), in_256(paper)) >= LEAST_CONTRAST for ink, paper in pairs)
    assert all(variables[f"{name}-background"] not in {variables[paper] for paper in SURFACES} for name in cursors)


@pytest.mark.parametrize("name", ["nord", "textual-light"])
@pytest.mark.parametrize("keys", [("exclamation_mark", "g"), ("T",), ("Y",), ("I",), ("slash", "x", "=", "1")])
async def test_all_that_is_painted_can_be_read(name: str, keys: tuple[str, ...]) -> None:
    async with watching(night_feed()) as pilot:
        pilot.app.theme = name
        await pilot.press(*keys)
        await pilot.pause()
        boxes = [box.region for box in pilot.app.screen.query(".box")] or [pilot.app.screen.region]
        poor = {
            text
            for text, where, ink, paper in painted(pilot)
            if boxes[0].contains_point(where) and not can_be_read(ink, paper)
        }
    assert poor == set()


async def test_a_menu_of_themes_can_be_read_while_it_previews_them() -> None:
    async with watching(night_feed()) as pilot:
        pilot.app.theme = "textual-dark"
        await pilot.press("T", "j")
        await pilot.pause()
        assert pilot.app.theme == "textual-light"
        [box] = pilot.app.screen.query(".box")
        seen = [(ink, paper) for _, where, ink, paper in painted(pilot, "●") if box.region.contains_point(where)]
        assert len(seen) == 1
        assert all(can_be_read(*pair) for pair in seen)


def can_be_read(ink: Rgb, paper: Rgb) -> bool:
    return contrast(ink, paper) >= LEAST_CONTRAST and contrast(in_256(ink), in_256(paper)) >= LEAST_CONTRAST


def painted(pilot: Pilot[None], sign: str = "") -> Iterator[tuple[str, Offset, Rgb, Rgb]]:
    """The words on the screen, where they are, and their colours."""
    for y, strip in enumerate(pilot.app.screen._compositor.render_strips()):
        x = 0
        for text, style, _ in strip:
            if style and style.color and style.bgcolor and (sign in text if sign else any(map(str.isalnum, text))):
                pair = [Color.from_rich_color(colour).rgb for colour in (style.color, style.bgcolor)]
                ink, paper = reversed(pair) if style.reverse else pair
                yield text, Offset(x, y), ink, paper
            x += len(text)


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
