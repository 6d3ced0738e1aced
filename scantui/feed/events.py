"""The events of a feed: frozen values, each for one thing that happened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from scantui.exceptions import StoreError
from scantui.models import PointsSeen, ScanSummary

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore


class Connecting(msgspec.Struct, frozen=True):
    """The store is being opened, for the `attempt`th time in a row."""

    attempt: int


class Connected(msgspec.Struct, frozen=True):
    """The store is open and has `total` scans; `store` is for creating and searching scans."""

    store: AsyncDataStore
    total: int


class Loaded(msgspec.Struct, frozen=True):
    """Scans that existed already, newest first; `remaining` are still to be loaded.

    `left_out` older ones will not be, because the server has more scans than it lists; searches find them.
    """

    rows: Sequence[ScanSummary]
    remaining: int
    left_out: int = 0


class Created(msgspec.Struct, frozen=True):
    """Scans that were created just now."""

    rows: Sequence[ScanSummary]


class Changed(msgspec.Struct, frozen=True):
    """Scans that moved to another state, as they are now."""

    rows: Sequence[ScanSummary]


class Gone(msgspec.Struct, frozen=True):
    """Scans that were deleted or have expired."""

    keys: Sequence[str]


class Replica(msgspec.Struct, frozen=True):
    """How a server that is a replica is doing.

    `behind_ms` is how far it is behind its master, in milliseconds, None if that is not known; `is_linked` is whether
    it is connected to it.
    """

    behind_ms: int | None = None
    is_linked: bool = True


class Heartbeat(msgspec.Struct, frozen=True):
    """The server answered; its clock shows `server_ms` milliseconds since 1970, `ahead_ms` more than the local one.

    `replica` is None for a master.
    """

    server_ms: int
    ahead_ms: int = 0
    replica: Replica | None = None


class Progress(msgspec.Struct, frozen=True):
    """How many points some of the open scans have; the others have their turn later."""

    points: Mapping[str, int]
    seen: Mapping[str, PointsSeen] = {}


class Rewound(msgspec.Struct, frozen=True):
    """A recording goes on from another moment: these are all scans that exist then, whatever was reported before.

    `before` are those of them that have ended, as they were when they were last seen to run. `points` and `gone` are as
    in Progress and Gone.
    """

    before: Sequence[ScanSummary]
    rows: Sequence[ScanSummary]
    points: Mapping[str, int]
    gone: Collection[str]
    server_ms: int


class Lost(msgspec.Struct, frozen=True):
    """The store cannot be reached or used because of `error`; the next attempt is in `retry_in` seconds."""

    error: StoreError
    attempt: int
    retry_in: float


class Ended(msgspec.Struct, frozen=True):
    """No more events will come because of `reason`: a recording is at its end. A store never ends."""

    reason: str


Event = Connecting | Connected | Loaded | Created | Changed | Gone | Heartbeat | Progress | Lost | Ended
PlayedEvent = Event | Rewound
"""An event, or what a recording reports beside them."""
OpenStore = Callable[[], Awaitable["AsyncDataStore"]]
