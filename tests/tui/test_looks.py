"""What the user chose to see, in this run and in the next: columns, times, theme, saved filters; and counts."""

from __future__ import annotations

from pathlib import Path

from scantui.system.state import Memory
from tests.tui.pilots import lines, watching
from tests.tui.scenes import night_feed


async def test_columns_are_chosen_and_remembered(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    async with watching(night_feed(), memory=Memory(path)) as pilot:
        assert "DATASET" in lines(pilot)[2]
        await pilot.press("o", "j", "j", "j", "enter", "escape")
        assert "DATASET" not in lines(pilot)[2]
    async with watching(night_feed(), memory=Memory(path)) as pilot:
        assert lines(pilot)[2].split() == ["ST", "NO", "NAME", "AGE", "DUR", "PROGRESS"]
        await pilot.press("o", *["j"] * 14, "enter")
        assert "DATASET" in lines(pilot)[2]
