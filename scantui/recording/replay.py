"""Plays back a recording at any speed; to the monitor it looks like a feed.

Rule: all times come from the recording's clock, which runs `speed` times as fast as real time, and never past the next
event.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

from scantui.feed import Connected, Ended, Event, Heartbeat, OpenStore
from scantui.recording.format import Moment, Recording
from scantui.recording.stand_in import open_no_store, recorded_store
from scantui.words import clock_span

# In real seconds. More heartbeats would show nothing new: the clock runs without them.
_BEAT_SECONDS = 0.1


class Replay:
    """Yields the events of a recording at their times divided by `speed`; `clock` counts the recording's seconds."""

    def __init__(
        self,
        recording: Recording,
        speed: float = 1.0,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.watched: Sequence[str] = ()
        self.open_store: OpenStore = open_no_store
        self._recording = recording
        self._moments = recording.moments()
        self._speed = speed
        self._pause = pause
        self._real_clock = clock
        self._started: float | None = None
        self._latest = 0.0
        self._next: Moment | None = None

    def clock(self) -> float:
        """The seconds from the start of the recording to the moment that is shown."""
        if self._started is None or self._next is None:
            return self._latest
        return max(self._latest, min((self._real_clock() - self._started) * self._speed, self._next.at))

    async def events(self) -> AsyncGenerator[Event, None]:
        """The recorded events, followed by Ended; a second call continues where the first one stopped."""
        if self._started is None:
            self._started, self._next = self._real_clock(), next(self._moments, None)
        else:
            yield Connected(recorded_store(), 0)
        last_beat = self._started - _BEAT_SECONDS
        while self._next is not None:
            await self._pause(max(0.0, (self._next.at - self.clock()) / self._speed))
            moment, self._next = self._next, next(self._moments, None)
            self._latest = max(self._latest, moment.at)
            if isinstance(moment.event, Heartbeat):
                if self._real_clock() - last_beat < _BEAT_SECONDS:
                    continue
                last_beat = self._real_clock()
            yield moment.event
        yield Ended(self._last_words())

    def _last_words(self) -> str:
        where = f"the recording ends here, after {clock_span(self._latest)}"
        return f"{where}: {self._recording.ending}" if self._recording.ending else where
