"""What happens in a store as events: a `Feed` lasts as long as it is wanted, whatever happens to the store.

A `session` is the life of one connection; `reading` reads rows and points, `tracker` has what is known of the scans,
`load_queue` what is still to be loaded, `recheck` what is to be checked again.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from scantui.feed.feed import Feed

if TYPE_CHECKING:
    from scantui.feed.choosing import chosen_in_turns
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
        PlayedEvent,
        Progress,
        Replica,
        Rewound,
    )
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
    "PlayedEvent",
    "Progress",
    "Replica",
    "Rewound",
    "chosen_in_turns",
    "load_rows",
]

# Imported when they are first used: the first frame of the monitor needs neither events nor the store's operations.
_EVENTS = "scantui.feed.events"
_OTHERS = {
    "CHUNK": "scantui.feed.load_queue",
    "GATHER_SECONDS": "scantui.feed.session",
    "POLL_SECONDS": "scantui.feed.session",
    "chosen_in_turns": "scantui.feed.choosing",
    "load_rows": "scantui.feed.reading",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_OTHERS.get(name, _EVENTS)), name)
