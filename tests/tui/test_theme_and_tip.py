"""The theme menu shows each theme while one moves, and the tip of the first start goes away for good."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scantui.store.operations.memory import ServerMemory
from scantui.system.state import Memory
from scantui.tui.commands.shown import WELCOME
from scantui.tui.messages import MemoryFound
from scantui.tui.workers import follow_memory
from tests.tui.pilots import lines, message, monitor_of, until, watching
from tests.tui.scenes import StillStore, night_feed


async def test_the_theme_menu_previews_while_one_moves_and_escape_restores(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    async with watching(night_feed(), memory=Memory(path)) as pilot:
        before = pilot.app.theme
        await pilot.press("T")
        await pilot.press("j")
        first = pilot.app.theme
        await pilot.press("down")
        assert len({before, first, pilot.app.theme}) == 3, "each is shown while the menu is open"
        await pilot.press("escape")
        assert pilot.app.theme == before
        assert Memory(path).theme == ""
        await pilot.press("T", "j", "enter")
        assert pilot.app.theme == first
    assert Memory(path).theme == first


async def test_the_tip_of_the_first_start_goes_with_the_first_command_and_for_good(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    async with watching(night_feed(), memory=Memory(path)) as pilot:
        assert message(pilot) == WELCOME
        await pilot.press("i")
        await pilot.press("j")
        assert WELCOME not in message(pilot)
    async with watching(night_feed(), memory=Memory(path)) as pilot:
        assert WELCOME not in message(pilot)


class FullStore(StillStore):
    """A server that says how full its memory is, as long as there is something to say."""

    def __init__(self, *shares: float) -> None:
        self.shares = list(shares)

    async def get_memory(self) -> Any:
        return ServerMemory(int(self.shares.pop(0) * 1000), 1000) if self.shares else None


async def test_memory_is_asked_for_once_a_minute_as_long_as_the_server_says() -> None:
    posted: list[Any] = []
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    store: Any = FullStore(0.5, 0.91)
    await follow_memory(store, "id11", posted.append, pause)
    assert [round(each.share, 2) for each in posted] == [0.5, 0.91]
    assert pauses == [60.0, 60.0]


async def test_the_header_warns_of_full_memory_from_80_percent_on() -> None:
    async with watching(night_feed()) as pilot:
        server = next(iter(monitor_of(pilot).servers)).label
        for share, shown in ((0.79, ""), (0.8, "MEM 80%"), (0.914, "MEM 91%"), (0.5, "")):
            monitor_of(pilot).post_message(MemoryFound(server, share))
            await pilot.pause()
            await until(pilot, lambda shown=shown: shown in lines(pilot)[0])  # type: ignore[misc]
            assert ("MEM" in lines(pilot)[0]) is bool(shown)
