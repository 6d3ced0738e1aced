"""What runs in the background: each of these queries the store and posts messages with the results.

Rule: a worker touches no widget and changes no state of the screen.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Protocol

from textual.worker import get_current_worker

from scantui.exceptions import (
    ConnectionFailed,
    NotRecordedError,
    ScanNotFoundError,
    StoreError,
    UnauthorizedStateTransition,
)
from scantui.feed import OpenStore, PlayedEvent
from scantui.filters import ScanFilter
from scantui.publishing.run import Pause, PlannedScan, close_left_open, publish_scan
from scantui.text import printable
from scantui.tui.messages import (
    DetailsLoaded,
    FeedEvent,
    FoundOnServer,
    MemoryFound,
    Notice,
    PostMessage,
    PublishingBegan,
    ReasonsRead,
    RightsFound,
    ScansCompared,
)

if TYPE_CHECKING:
    from scantui.models import Scan
    from scantui.store import AsyncDataStore
    from scantui.store.operations.details import ScanDetails
    from scantui.tui.watched_server import WatchedServer

# On the way through the table the details of each row are not wanted.
_DETAILS_DELAY = 0.15
_DETAILS_SECONDS = 1.0
# Looks at streams take bytes: with more streams than these, details are loaded less often.
_STREAMS_A_SECOND = 80
_MEMORY_SECONDS = 60.0
_LONGEST_REASON = 60


class EventSource(Protocol):
    """What the monitor follows: a Feed, or a recording of one."""

    watched: Sequence[str]
    open_store: OpenStore

    def events(self) -> AsyncGenerator[PlayedEvent, None]: ...


async def follow_feed(feed: EventSource, server: str, post: PostMessage) -> None:
    """Pass on what happens in the store of a server: for ever, or to the end of a recording."""
    async with aclosing(feed.events()) as events:
        async for event in events:
            post(FeedEvent(event, server))


async def search_server(
    server: WatchedServer, scan_filter: ScanFilter, is_known: Callable[[str], bool], post: PostMessage
) -> None:
    """Search a server for scans that a filter lets pass and that are not loaded yet."""
    from scantui.feed import chosen_in_turns, load_rows

    store = server.store
    if store is None:
        return
    try:
        _, keys = await store.search_existing_scans(**scan_filter.search_arguments)
        rows = await load_rows(store, await chosen_in_turns(keys, lambda key: not is_known(key)))
    except NotRecordedError as error:
        post(Notice(str(error)))
    except StoreError as error:
        post(Notice(f"The search failed: {error}", is_error=True))
    else:
        post(FoundOnServer(scan_filter, len(keys), server.place(rows)))


async def find_out_rights(store: AsyncDataStore, server: str, post: PostMessage) -> None:
    """Find out whether this user may write on a server."""
    # The feed reports what is wrong with a connection.
    with suppress(StoreError):
        post(RightsFound(server, await store.may_write()))


async def follow_memory(store: AsyncDataStore, server: str, post: PostMessage, pause: Pause = asyncio.sleep) -> None:
    """Ask once a minute how full the memory of a server is, as long as it says so."""
    with suppress(StoreError):
        while (memory := await store.monitoring.get_memory()) is not None:
            post(MemoryFound(server, memory.share))
            await pause(_MEMORY_SECONDS)


async def read_reasons(store: AsyncDataStore, keys: Sequence[str], post: PostMessage) -> None:
    """Read why scans ended early, apart from how far they came, which the feed counts; "" where nothing shows it."""
    from scantui.report.reasons import reason_of

    texts = {}
    for key in keys:
        try:
            reason = reason_of(await store.load_details(key))
        except ConnectionFailed:
            break
        except StoreError:
            texts[key] = ""  # it went away, or cannot be read, which its row shows
        else:
            # A scan without a planned number is not counted by the feed.
            how_far = "" if reason.planned or reason.unit == "scans" else reason.how_far
            texts[key] = printable(", ".join(part for part in (how_far, reason.hints) if part), _LONGEST_REASON)
    post(ReasonsRead(texts))


async def publish_test_scan(
    open_store: OpenStore, plan: PlannedScan, runs: bool, is_announced: bool, post: PostMessage
) -> bool:
    """Create a test scan, and run it if it `runs`; it has a connection of its own, independent of the feed's.

    Returns False when it could not be closed.
    """

    def began(scan: Scan) -> None:
        if is_announced:
            post(Notice(f"Created {scan.key}"))
        if runs:
            post(PublishingBegan(scan.key, get_current_worker()))

    failure: StoreError | None = None
    try:
        async with await open_store() as store:
            try:
                await publish_scan(store, plan, runs, began)
            except StoreError as error:
                failure = error
    except StoreError as error:
        failure = error
    except asyncio.CancelledError:
        # While the store is being closed, what went wrong before still counts.
        if failure is None:
            raise
    if isinstance(failure, ScanNotFoundError):
        post(Notice("Another program deleted the test scan while it ran"))
    elif isinstance(failure, UnauthorizedStateTransition):
        post(Notice(f"The test scan ended early. {failure}"))
    elif failure is not None:
        post(Notice(f"The test scan failed: {failure}", is_error=True))
        return False
    return True


async def delete_test_scan(store: AsyncDataStore, key: str, post: PostMessage) -> None:
    """Delete a test scan; one that runs is closed first."""
    try:
        await store.delete_scan(key, force=True)
    except ScanNotFoundError:
        post(Notice("Another program has deleted this test scan already"))
    except StoreError as error:
        post(Notice(f"The scan was not deleted: {error}", is_error=True))
    else:
        post(Notice(f"Deleted {key}"))


async def load_pair(stores: tuple[AsyncDataStore, AsyncDataStore], keys: tuple[str, str], post: PostMessage) -> None:
    """Load two scans that are to be compared, each from its store."""
    try:
        a, b = [await store.load_scan(key) for store, key in zip(stores, keys, strict=True)]
    except StoreError as error:
        post(ScansCompared(keys, str(error)))
    else:
        post(ScansCompared(keys, (a, b)))


async def close_test_scan(store: AsyncDataStore, key: str, post: PostMessage) -> None:
    """Close a test scan that another scantui left open; its data stay."""
    try:
        await close_left_open(store, key)
    except ScanNotFoundError:
        post(Notice("Another program has deleted this test scan already"))
    except UnauthorizedStateTransition:
        # It was open when the question was answered.
        post(Notice("Another program has closed this test scan already"))
    except StoreError as error:
        post(Notice(f"The scan was not closed: {error}", is_error=True))
    else:
        post(Notice(f"Closed {key}"))


async def follow_details(store: AsyncDataStore, key: str, post: PostMessage, pause: Pause = asyncio.sleep) -> None:
    """Load the details of a scan, and again each second as long as it is open, or not all streams are read."""
    known: ScanDetails | None = None
    goes_on = True
    await pause(_DETAILS_DELAY)
    while goes_on:
        try:
            before, known = known, await store.load_details(key, known)
        except ConnectionFailed:
            pass  # what was shown stays, and the feed reports what is wrong
        except StoreError as error:
            post(DetailsLoaded(key, str(error)))
            return
        else:
            # Where the server gives no account of its memory, streams are read one after the other.
            comes = any(stream.held_back for stream in known.streams) and (
                not before or before.streams != known.streams
            )
            goes_on = known.summary.is_open or comes or known.notes.wait > 0
            post(DetailsLoaded(key, known))
        streams = len(known.streams) if known is not None else 0
        await pause(_DETAILS_SECONDS * max(1.0, streams / _STREAMS_A_SECOND))
