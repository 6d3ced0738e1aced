"""Lines of text that are painted quickly: they look as Textual paints them."""

from __future__ import annotations

import pytest
from rich.color import ColorSystem
from rich.text import Text
from textual.geometry import Region
from textual.widget import Widget

from scantui.tui.app import ANSI_THEME
from scantui.tui.looks import style_name
from scantui.tui.terminal.cells import Look, StyleCodes, _on_blanks
from scantui.tui.terminal.text_lines import TextLines, bar_strips
from tests.tui.pilots import monitor_of, table_of, watching
from tests.tui.scenes import night_feed

TEXTS: list[Text | str] = [
    "",
    "a sentence with [brackets] and 漢字 e\u0301",
    Text("no styles"),
    Text.assemble("one ", ("two", style_name("key")), (" three", "bold"), (" four", "reverse")),
    Text.assemble(("● LIVE", style_name("LIVE")), ("  STALL 漢字", style_name("STALL")), style=style_name("quiet")),
    Text("two\nlines", style="italic"),
    "much " * 60,
]


def seen(widget: Widget, region: Region, *, by_textual: bool) -> list[list[tuple[str, Look]]]:
    """Each cell with its look; of a blank one without a colour that nothing is written in."""
    codes = StyleCodes(ColorSystem.TRUECOLOR)
    render = Widget.render_lines if by_textual else type(widget).render_lines
    lines = []
    for line in map(codes.line_of, render(widget, region)):
        looks = [look for length, look in line.looks for _ in range(length)]
        lines.append(
            [(text, _on_blanks(look) if text == " " else look) for text, look in zip(line.text, looks, strict=True)]
        )
    return lines


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "nord", ANSI_THEME])
async def test_they_look_as_textual_paints_them(theme: str) -> None:
    async with watching(night_feed()) as pilot:
        monitor = monitor_of(pilot)
        pilot.app.theme = theme
        lines = [monitor.status_line, monitor.message_line, monitor.hint_line, monitor.pinned]
        for text in TEXTS:
            for widget in lines:
                assert isinstance(widget, TextLines)
                widget.display = True
                widget.update(text)
            for is_error in (False, True):
                monitor.message_line.set_class(is_error, "-error")
                await pilot.pause()
                for widget in lines:
                    width, height = widget.outer_size
                    for region in (Region(0, 0, width, height), Region(3, 0, width - 7, height)):
                        assert seen(widget, region, by_textual=False) == seen(widget, region, by_textual=True), text


async def test_only_what_is_new_is_painted_anew() -> None:
    async with watching(night_feed()) as pilot:
        line = monitor_of(pilot).hint_line
        region = Region(0, 0, *line.outer_size)
        before = line.render_lines(region)
        assert line.render_lines(region)[0] is before[0]
        line.update("other hints", layout=False)
        assert line.render_lines(region)[0].text.strip() == "other hints"


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", ANSI_THEME])
async def test_scroll_bars_look_as_textual_paints_them(theme: str) -> None:
    looks = StyleCodes(ColorSystem.TRUECOLOR)
    async with watching(night_feed()) as pilot:
        pilot.app.theme = theme
        await pilot.pause()
        bar = table_of(pilot).vertical_scrollbar
        bar.display = True
        await pilot.pause()
        for rows, position in ((10, 0.0), (100, 3.125), (100, 80.0), (50_000, 25_000.0)):
            bar.window_virtual_size, bar.window_size, bar.position = rows, 20, position
            for region in (Region(0, 0, *bar.outer_size), Region(0, 2, bar.outer_size.width, 5)):
                strips = bar_strips(bar, region)
                assert strips is not None
                assert len(strips) == region.height
                textuals = bar.render_lines(region)
                for ours, theirs in zip(map(looks.line_of, strips), map(looks.line_of, textuals), strict=True):
                    assert ours.text == theirs.text
                    (own,), (other,) = ours.looks, theirs.looks
                    assert own == other or _on_blanks(own[1]) == _on_blanks(other[1])
