"""What happens in the store, as an async iterator of events; no screen, no widgets.

Rule 1: creation and states come by one blocked read. Rule 2: whatever goes wrong with the store becomes a Lost event,
and the feed tries again for ever; it ends only when it is cancelled.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from scantui.backlog import Backlog
from scantui.exceptions import CommandError, ConnectionFailed, LoginError, ScanNotFoundError, StoreError
from scantui.lookout import Lookout
from scantui.models import NewestScans, ScanSummary

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

CHUNK = 100
# The pulse is felt once a second; the blocked read between two of them is as long.
PULSE_SECONDS = 1.0
# After a wake-up others often follow at once: they are gathered before the read is armed anew.
GATHER_SECONDS = 0.05
_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_PULSE_CHUNK = 500
# The history holds some 2 000 scans: whoever slept, or got so many at once, may have missed others.
_LONG_SLEEP = 10.0
_MANY_CREATED = 1000


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
    ) -> None:
        self.watched: Sequence[str] = ()
        self.open_store = open_store
        self._pause = pause
        self._clock = clock
        self._wall_clock = wall_clock
        self._lookout = Lookout()
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
            for gone in self._noted_gone(await self._gone_meanwhile(store, keys)):
                yield gone
        shown = set() if newest.total is None else set(newest.keys)
        backlog.add(key for key in keys if key not in shown and self._lookout.may_have_changed(key))
        if not backlog and newest.total is not None and newest.total > len(shown):
            yield Known([], 0)
        last_read = self._clock()
        while True:
            if self._clock() >= next_pulse:
                next_pulse = self._clock() + PULSE_SECONDS
                for event in await self._look_after(store):
                    yield event
            if backlog:
                chunk, rows = await backlog.take()
                await self._note(store, rows)
                yield Known(rows, len(backlog))
                for gone in self._noted_gone(set(chunk) - {row.key for row in rows}):
                    yield gone
            patience = 0.0 if backlog else min(max(next_pulse - self._clock(), 0.0), PULSE_SECONDS)
            try:
                news = await store.wait_for_news(since, self._lookout.state_ids, patience)
            except CommandError:
                unreadable = await self._leave_unreadable(store)
                if not unreadable:
                    raise
                yield Changed(unreadable)
                continue
            since, self._has_followed = news.since, True
            slept, last_read = self._clock() - last_read > _LONG_SLEEP, self._clock()
            if slept or len(news.created) > _MANY_CREATED:
                # The history may have been trimmed past us.
                _, keys = await store.list_scans()
                created_keys = {ref.key for ref in news.created}
                backlog.add(key for key in keys if not self._lookout.knows(key) and key not in created_keys)
            if created := await self._load(store, [ref.key for ref in news.created]):
                yield Created(created)
            if moved := self._lookout.take_in_moves(news.moved):
                rows = await self._load(store, moved)
                if rows:
                    yield Changed(rows)
                for gone in self._noted_gone(set(moved) - {row.key for row in rows}):
                    yield gone
            if (news.created or news.moved) and not backlog:
                await self._pause(GATHER_SECONDS)

    async def _first_screen(self, store: AsyncDataStore, total: int, keys: Sequence[str]) -> list[Event]:
        """What the newest scans are, before all are named; `remaining` is a guess until then."""
        time_told, rows = await self._look_after(store), await self._load(store, keys)
        more = max(0, total - len(keys))
        return [Connected(store, total), *time_told, *([Known(rows, more)] if rows else [])]

    async def _look_after(self, store: AsyncDataStore) -> list[Event]:
        """The work of a second that no stream wakes us for: the time, what is gone, how far the open scans are."""
        on_screen = self.watched
        pulse = await store.feel_pulse(self._lookout.next_scans(on_screen), self._lookout.next_streams(on_screen))
        points = self._lookout.points_by_scan(pulse.lengths)
        progress = [Progress(points)] if points else []
        beat = Beat(pulse.server_ms, pulse.server_ms - round(self._wall_clock() * 1000))
        return [beat, *progress, *self._noted_gone(pulse.gone)]

    async def _leave_unreadable(self, store: AsyncDataStore) -> list[ScanSummary]:
        """Those open scans whose state stream cannot be read any more: one of them spoils the read of all."""
        rows = await self._load(store, self._lookout.open_scans)
        unreadable = [row for row in rows if row.problem]
        self._lookout.leave(row.key for row in unreadable)
        return unreadable

    async def _gone_meanwhile(self, store: AsyncDataStore, listed: Sequence[str]) -> set[str]:
        """Which of the scans that we knew went away while nobody followed; a deleted one may be listed for a while."""
        gone = self._lookout.known - set(listed)
        kept = sorted(self._lookout.known - gone)
        for start in range(0, len(kept), _PULSE_CHUNK):
            gone.update((await store.feel_pulse(kept[start : start + _PULSE_CHUNK])).gone)
        return gone

    def _noted_gone(self, keys: Iterable[str]) -> list[Gone]:
        gone = [key for key in set(keys) if self._lookout.knows(key)]
        self._lookout.forget(gone)
        return [Gone(sorted(gone))] if gone else []

    async def _load(self, store: AsyncDataStore, keys: Sequence[str]) -> list[ScanSummary]:
        rows = await load_rows(store, keys)
        await self._note(store, rows)
        return rows

    async def _note(self, store: AsyncDataStore, rows: Sequence[ScanSummary]) -> None:
        self._lookout.remember(rows)
        running = self._lookout.to_be_measured(rows)
        if running:
            streams = await store.find_progress_streams(running)
            self._lookout.measure_by(dict(zip(running, streams, strict=True)))
