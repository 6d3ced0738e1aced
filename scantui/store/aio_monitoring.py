"""What the monitor asks of a store beside the public API; plumbing, which may change with any version.

Rule: a method is one line; what it does is an operation. Its blocking twin has the same methods and docstrings.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from scantui.exceptions import StoreError
from scantui.matching import Argument, NumberSpans, SearchCriteria
from scantui.models import ListedScans, NewestScans, NotedScans, Scan, SpanWanted, StreamInfo
from scantui.points import FrameStatus, Points
from scantui.store.drivers.driver import AsyncDriver, carry_out_async
from scantui.store.operations import (
    bounded_search,
    ends,
    epochs,
    follow,
    identity,
    listing,
    looks,
    memory,
    numbering,
    points,
    progress,
    search,
    streams,
    tally,
    transitions,
)
from scantui.store.operations.ends import MOST_READ, EndSeen, EndWanted
from scantui.store.operations.follow import ServerStatus
from scantui.store.operations.identity import ServerIdentity
from scantui.store.operations.index import SearchAbility
from scantui.store.operations.looks import PointsRead, PointsWanted, StreamSize
from scantui.store.operations.memory import ServerMemory
from scantui.store.operations.requests import Operation, Result
from scantui.store.operations.tally import IdentityCount
from scantui.store.operations.transitions import Transitions
from scantui.store.rides import Rides
from scantui.store.wire.protocol import NO_TIMETAG


class AsyncMonitoring:
    """The monitor's own calls on one store, over the store's driver and what it found out about searching."""

    def __init__(self, driver: AsyncDriver, ability: SearchAbility) -> None:
        self._driver = driver
        self._ability = ability
        self._rides = Rides(driver)

    async def list_newest(self, most: int) -> NewestScans:
        """Return the `most` scans created last, newest first; fewer if the history was trimmed.

        The cost does not grow with the number of scans.
        """
        return await self._rides.ride(listing.list_newest(most))

    async def get_memory(self) -> ServerMemory | None:
        """Return how much memory the server uses and may use; None if it does not report it."""
        return await self._run(memory.get_memory())

    async def load_transitions(self, state_streams: Sequence[str]) -> list[Transitions]:
        """Return for each state stream the server's times at which its scan reached its states."""
        return await self._run(transitions.load_transitions(state_streams))

    async def count_scans(self) -> int | None:
        """Return how many scans the server's index holds, those deleted in the last ten seconds included.

        None if the server cannot search.
        """
        return await self._rides.ride(listing.count_scans(self._ability))

    async def tally_scans(
        self, fields: Sequence[str], numbers: Sequence[NumberSpans] = (), *, by_key: bool = False
    ) -> list[IdentityCount] | None:
        """Count the scans of the index by their name and other text fields of their identity; None if it cannot tell.

        With `by_key` each scan is counted alone. Scans that were deleted in the last ten seconds are counted too.
        """
        return await self._run(tally.tally(fields, numbers, self._ability, time.monotonic, by_key=by_key))

    async def count_keys(self) -> tuple[int, int]:
        """Return how many keys the server has, and how many have expired since it started; 0 where it does not say."""
        return await self._run(listing.count_keys())

    async def list_scans(self) -> ListedScans:
        """List all scans in one quick look, oldest first: in the order of the history, older ones before by their keys.

        Of more scans than the server returns, only those in the history are listed, and the others are counted.

        Some may have been deleted in the last ten seconds, which shows when they are loaded.
        """
        return await self._run(listing.list_scans(self._ability, time.monotonic))

    async def find_candidates(self, **criteria: Argument) -> list[str]:
        """Return the keys of all scans in the index that may match, oldest first, mostly in one round trip.

        The criteria are those of search_existing_scans. Scans that were deleted or do not match may be among them.
        """
        return await self._run(search.find_candidates(SearchCriteria.parse(criteria), self._ability, time.monotonic))

    async def find_in_span(self, span: SpanWanted, **criteria: Argument) -> list[str] | None:
        """Return the keys of find_candidates whose scans may lie in a span of time; None if it cannot tell.

        It takes two round trips, and the server about 3 microseconds for each scan that it has.
        """
        parsed = SearchCriteria.parse(criteria)
        return await self._run(bounded_search.find_in_span(parsed, span, self._ability, time.monotonic))

    async def list_noted(self) -> NotedScans:
        """List the scans that the history names, and those of them that the server's index lacks.

        That may be because their number is a text, for instance.
        """
        return await self._run(listing.list_noted(self._ability))

    async def poll_status(
        self,
        keys: Sequence[str],
        wanted: Sequence[EndWanted] = (),
        since: str | int = NO_TIMETAG,
        allowed: int = MOST_READ,
        asks_identity: bool = False,
    ) -> ServerStatus:
        """Return the server's time, which of these scans are gone, and whether the history still goes on from `since`.

        It takes one round trip, and a second one for the ends of streams that are `wanted`, `allowed` bytes at most.
        With `asks_identity` the server also says which one it is.
        Raises NotInitialisedError if the database lost its protocol version: it was flushed or the server restarted.
        """
        return await self._rides.carry(follow.poll_status(keys, wanted, since, allowed, asks_identity))

    async def find_epoch_streams(self, keys: Sequence[str]) -> dict[str, StreamInfo]:
        """Return by the scan's key the stream that shows when the points came, of those scans that have one."""
        return await self._run(epochs.find_epoch_streams(keys))

    async def look_at_ends(
        self, wanted: Sequence[EndWanted], allowed: int = MOST_READ
    ) -> dict[str, EndSeen | StoreError]:
        """Return by its key how each stream ends, or its error; together they bring `allowed` bytes at most.

        What came is read once, and never if it is too large by the server's account of its memory.
        """
        return await self._run(ends.look_at_ends(wanted, allowed))

    async def create_next_scan(self, identity: Mapping[str, Any], info: Mapping[str, Any]) -> Scan:
        """Publish a test scan with the number after the newest scan's, and return it.

        No other scan created this way at the same time gets the same number.
        """
        return await self._run(numbering.create_next_scan(identity, info, time.time()))

    async def get_server_identity(self) -> ServerIdentity:
        """Return which server answers, and which data it holds; all is empty if this user may not ask.

        A different identity means that the server restarted, failed over or follows another master.
        """
        return await self._run(identity.get_server_identity())

    async def find_progress_streams(self, keys: Sequence[str]) -> list[tuple[str, ...]]:
        """Return for each scan the Redis keys of the streams that show its progress; () for a scan without any."""
        return await self._run(progress.find_progress_streams(keys))

    async def look_at_points(self, wanted: Sequence[PointsWanted], patience: float = 0.0) -> list[PointsRead]:
        """Return for each stream the points since an index, or the error of the stream.

        All streams together bring about 256 KiB and 2 000 entries at most; ask again from `Points.stop` for the rest.
        A stream is measured before it is read, and not read if its entries are too large.
        Within `patience` seconds, the look shares the round trips of a poll of the status.
        """
        return await self._riding(looks.look_at_points(wanted), patience)

    async def look_at_frames(self, scan_or_key: Scan | str, name: str, patience: float) -> FrameStatus:
        """Return what get_frame_status returns; within `patience` seconds, it shares the round trips of a poll."""
        return await self._riding(streams.get_frame_status(scan_or_key, name), patience)

    async def sample_points(self, stream: StreamInfo, indices: Sequence[int]) -> list[tuple[int, Points]]:
        """Return single points of a long stream, each with its index, in one round trip; lost ones are left out."""
        return await self._run(points.sample_points(stream, indices))

    async def measure_streams(self, keys: Sequence[str]) -> list[StreamSize | None]:
        """Return how large each stream is, without reading it; None if the server does not say."""
        return await self._run(looks.measure_streams(keys))

    async def _riding(self, operation: Operation[Result], patience: float) -> Result:
        if patience <= 0:
            return await self._run(operation)
        return await self._rides.ride(operation, patience)

    async def _run(self, operation: Operation[Result]) -> Result:
        return await carry_out_async(self._driver, operation)
