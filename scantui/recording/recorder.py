"""Following a feed for a recording, as the monitor would."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from contextlib import aclosing

from scantui.feed import Created, Feed, Loaded
from scantui.recording.format import Moment

# A feed looks after what somebody watches: here as many of the newest scans as a large screen shows.
_WATCHED = 100


async def follow(feed: Feed, take: Callable[[Moment], None], clock: Callable[[], float] = time.monotonic) -> None:
    """Hand on what a feed tells, with the seconds from now to it; it ends when it is cancelled."""
    began = clock()
    async with aclosing(feed.events()) as events:
        async for event in events:
            if isinstance(event, Loaded | Created):
                feed.watched = heapq.nlargest(_WATCHED, {*feed.watched, *(row.key for row in event.rows)})
            take(Moment(clock() - began, event))
