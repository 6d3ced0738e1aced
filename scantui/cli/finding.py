"""Finds the scans that match a filter, just as a newly opened monitor would show them.

Rule: the board decides what matches; the server returns only the scans that may.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scantui.board import Board
from scantui.cli.output import notify
from scantui.exceptions import NoScanAvailable
from scantui.export import ExportedScan
from scantui.feed import CHUNK, load_rows
from scantui.feed.tracker import ScanTracker
from scantui.filters import ScanFilter
from scantui.models import Scan, ScanState, ScanSummary
from scantui.words import counted

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

_BEGINNING = "0-0"


async def find_scans(store: AsyncDataStore, scan_filter: ScanFilter, newest: int = 0) -> list[ExportedScan]:
    """The matching scans, oldest first; only the `newest` ones if this is not 0.

    STALL and GONE need a scan to be watched, so these words never appear here.
    """
    board = await _board_now(store)
    board.set_filter(scan_filter)
    keys = await _candidates(store, scan_filter)
    while keys and not 0 < newest <= len(board):
        chunk = keys[-CHUNK:]
        del keys[-CHUNK:]
        board.put(await load_rows(store, chunk))
    rows = [board.row_at(index) for index in range(len(board))][-newest:]
    return await _exported(store, board, rows)


async def key_of(store: AsyncDataStore, named: str) -> str:
    """The key of the scan that a key or a number names; of several with this number the newest, with a message.

    Raises NoScanAvailable when no scan has the number.
    """
    if not (named.isascii() and named.isdigit()):
        return named
    scans = await find_scans(store, ScanFilter.parse(f"number={named}"))
    if not scans:
        raise NoScanAvailable(f"no scan has the number {named}")
    if others := len(scans) - 1:
        have = "has" if others == 1 else "have"
        notify(f"{counted(others, 'older scan')} also {have} the number {named}: scantui search number={named} --keys")
    return scans[-1].scan.key


async def load_named(store: AsyncDataStore, named: str, *, prepared: bool = False) -> Scan:
    """Return all of the scan that a key or a number names; with `prepared`, wait until it has named its streams.

    Raises NoScanAvailable and ScanNotFoundError.
    """
    scan = await store.load_scan(await key_of(store, named))
    if prepared and not scan.streams and scan.state < ScanState.PREPARED:
        scan = await store.wait_for_state(scan, ScanState.PREPARED)
    return scan


async def look_at(store: AsyncDataStore, row: ScanSummary) -> ExportedScan:
    """A row that was just loaded, as the screen shows it."""
    board = await _board_now(store)
    board.put([row])
    return (await _exported(store, board, [row]))[0]


async def _board_now(store: AsyncDataStore) -> Board:
    board = Board()
    board.tell_time((await store.monitoring.poll_status([])).server_ms)
    return board


async def _candidates(store: AsyncDataStore, scan_filter: ScanFilter) -> list[str]:
    """The keys of all scans that may match, oldest first."""
    if not scan_filter.search_arguments:
        return (await store.monitoring.list_scans()).keys
    _, found = await store.search_existing_scans(**scan_filter.search_arguments)
    # A document that the index rejected is listed only in the history.
    noted = (await store.wait_for_news(_BEGINNING, {}, 0)).created
    return sorted({*found, *(ref.key for ref in noted)})


async def _exported(store: AsyncDataStore, board: Board, rows: Sequence[ScanSummary]) -> list[ExportedScan]:
    tracker = ScanTracker()
    tracker.remember(rows)
    running = tracker.to_be_measured(rows)
    if running:
        names = await store.monitoring.find_progress_streams(running)
        tracker.measure_by(dict(zip(running, names, strict=True)))
        streams = [stream for scan_streams in names for stream in scan_streams]
        measured = zip(streams, await store.get_stream_lengths(streams), strict=True)
        board.note_progress(tracker.points_by_scan({name: length for name, length in measured if type(length) is int}))
    return [ExportedScan.of(board, row) for row in rows]
