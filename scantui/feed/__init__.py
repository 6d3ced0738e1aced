"""What happens in a store as events: a `Feed` lasts as long as it is wanted, whatever happens to the store.

A `session` is the life of one connection; `reading` reads rows and points, `tracker` has what is known of the scans,
`load_queue` what is still to be loaded, `recheck` what is to be checked again.
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
from scantui.feed.load_queue import CHUNK
from scantui.feed.reading import load_rows
from scantui.feed.session import GATHER_SECONDS, POLL_SECONDS

__all__ = [
    "CHUNK",
    "GATHER_SECONDS",
    "POLL_SECONDS",
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
