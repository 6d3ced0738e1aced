"""With the mouse: headers sort, the hint line obeys, rows are chosen, and the wheel scrolls what it is over."""

from __future__ import annotations

from typing import Any

from textual import events
from textual.pilot import Pilot
from textual.widget import Widget

from scantui.feed import Heartbeat, Loaded
from tests.tui.pilots import lines, monitor_of, number_under_cursor, status, table_of, until, watching
from tests.tui.scans_in_detail import details
from tests.tui.scenes import NOW_MS, ScriptedFeed, StillStore, beamline_rows, connected, night_feed


async def turn_wheel(pilot: Pilot[None], widget: Widget, times: int) -> None:
    for _ in range(times):
        x, y = widget.region.x + 3, widget.region.y + 3
        kind = events.MouseScrollDown
        pilot.app.post_message(kind(widget, x, y, 0, 1, 0, False, False, False, screen_x=x, screen_y=y))
    await pilot.pause()


def heading(pilot: Pilot[None]) -> int:
    """The line of the headers: scans that run elsewhere stand above it."""
    return next(y for y, line in enumerate(lines(pilot)) if line.startswith("ST "))


async def test_a_header_sorts_and_again_the_other_way_round() -> None:
    async with watching(night_feed()) as pilot:
        board = monitor_of(pilot).board
        x = lines(pilot)[heading(pilot)].index("NAME")
        await pilot.click(offset=(x, heading(pilot)))
        assert (board.sorting.column, board.sorting.descending) == ("name", False)
        await pilot.pause()
        assert "NAME▲" in lines(pilot)[heading(pilot)]
        assert not any(line.startswith("──") for line in lines(pilot)), "rules part datasets in the order of time alone"
        await pilot.click(offset=(x, heading(pilot)))
        assert (board.sorting.column, board.sorting.descending) == ("name", True)
        await pilot.pause()
        assert "NAME▼" in lines(pilot)[heading(pilot)]


async def test_a_hint_obeys_a_click_on_its_key_and_on_its_word() -> None:
    async with watching(night_feed()) as pilot:
        hints = lines(pilot)[-1]
        await pilot.click(offset=(hints.index("Problems") + 3, 23))
        assert "is=problem" in lines(pilot)[1]
        await pilot.click(offset=(hints.index("! Problems"), 23))
        assert "is=problem" not in lines(pilot)[1]
        await pilot.click(offset=(hints.index("Details"), 23))
        assert monitor_of(pilot).panes.opened == "details"


async def test_a_row_is_chosen_and_opened_and_a_rule_is_no_row() -> None:
    async with watching(night_feed()) as pilot:
        screen = lines(pilot)
        rule = next(y for y, line in enumerate(screen) if y > 3 and line.startswith("──"))
        before = number_under_cursor(pilot)
        await pilot.click(offset=(5, rule))
        assert number_under_cursor(pilot) == before
        await pilot.click(offset=(5, rule + 1))
        assert f" {number_under_cursor(pilot)} " in screen[rule + 1]
        await pilot.click(offset=(5, rule + 1))
        assert monitor_of(pilot).panes.opened == "details"


async def test_the_wheel_scrolls_the_table() -> None:
    async with watching(night_feed()) as pilot:
        await pilot.press("g")
        first = table_of(pilot).keys_in_view[0]
        await turn_wheel(pilot, table_of(pilot), 2)
        assert table_of(pilot).keys_in_view[0] != first
        assert "HELD" in status(pilot)


class DetailedStore(StillStore):
    """A store whose details are longer than the screen."""

    async def load_details(self, key: str, known: object = None) -> Any:
        return details(info={f"field_{number}": number for number in range(40)})


async def test_the_wheel_scrolls_the_details() -> None:
    rows = beamline_rows()
    feed = ScriptedFeed(connected(len(rows), DetailedStore()), Heartbeat(NOW_MS), Loaded(rows[::-1], 0))
    async with watching(feed) as pilot:
        await pilot.press("enter")
        pane: Any = monitor_of(pilot).panes.pane
        await until(pilot, lambda: "info" in "".join(lines(pilot)))
        await pilot.press("tab", "G", "l", "g")
        assert pane.max_scroll_y > 3
        assert pane.scroll_y == 0
        await turn_wheel(pilot, pane, 2)
        assert pane.scroll_y > 0
