"""Screens on top of the monitor, and its filter bar: left once, whatever was typed ahead."""

from __future__ import annotations

import pytest
from textual import events
from textual.screen import ModalScreen

from scantui.tui.dialogs.choice import Choice
from scantui.tui.dialogs.menu import Menu
from scantui.tui.dialogs.prompt import Prompt
from tests.tui.pilots import lines, message, monitor_of, until, watching
from tests.tui.scenes import night_feed


@pytest.mark.parametrize("keys", ["w", "wc", "C", "L", "s", ":", "?"])
async def test_a_second_answer_to_the_same_question_leaves_the_monitor_where_it_is(keys: str) -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press(*keys)
        popup = pilot.app.screen
        assert isinstance(popup, ModalScreen)
        popup.dismiss(None)
        popup.dismiss(None)
        await until(pilot, lambda: pilot.app.screen is monitor_of(pilot))
        await pilot.press("i")
        await until(pilot, lambda: "12 DONE" in message(pilot))


async def test_enter_that_comes_before_the_line_has_the_keyboard_is_its_answer() -> None:
    async with watching(night_feed()) as pilot:
        answers: list[str | None] = []
        prompt = Prompt("write to", "~/scans.csv")
        await pilot.app.push_screen(prompt, answers.append)
        prompt.set_focus(None)
        await pilot.press("x", "enter")
        await until(pilot, lambda: answers == ["~/scans.csvx"])


@pytest.mark.parametrize(("end", "kept"), [("enter", "state=done"), ("escape", "")])
async def test_what_is_typed_ahead_of_the_end_of_a_filter_belongs_to_the_table(end: str, kept: str) -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press("slash")
        for key in (*"state", "equals_sign", *"done", end, "s"):
            character = "=" if key == "equals_sign" else key if len(key) == 1 else None
            pilot.app.post_message(events.Key(key, character))
        await until(pilot, lambda: isinstance(pilot.app.screen, ModalScreen))
        assert monitor_of(pilot).board.filter.text == kept


@pytest.mark.parametrize("size", [(40, 24), (80, 24)])
async def test_a_long_value_in_a_menu_keeps_both_ends_on_one_line(size: tuple[int, int]) -> None:
    async with watching(night_feed(), size) as pilot:
        path = "/data/visitor/hc1234/id11/20261126/RAW_DATA/sample/sample_0001/sample_0001.h5"
        await pilot.app.push_screen(Menu("Keep only", [Choice("path", f"path = {path}")]))
        await until(pilot, lambda: any("path =" in line for line in lines(pilot)))
        [line] = [line for line in lines(pilot) if "RAW_DATA" in line or "path =" in line]
        assert "path = /d" in line
        assert "sample_0001.h5" in line
