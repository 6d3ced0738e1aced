"""What happens in a store, told as events: `Feed` for as long as one likes, whatever happens to the store.

`events` are what is told, a `session` is one connection's life; `tracker` is what is known of the scans, `backlog` what
is still to be loaded, `doubts` what is to be looked at again.
"""

from scantui.feed.events import (
    Changed,
    Connected,
    Connecting,
    Created,
    Ended,
    Event,
    Gone,
    Heartbeat,
    Loaded,
    Lost,
    OpenStore,
    Progress,
)
from scantui.feed.feed import Feed
from scantui.feed.session import CHUNK, GATHER_SECONDS, PULSE_SECONDS, load_rows

__all__ = [
    "CHUNK",
    "GATHER_SECONDS",
    "PULSE_SECONDS",
    "Changed",
    "Connected",
    "Connecting",
    "Created",
    "Ended",
    "Event",
    "Feed",
    "Gone",
    "Heartbeat",
    "Loaded",
    "Lost",
    "OpenStore",
    "Progress",
    "load_rows",
]
