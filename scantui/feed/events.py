"""The events of a feed: frozen values, each for one thing that happened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
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


class Heartbeat(msgspec.Struct, frozen=True):
    """The server answered; its clock stands at `server_ms` milliseconds since 1970, `ahead_ms` before ours."""

    server_ms: int
    ahead_ms: int = 0


class Progress(msgspec.Struct, frozen=True):
    """How many points some of the open scans have; the others have their turn later."""

    points: Mapping[str, int]
    seen: Mapping[str, PointsSeen] = {}


class Lost(msgspec.Struct, frozen=True):
    """The store cannot be reached or used because of `error`; the next attempt is in `retry_in` seconds."""

    error: StoreError
    attempt: int
    retry_in: float


class Ended(msgspec.Struct, frozen=True):
    """No more events will come because of `reason`: a recording is at its end. A store never ends."""

    reason: str


Event = Connecting | Connected | Loaded | Created | Changed | Gone | Heartbeat | Progress | Lost | Ended
OpenStore = Callable[[], Awaitable["AsyncDataStore"]]
