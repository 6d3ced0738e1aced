"""What the user chose to see, in this run and in the next: columns, times, theme, saved filters; and counts."""

from __future__ import annotations

from pathlib import Path

from scantui.system.state import Memory
from tests.tui.pilots import lines, watching
from tests.tui.scenes import night_feed


async def test_columns_are_chosen_and_remembered(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    async with watching(night_feed(), memory=Memory(path)) as pilot:
        assert "AGE" in lines(pilot)[2]
        await pilot.press("o", *["j"] * 8, "enter", "escape")
        assert "AGE" not in lines(pilot)[2]
    async with watching(night_feed(), memory=Memory(path)) as pilot:
        assert lines(pilot)[2].split() == ["ST", "NO", "NAME", "DUR", "PROGRESS"]
        await pilot.press("o", *["j"] * 14, "enter")
        assert "AGE" in lines(pilot)[2]


async def test_rules_between_datasets_are_switched_off_and_their_column_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    async with watching(night_feed(), memory=Memory(path)) as pilot:
        assert lines(pilot)[3].startswith("── sample_0001 ──")
        assert "DATASET" not in lines(pilot)[2]
        await pilot.press("o", "k", "enter", "escape")
        assert "──" not in "".join(lines(pilot))
        assert "DATASET" in lines(pilot)[2]
    async with watching(night_feed(), memory=Memory(path)) as pilot:
        assert "DATASET" in lines(pilot)[2]
