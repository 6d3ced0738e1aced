"""Finds the scans that match a filter, just as a newly opened monitor would show them.

Rule: the board decides what matches; the server returns only the scans that may.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING

from scantui.board import Board
from scantui.cli.output import notify
from scantui.exceptions import NoScanAvailable
from scantui.export import ExportedScan
from scantui.feed import CHUNK, load_rows
from scantui.feed.meter import ProgressMeter
from scantui.feed.reading import count_ended_early, uncounted, with_timetags
from scantui.feed.stream_ends import BYTES_A_SECOND, MOST_AT_ONCE
from scantui.feed.tracker import ScanTracker
from scantui.filters import ScanFilter, explain
from scantui.models import Scan, ScanSummary
from scantui.system.config import Configuration
from scantui.system.notes import NoteBook
from scantui.words import counted

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

_BEGINNING = "0-0"
# For the newest of the scans found, so many, the points of those that ended early are counted.
_COUNTED_AT_MOST = 1000


async def find_scans(store: AsyncDataStore, scan_filter: ScanFilter, newest: int = 0) -> list[ExportedScan]:
    """The matching scans, oldest first; only the `newest` ones if this is not 0.

    GONE needs a scan to be watched, so this word never appears here.
    """
    board = await _board_now(store)
    board.set_filter(scan_filter)
    keys, timetags = await _candidates(store, scan_filter)
    while keys and not 0 < newest <= len(board):
        chunk = keys[-CHUNK:]
        del keys[-CHUNK:]
        await _put(store, board, with_timetags(await load_rows(store, chunk), timetags))
    rows = [board.row_at(index) for index in range(len(board))][-newest:]
    board.note_progress(await count_ended_early(store, rows[-_COUNTED_AT_MOST:]))
    return [ExportedScan.of(board, row) for row in rows]


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


async def load_named(store: AsyncDataStore, named: str) -> Scan:
    """Return all of the scan that a key or a number names. Raises NoScanAvailable and ScanNotFoundError."""
    return await store.load_scan(await key_of(store, named))


async def look_at(store: AsyncDataStore, row: ScanSummary) -> ExportedScan:
    """A row that was just loaded, as the screen shows it."""
    board = await _board_now(store)
    await _put(store, board, [row])
    board.note_progress(await count_ended_early(store, [row]))
    return ExportedScan.of(board, row)


def no_scans(scan_filter: ScanFilter) -> str:
    """The sentence for when nothing was found, with how the filter was read."""
    return f"no scans match: {explain(scan_filter.text)}" if scan_filter.terms else "there are no scans"


async def _board_now(store: AsyncDataStore) -> Board:
    board = Board()
    board.put_notes(NoteBook.open(os.environ, Configuration.read(os.environ)).notes)
    board.tell_time((await store.monitoring.poll_status([])).server_ms)
    return board


async def _candidates(store: AsyncDataStore, scan_filter: ScanFilter) -> tuple[list[str], dict[str, str]]:
    """The keys of all scans that may match, oldest first, and the timetags of those in the history."""
    if not scan_filter.search_arguments:
        _, keys, timetags = await store.monitoring.list_scans()
        return keys, timetags
    _, found = await store.search_existing_scans(**scan_filter.search_arguments)
    # A document that the index rejected is listed only in the history.
    noted = {ref.key: ref.timestamp for ref in (await store.wait_for_news(_BEGINNING, {}, 0)).created}
    return [*sorted(set(found).difference(noted)), *noted], noted


async def _put(store: AsyncDataStore, board: Board, rows: Sequence[ScanSummary]) -> None:
    """Have the board know these scans, and how far the open ones are."""
    board.put(rows)
    tracker = ScanTracker()
    tracker.remember(rows)
    meter = ProgressMeter(store, tracker)
    streams = await meter.find_streams(rows)
    tracker.measure_by(streams)
    board.note_progress(uncounted(rows, streams))
    # A command looks once, so it need not spread what it reads over time.
    moments = count(0.0, MOST_AT_ONCE / BYTES_A_SECOND)
    while tracker.has_unmeasured:
        for progress in await meter.measure_new(next(moments)):
            board.note_progress(progress.points)
