"""What is written so that the terminal shows what is wanted."""

from __future__ import annotations

from random import Random

import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from scantui.tui.terminal.cells import CellLine, StyleCodes
from scantui.tui.terminal.image import Image
from tests.tui.emulated import EmulatedTerminal

LOOKS = StyleCodes(ColorSystem.TRUECOLOR)
RED, BLUE_BLANK = Style.parse("bold red"), Style.parse("on blue")


def line(*parts: tuple[str, Style | None]) -> CellLine:
    return LOOKS.line_of(Segment(text, style) for text, style in parts)


def shown(*frames: list[CellLine]) -> EmulatedTerminal:
    """A terminal after these frames, one written over the other."""
    image = Image()
    terminal = EmulatedTerminal(len(frames[0][0].text), len(frames[0]))
    image.want_all(frames[0])
    terminal.write(image.changes())
    for frame in frames[1:]:
        for y, each in enumerate(frame):
            image.want(0, y, each)
        terminal.write(image.changes())
        assert image.is_shown
    return terminal


class TestImage:
    def test_only_changed_cells_are_written(self) -> None:
        image = Image()
        image.want_all([line(("number 41 of 100", None)), line(("below", RED))])
        image.changes()
        image.want(7, 0, line(("42", None)))
        assert image.changes() == "\x1b[1;9H\x1b[m2"
        assert image.changes() == ""

    def test_a_few_cells_side_by_side_are_written_alone(self) -> None:
        image = Image()
        image.want_all([line(("12:59:58", RED)), line(("below", None))])
        image.changes()
        image.want(7, 0, line(("9", RED)))
        assert image.few_changes() == f"\x1b[1;8H{RED.render('|').partition('|')[0]}9"
        image.want(6, 0, line(("60", RED)))
        assert image.few_changes() == "\x1b[1;7H60", "the terminal has the look of the frame before"
        assert image.is_shown

    @pytest.mark.parametrize("parts", [[(0, 0)], [(5, 0), (7, 0)], [(7, 0), (0, 1)]])
    def test_more_than_a_few_are_left_to_a_frame(self, parts: list[tuple[int, int]]) -> None:
        image = Image()
        image.want_all([line(("12:59:58", None)), line(("below   ", None))])
        assert image.few_changes() == ""
        image.changes()
        for x, y in parts:
            image.want(x, y, line(("789" if x == 0 else "9", None)))
        assert image.few_changes() == ""
        assert not image.is_shown
        assert image.changes()

    def test_after_others_wrote_the_look_is_not_what_it_was(self) -> None:
        image = Image()
        image.want_all([line(("abc", None))])
        image.changes()
        image.forget_shown()
        assert image.changes().startswith("\x1b[m")

    def test_what_is_shown_already_is_not_written_again(self) -> None:
        image = Image()
        image.want_all([line(("abc", RED))])
        image.changes()
        image.want(0, 0, line(("a", RED), ("bc", RED)))
        assert image.is_shown

    def test_what_others_wrote_over_is_written_again(self) -> None:
        image = Image()
        image.want_all([line(("abc", None))])
        image.changes()
        image.forget_shown()
        assert "abc" in image.changes()

    def test_a_line_with_wide_characters_is_written_whole(self) -> None:
        terminal = shown(
            [line(("漢字 ab", None))], [line(("漢a  ab", None))], [line((" 漢a ab", None))], [line(("abcdefg", None))]
        )
        assert terminal.text == "abcdefg"

    def test_before_a_wide_character_only_changed_cells_are_written(self) -> None:
        image = Image()
        image.want_all([line(("RUN  漢字", None))])
        image.changes()
        image.want(0, 0, line(("DUN", None)))
        assert image.changes() == "\x1b[1HD"
        image.want(7, 0, line(("x ", None)))
        assert image.changes() == "\x1b[1;6H漢x "

    def test_a_background_is_seen_on_blanks_and_a_foreground_is_not(self) -> None:
        image = Image()
        image.want_all([line(("   ", None))])
        image.changes()
        image.want(0, 0, line(("   ", RED)))
        assert image.changes() == ""
        image.want(0, 0, line(("   ", BLUE_BLANK)))
        assert image.changes() == "\x1b[1H\x1b[44m   "

    def test_from_any_look_to_any_other_the_shortest_way_leads_there(self) -> None:
        words = ("", "bold", "dim", "italic", "underline", "reverse", "strike")
        styles = [Style.parse(f"{a} {b} {c}") for a in words for b in words for c in ("", "red", "blue on #102030")]
        for before in styles:
            image, terminal = Image(), EmulatedTerminal(2, 1)
            for style in styles:
                image.want_all([line(("ab", before))])
                terminal.write(image.changes())
                image.want_all([line(("cd", style))])
                terminal.write(image.changes())
                fresh = EmulatedTerminal(2, 1)
                fresh.write(style.render("cd"))
                assert terminal.cells == fresh.cells, (before, style)

    def test_bold_is_turned_off_alone(self) -> None:
        image = Image()
        bold, light = Style.parse("bold #eeeeee on #303030"), Style.parse("#eeeeee on #303030")
        image.want_all([line(("ab", bold))])
        image.changes()
        image.want_all([line(("ab", light))])
        assert image.changes() == "\x1b[1H\x1b[22mab"

    @pytest.mark.parametrize("lines", [1, 3, -1, -3])
    def test_lines_move(self, lines: int) -> None:
        texts = [f"line {number} of many that are long enough" for number in range(30)]
        before = [line((text, None)) for text in ("head".ljust(40), *(text.ljust(40) for text in texts[5:15]))]
        after = [
            line((text, None))
            for text in ("head".ljust(40), *(text.ljust(40) for text in texts[5 + lines : 15 + lines]))
        ]
        terminal = shown(before, after)
        assert terminal.scrolled == abs(lines)
        assert terminal.seen == shown(after).seen

    @pytest.mark.parametrize("seed", range(20))
    def test_any_frame_over_any_other(self, seed: int) -> None:
        odd = Random(seed)  # noqa: S311 - no secret
        styles = [None, RED, BLUE_BLANK, Style.parse("reverse"), Style.parse("underline red on blue")]
        signs = ["a", "b", " ", " ", "é", "字", "e\u0301", "▼"]

        def frame() -> list[CellLine]:
            made = []
            for _ in range(6):
                parts, width = [], 0
                while width < 30:
                    sign = odd.choice(signs) if odd.random() < 0.2 else odd.choice("ab ")
                    width += 2 if sign == "字" else 1
                    parts.append((sign if width <= 30 else " ", odd.choice(styles)))
                made.append(line(*parts))
            return [each if len(each.text) == 30 else line(("x" * 30, RED)) for each in made]

        frames = [frame() for _ in range(3)]
        frames += [[*frames[-1][2:], *frames[0][:2]], frames[1]]
        assert shown(*frames).seen == shown(frames[-1]).seen
