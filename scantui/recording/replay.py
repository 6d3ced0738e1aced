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
# So many events are folded before keys have their turn.
_FOLDED_AT_ONCE = 200


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
        """Go so many seconds of the recording on, or back; further than its ends is as far as they are."""
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
                yield (await self._moment_at(self._wanted)).rewound()
            elif self._next is not None and await self._is_due(self._next):
                moment, self._next = self._next, next(self._moments, None)
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

    async def _moment_at(self, seconds: float) -> PastMoment:
        """Everything that was known at a time, read from the start of the recording."""
        self._recording = Recording(self._recording.path)
        self._moments = self._recording.moments()
        past, self._next = PastMoment(), None
        for count, moment in enumerate(self._moments, 1):
            if moment.at > seconds:
                self._next = moment
                break
            past.take(moment)
            if count % _FOLDED_AT_ONCE == 0:
                await asyncio.sleep(0)
        self._go_on_from(seconds)
        if self._wanted == seconds:
            self._wanted = None
        past.go_to(seconds)
        return past

    def _go_on_from(self, seconds: float) -> None:
        self._latest = seconds
        if self._started is not None:
            self._started = self._real_clock() - seconds / self.speed

    def _last_words(self) -> str:
        where = f"the recording ends here, after {clock_span(self._latest)}"
        return f"{where}: {self._recording.ending}" if self._recording.ending else where
