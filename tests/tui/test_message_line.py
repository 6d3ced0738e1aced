"""The message line: as many lines as the wrapped words take, up to three."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from scantui.tui.widgets.message_line import MessageLine

WIDTH = 80
# 105 cells in two lines; 102 in three, since a word of 45 does not fit behind one of 40.
TWO_LINES = "x" * 52 + " " + "y" * 52
THREE_LINES = "a" * 40 + " " + "b" * 45 + " " + "c" * 36


class OneLine(App[None]):
    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static("above")
            yield MessageLine()


@pytest.mark.parametrize(
    ("sentences", "height"),
    [
        (["short"], 1),
        ([TWO_LINES], 2),
        ([THREE_LINES], 3),
        ([TWO_LINES, THREE_LINES], 3),
        ([THREE_LINES, TWO_LINES], 2),
        ([THREE_LINES, ""], 1),
        (["word " * 200], 3),
        (["日本" * 45], 3),
    ],
)
async def test_each_sentence_has_the_lines_that_its_words_take(sentences: list[str], height: int) -> None:
    async with OneLine().run_test(size=(WIDTH, 24)) as pilot:
        line = pilot.app.query_one(MessageLine)
        line.styles.max_height = 3
        line.styles.height = "auto"
        line.styles.min_height = 1
        for sentence in sentences:
            line.show(sentence)
            await pilot.pause()
        assert line.size.height == height


async def test_a_narrower_terminal_wraps_the_sentence_anew() -> None:
    async with OneLine().run_test(size=(WIDTH, 24)) as pilot:
        line = pilot.app.query_one(MessageLine)
        line.styles.height = "auto"
        line.show("word " * 15)
        await pilot.pause()
        assert line.size.height == 1
        await pilot.resize_terminal(40, 24)
        await pilot.pause()
        assert line.size.height == 2


async def test_news_stand_before_the_sentence_and_count_for_its_lines() -> None:
    async with OneLine().run_test(size=(WIDTH, 24)) as pilot:
        line = pilot.app.query_one(MessageLine)
        line.styles.height = "auto"
        line.show("word " * 15)
        line.show_news("▼ 12 new (G)")
        await pilot.pause()
        assert str(line.content).startswith("▼ 12 new (G)  word")
        assert line.size.height == 2


async def test_the_next_command_clears_a_sentence_but_not_an_error() -> None:
    app = OneLine()
    async with app.run_test(size=(WIDTH, 24)):
        line = app.query_one(MessageLine)
        line.show("No saved filters yet")
        line.forget()
        assert str(line.content) == ""
        line.show("the server is gone", is_error=True)
        line.forget()
        assert str(line.content) == "the server is gone"
