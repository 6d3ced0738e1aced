"""The monitor of a simulated world: a feed and a board, kept as the screen keeps them."""

from __future__ import annotations

import asyncio
import random
from contextlib import aclosing

from scantui.board import Board
from scantui.feed import Changed, Created, Feed, Gone, Heartbeat, Loaded, Progress
from scantui.store.aio import AsyncDataStore
from scantui.store.drivers.driver import carry_out_async
from scantui.store.operations import setup
from scantui.tui.widgets.status_line import ConnectionStatus
from tests.simulation.link import Link, SimDriver

EPOCH = 1_790_000_000.0


class SimMonitor:
    """A feed and a board, kept as the screen keeps them."""

    def __init__(self, link: Link, chance: random.Random) -> None:
        loop = asyncio.get_running_loop()

        async def open_store() -> AsyncDataStore:
            driver = SimDriver(link)
            await carry_out_async(driver, setup.check_protocol())
            return AsyncDataStore(driver, lambda: EPOCH + loop.time())

        self.board = Board()
        self.status = ConnectionStatus("simulated", loop.time)
        self.feed = Feed(open_store, asyncio.sleep, loop.time, lambda: EPOCH + loop.time(), chance.random)

    async def follow(self) -> None:
        """Take in what the feed tells, for ever."""
        async with aclosing(self.feed.events()) as events:
            async for event in events:
                self.status.take_in(event)
                if isinstance(event, Loaded | Created | Changed):
                    self.board.put(event.rows)
                elif isinstance(event, Gone):
                    self.board.mark_gone(event.keys)
                elif isinstance(event, Progress):
                    self.board.note_progress(event.points, event.seen)
                elif isinstance(event, Heartbeat):
                    self.board.tell_time(self.status.now_ms())
                self.feed.watched = [
                    self.board.key_at(index) for index in range(max(0, len(self.board) - 20), len(self.board))
                ]
