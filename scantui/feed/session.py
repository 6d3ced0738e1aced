"""One connection's life as a feed sees it: it catches up with the store, newest first, and then follows it.

Rule: a step asks the store and returns events. What it remembers of scans is in its events; if it fails, it remembers
nothing, because the next session could not know that the events are missing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from scantui.exceptions import CommandError, ScanNotFoundError
from scantui.feed.absences import Absences
from scantui.feed.choosing import chosen_in_turns, in_turns
from scantui.feed.clocks import Clocks
from scantui.feed.events import Changed, Connected, Created, Event, Gone, Heartbeat, Loaded
from scantui.feed.load_queue import CHUNK, LoadQueue
from scantui.feed.meter import ProgressMeter
from scantui.feed.reading import at_once, load_at_once, load_rows, missed_timetags, with_timetags
from scantui.feed.recheck import RecheckQueue
from scantui.feed.server_watch import ServerWatch
from scantui.feed.tracker import MOST_ASKED, ScanTracker
from scantui.models import ListedScans, ScanState, ScanSummary

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore
    from scantui.store.operations.follow import News, ServerStatus

# The status is polled once a second; the blocked read between two polls is as long.
POLL_SECONDS = 1.0
# After one piece of news others often follow at once: they are gathered for this long between two reads.
GATHER_SECONDS = 0.05
_CHECKED_AT_ONCE = 500
_FROM_THE_START = "0-0"


class Session:
    """Follows an open store for as long as it can; `tracker` has what is known of its scans, also from before.

    `watched` returns the scans on the screen, which come first. After a piece of news, the next read
    is `gather_seconds` later, so that others are gathered.
    """

    def __init__(
        self,
        store: AsyncDataStore,
        tracker: ScanTracker,
        clocks: Clocks,
        watched: Callable[[], Sequence[str]],
        gather_seconds: float = GATHER_SECONDS,
    ) -> None:
        self.has_followed = False
        self._store = store
        self._tracker = tracker
        self._clocks = clocks
        self._watched = watched
        self._gather_seconds = gather_seconds
        self._queue = LoadQueue(partial(load_at_once, store), clock=clocks.steady)
        self._rechecks = RecheckQueue()
        self._shown: list[str] = []
        self._counted: int | None = None
        self._since = _FROM_THE_START
        self._next_poll = clocks.steady()
        self._is_whole = True
        self._server_ms = 0
        self._to_check: list[str] = []
        self._timetags: dict[str, str] = {}
        self._news: News | None = None
        self._read_at = 0.0
        self._server = ServerWatch(store, clocks.steady)
        self._absences = Absences(store, tracker, clocks.steady)
        self._meter = ProgressMeter(store, tracker)

    async def events(self) -> AsyncGenerator[Event, None]:
        """What exists, and then what happens, until the store fails."""
        steps = [self._show_newest, self._list_all]
        try:
            while True:
                for step in steps:
                    for event in await step():
                        yield event
                steps = [
                    self._poll_status,
                    self._take_census,
                    self._recheck,
                    self._load_more,
                    self._measure,
                    self._wait,
                    self._report_created,
                    self._report_moved,
                    self._fill_gaps,
                ]
        finally:
            await self._queue.close()

    # Catching up

    async def _show_newest(self) -> list[Event]:
        """The newest scans, if nothing is on the screen yet: listing all scans takes a while."""
        if self._tracker.known:
            return []
        monitoring = self._store.monitoring
        # At the same time, since each round trip to a server far away delays the first rows.
        newest, counted, status = await asyncio.gather(
            monitoring.list_newest(CHUNK), monitoring.count_scans(), self._server_status()
        )
        if counted is None:
            return []
        self._shown, self._counted = newest.keys, counted
        self._next_poll += POLL_SECONDS
        rows = await self._load(newest.keys, newest.timetags)
        # How many remain is a guess until all are listed.
        loaded = [Loaded(rows, max(0, counted - len(newest.keys)))] if rows else []
        return [Connected(self._store, counted), *self._events_of(status), *loaded]

    async def _list_all(self) -> list[Event]:
        await self._server.learn()
        listed = await self._list_again(self._shown)
        events: list[Event] = []
        if self._counted is None:
            events.append(Connected(self._store, len(listed.keys) + listed.left_out))
        guess = self._counted or 0
        if listed.left_out or (guess > len(self._shown) and not self._queue):
            events.append(Loaded([], len(self._queue), listed.left_out))
        return events

    async def _load_more(self) -> list[Event]:
        """The next of the scans that existed already."""
        if not self._queue:
            return []
        chunks = await self._queue.take_ready()
        rows = [row for chunk in chunks for row in chunk.rows]
        await self._note(rows)
        gone = {key for chunk in chunks for key in chunk.keys}.difference(row.key for row in rows)
        loaded = [Loaded(with_timetags(chunk.rows, self._timetags), chunk.remaining) for chunk in chunks]
        return [*loaded, *self._forget_gone(gone)]

    async def _recheck(self) -> list[Event]:
        """Find out which scans of earlier sessions are gone; those that may have changed are loaded again."""
        keys, self._to_check = [*self._rechecks.take_missing(_CHECKED_AT_ONCE), *self._to_check], []
        if not keys:
            return []
        states = dict(zip(keys, await self._store.get_scans_state(keys), strict=True))
        gone = {key for key, state in states.items() if isinstance(state, ScanNotFoundError)}
        closed = {key for key, state in states.items() if state is ScanState.CLOSED}
        as_known = {key for key in closed if not self._tracker.may_have_changed(key)}
        self._queue.add(sorted(states.keys() - as_known - gone))
        return [*self._forget_gone(gone)]

    # Following

    async def _poll_status(self) -> list[Event]:
        """Once a second, what no stream reports: the time, which scans are gone, the progress of open scans."""
        self._is_whole = True
        if self._clocks.steady() < self._next_poll:
            return []
        self._next_poll = self._clocks.steady() + POLL_SECONDS
        # At the same time, so that they share a round trip.
        status, *_ = await at_once(self._server_status(), *([] if self._hurries else [self._absences.count_if_due()]))
        self._is_whole = status.is_whole
        self._to_check = self._rechecks.take_closed(_CHECKED_AT_ONCE)
        return self._events_of(status)

    async def _take_census(self) -> list[Event]:
        """Find scans that went without notice, and list all scans if some came so."""
        if self._hurries:
            return []
        absent = await self._absences.find(self._since)
        self._is_whole = self._is_whole and not absent.must_list
        return [*self._forget_gone(absent.keys)]

    async def _measure(self) -> list[Event]:
        """How far the scans are that no poll measures."""
        new = await self._meter.measure_new(self._clocks.steady())
        return [*new, *await self._meter.count_others([] if self._hurries else self._watched())]

    async def _wait(self) -> list[Event]:
        """Wait for news from the streams, as long as there is nothing else to do."""
        self._news = None
        timeout = 0.0 if self._hurries else min(max(self._next_poll - self._clocks.steady(), 0.0), POLL_SECONDS)
        states = self._tracker.next_state_ids(self._watched())
        self._server.start_waiting()
        try:
            news = await self._store.wait_for_news(self._since, states, timeout)
        except CommandError:
            # One state stream that cannot be read makes the read of all fail.
            rows = await load_rows(self._store, self._tracker.open_scans)
            unreadable = [row.key for row in rows if row.problem]
            if not unreadable:
                raise
            await self._note(rows)
            self._tracker.leave(unreadable)
            return [Changed(rows)]
        await self._server.require_same()
        self._server.note_news(news)
        if news.created and self._since == _FROM_THE_START:
            # What an empty history has lost by the time that it is read, it does not show.
            self._is_whole = False
        self._news, self._since, self.has_followed = news, news.since, True
        self._read_at = self._clocks.steady()
        return []

    async def _report_created(self) -> list[Event]:
        timetags = {ref.key: ref.timestamp for ref in self._news.created} if self._news else {}
        created = await self._load(list(timetags), timetags)
        return [Created(created)] if created else []

    async def _report_moved(self) -> list[Event]:
        moved = self._tracker.take_in_moves(self._news.moved) if self._news else []
        rows = await self._load(moved)
        gone = self._forget_gone(set(moved) - {row.key for row in rows})
        return [*([Changed(rows)] if rows else []), *gone]

    async def _fill_gaps(self) -> list[Event]:
        """List all scans again if the history does not reach back to where it was read last."""
        news = self._news
        if news is None:
            return []
        if not (self._is_whole and news.is_whole):
            await self._server.look()
            await self._list_again([ref.key for ref in news.created])
        elif (news.created or news.moved) and not self._hurries:
            # To load the news took a part of it.
            gathered = self._clocks.steady() - self._read_at
            await self._clocks.pause(max(0.0, self._gather_seconds - gathered))
        return []

    async def _list_again(self, reported: Iterable[str]) -> ListedScans:
        """List all scans, to load those that were not just reported and may have changed."""
        before, listed = self._since, await self._store.monitoring.list_scans()
        self._since, keys, self._timetags = listed.timestamp, listed.keys, listed.timetags
        self._absences.note_listing(is_whole=not listed.left_out)
        if self.has_followed and before != _FROM_THE_START:
            missed = await chosen_in_turns(keys, lambda key: not (key in self._timetags or self._knows(key)))
            self._timetags |= missed_timetags(missed, self._timetags, before, self._server_ms)
        settled = self._tracker.settled
        await self._rechecks.fill(keys, self._tracker.known, settled)
        spared = settled.union(reported)
        async for some in in_turns(await chosen_in_turns(keys, lambda key: key not in spared)):
            self._queue.add(some)
        return listed

    def _knows(self, key: str) -> bool:
        return self._tracker.knows(key) or key in self._queue

    @property
    def _hurries(self) -> bool:
        return bool(self._queue) or self._rechecks.are_urgent

    async def _server_status(self) -> ServerStatus:
        watched = self._watched()
        wanted = self._meter.wanted(watched)
        # Each stream takes two commands.
        scans = self._tracker.next_scans(watched, max(MOST_ASKED - 2 * len(wanted), 0))
        allowed = self._meter.allowed(self._clocks.steady())
        is_due = self._server.is_due()
        status = await self._store.monitoring.poll_status(scans, wanted, self._since, allowed, is_due)
        self._server.compare(status.identity)
        return status

    def _events_of(self, status: ServerStatus) -> list[Event]:
        progress = self._meter.progress_in(status.ends)
        self._server.note_time(status.server_ms)
        self._server_ms = status.server_ms
        ahead_ms = status.server_ms - round(self._clocks.wall() * 1000)
        heartbeat = Heartbeat(status.server_ms, ahead_ms, self._server.replica)
        return [heartbeat, *progress, *self._forget_gone(status.gone)]

    def _forget_gone(self, keys: Iterable[str]) -> list[Gone]:
        gone = [key for key in set(keys) if self._tracker.knows(key)]
        self._tracker.forget(gone)
        self._absences.note_gone(len(gone))
        return [Gone(sorted(gone))] if gone else []

    async def _load(self, keys: Sequence[str], timetags: Mapping[str, str] = {}) -> list[ScanSummary]:
        rows = await load_rows(self._store, keys) if keys else []
        await self._note(rows)
        return with_timetags(rows, timetags)

    async def _note(self, rows: Sequence[ScanSummary]) -> None:
        streams = await self._meter.find_streams(rows)
        # Last: a row that is remembered but not reported, since the connection broke between, would never be reported.
        self._tracker.remember(rows)
        self._tracker.measure_by(streams)
