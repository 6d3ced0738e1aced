"""What watches the store under fault: a feed and a board, kept as the screen keeps them."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import aclosing

from scantui.board import Board
from scantui.feed import Changed, Connected, Created, Event, Feed, Gone, Heartbeat, Loaded, Lost, Progress
from scantui.models import ScanState
from scantui.store import AsyncDataStore
from scantui.system.beacon import ask_beacon
from scantui.tui.widgets.status_line import ConnectionStatus
from tests.chaos.server import Truth


class Screen:
    """The rows and the status line that a user would see, of the server that a Beacon names."""

    def __init__(
        self,
        beacon: str,
        pause: Callable[[float], Awaitable[None]],
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        async def open_store() -> AsyncDataStore:
            store = await AsyncDataStore.open(await asyncio.to_thread(ask_beacon, beacon))
            self.label = store.label
            return store

        self.label = ""

        self.board = Board()
        self.status = ConnectionStatus("chaos", time.monotonic)
        self.feed = Feed(open_store, pause, wall_clock=wall_clock)
        self.events: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.lost_at = 0.0
        self.beat = asyncio.Event()

    async def follow(self) -> None:
        """Take in the events of the feed, for ever."""
        async with aclosing(self.feed.events()) as events:
            async for event in events:
                self.take_in(event)

    def take_in(self, event: Event) -> None:
        """Take in an event of the feed."""
        self.status.take_in(event)
        self.events[type(event).__name__] += 1
        if isinstance(event, Loaded | Created | Changed):
            self.board.put(event.rows)
        elif isinstance(event, Gone):
            self.board.mark_gone(event.keys)
        elif isinstance(event, Progress):
            self.board.note_progress(event.points, event.seen)
        elif isinstance(event, Heartbeat):
            self.board.tell_time(self.status.now_ms())
            self.beat.set()
        elif isinstance(event, Lost):
            self.lost_at = time.monotonic()
            self.errors[type(event.error).__name__] += 1
        elif isinstance(event, Connected):
            self.lost_at = 0.0

    def differences(self, truth: Truth) -> list[str]:
        """What the rows say otherwise than the store has it."""
        return differences(self.board, truth)


def differences(board: Board, truth: Truth) -> list[str]:
    """The rows not marked GONE that the store has not, has otherwise, or has and are not there."""
    keys = [board.key_at(index) for index in range(len(board))]
    present = {key for key in keys if not board.is_gone(key)}
    reported = [f"{key} is shown twice" for key, count in Counter(keys).items() if count > 1]
    reported += [f"{key} is missing" for key in truth.findable - present]
    reported += [f"{key} is not in the store" for key in present - truth.states.keys()]
    for key in present & truth.states.keys():
        row = board.row(key)
        state = None if row is None or row.state is None else row.state.value
        if state != truth.states[key]:
            reported.append(f"{key} is shown as {row and row.state}, and is {_named(truth.states[key])}")
    return reported


def _named(state: int | None) -> str:
    return "BAD" if state is None else ScanState(state).name
