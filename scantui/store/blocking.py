"""DataStore: blissdata's scans over redis.Redis, for programs without an event loop.

Rule: a method is one line; what it does is an operation. All socket traffic is in `_Conversation`.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from scantui.exceptions import ConnectionFailed, GarbledError, StoreError
from scantui.matching import SearchCriteria
from scantui.models import FoundScans, NewestScans, Scan, ScanRef, ScanState, ScanSummary
from scantui.store import (
    appending,
    details,
    examining,
    following,
    listing,
    opening,
    progress,
    reading,
    rights,
    searching,
    writing,
)
from scantui.store.address import ServerAddress
from scantui.store.details import ScanDetails
from scantui.store.examining import Examination
from scantui.store.faults import CLIENT_ERRORS, is_lost_connection, proceed, translate
from scantui.store.following import News, Pulse
from scantui.store.packing import pack_quickly
from scantui.store.protocol import NO_TIMETAG
from scantui.store.requests import (
    ANSWER_SECONDS,
    NO_LIMIT,
    Batch,
    Command,
    Operation,
    Request,
    Result,
    Transaction,
    Turn,
    Watch,
    documented,
)


def examine_server(url: str | ServerAddress) -> Examination:
    """Find out how a server is doing, also one on which no store can be opened.

    Raises ConnectionFailed or LoginError when there is nothing to examine, UsageError for a URL that will not do.
    """
    client = _new_client(ServerAddress.parse(url))
    try:
        return _carry_out(client, examining.examine(time.time, time.perf_counter))
    finally:
        client.close()


class DataStore:
    """The scans that BLISS publishes into Redis.

    One DataStore serves a whole program, its threads included: it holds a pool of sockets that grows with the requests
    made in parallel. Close it, or use it in a `with` block, to close them.

        with DataStore("redis://localhost:6379") as store:
            timestamp, keys = store.search_existing_scans(session="demo", name="ascan*")
            for scan in store.load_scans(keys):
                print(scan)

    Every error is a scantui.exceptions.ScanTuiError.
    """

    def __init__(self, url: str | ServerAddress, init_db: bool = False) -> None:
        """Open the store at a redis://, rediss:// or unix:// URL; with `init_db` set up its empty database first.

        Raises ConnectionFailed, LoginError, NotInitialisedError when blissdata does not publish there, UsageError for
        a URL that will not do, DatabaseNotEmptyError or MissingModuleError when it cannot be initialised.
        """
        address = ServerAddress.parse(url)
        self._client = _new_client(address)
        self._close = weakref.finalize(self, self._client.close)
        self._ability = searching.SearchAbility()
        self.label = address.label
        try:
            if init_db:
                self._run(opening.initialise())
            self._run(opening.check_protocol())
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close all sockets; the store cannot be used afterwards."""
        self._close()

    def __enter__(self) -> DataStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def cannot_search(self) -> str:
        """Why searches walk through all keys instead of asking the server's index; empty when they need not."""
        return self._ability.reason

    @documented(writing.create_scan)
    def create_scan(self, identity: Mapping[str, Any], info: Mapping[str, Any] | None = None) -> Scan:
        return self._run(writing.create_scan(identity, info, time.time()))

    @documented(writing.create_scans)
    def create_scans(self, scans: Iterable[tuple[Mapping[str, Any], Mapping[str, Any] | None]]) -> list[Scan]:
        return self._run(writing.create_scans(scans, time.time()))

    @documented(reading.load_scan)
    def load_scan(self, key: str) -> Scan:
        return self._run(reading.load_scan(key))

    @documented(reading.load_scans)
    def load_scans(self, keys: Sequence[str]) -> list[Scan | StoreError]:
        return self._run(reading.load_scans(keys))

    @documented(reading.load_summaries)
    def load_summaries(self, keys: Sequence[str]) -> list[ScanSummary | StoreError]:
        return self._run(reading.load_summaries(keys))

    @documented(details.load_details)
    def load_details(self, key: str, known: ScanDetails | None = None) -> ScanDetails:
        return self._run(details.load_details(key, known))

    @documented(reading.get_last_scan)
    def get_last_scan(self) -> ScanRef:
        return self._run(reading.get_last_scan())

    @documented(reading.get_next_scan)
    def get_next_scan(self, since: str | None = None, block: bool = True, timeout: float = 0) -> ScanRef:
        return self._run(reading.get_next_scan(since, block, timeout, time.monotonic))

    @documented(searching.search_existing_scans)
    def search_existing_scans(self, **criteria: str | int | float) -> FoundScans:
        return self._run(searching.search_existing_scans(SearchCriteria.parse(criteria), self._ability, time.monotonic))

    @documented(listing.list_newest)
    def list_newest(self, most: int) -> NewestScans:
        return self._run(listing.list_newest(most, self._ability))

    @documented(listing.list_scans)
    def list_scans(self) -> FoundScans:
        return self._run(listing.list_scans(self._ability, time.monotonic))

    @documented(reading.get_scans_state)
    def get_scans_state(self, keys: Sequence[str]) -> list[ScanState | StoreError]:
        return self._run(reading.get_scans_state(keys))

    @documented(writing.advance_scan)
    def advance_scan(
        self, scan_or_key: Scan | str, state: ScanState | int, info: Mapping[str, Any] | None = None
    ) -> Scan:
        return self._run(writing.advance_scan(scan_or_key, state, info))

    @documented(writing.delete_scan)
    def delete_scan(self, key: str, force: bool = False) -> None:
        return self._run(writing.delete_scan(key, force))

    @documented(appending.create_stream)
    def create_stream(self, scan_or_key: Scan | str, name: str, dtype: object, shape: Sequence[int] = ()) -> Scan:
        return self._run(appending.create_stream(scan_or_key, name, dtype, shape, time.time()))

    @documented(appending.append)
    def append(self, scan_or_key: Scan | str, name: str, points: object) -> int:
        return self._run(appending.append(scan_or_key, name, points))

    @documented(rights.may_write)
    def may_write(self) -> bool | None:
        return self._run(rights.may_write())

    @documented(following.wait_for_news)
    def wait_for_news(self, since: str, state_ids: Mapping[str, str], timeout: float) -> News:
        return self._run(following.wait_for_news(since, state_ids, timeout))

    @documented(following.feel_pulse)
    def feel_pulse(self, keys: Sequence[str], streams: Sequence[str] = (), since: str = NO_TIMETAG) -> Pulse:
        return self._run(following.feel_pulse(keys, streams, since))

    @documented(progress.find_progress_streams)
    def find_progress_streams(self, keys: Sequence[str]) -> list[tuple[str, ...]]:
        return self._run(progress.find_progress_streams(keys))

    @documented(progress.get_stream_lengths)
    def get_stream_lengths(self, stream_keys: Sequence[str]) -> list[int | StoreError]:
        return self._run(progress.get_stream_lengths(stream_keys))

    def _run(self, operation: Operation[Result]) -> Result:
        if not self._close.alive:
            raise ConnectionFailed("the store was closed: open another one")
        return _carry_out(self._client, operation)


