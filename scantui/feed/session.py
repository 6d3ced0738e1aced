"""One connection's life as a feed sees it: it catches up with the store, newest first, and then follows it.

Rule: a step asks the store and returns what is to be told. What it remembers of scans is told with it, or, when it
fails, not remembered; the next session could not know otherwise.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from scantui.exceptions import CommandError, ConnectionFailed, NotAllowedError, ScanNotFoundError
from scantui.feed.events import Changed, Connected, Created, Event, Gone, Heartbeat, Loaded, Progress
from scantui.feed.load_queue import LoadQueue
from scantui.feed.recheck import RecheckQueue
from scantui.feed.tracker import MOST_ASKED, ScanTracker, points_in
from scantui.models import NewestScans, ScanState, ScanSummary
from scantui.words import ended_early

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore
    from scantui.store.operations.follow import News, ServerStatus

CHUNK = 100
# The pulse is felt once a second; the blocked read between two of them is as long.
PULSE_SECONDS = 1.0
# After a wake-up others often follow at once: they are gathered before the read is armed anew.
GATHER_SECONDS = 0.05
_CHECKED_AT_ONCE = 500
_FROM_THE_START = "0-0"


async def load_rows(store: AsyncDataStore, keys: Sequence[str]) -> list[ScanSummary]:
    """The rows of these scans, without those that are gone; one that cannot be read says what is wrong with it.

    Raises ConnectionFailed and NotAllowedError: what the server refuses just now is no fault of the scans.
    """
    if len(keys) <= CHUNK:
        return await _load_at_once(store, keys)
    rows: list[ScanSummary] = []
    backlog = LoadQueue(partial(_load_at_once, store), CHUNK)
    backlog.add(reversed(keys))
    try:
        while backlog:
            rows += (await backlog.take())[1]
    finally:
        await backlog.close()
    return rows


async def _load_at_once(store: AsyncDataStore, keys: Sequence[str]) -> list[ScanSummary]:
    rows: list[ScanSummary] = []
    for key, loaded in zip(keys, await store.load_summaries(keys), strict=True):
        if isinstance(loaded, ScanSummary):
            rows.append(loaded)
        elif isinstance(loaded, (ConnectionFailed, NotAllowedError)):
            raise loaded
        elif not isinstance(loaded, ScanNotFoundError):
            rows.append(ScanSummary(key=key, problem=str(loaded)))
    return rows


async def count_ended_early(store: AsyncDataStore, rows: Iterable[ScanSummary]) -> dict[str, int]:
    """How many points those scans have that ended before they had all, as far as that is had for little."""
    ended = [row.key for row in rows if ended_early(row)]
    return (
        await count_points(store, dict(zip(ended, await store.find_progress_streams(ended), strict=True)))
        if ended
        else {}
    )


async def count_points(store: AsyncDataStore, streams_by_scan: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """How many points each of these scans has, by the streams that tell it; without those that could not be read."""
    streams = [stream for scan_streams in streams_by_scan.values() for stream in scan_streams]
    lengths = zip(streams, await store.get_stream_lengths(streams), strict=True)
    return points_in(streams_by_scan, {name: length for name, length in lengths if isinstance(length, int)})


class Clocks(msgspec.Struct, frozen=True):
    """How a feed waits, and its clocks in seconds: one that never jumps, and that of the calendar."""

    pause: Callable[[float], Awaitable[None]]
    steady: Callable[[], float]
    wall: Callable[[], float]


class Session:
    """Follows an open store for as long as it can; `tracker` is what is known of its scans, also from before.

    `watched` tells what the screen shows: those scans are looked after first.
    """

    def __init__(
        self, store: AsyncDataStore, tracker: ScanTracker, clocks: Clocks, watched: Callable[[], Sequence[str]]
    ) -> None:
        self.has_followed = False
        self._store = store
        self._tracker = tracker
        self._clocks = clocks
        self._watched = watched
        self._backlog = LoadQueue(partial(load_rows, store), CHUNK)
        self._doubts = RecheckQueue()
        self._newest = NewestScans(None, [])
        self._since = _FROM_THE_START
        self._next_pulse = clocks.steady()
        self._is_whole = True
        self._to_check: list[str] = []
        self._run_id = ""
        self._disconnects = 0
        self._news: News | None = None

    async def events(self) -> AsyncGenerator[Event, None]:
        """What is there, and then what happens, until the store fails."""
        steps = [self._show_newest, self._list_all]
        try:
            while True:
                for step in steps:
                    for event in await step():
                        yield event
                steps = [
                    self._feel_pulse,
                    self._check_doubts,
                    self._load_more,
                    self._wait,
                    self._tell_created,
                    self._tell_moved,
                    self._fill_gaps,
                ]
        finally:
            await self._backlog.close()

    # Catching up

    async def _show_newest(self) -> list[Event]:
        """The newest scans, if nothing is on the screen yet: to name all scans takes a while."""
        if self._tracker.known:
            return []
        newest = await self._store.list_newest(CHUNK)
        if newest.total is None:
            return []
        self._newest = newest
        self._next_pulse += PULSE_SECONDS
        time_told = self._told_by(await self._ask_pulse())
        rows = await self._load(newest.keys)
        # How many remain is a guess until all are named.
        more = max(0, newest.total - len(newest.keys))
        return [Connected(self._store, newest.total), *time_told, *([Loaded(rows, more)] if rows else [])]

    async def _list_all(self) -> list[Event]:
        run_id = await self._store.get_run_id()
        await self._require_same_server()
        self._run_id = run_id
        shown, total = self._newest.keys, self._newest.total
        listed = await self._list_anew(shown)
        if total is None:
            return [Connected(self._store, listed)]
        return [Loaded([], 0)] if total > len(shown) and not self._backlog else []

    async def _load_more(self) -> list[Event]:
        """The next scans of those that were there."""
        if not self._backlog:
            return []
        chunk, rows = await self._backlog.take()
        await self._note(rows)
        return [Loaded(rows, len(self._backlog)), *self._noted_gone(set(chunk) - {row.key for row in rows})]

    async def _check_doubts(self) -> list[Event]:
        """Which of the scans known from before are gone; such as are not as they were are loaded anew."""
        keys, self._to_check = [*self._doubts.take_missing(_CHECKED_AT_ONCE), *self._to_check], []
        if not keys:
            return []
        states = dict(zip(keys, await self._store.get_scans_state(keys), strict=True))
        gone = {key for key, state in states.items() if isinstance(state, ScanNotFoundError)}
        closed = {key for key, state in states.items() if state is ScanState.CLOSED}
        as_known = {key for key in closed if not self._tracker.may_have_changed(key)}
        self._backlog.add(sorted(states.keys() - as_known - gone))
        return [*self._noted_gone(gone)]

    # Following

    async def _feel_pulse(self) -> list[Event]:
        """The work of a second that no stream wakes us for: the time, what is gone, how far the open scans are."""
        self._is_whole = True
        if self._clocks.steady() < self._next_pulse:
            return []
        self._next_pulse = self._clocks.steady() + PULSE_SECONDS
        pulse = await self._ask_pulse()
        self._is_whole = pulse.is_whole
        self._to_check = self._doubts.take_closed(_CHECKED_AT_ONCE)
        return self._told_by(pulse)

    async def _wait(self) -> list[Event]:
        """Wait for what the streams tell, as long as there is nothing else to do."""
        self._news = None
        patience = 0.0 if self._hurries else min(max(self._next_pulse - self._clocks.steady(), 0.0), PULSE_SECONDS)
        try:
            news = await self._store.wait_for_news(self._since, self._tracker.state_ids, patience)
        except CommandError:
            # One state stream that cannot be read spoils the read of all.
            rows = await load_rows(self._store, self._tracker.open_scans)
            unreadable = [row.key for row in rows if row.problem]
            if not unreadable:
                raise
            await self._note(rows)
            self._tracker.leave(unreadable)
            return [Changed(rows)]
        await self._require_same_server()
        self._news, self._since, self.has_followed = news, news.since, True
        return []

    async def _tell_created(self) -> list[Event]:
        created = await self._load([ref.key for ref in self._news.created]) if self._news else []
        return [Created(created)] if created else []

    async def _tell_moved(self) -> list[Event]:
        moved = self._tracker.take_in_moves(self._news.moved) if self._news else []
        rows = await self._load(moved)
        gone = self._noted_gone(set(moved) - {row.key for row in rows})
        points = await count_ended_early(self._store, rows)
        return [*([Changed(rows)] if rows else []), *([Progress(points)] if points else []), *gone]

    async def _fill_gaps(self) -> list[Event]:
        """Name all scans anew when the history does not reach back to what was read of it last."""
        news = self._news
        if news is None:
            return []
        if not (self._is_whole and news.is_whole):
            await self._list_anew([ref.key for ref in news.created])
        elif (news.created or news.moved) and not self._hurries:
            await self._clocks.pause(GATHER_SECONDS)
        return []

    async def _list_anew(self, told: Iterable[str]) -> int:
        """Name all scans, to load those that were not told just now and may be other than they are known."""
        self._since, keys = await self._store.list_scans()
        # There may be so many that each look at all of them is long enough for others to wait.
        await asyncio.sleep(0)
        self._doubts.fill(keys, self._tracker)
        await asyncio.sleep(0)
        spared = self._tracker.settled.union(told)
        self._backlog.add([key for key in keys if key not in spared])
        return len(keys)

    async def _require_same_server(self) -> None:
        """ConnectionFailed when a connection broke and the server may have started anew: its data may be older ones."""
        disconnects = self._store.disconnects.count
        if disconnects == self._disconnects:
            return
        run_id = await self._store.get_run_id()
        if not run_id or run_id != self._run_id:
            raise ConnectionFailed("the connection was closed")
        self._disconnects = disconnects

    @property
    def _hurries(self) -> bool:
        return bool(self._backlog) or self._doubts.are_urgent

    async def _ask_pulse(self) -> ServerStatus:
        watched = self._watched()
        streams = self._tracker.next_streams(watched)
        scans = self._tracker.next_scans(watched, MOST_ASKED - len(streams))
        return await self._store.poll_status(scans, streams, self._since)

    def _told_by(self, pulse: ServerStatus) -> list[Event]:
        points = self._tracker.points_by_scan(pulse.lengths)
        progress = [Progress(points)] if points else []
        beat = Heartbeat(pulse.server_ms, pulse.server_ms - round(self._clocks.wall() * 1000))
        return [beat, *progress, *self._noted_gone(pulse.gone)]

    def _noted_gone(self, keys: Iterable[str]) -> list[Gone]:
        gone = [key for key in set(keys) if self._tracker.knows(key)]
        self._tracker.forget(gone)
        return [Gone(sorted(gone))] if gone else []

    async def _load(self, keys: Sequence[str]) -> list[ScanSummary]:
        rows = await load_rows(self._store, keys) if keys else []
        await self._note(rows)
        return rows

    async def _note(self, rows: Sequence[ScanSummary]) -> None:
        running = self._tracker.to_be_measured(rows)
        streams = await self._store.find_progress_streams(running) if running else []
        # Last: a row that is remembered and was not told, because the connection broke between, would never be told.
        self._tracker.remember(rows)
        self._tracker.measure_by(dict(zip(running, streams, strict=True)))
