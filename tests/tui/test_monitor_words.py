"""The monitor's own words: help, hints, log, letters of another alphabet."""

from __future__ import annotations

import pytest

from scantui.system.config import Preferences
from scantui.system.state import Memory
from scantui.tui.dialogs.help import HelpScreen
from scantui.tui.dialogs.log import LogScreen
from tests.tui.pilots import (
    lines,
    message,
    watching,
)
from tests.tui.scenes import (
    night_feed,
)


async def test_the_log_shows_what_was_met() -> None:
    async with watching(night_feed(), log_lines=lambda: ["one [/] line", "an\x1bother"]) as pilot:
        await pilot.press("L")
        assert isinstance(pilot.app.screen, LogScreen)
        text = "\n".join(lines(pilot))
        assert "one [/] line" in text
        assert "an␛other" in text
        await pilot.press("L")
        assert not isinstance(pilot.app.screen, LogScreen)


async def test_the_first_letter_of_another_alphabet_says_how_to_bind_it_and_no_other_does() -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press("ф")
        assert message(pilot) == (
            "ф does nothing: switch the keyboard to Latin letters, or bind it in the configuration file, "
            'such as filter = ["/", "ф"] under [keys]'
        )
        await pilot.press("i")
        counts = message(pilot)
        await pilot.press("λ")
        assert message(pilot) == counts


@pytest.mark.parametrize("keys", ["L", "s", "="])
async def test_a_dialog_says_on_its_edge_that_a_letter_of_another_alphabet_does_nothing(keys: str) -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press(*keys, "ф")
        assert any("ф does nothing: use Latin letters" in line for line in lines(pilot))


async def test_a_letter_of_another_alphabet_that_is_bound_does_what_it_is_bound_to() -> None:
    memory = Memory(preferences=Preferences(keys={"counts": ["ш"]}))
    async with watching(night_feed(), memory=memory) as pilot:
        await pilot.press("ш")
        assert "does nothing" not in message(pilot)
        assert "DONE" in message(pilot)


async def test_help_lists_every_key_and_finds_what_is_typed() -> None:
    async with watching(night_feed(), (80, 170)) as pilot:
        await pilot.press("question_mark")
        assert isinstance(pilot.app.screen, HelpScreen)
        text = "\n".join(lines(pilot))
        for word in ("Filter off or on", "Oldest scan", "Newest scan, and follow", "Quit", "GONE", "name=ascan*"):
            assert word in text
        await pilot.press(*"quit")
        text = "\n".join(lines(pilot))
        assert "Quit" in text
        assert "Oldest scan" not in text
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, HelpScreen)


async def test_the_hint_line_tells_what_can_be_done_where_the_keyboard_is() -> None:
    async with watching(night_feed()) as pilot:
        assert "? Help" in lines(pilot)[-1]
        await pilot.press("slash")
        assert "Tab Complete" in lines(pilot)[-1]
        await pilot.press("escape")
        assert "? Help" in lines(pilot)[-1]


@pytest.mark.parametrize(("width", "last"), [(40, "r Running"), (80, "c Curves"), (100, "q Quit")])
async def test_a_narrow_terminal_has_the_hints_that_matter_most(width: int, last: str) -> None:
    async with watching(night_feed(), (width, 24)) as pilot:
        assert lines(pilot)[-1].strip().startswith("Enter Details")
        assert lines(pilot)[-1].strip().endswith(last)