def _new_client(address: ServerAddress) -> redis.Redis:
    client = redis.Redis(
        **address.client_settings(),
        protocol=2,
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 0),
        max_connections=NO_LIMIT,
    )
    client.response_callbacks.clear()
    pack_quickly(client.connection_pool)
    return client


def _carry_out(client: redis.Redis, operation: Operation[Result]) -> Result:
    conversation = _Conversation(client)
    try:
        request = next(operation)
        while True:
            try:
                reply = conversation.perform(request)
            except StoreError as error:
                request = operation.throw(error)
            else:
                request = proceed(operation, reply)
    except StopIteration as finished:
        return cast(Result, finished.value)
    except GarbledError:
        client.connection_pool.disconnect(inuse_connections=False)
        raise  # and whatever else is on its way over these connections answers something else
    finally:
        operation.close()
        conversation.end()


class _Conversation:
    """The requests of one operation, carried out; it keeps to one connection while keys are watched."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        self._watching: Any = None
        self._broke = False

    def perform(self, request: Request) -> Any:
        try:
            return self._send(request)
        except CLIENT_ERRORS as error:
            is_pinned = self._watching is not None and not isinstance(request, Watch)
            if is_pinned or not request.repeatable or not is_lost_connection(error):
                raise self._noted(error) from None
        # A pooled connection may have died while idle: what changes nothing is tried once more, on a fresh one.
        try:
            return self._send(request)
        except CLIENT_ERRORS as error:
            raise self._noted(error) from None

    def end(self) -> None:
        if self._watching is not None:
            watching, self._watching = self._watching, None
            # A connection that failed is not asked to let go of the keys: it may never answer.
            if self._broke and watching.connection is not None:
                watching.connection.disconnect()
                watching.watching = False
            watching.reset()

    def _noted(self, error: Exception) -> StoreError:
        """The error as ours; a connection that failed while keys were watched serves nobody any more."""
        ours = translate(error)
        self._broke = self._broke or isinstance(ours, ConnectionFailed)
        return ours

    def _send(self, request: Request) -> Any:
        if isinstance(request, Command):
            return (self._client if self._watching is None else self._watching).execute_command(*request)
        if isinstance(request, Turn):
            return None  # threads take their turns by themselves
        if isinstance(request, Watch):
            self.end()
            self._watching = self._client.pipeline(transaction=True)
            return self._watching.watch(*request.keys)
        if isinstance(request, Transaction):
            pipeline = self._client.pipeline(transaction=True) if self._watching is None else self._watching
            self._watching = None
            pipeline.multi()
        else:
            pipeline = self._client.pipeline(transaction=False)
        with pipeline:
            for command in request.commands:
                pipeline.execute_command(*command)
            replies = pipeline.execute(raise_on_error=False)
        if isinstance(request, Batch):
            return [translate(reply) if isinstance(reply, Exception) else reply for reply in replies]
        for reply in replies:
            if isinstance(reply, Exception):
                raise reply
        return replies
