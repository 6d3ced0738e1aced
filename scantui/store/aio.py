"""AsyncDataStore: blissdata's scans over redis.asyncio.Redis, for programs with an event loop.

Rule: a method is one line; what it does is an operation. All socket traffic is in `aio_conversation`, in step with its
blocking twin.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.utils import HIREDIS_AVAILABLE

from scantui.exceptions import ConnectionFailed, GarbledError, StoreError
from scantui.matching import SearchCriteria
from scantui.models import FoundScans, NewestScans, Scan, ScanRef, ScanState, ScanSummary
from scantui.store.address import ServerAddress
from scantui.store.drivers.aio import AsyncConversation
from scantui.store.drivers.aio_replies import read_quickly
from scantui.store.drivers.connections import Disconnects, count_disconnects
from scantui.store.drivers.errors import CLIENT_ERRORS, proceed
from scantui.store.drivers.packing import pack_quickly
from scantui.store.drivers.timeouts import answer_within, let_be_cancelled
from scantui.store.operations import (
    append,
    details,
    follow,
    listing,
    load,
    memory,
    progress,
    rights,
    search,
    setup,
    transitions,
    write,
)
from scantui.store.operations.details import ScanDetails
from scantui.store.operations.follow import News, ServerStatus
from scantui.store.operations.memory import ServerMemory
from scantui.store.operations.requests import (
    CLOSING_SECONDS,
    NO_LIMIT,
    Operation,
    Result,
    documented,
)
from scantui.store.operations.transitions import Transitions
from scantui.store.wire.protocol import NO_TIMETAG


class AsyncDataStore:
    """The scans that BLISS publishes into Redis, for programs with an event loop.

    One store serves a whole event loop: it holds a pool of sockets that grows with the requests made in parallel. Its
    methods are those of DataStore, with `await` in front; opening and closing differ:

        async with AsyncDataStore.open("redis://localhost:6379") as store:
            timestamp, keys = await store.search_existing_scans(session="demo", name="ascan*")

    Without such a block, await `open` itself, and `aclose` at the end.

    Every error is a scantui.exceptions.ScanTuiError.
    """

    def __init__(self, client: Redis, label: str, clock: Callable[[], float] = time.time) -> None:
        """Serve the store behind a client that is set up already; `open` is the way in for a URL.

        `disconnects` counts the connections that the other side closed. `clock` gives the seconds since 1970
        for new keys.
        """
        self._client = client
        self._client.response_callbacks.clear()
        self._clock = clock
        self._closed = False
        self.disconnects = Disconnects()
        self._ability = search.SearchAbility()
        self.label = label

    @classmethod
    def open(cls, url: str | ServerAddress, init_db: bool = False) -> _Opening:
        """Open the store at a redis://, rediss:// or unix:// URL; with `init_db` set up its empty database first.

        Await the result, or use it in an `async with` block, which closes the store at its end.
        Raises ConnectionFailed, LoginError, NotInitialisedError when blissdata does not publish there, UsageError for
        a URL that will not do, DatabaseNotEmptyError or MissingModuleError when it cannot be initialised.
        """
        return _Opening(ServerAddress.parse(url), init_db)

    async def aclose(self) -> None:
        """Close all sockets; the store cannot be used afterwards."""
        self._closed = True
        # What all supported versions of the client library can do has another name in newer ones.
        close = getattr(self._client, "aclose", self._client.close)
        # An encrypted connection takes leave of its server, which may be silent; it is dropped then.
        with suppress(*CLIENT_ERRORS):
            async with answer_within(CLOSING_SECONDS):
                await close()

    async def __aenter__(self) -> AsyncDataStore:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    @property
    def cannot_search(self) -> str:
        """Why searches walk through all keys instead of asking the server's index; empty when they need not."""
        return self._ability.reason

    @documented(write.create_scan)
    async def create_scan(self, identity: Mapping[str, Any], info: Mapping[str, Any] | None = None) -> Scan:
        return await self._run(write.create_scan(identity, info, self._clock()))

    @documented(write.create_scans)
    async def create_scans(self, scans: Iterable[tuple[Mapping[str, Any], Mapping[str, Any] | None]]) -> list[Scan]:
        return await self._run(write.create_scans(scans, self._clock()))

    @documented(load.load_scan)
    async def load_scan(self, key: str) -> Scan:
        return await self._run(load.load_scan(key))

    @documented(load.load_scans)
    async def load_scans(self, keys: Sequence[str]) -> list[Scan | StoreError]:
        return await self._run(load.load_scans(keys))

    @documented(load.load_summaries)
    async def load_summaries(self, keys: Sequence[str]) -> list[ScanSummary | StoreError]:
        return await self._run(load.load_summaries(keys))

    @documented(details.load_details)
    async def load_details(self, key: str, known: ScanDetails | None = None) -> ScanDetails:
        return await self._run(details.load_details(key, known))

    @documented(load.get_last_scan)
    async def get_last_scan(self) -> ScanRef:
        return await self._run(load.get_last_scan())

    @documented(load.get_next_scan)
    async def get_next_scan(self, since: str | None = None, block: bool = True, timeout: float = 0) -> ScanRef:
        return await self._run(load.get_next_scan(since, block, timeout, time.monotonic))

    @documented(search.search_existing_scans)
    async def search_existing_scans(self, **criteria: str | int | float) -> FoundScans:
        return await self._run(
            search.search_existing_scans(SearchCriteria.parse(criteria), self._ability, time.monotonic)
        )

    @documented(listing.list_newest)
    async def list_newest(self, most: int) -> NewestScans:
        return await self._run(listing.list_newest(most, self._ability))

    @documented(listing.list_scans)
    async def list_scans(self) -> FoundScans:
        return await self._run(listing.list_scans(self._ability, time.monotonic))

    @documented(load.get_scans_state)
    async def get_scans_state(self, keys: Sequence[str]) -> list[ScanState | StoreError]:
        return await self._run(load.get_scans_state(keys))

    @documented(write.advance_scan)
    async def advance_scan(
        self, scan_or_key: Scan | str, state: ScanState | int, info: Mapping[str, Any] | None = None
    ) -> Scan:
        return await self._run(write.advance_scan(scan_or_key, state, info))

    @documented(write.delete_scan)
    async def delete_scan(self, key: str, force: bool = False) -> None:
        return await self._run(write.delete_scan(key, force))

    @documented(append.create_stream)
    async def create_stream(self, scan_or_key: Scan | str, name: str, dtype: object, shape: Sequence[int] = ()) -> Scan:
        return await self._run(append.create_stream(scan_or_key, name, dtype, shape, self._clock()))

    @documented(append.append)
    async def append(self, scan_or_key: Scan | str, name: str, points: object) -> int:
        return await self._run(append.append(scan_or_key, name, points))

    @documented(rights.may_write)
    async def may_write(self) -> bool | None:
        return await self._run(rights.may_write())

    @documented(follow.wait_for_news)
    async def wait_for_news(self, since: str, state_ids: Mapping[str, str], timeout: float) -> News:
        return await self._run(follow.wait_for_news(since, state_ids, timeout))

    @documented(follow.poll_status)
    async def poll_status(
        self, keys: Sequence[str], streams: Sequence[str] = (), since: str = NO_TIMETAG
    ) -> ServerStatus:
        return await self._run(follow.poll_status(keys, streams, since))

    @documented(follow.get_run_id)
    async def get_run_id(self) -> str:
        return await self._run(follow.get_run_id())

    @documented(memory.get_memory)
    async def get_memory(self) -> ServerMemory | None:
        return await self._run(memory.get_memory())

    @documented(transitions.load_transitions)
    async def load_transitions(self, state_streams: Sequence[str]) -> list[Transitions]:
        return await self._run(transitions.load_transitions(state_streams))

    @documented(progress.find_progress_streams)
    async def find_progress_streams(self, keys: Sequence[str]) -> list[tuple[str, ...]]:
        return await self._run(progress.find_progress_streams(keys))

    @documented(progress.get_stream_lengths)
    async def get_stream_lengths(self, stream_keys: Sequence[str]) -> list[int | StoreError]:
        return await self._run(progress.get_stream_lengths(stream_keys))

    async def _run(self, operation: Operation[Result]) -> Result:
        if self._closed:
            raise ConnectionFailed("the store was closed: open another one")
        conversation = AsyncConversation(self._client, self.disconnects)
        try:
            request = next(operation)
            while True:
                try:
                    reply = await conversation.perform(request)
                except StoreError as error:
                    request = operation.throw(error)
                else:
                    request = proceed(operation, reply)
        except StopIteration as finished:
            result: Result = finished.value
            return result
        except GarbledError:
            # Whatever else is on its way over these connections answers something else.
            await self._client.connection_pool.disconnect(inuse_connections=False)
            raise
        finally:
            operation.close()
            await conversation.end()


class _Opening:
    """A store about to be opened: awaited it is the store, in an `async with` block it is closed at the end."""

    def __init__(self, address: ServerAddress, init_db: bool) -> None:
        self._address = address
        self._init_db = init_db

    def __await__(self) -> Generator[Any, None, AsyncDataStore]:
        return self._open().__await__()

    async def __aenter__(self) -> AsyncDataStore:
        self._store = await self._open()
        return self._store

    async def __aexit__(self, *_: object) -> None:
        await self._store.aclose()

    async def _open(self) -> AsyncDataStore:
        client = Redis(
            **self._address.client_settings(),
            protocol=2,
            socket_timeout=None,
            socket_connect_timeout=None,
            retry=Retry(NoBackoff(), 0),
            max_connections=NO_LIMIT,
        )
        pack_quickly(client.connection_pool)
        if not HIREDIS_AVAILABLE:
            read_quickly(client.connection_pool)
        let_be_cancelled(client.connection_pool)
        store = AsyncDataStore(client, self._address.label)
        count_disconnects(client.connection_pool, store.disconnects)
        try:
            if self._init_db:
                await store._run(setup.initialise())
            await store._run(setup.check_protocol())
        except BaseException:
            await store.aclose()
            raise
        return store
