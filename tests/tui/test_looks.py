"""What the user chose to see, in this run and in the next: columns, times, theme, saved filters; and counts."""

from __future__ import annotations

from pathlib import Path

from scantui.system.state import Memory
from tests.tui.pilots import lines, message, monitor_of, shown_numbers, until, watching
from tests.tui.scenes import night_feed


async def test_columns_are_chosen_and_remembered(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    async with watching(night_feed(), memory=Memory(path)) as pilot:
        assert "DATASET" in lines(pilot)[2]
        await pilot.press("o", "j", "j", "j", "enter", "escape")
        assert "DATASET" not in lines(pilot)[2]
    async with watching(night_feed(), memory=Memory(path)) as pilot:
        assert lines(pilot)[2].split() == ["ST", "NO", "NAME", "AGE", "DUR", "PROGRESS"]
        await pilot.press("o", *["j"] * 12, "enter")
        assert "DATASET" in lines(pilot)[2]


async def test_times_are_ages_or_clock_times_or_utc_and_that_is_remembered(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    async with watching(night_feed(), memory=Memory(path)) as pilot:
        await pilot.press("t")
        assert "CREATED" in lines(pilot)[2]
        await pilot.press("t")
        assert message(pilot) == "Showing UTC"
        assert any("11:12:42" in line for line in lines(pilot))
    async with watching(night_feed(), memory=Memory(path)) as pilot:
        assert "UTC" in lines(pilot)[2]


async def test_what_the_disk_refuses_to_remember_is_told_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with watching(night_feed(), memory=Memory(home / "state.json")) as pilot:
        home.write_text("no directory any more")
        await pilot.press("S")
        await until(pilot, lambda: message(pilot).startswith("Not remembered: "))
        assert str(home) in message(pilot).replace("\n", "")
        monitor_of(pilot).message_line.say("")
        await pilot.press("S")
        monitor_of(pilot)._go_on()
        assert message(pilot) == ""


async def test_a_theme_is_chosen_and_remembered(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    async with watching(night_feed(), memory=Memory(path)) as pilot:
        await pilot.press("T", "enter")
        chosen = pilot.app.theme
    assert Memory(path).state.theme == chosen
    async with watching(night_feed(), memory=Memory(path)) as pilot:
        assert pilot.app.theme == chosen


async def test_a_filter_is_saved_under_a_name_and_picked_by_it(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    async with watching(night_feed(), memory=Memory(path)) as pilot:
        await pilot.press("v")
        assert "No saved filters" in message(pilot)
        await pilot.press("slash", *"name=ct", "enter", "v", "s", *"counts", "enter")
        assert message(pilot) == "Saved as counts"
    async with watching(night_feed(), memory=Memory(path)) as pilot:
        await pilot.press("v", "enter")
        assert shown_numbers(pilot) == [2, 7, 12, 17, 20]


async def test_a_saved_filter_is_replaced_when_asked_twice_and_deleted(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "state.json")
    memory.change(saved_filters={"counts": "name=ct"})
    async with watching(night_feed(), memory=memory) as pilot:
        await pilot.press("slash", *"name=dscan", "enter", "v", "s", *"counts", "enter", "n")
        assert memory.state.saved_filters == {"counts": "name=ct"}
        await pilot.press("v", "s", *"counts", "enter", "y")
        assert memory.state.saved_filters == {"counts": "name=dscan"}
        await pilot.press("v", "d", "enter")
        assert memory.state.saved_filters == {}
        assert message(pilot) == "Deleted the saved filter counts"


async def test_counts_are_told_by_word() -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press("i")
        *counts, strip = message(pilot).split("  ")
        assert counts == ["1 NEW", "2 RUN", "12 DONE", "2 FAIL", "1 ABRT", "1 LOST", "1 END"]
        assert strip == "last hour ▄·▄▄▄·▄▄▄··█"
