"""AsyncDataStore: blissdata's scans over Redis, for programs with an event loop.

Rule: a method is one line; what it does is an operation. Its blocking twin has the same methods and docstrings.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

from scantui.exceptions import StoreError
from scantui.matching import Argument, SearchCriteria
from scantui.models import FoundScans, Scan, ScanRef, ScanState, ScanSummary
from scantui.points import FrameStatus, Points
from scantui.store.address import ServerAddress
from scantui.store.aio_monitoring import AsyncMonitoring
from scantui.store.drivers.aio import AsyncRedisDriver
from scantui.store.drivers.driver import AsyncDriver, carry_out_async
from scantui.store.opening import Opening
from scantui.store.operations import (
    append,
    details,
    follow,
    load,
    points,
    progress,
    rights,
    search,
    setup,
    streams,
    waiting,
    write,
)
from scantui.store.operations.details import ScanDetails
from scantui.store.operations.follow import News
from scantui.store.operations.index import SearchAbility
from scantui.store.operations.requests import Operation, Result


class AsyncDataStore:
    """The scans that BLISS publishes into Redis, for programs with an event loop.

    One store serves a whole event loop: it holds a pool of sockets that grows with the requests made in parallel. Its
    methods are those of DataStore, with `await` in front; opening and closing differ:

        async with AsyncDataStore.open("redis://localhost:6379") as store:
            timestamp, keys = await store.search_existing_scans(session="demo", name="ascan*")

    Without such a block, await `open` itself, and `aclose` at the end.

    Every error is a scantui.exceptions.ScanTuiError.

    Not part of the public interface, and free to change, are `disconnects` and `monitoring`, the monitor's own calls.
    """

    def __init__(self, driver: AsyncDriver, clock: Callable[[], float] = time.time) -> None:
        """Serve the store behind a driver; for a URL use `open`. `clock` gives the seconds since 1970 for new keys."""
        self.label = driver.label
        self.disconnects = driver.disconnects
        self._driver = driver
        self._clock = clock
        self._ability = SearchAbility()
        self.monitoring = AsyncMonitoring(driver, self._ability)

    @classmethod
    def open(cls, url: str | ServerAddress, init_db: bool = False) -> Opening[AsyncDataStore]:
        """Open the store at a redis://, rediss:// or unix:// URL; with `init_db` set up its empty database first.

        Await the result, or use it in an `async with` block, which closes the store at its end.
        Raises ConnectionFailed, LoginError, NotInitialisedError if blissdata does not publish there, UsageError for
        a URL that cannot be used, DatabaseNotEmptyError or MissingModuleError if it cannot be initialised.
        """
        return Opening(partial(_opened, ServerAddress.parse(url), init_db))

    async def aclose(self) -> None:
        """Close all sockets; the store cannot be used afterwards."""
        await self._driver.aclose()

    async def __aenter__(self) -> AsyncDataStore:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    @property
    def cannot_search(self) -> str:
        """Why a search walks through all keys instead of asking the server's index; empty if the index is used."""
        return self._ability.reason

    async def create_scan(self, identity: Mapping[str, Any], info: Mapping[str, Any] | None = None) -> Scan:
        """Publish a new scan in state CREATED and return it.

        `identity` needs name, number and data_policy, and may have session, proposal, collection, dataset and path.
        `info` is any dictionary that JSON can hold, up to 2**20 characters; NaN becomes null, arrays become lists.
        Raises ScanValidationError, which names the wrong field; nothing is written then.
        """
        return await self._run(write.create_scan(identity, info, self._clock()))

    async def create_scans(self, scans: Iterable[tuple[Mapping[str, Any], Mapping[str, Any] | None]]) -> list[Scan]:
        """Publish many new scans, each given as a pair (identity, info), and return them in the same order.

        Meant for copies and simulations: scans are sent a hundred at a time, several times faster than by create_scan.
        Each hundred is written as a whole or not at all.
        Raises ScanValidationError if one of them is wrong; nothing is written then.
        """
        return await self._run(write.create_scans(scans, self._clock()))

    async def load_scan(self, key: str) -> Scan:
        """Return the current state, identity and info of a scan.

        Raises ScanNotFoundError if `key` is not a scan key or the scan was deleted or has expired, ScanValidationError
        with the key and the field if its document is invalid.
        """
        return await self._run(load.load_scan(key))

    async def load_scans(self, keys: Sequence[str]) -> list[Scan | StoreError]:
        """Return many scans at once: for each key, in order, the Scan or the error that load_scan would raise."""
        return await self._run(load.load_scans(keys))

    async def load_summaries(self, keys: Sequence[str]) -> list[ScanSummary | StoreError]:
        """Return what a list of scans shows, for many scans at once: for each key the ScanSummary or the error.

        Only the parts needed are read, so the cost does not grow with the size of the documents.
        """
        return await self._run(load.load_summaries(keys))

    async def load_details(self, key: str, known: ScanDetails | None = None) -> ScanDetails:
        """Return what there is to show of one scan, in four round trips at most.

        Given what was `known` of the same scan, its document is read again only if it may have changed: after its
        start a scan changes with its state alone. Raises what load_scan raises.
        """
        return await self._run(details.load_details(key, known))

    async def get_last_scan(self) -> ScanRef:
        """Return the newest scan that was not deleted, as a pair (timestamp, key).

        Raises NoScanAvailable if there is none.
        """
        return await self._run(load.get_last_scan())

    async def get_next_scan(self, since: str | int | None = None, block: bool = True, timeout: float = 0) -> ScanRef:
        """Return the first scan created after `since`, as a pair (timestamp, key).

        `since` is a timestamp that an earlier call or a search returned, 0 means from the beginning of the history,
        None from now. With `block` the call waits for `timeout` seconds, 0 means for ever; otherwise it answers at
        once. Pass each returned timestamp on to the next call to miss no scan in between. Deleted scans are skipped.
        Raises NoScanAvailable if no scan came in time.
        """
        return await self._run(load.get_next_scan(since, block, timeout, time.monotonic))

    async def search_existing_scans(self, **criteria: Argument) -> FoundScans:
        """Find the scans that exist and match, as a pair (timestamp, keys), oldest first.

        Each keyword argument names a field of the identity (name, number, data_policy, session, proposal, collection,
        dataset, path); all of them must match. A text matches as a whole and ignores the case of ASCII letters; a `*`
        at its start or end stands for any text; `exact(text)` has no wildcard. Numbers compare as numbers,
        `between(5, 9)` is a range with its ends. Without
        arguments all scans are found, deleted ones never. Given to get_next_scan(since=timestamp), the timestamp
        misses nothing that the search cannot have seen.
        Raises SearchFieldError for an unknown field or a value of the wrong type, IncompleteSearchError if the server
        gave up before its end, TooManyScansError if more scans match than it can return.
        """
        return await self._run(
            search.search_existing_scans(SearchCriteria.parse(criteria), self._ability, time.monotonic)
        )

    async def get_scans_state(self, keys: Sequence[str]) -> list[ScanState | StoreError]:
        """Return the state of many scans at once: for each key, in order, its ScanState or the error in its place."""
        return await self._run(load.get_scans_state(keys))

    async def advance_scan(
        self, scan_or_key: Scan | str, state: ScanState | int, info: Mapping[str, Any] | None = None
    ) -> Scan:
        """Take a scan to its next state and return it as it is then.

        The steps are CREATED, PREPARED, STARTED, STOPPED, CLOSED, one by one; CLOSED can be reached from each of the
        others. Data streams are sealed before STOPPED and CLOSED. `info` is merged into the scan's info, key by key;
        it may change something on the way to PREPARED and to CLOSED only.
        Raises UnauthorizedStateTransition for a step that is not allowed (nothing is written then), ScanNotFoundError,
        and ConflictError if others keep changing the scan.
        """
        return await self._run(write.advance_scan(scan_or_key, state, info))

    async def delete_scan(self, key: str, force: bool = False) -> None:
        """Delete a closed scan; with `force` one that still runs is closed first, with end_reason DELETION.

        The scan counts as deleted at once, and its keys expire ten seconds later.
        Raises ScanNotFoundError if there is no such scan, ScanNotClosedError if it still runs, without `force`.
        """
        return await self._run(write.delete_scan(key, force))

    async def create_stream(self, scan_or_key: Scan | str, name: str, dtype: object, shape: Sequence[int] = ()) -> Scan:
        """Add a data stream to a scan that is CREATED or PREPARED, and return the scan with it.

        `dtype` is a numeric type as numpy names it ("float64", "<u4"), float, int, bool or complex, or "json" for
        values of any kind; `shape` is the shape of one point: () for scalars, (1024,) for spectra, -1 for a length that
        is free.
        Raises StreamError if the name is taken, the type is not supported, or the scan has started.
        """
        return await self._run(append.create_stream(scan_or_key, name, dtype, shape, self._clock()))

    async def append(self, scan_or_key: Scan | str, name: str, points: object) -> int:
        """Append one point, or a list of points, to a numeric stream, and return how many points it has then.

        A point is a number, or nested lists in the stream's shape; numpy arrays work too. Given a Scan that knows the
        stream, its document is not read again. A stream has one writer.
        Raises StreamError if there is no such stream, it is sealed, or the points do not fit it.
        """
        return await self._run(append.append(scan_or_key, name, points))

    async def append_json(self, scan_or_key: Scan | str, name: str, value: object) -> int:
        """Append one value to a json stream, and return how many points it has then.

        `value` is what JSON can hold: texts, numbers, lists, dictionaries with texts as keys, None.
        Raises StreamError if there is no such stream, it is sealed, or JSON cannot hold the value.
        """
        return await self._run(append.append_json(scan_or_key, name, value))

    async def read_points(
        self, scan_or_key: Scan | str, name: str, start: int | None = 0, stop: int | None = None
    ) -> Points:
        """Return the points of a data stream with indices from `start` to before `stop`, as a slice takes them.

        `name` is the stream's full name. A stop beyond the end gives what is there; a stop at or before `start` gives
        none. If the first points were trimmed, the result begins with the first that is left (`Points.start`).
        Negative indices count from the end, once the stream is sealed. numpy.asarray(points) shares the memory.
        Raises ScanNotFoundError, and StreamError if there is no such stream or it cannot be read.
        """
        return await self._run(points.read_points(scan_or_key, name, start, stop))

    async def follow_points(
        self, scan_or_key: Scan | str, names: Sequence[str], since: int | Mapping[str, int] = 0
    ) -> AsyncIterator[Points | StoreError]:
        """Iterate over the points of several streams as they come, until the scan ends or all streams are sealed.

        Each item is whatever came of one stream. `since` is the index of the first point, for all streams or by name.
        A stream that cannot be read yields its error once, a StreamError that names it, and is followed no further.
        Raises ScanNotFoundError, and StreamError if a started scan has no such stream.
        """
        follower = waiting.PointsFollower(scan_or_key, names, since)
        while (came := await self._run(follower.next_points())) is not None:
            for each in came:
                yield each

    async def get_frame_status(self, scan_or_key: Scan | str, name: str) -> FrameStatus:
        """Return how many frames a detector has taken and saved, and the files they are in, without reading an image.

        It knows the status streams of lima, lima2 and mosca. Raises ScanNotFoundError, and StreamError if the stream
        is not that of a detector or its status cannot be read.
        """
        return await self._run(streams.get_frame_status(scan_or_key, name))

    async def wait_for_state(self, scan_or_key: Scan | str, state: ScanState | int, timeout: float = 0) -> Scan:
        """Return the scan once it has reached or passed a state, at once if it is there.

        An aborted scan passes STOPPED on its way to CLOSED. `timeout` is in seconds, 0 waits for ever.
        Raises NoScanAvailable when the time is over, ScanNotFoundError if the scan is deleted or expires.
        """
        return await self._run(waiting.wait_for_state(scan_or_key, state, timeout, time.monotonic))

    async def get_last_scan_timetag(self) -> str:
        """Return the timestamp of the last scan created, to begin from; "0-0" if there is none."""
        return await self._run(load.get_last_timetag())

    async def may_write(self) -> bool | None:
        """Return whether the server lets this user create, run and delete scans; None if it does not say."""
        return await self._run(rights.may_write())

    async def wait_for_news(self, since: str | int, state_ids: Mapping[str, str], timeout: float) -> News:
        """Wait up to `timeout` seconds (2 at most) for scans created after `since` or for open scans that change state.

        `state_ids` has, for the state stream of each scan to follow, the last id that was seen. Returns empty News
        if nothing came; with a timeout of 0 it answers at once.
        """
        return await self._run(follow.wait_for_news(since, state_ids, timeout))

    async def get_stream_lengths(self, stream_keys: Sequence[str]) -> list[int | StoreError]:
        """Return how many points each of these streams has, 0 for an empty or a missing one, or the error."""
        return await self._run(progress.get_stream_lengths(stream_keys))

    async def _run(self, operation: Operation[Result]) -> Result:
        return await carry_out_async(self._driver, operation)


async def _opened(address: ServerAddress, init_db: bool) -> AsyncDataStore:
    driver = AsyncRedisDriver.at(address)
    async with AsyncExitStack() as if_refused:
        if_refused.push_async_callback(driver.aclose)
        if init_db:
            await carry_out_async(driver, setup.initialise())
        await carry_out_async(driver, setup.check_protocol())
        if_refused.pop_all()
    return AsyncDataStore(driver)
