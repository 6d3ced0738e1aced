"""DataStore: blissdata's scans over redis.Redis, for programs without an event loop.

Rule: a method is one line; what it does is an operation. All socket traffic is in `blocking_conversation`.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scantui.exceptions import ConnectionFailed, StoreError
from scantui.matching import SearchCriteria
from scantui.models import FoundScans, NewestScans, Scan, ScanRef, ScanState, ScanSummary
from scantui.store.address import ServerAddress
from scantui.store.drivers.blocking import carry_out, new_client
from scantui.store.operations import (
    append,
    details,
    examine,
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
from scantui.store.operations.examine import Examination
from scantui.store.operations.follow import News, ServerStatus
from scantui.store.operations.memory import ServerMemory
from scantui.store.operations.requests import Operation, Result, documented
from scantui.store.operations.transitions import Transitions
from scantui.store.wire.protocol import NO_TIMETAG


def examine_server(url: str | ServerAddress) -> Examination:
    """Find out how a server is doing, also one on which no store can be opened.

    Raises ConnectionFailed or LoginError when there is nothing to examine, UsageError for a URL that will not do.
    """
    client = new_client(ServerAddress.parse(url))
    try:
        return carry_out(client, examine.examine(time.time, time.perf_counter))
    finally:
        # The client's own close() leaves the pool's sockets open in redis-py 5.0.0.
        client.connection_pool.disconnect()


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
        self._client = new_client(address)
        # The client's own close() leaves the pool's sockets open in redis-py 5.0.0.
        self._close = weakref.finalize(self, self._client.connection_pool.disconnect)
        self._ability = search.SearchAbility()
        self.label = address.label
        try:
            if init_db:
                self._run(setup.initialise())
            self._run(setup.check_protocol())
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

    @documented(write.create_scan)
    def create_scan(self, identity: Mapping[str, Any], info: Mapping[str, Any] | None = None) -> Scan:
        return self._run(write.create_scan(identity, info, time.time()))

    @documented(write.create_scans)
    def create_scans(self, scans: Iterable[tuple[Mapping[str, Any], Mapping[str, Any] | None]]) -> list[Scan]:
        return self._run(write.create_scans(scans, time.time()))

    @documented(load.load_scan)
    def load_scan(self, key: str) -> Scan:
        return self._run(load.load_scan(key))

    @documented(load.load_scans)
    def load_scans(self, keys: Sequence[str]) -> list[Scan | StoreError]:
        return self._run(load.load_scans(keys))

    @documented(load.load_summaries)
    def load_summaries(self, keys: Sequence[str]) -> list[ScanSummary | StoreError]:
        return self._run(load.load_summaries(keys))

    @documented(details.load_details)
    def load_details(self, key: str, known: ScanDetails | None = None) -> ScanDetails:
        return self._run(details.load_details(key, known))

    @documented(load.get_last_scan)
    def get_last_scan(self) -> ScanRef:
        return self._run(load.get_last_scan())

    @documented(load.get_next_scan)
    def get_next_scan(self, since: str | None = None, block: bool = True, timeout: float = 0) -> ScanRef:
        return self._run(load.get_next_scan(since, block, timeout, time.monotonic))

    @documented(search.search_existing_scans)
    def search_existing_scans(self, **criteria: str | int | float) -> FoundScans:
        return self._run(search.search_existing_scans(SearchCriteria.parse(criteria), self._ability, time.monotonic))

    @documented(listing.list_newest)
    def list_newest(self, most: int) -> NewestScans:
        return self._run(listing.list_newest(most, self._ability))

    @documented(listing.list_scans)
    def list_scans(self) -> FoundScans:
        return self._run(listing.list_scans(self._ability, time.monotonic))

    @documented(load.get_scans_state)
    def get_scans_state(self, keys: Sequence[str]) -> list[ScanState | StoreError]:
        return self._run(load.get_scans_state(keys))

    @documented(write.advance_scan)
    def advance_scan(
        self, scan_or_key: Scan | str, state: ScanState | int, info: Mapping[str, Any] | None = None
    ) -> Scan:
        return self._run(write.advance_scan(scan_or_key, state, info))

    @documented(write.delete_scan)
    def delete_scan(self, key: str, force: bool = False) -> None:
        return self._run(write.delete_scan(key, force))

    @documented(append.create_stream)
    def create_stream(self, scan_or_key: Scan | str, name: str, dtype: object, shape: Sequence[int] = ()) -> Scan:
        return self._run(append.create_stream(scan_or_key, name, dtype, shape, time.time()))

    @documented(append.append)
    def append(self, scan_or_key: Scan | str, name: str, points: object) -> int:
        return self._run(append.append(scan_or_key, name, points))

    @documented(rights.may_write)
    def may_write(self) -> bool | None:
        return self._run(rights.may_write())

    @documented(follow.wait_for_news)
    def wait_for_news(self, since: str, state_ids: Mapping[str, str], timeout: float) -> News:
        return self._run(follow.wait_for_news(since, state_ids, timeout))

    @documented(follow.poll_status)
    def poll_status(self, keys: Sequence[str], streams: Sequence[str] = (), since: str = NO_TIMETAG) -> ServerStatus:
        return self._run(follow.poll_status(keys, streams, since))

    @documented(follow.get_run_id)
    def get_run_id(self) -> str:
        return self._run(follow.get_run_id())

    @documented(memory.get_memory)
    def get_memory(self) -> ServerMemory | None:
        return self._run(memory.get_memory())

    @documented(transitions.load_transitions)
    def load_transitions(self, state_streams: Sequence[str]) -> list[Transitions]:
        return self._run(transitions.load_transitions(state_streams))

    @documented(progress.find_progress_streams)
    def find_progress_streams(self, keys: Sequence[str]) -> list[tuple[str, ...]]:
        return self._run(progress.find_progress_streams(keys))

    @documented(progress.get_stream_lengths)
    def get_stream_lengths(self, stream_keys: Sequence[str]) -> list[int | StoreError]:
        return self._run(progress.get_stream_lengths(stream_keys))

    def _run(self, operation: Operation[Result]) -> Result:
        if not self._close.alive:
            raise ConnectionFailed("the store was closed: open another one")
        return carry_out(self._client, operation)
