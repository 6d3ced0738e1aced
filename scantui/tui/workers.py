"""What runs beside the screen: each of these asks the store and tells what came of it by messages.

Rule: a worker touches no widget and changes no state of the screen.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Protocol

from textual.message import Message
from textual.worker import get_current_worker

from scantui.exceptions import ConnectionFailed, NotRecordedError, ScanNotFoundError, StoreError
from scantui.feed import Event, OpenStore, load_rows
from scantui.filters import ScanFilter
from scantui.publishing.run import Pause, PlannedScan, publish_scan
from scantui.tui.messages import DetailsLoaded, FeedEvent, FoundOnServer, PublishingBegan, RightsFound, Told

if TYPE_CHECKING:
    from scantui.models import Scan
    from scantui.store import AsyncDataStore
    from scantui.store.operations.details import ScanDetails

# Whoever walks through the table does not want the details of each row on the way.
_DETAILS_DELAY = 0.15
_DETAILS_SECONDS = 1.0

Tell = Callable[[Message], object]


class EventSource(Protocol):
    """What the monitor follows: a Feed, or a recording of one."""

    watched: Sequence[str]
    open_store: OpenStore

    def events(self) -> AsyncGenerator[Event, None]: ...


async def follow_feed(feed: EventSource, tell: Tell) -> None:
    """Pass on what happens in the store: for ever, or to the end of a recording."""
    async with aclosing(feed.events()) as events:
        async for event in events:
            tell(FeedEvent(event))


async def search_server(
    store: AsyncDataStore, scan_filter: ScanFilter, is_known: Callable[[str], bool], tell: Tell
) -> None:
    """Ask the server too for what a filter lets pass: it may have scans that are not loaded yet."""
    try:
        _, keys = await store.search_existing_scans(**scan_filter.search_arguments)
        rows = await load_rows(store, [key for key in keys if not is_known(key)])
    except NotRecordedError as error:
        tell(Told(str(error)))
    except StoreError as error:
        tell(Told(f"the search failed: {error}", is_error=True))
    else:
        tell(FoundOnServer(scan_filter, len(keys), rows))


async def find_out_rights(store: AsyncDataStore, tell: Tell) -> None:
    """Ask whether this user may write."""
    # What cannot be asked does not tell; what is the matter with a connection, the feed says.
    with suppress(StoreError):
        tell(RightsFound(await store.may_write()))


async def publish_test_scan(open_store: OpenStore, plan: PlannedScan, runs: bool, announced: bool, tell: Tell) -> bool:
    """Create a test scan, and run it as far as it is to run; its store is its own, whatever becomes of the feed's.

    Returns False when it was left open although it was to be closed.
    """

    def began(scan: Scan) -> None:
        if announced:
            tell(Told(f"created {scan.key}"))
        if runs:
            tell(PublishingBegan(scan.key, get_current_worker()))

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
        # One that comes while the store is closed does not make up for what went wrong before.
        if failure is None:
            raise
    if isinstance(failure, ScanNotFoundError):
        tell(Told("the test scan was deleted while it ran"))
    elif failure is not None:
        tell(Told(f"the test scan failed: {failure}", is_error=True))
        return False
    return True


async def delete_test_scan(store: AsyncDataStore, key: str, tell: Tell) -> None:
    """Delete a scan that is ours; one that runs is closed first."""
    try:
        await store.delete_scan(key, force=True)
    except StoreError as error:
        tell(Told(f"the scan was not deleted: {error}", is_error=True))
    else:
        tell(Told(f"deleted {key}"))


async def follow_details(store: AsyncDataStore, key: str, tell: Tell, pause: Pause = asyncio.sleep) -> None:
    """Load the details of a scan, and again each second as long as it is open."""
    known: ScanDetails | None = None
    await pause(_DETAILS_DELAY)
    while known is None or known.summary.is_open:
        try:
            known = await store.load_details(key, known)
        except ConnectionFailed:
            pass  # what was shown stays, and the feed says what is the matter
        except StoreError as error:
            tell(DetailsLoaded(key, str(error)))
            return
        else:
            tell(DetailsLoaded(key, known))
        await pause(_DETAILS_SECONDS)
