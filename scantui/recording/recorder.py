"""Follows a feed for a recording, as the monitor would."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from contextlib import aclosing

from scantui.feed import Created, Loaded
from scantui.feed.many import LiveFeed
from scantui.recording.format import Moment

# A feed reports the progress of watched scans only: watch as many of the newest as a large screen shows.
_WATCHED = 100


async def follow(feed: LiveFeed, keep: Callable[[Moment], None], clock: Callable[[], float] = time.monotonic) -> None:
    """Pass each event of a feed to `keep`, with the seconds since the start; runs until it is cancelled."""
    began = clock()
    async with aclosing(feed.events()) as events:
        async for event in events:
            if isinstance(event, Loaded | Created):
                feed.watched = heapq.nlargest(_WATCHED, {*feed.watched, *(row.key for row in event.rows)})
            keep(Moment(clock() - began, event))
