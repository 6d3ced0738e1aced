"""What happens in the store, as an async iterator of events; no screen, no widgets.

Rule 1: creation and states come by one blocked read. Rule 2: whatever goes wrong with the store becomes a Lost event,
and the feed tries again for ever; it ends only when it is cancelled.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from scantui.backlog import Backlog
from scantui.doubts import Doubts
from scantui.exceptions import CommandError, ConnectionFailed, LoginError, ScanNotFoundError, StoreError
from scantui.lookout import MOST_ASKED, Lookout
from scantui.models import NewestScans, ScanState, ScanSummary

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore
    from scantui.store.following import Pulse

CHUNK = 100
# The pulse is felt once a second; the blocked read between two of them is as long.
PULSE_SECONDS = 1.0
# After a wake-up others often follow at once: they are gathered before the read is armed anew.
GATHER_SECONDS = 0.05
_JITTER = 0.25
_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_CHECKED_AT_ONCE = 500
_FROM_THE_START = "0-0"


class Connecting(msgspec.Struct, frozen=True):
    """The store is being opened, for the `attempt`th time in a row."""

    attempt: int


class Connected(msgspec.Struct, frozen=True):
    """The store is open and has `total` scans; `store` serves whoever wants to create or search."""

    store: AsyncDataStore
    total: int


class Known(msgspec.Struct, frozen=True):
    """Scans that were there already, newest first; `remaining` are still to be loaded."""

    rows: Sequence[ScanSummary]
    remaining: int


class Created(msgspec.Struct, frozen=True):
    """Scans that were created just now."""

    rows: Sequence[ScanSummary]


class Changed(msgspec.Struct, frozen=True):
    """Scans that moved to another state, as they are now."""

    rows: Sequence[ScanSummary]


class Gone(msgspec.Struct, frozen=True):
    """Scans that were deleted or have expired while we were looking."""

    keys: Sequence[str]


class Beat(msgspec.Struct, frozen=True):
    """The server answered; its clock stands at `server_ms` milliseconds since 1970, `ahead_ms` before ours."""

    server_ms: int
    ahead_ms: int = 0


class Progress(msgspec.Struct, frozen=True):
    """How many points some of the open scans have; the others had no turn."""

    points: Mapping[str, int]


class Lost(msgspec.Struct, frozen=True):
    """The store cannot be had, for `error`; it is tried again in `retry_in` seconds."""

    error: StoreError
    attempt: int
    retry_in: float


class Ended(msgspec.Struct, frozen=True):
    """Nothing more will come, for `reason`: a recording is at its end. A store has none."""

    reason: str


Event = Connecting | Connected | Known | Created | Changed | Gone | Beat | Progress | Lost | Ended
OpenStore = Callable[[], Awaitable["AsyncDataStore"]]


async def load_rows(store: AsyncDataStore, keys: Sequence[str]) -> list[ScanSummary]:
    """The rows of these scans, without those that are gone; one that cannot be read says what is wrong with it."""
    rows: list[ScanSummary] = []
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        for key, loaded in zip(chunk, await store.load_summaries(chunk), strict=True):
            if isinstance(loaded, ScanSummary):
                rows.append(loaded)
            elif not isinstance(loaded, ScanNotFoundError):
                rows.append(ScanSummary(key=key, problem=str(loaded)))
    return rows


class Feed:
    """Follows one store: `events` tells what is there, newest first, and then what happens.

    `watched` is what the screen shows: those scans are looked after first.
    """

    def __init__(
        self,
        open_store: OpenStore,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.watched: Sequence[str] = ()
        self.open_store = open_store
        self._pause = pause
        self._clock = clock
        self._wall_clock = wall_clock
        self._chance = chance
        self._lookout = Lookout()
        self._doubts = Doubts()
        self._has_followed = False

    async def events(self) -> AsyncGenerator[Event, None]:
        attempt = 0
        while True:
            attempt += 1
            yield Connecting(attempt)
            try:
                store = await self.open_store()
                try:
                    async with aclosing(self._session(store)) as session:
                        async for event in session:
                            yield event
                finally:
                    await store.aclose()
            except StoreError as error:
                # A session that could follow, if only for a moment, starts the count anew.
                attempt, self._has_followed = (1, False) if self._has_followed else (attempt, False)
                retry_in = _PAUSES[min(attempt, len(_PAUSES)) - 1]
                if not isinstance(error, ConnectionFailed) or isinstance(error, LoginError):
                    retry_in = max(retry_in, _PAUSES[2])  # somebody has to do something first
                # Many monitors lose a server at once; they shall not all come back at once.
                retry_in *= 1 - _JITTER * self._chance()
                yield Lost(error, attempt, retry_in)
                await self._pause(retry_in)

    async def _session(self, store: AsyncDataStore) -> AsyncGenerator[Event, None]:
        """One connection's life: catch up, then follow."""
        backlog = Backlog(partial(load_rows, store), CHUNK)
        try:
            async with aclosing(self._followed(store, backlog)) as events:
                async for event in events:
                    yield event
        finally:
            await backlog.close()

    async def _followed(self, store: AsyncDataStore, backlog: Backlog) -> AsyncGenerator[Event, None]:
        next_pulse = self._clock()
        newest = NewestScans(None, []) if self._lookout.known else await store.list_newest(CHUNK)
        if newest.total is not None:
            # Nothing is on the screen yet, and to name all scans takes a while.
            next_pulse += PULSE_SECONDS
            for event in await self._first_screen(store, newest.total, newest.keys):
                yield event
        since, keys = await store.list_scans()
        if newest.total is None:
            yield Connected(store, len(keys))
        self._doubts.fill(keys, self._lookout)
        shown = set() if newest.total is None else set(newest.keys)
        backlog.add(key for key in keys if key not in shown and self._lookout.may_have_changed(key))
        if not backlog and newest.total is not None and newest.total > len(shown):
            yield Known([], 0)
        while True:
            is_whole, to_check = True, self._doubts.take_missing(_CHECKED_AT_ONCE)
            if self._clock() >= next_pulse:
                next_pulse = self._clock() + PULSE_SECONDS
                pulse = await self._feel_pulse(store, since)
                is_whole = pulse.is_whole
                for event in self._told_by(pulse):
                    yield event
                to_check += self._doubts.take_closed(_CHECKED_AT_ONCE)
            if to_check:
                gone_keys, others = await self._check(store, to_check)
                backlog.add(others)
                for gone in self._noted_gone(gone_keys):
                    yield gone
            if backlog:
                chunk, rows = await backlog.take()
                await self._note(store, rows)
                yield Known(rows, len(backlog))
                for gone in self._noted_gone(set(chunk) - {row.key for row in rows}):
                    yield gone
            hurries = bool(backlog) or self._doubts.are_urgent
            patience = 0.0 if hurries else min(max(next_pulse - self._clock(), 0.0), PULSE_SECONDS)
            try:
                news = await store.wait_for_news(since, self._lookout.state_ids, patience)
            except CommandError:
                rows = await self._load(store, self._lookout.open_scans)
                yield Changed(rows)
                unreadable = [row.key for row in rows if row.problem]
                if not unreadable:
                    raise
                # One state stream that cannot be read spoils the read of all.
                self._lookout.leave(unreadable)
                continue
            if store.broken_connections:
                # A server that came back at once may have older data: what is known is looked at anew.
                raise ConnectionFailed("the connection was closed")
            since, self._has_followed = news.since, True
            if created := await self._load(store, [ref.key for ref in news.created]):
                yield Created(created)
            if moved := self._lookout.take_in_moves(news.moved):
                rows = await self._load(store, moved)
                if rows:
                    yield Changed(rows)
                for gone in self._noted_gone(set(moved) - {row.key for row in rows}):
                    yield gone
            if not (is_whole and news.is_whole):
                since, keys = await store.list_scans()
                self._doubts.fill(keys, self._lookout)
                told = {ref.key for ref in news.created}
                backlog.add(key for key in keys if key not in told and self._lookout.may_have_changed(key))
            elif (news.created or news.moved) and not hurries:
                await self._pause(GATHER_SECONDS)

    async def _first_screen(self, store: AsyncDataStore, total: int, keys: Sequence[str]) -> list[Event]:
        """What the newest scans are, before all are named; `remaining` is a guess until then."""
        time_told = self._told_by(await self._feel_pulse(store, _FROM_THE_START))
        rows = await self._load(store, keys)
        more = max(0, total - len(keys))
        return [Connected(store, total), *time_told, *([Known(rows, more)] if rows else [])]

    async def _feel_pulse(self, store: AsyncDataStore, since: str) -> Pulse:
        """The work of a second that no stream wakes us for: the time, what is gone, how far the open scans are."""
        streams = self._lookout.next_streams(self.watched)
        return await store.feel_pulse(self._lookout.next_scans(self.watched, MOST_ASKED - len(streams)), streams, since)

    def _told_by(self, pulse: Pulse) -> list[Event]:
        points = self._lookout.points_by_scan(pulse.lengths)
        progress = [Progress(points)] if points else []
        beat = Beat(pulse.server_ms, pulse.server_ms - round(self._wall_clock() * 1000))
        return [beat, *progress, *self._noted_gone(pulse.gone)]

    async def _check(self, store: AsyncDataStore, keys: Sequence[str]) -> tuple[list[str], list[str]]:
        """Which of these known scans are gone, and which of the others are not closed as they were."""
        states = dict(zip(keys, await store.get_scans_state(keys), strict=True))
        gone = [key for key, state in states.items() if isinstance(state, ScanNotFoundError)]
        may_be_as_known = (key for key, state in states.items() if state is ScanState.CLOSED)
        as_known = {key for key in may_be_as_known if not self._lookout.may_have_changed(key)}
        return gone, sorted(states.keys() - as_known - set(gone))

    def _noted_gone(self, keys: Iterable[str]) -> list[Gone]:
        gone = [key for key in set(keys) if self._lookout.knows(key)]
        self._lookout.forget(gone)
        return [Gone(sorted(gone))] if gone else []

    async def _load(self, store: AsyncDataStore, keys: Sequence[str]) -> list[ScanSummary]:
        rows = await load_rows(store, keys)
        await self._note(store, rows)
        return rows

    async def _note(self, store: AsyncDataStore, rows: Sequence[ScanSummary]) -> None:
        running = self._lookout.to_be_measured(rows)
        streams = await store.find_progress_streams(running) if running else []
        # Last: a row that is remembered and was not told, because the connection broke between, would never be told.
        self._lookout.remember(rows)
        self._lookout.measure_by(dict(zip(running, streams, strict=True)))
