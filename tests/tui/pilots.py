"""The monitor under a pilot: how tests open it, press keys, and read what is on the screen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input

from scantui.tui.app import ScanTuiApp
from scantui.tui.monitor import Monitor
from scantui.tui.widgets.scan_table import ScanTable
from tests.tui.scenes import SIZE, standing_clock


@asynccontextmanager
async def watching(
    feed: Any, size: tuple[int, int] = SIZE, *, internal_errors: int | None = 0, **settings: Any
) -> AsyncIterator[Pilot[None]]:
    """The monitor on a feed; at the end there were so many internal errors, with None any number."""
    app = ScanTuiApp(feed, "redis://id11:6380", standing_clock, **settings)
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        await pilot.pause()
        # A scroll bar that came with the rows has the lines beside it taken in after its frame.
        await pilot.pause()
        yield pilot
    assert internal_errors in (None, app.internal_errors.total)


async def until(pilot: Pilot[None], condition: Callable[[], bool | Awaitable[bool]]) -> None:
    """Let the program go on until something is true; a test that waits in vain fails."""

    async def poll() -> None:
        while not (await answer if isinstance(answer := condition(), Awaitable) else answer):
            await pilot.pause()

    await asyncio.wait_for(poll(), timeout=20)


async def create_by_form(pilot: Pilot[None], **values: object) -> None:
    """Have test scans created with these values in the form, and the others as they are offered."""
    await until(pilot, lambda: "LIVE" in status(pilot))
    await pilot.press("C")
    for field, value in values.items():
        pilot.app.screen.query_one(f"#{field}", Input).value = str(value)
    await pilot.press("enter")


def monitor_of(pilot: Pilot[None]) -> Monitor:
    app = pilot.app
    assert isinstance(app, ScanTuiApp)
    return app.monitor


def table_of(pilot: Pilot[None]) -> ScanTable:
    return monitor_of(pilot).table


def number_under_cursor(pilot: Pilot[None]) -> int:
    row = monitor_of(pilot).view.row
    assert row is not None
    assert row.identity is not None
    return row.identity.number


def lines(pilot: Pilot[None]) -> list[str]:
    """What stands on the screen, line by line."""
    width, height = pilot.app.size
    strips = pilot.app.screen._compositor.render_strips()
    assert len(strips) == height
    return ["".join(segment.text for segment in strip)[:width].rstrip() for strip in strips]


def rows_seen(pilot: Pilot[None]) -> list[str]:
    """The lines of the table, without header and scroll bar."""
    return [line[: pilot.app.size.width - 1].rstrip() for line in lines(pilot)[3:-2]]


def message(pilot: Pilot[None]) -> str:
    return str(monitor_of(pilot).message_line.content)


def status(pilot: Pilot[None]) -> str:
    return str(monitor_of(pilot).status_line.content)


def shown_numbers(pilot: Pilot[None]) -> list[int]:
    board = monitor_of(pilot).board
    identities = [board.row_at(index).identity for index in range(len(board))]
    return [identity.number for identity in identities if identity is not None]
