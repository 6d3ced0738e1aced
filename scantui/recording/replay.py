"""Plays back a recording at any speed; to the monitor it looks like a feed, which a user may pause, seek and step.

Rule: all times come from the recording's clock, which runs `speed` times as fast as real time, and never past the next
event.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

from scantui.feed import Connected, Ended, Heartbeat, OpenStore, PlayedEvent
from scantui.recording.format import Moment, Recording, length_of
from scantui.recording.past_moment import PastMoment
from scantui.recording.stand_in import open_no_store, recorded_store
from scantui.words import clock_span

# In real seconds. More heartbeats would show nothing new: the clock runs without them.
_BEAT_SECONDS = 0.1
# This many events are folded before keys get their turn.
_FOLDED_AT_ONCE = 200
# After this many events what is known is kept, so that going back can begin there.
_MARKED_EVERY = 20_000


class Replay:
    """Yields the events of a recording at their times divided by `speed`; `clock` counts the recording's seconds.

    `length` is the time of the last event in seconds, 0 until `measure` has read the whole file.
    """

    def __init__(
        self,
        recording: Recording,
        speed: float = 1.0,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        marked_every: int = _MARKED_EVERY,
    ) -> None:
        self.watched: Sequence[str] = ()
        self.open_store: OpenStore = open_no_store
        self.speed = speed
        self.length = 0.0
        self.is_paused = False
        self.has_ended = False
        self._recording = recording
        self._moments = recording.moments()
        self._pause = pause
        self._real_clock = clock
        self._started: float | None = None
        self._latest = 0.0
        self._next: Moment | None = None
        self._past = PastMoment()
        self._marked_every = marked_every
        self._marks: list[PastMoment] = []
        self._wanted: float | None = None
        self._steps = 0
        self._nudged = asyncio.Event()

    def clock(self) -> float:
        """The seconds from the start of the recording to the moment that is shown."""
        if self._started is None or self._next is None or self.is_paused:
            return self._latest
        return max(self._latest, min((self._real_clock() - self._started) * self.speed, self._next.at))

    async def measure(self) -> None:
        """Find out how long the recording is."""
        self.length = await asyncio.to_thread(length_of, self._recording.path)

    # What the user does; none of it waits for the next event

    def toggle_pause(self) -> None:
        """Stop the recording's clock, or let it go on."""
        self._go_on_from(self.clock())
        self.is_paused = not self.is_paused
        self._nudged.set()

    def seek(self, seconds: float) -> None:
        """Go forward in the recording by a number of seconds, or back by a negative one, no further than its ends."""
        base = self.clock() if self._wanted is None else self._wanted
        self._wanted = max(0.0, min(base + seconds, self.length or base + seconds))
        self._nudged.set()

    def step(self) -> None:
        """Show the next event, and pause."""
        if not self.is_paused:
            self.toggle_pause()
        self._steps += 1
        self._nudged.set()

    # The events

    async def events(self) -> AsyncGenerator[PlayedEvent, None]:
        """The recorded events, followed by Ended; a second call continues where the first one stopped."""
        if self._started is None:
            self._started, self._next = self._real_clock(), next(self._moments, None)
        else:
            yield Connected(recorded_store(), 0)
        self.has_ended = False
        last_beat = self._real_clock() - _BEAT_SECONDS
        while self._next is not None or self._wanted is not None:
            if self._wanted is not None:
                await self._go_to_wanted()
                yield self._past.rewound()
            elif self._next is not None and await self._is_due(self._next):
                moment = self._take(self._next)
                self._latest = max(self._latest, moment.at)
                if isinstance(moment.event, Heartbeat):
                    if self._real_clock() - last_beat < _BEAT_SECONDS:
                        continue
                    last_beat = self._real_clock()
                elif self._steps:
                    self._steps -= 1
                yield moment.event
        self.has_ended, self._steps = True, 0
        yield Ended(self._last_words())

    async def _is_due(self, moment: Moment) -> bool:
        """Wait for the time of an event; False when the user did something meanwhile."""
        if self._steps:
            return True
        self._nudged.clear()
        waits: set[asyncio.Future[bool]] = {asyncio.ensure_future(self._nudge())}
        if not self.is_paused:
            seconds = max(0.0, (moment.at - self.clock()) / self.speed)
            waits.add(asyncio.ensure_future(self._wait(seconds)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return not self._nudged.is_set()

    async def _nudge(self) -> bool:
        await self._nudged.wait()
        return True

    async def _wait(self, seconds: float) -> bool:
        await self._pause(seconds)
        return True

    async def _go_to_wanted(self) -> None:
        """Know what was known at the time that is wanted, which may change on the way there."""
        while self._wanted is not None:
            seconds = self._wanted
            if seconds < self._past.at:
                await asyncio.to_thread(self._go_back_to, seconds)
                continue
            for _ in range(_FOLDED_AT_ONCE):
                if self._next is None or self._next.at > seconds:
                    self._wanted = None
                    self._go_on_from(seconds)
                    self._past.go_to(seconds)
                    return
                self._take(self._next)
            await asyncio.sleep(0)

    def _take(self, moment: Moment) -> Moment:
        self._past.take(moment)
        self._next = next(self._moments, None)
        marks, rest = divmod(self._past.events, self._marked_every)
        if not rest and len(self._marks) < marks:
            self._marks.append(self._past.copy())
        return moment

    def _go_back_to(self, seconds: float) -> None:
        """Read again from the last mark before a time, or from the start of the recording."""
        earlier = (mark for mark in reversed(self._marks) if mark.at <= seconds)
        self._past = next(earlier, PastMoment()).copy()
        self._recording = Recording(self._recording.path)
        self._moments = self._recording.moments(self._past.events)
        self._next = next(self._moments, None)

    def _go_on_from(self, seconds: float) -> None:
        self._latest = seconds
        if self._started is not None:
            self._started = self._real_clock() - seconds / self.speed

    def _last_words(self) -> str:
        where = f"the recording ends here, after {clock_span(self._latest)}"
        return f"{where}: {self._recording.ending}" if self._recording.ending else where
