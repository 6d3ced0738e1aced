"""Finds the scans that match a filter, just as a newly opened monitor would show them.

Rule: the board decides what matches; the server returns only the scans that may. What is independent is asked at the
same time, so that commands stay quick on a server far away.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from scantui.board import Board
from scantui.cli.output import notify
from scantui.exceptions import NoScanAvailable, StoreError
from scantui.export import ExportedScan
from scantui.feed import load_rows
from scantui.feed.tracker import ScanTracker
from scantui.filters import ScanFilter
from scantui.models import ScanSummary
from scantui.system.config import Configuration
from scantui.system.notes import NoteBook
from scantui.words import counted

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore
    from scantui.store.operations.details import ScanDetails

# How many of the newest scans are looked at first when only a few are wanted, and how many the history may name.
_AT_FIRST = 20
_HISTORY = 2500
# How many scans are loaded before a search for a few looks whether it has enough: this many, then twice as many, ...
_PIECE = 100
_LARGEST_PIECE = 6400


async def find_scans(store: AsyncDataStore, scan_filter: ScanFilter, newest: int = 0) -> list[ExportedScan]:
    """The matching scans, oldest first; only the `newest` ones if this is not 0.

    STALL and GONE need a scan to be watched, so these words never appear here.
    """
    board = _board()
    board.set_filter(scan_filter)
    async with aclosing(_newest_first(store, scan_filter.search_arguments, newest)) as pieces:
        status, keys = await asyncio.gather(store.monitoring.poll_status([]), anext(pieces, None))
        board.tell_time(status.server_ms)
        while keys is not None:
            board.put(await load_rows(store, keys))
            keys = None if 0 < newest <= len(board) else await anext(pieces, None)
    rows = [board.row_at(index) for index in range(len(board))][-newest:]
    return await _exported(store, board, rows)


async def count_scans(store: AsyncDataStore, scan_filter: ScanFilter) -> int:
    """How many scans match. Without a filter the server's index counts, scans deleted in the last ten seconds too."""
    if not scan_filter.terms:
        indexed, others = await asyncio.gather(store.monitoring.count_scans(), store.monitoring.find_unindexed())
        if indexed is not None:
            return indexed + len(others)
    return len(await find_scans(store, scan_filter))


async def key_of(store: AsyncDataStore, named: str) -> str:
    """The key of the scan that a key or a number names; of several with this number the newest, with a message.

    Raises NoScanAvailable when no scan has the number.
    """
    if not _is_number(named):
        return named
    return await _newest_numbered(store, named, await store.monitoring.find_candidates(number=int(named)))


async def details_of(store: AsyncDataStore, named: str) -> ScanDetails:
    """The details of the scan that a key or a number names, as for key_of."""
    if not _is_number(named):
        return await store.load_details(named)
    found = await store.monitoring.find_candidates(number=int(named))
    # The newest is almost always the one, so its details are loaded before that is certain.
    key, guessed = await asyncio.gather(_newest_numbered(store, named, found), _details_if_there(store, found[-1:]))
    return guessed if guessed is not None and guessed.scan.key == key else await store.load_details(key)


async def look_at(store: AsyncDataStore, row: ScanSummary, now_ms: int) -> ExportedScan:
    """A row that was just loaded, as the screen shows it at a time of the server's clock."""
    board = _board()
    board.tell_time(now_ms)
    board.put([row])
    return (await _exported(store, board, [row]))[0]


def _board() -> Board:
    board = Board()
    board.put_notes(NoteBook.open(os.environ, Configuration.read(os.environ)).notes)
    return board


async def _newest_first(
    store: AsyncDataStore, arguments: Mapping[str, str | int | float], newest: int
) -> AsyncGenerator[Sequence[str], None]:
    """The keys of all scans that may match, in pieces from the newest to the oldest."""
    seen: set[str] = set()
    if newest:
        # What is wanted is mostly among the last that were created; with arguments the index finds the others sooner.
        for most in (max(_AT_FIRST, newest), *(() if arguments else (_HISTORY,))):
            recent = [key for key in await store.monitoring.list_newest(most) if key not in seen]
            seen.update(recent)
            for piece in _pieces(recent):
                yield piece
    found, unindexed = await asyncio.gather(
        store.monitoring.find_candidates(**arguments), store.monitoring.find_unindexed()
    )
    for piece in _pieces(sorted({*found, *unindexed}.difference(seen), reverse=True)):
        yield piece


def _pieces(keys: Sequence[str]) -> list[Sequence[str]]:
    pieces: list[Sequence[str]] = []
    start, size = 0, _PIECE
    while start < len(keys):
        pieces.append(keys[start : start + size])
        start, size = start + size, min(2 * size, _LARGEST_PIECE)
    return pieces


def _is_number(named: str) -> bool:
    return named.isascii() and named.isdigit()


async def _newest_numbered(store: AsyncDataStore, number: str, found: Sequence[str]) -> str:
    """The newest scan with a number, of those that the index found or lacks; a message counts the others."""
    rows, unindexed = await asyncio.gather(load_rows(store, found), store.monitoring.find_unindexed())
    rows += await load_rows(store, unindexed)
    keys = {row.key for row in rows if row.identity is not None and row.identity.number == int(number)}
    if not keys:
        raise NoScanAvailable(f"no scan has the number {number}")
    if others := len(keys) - 1:
        have = "has" if others == 1 else "have"
        notify(
            f"{counted(others, 'older scan')} also {have} the number {number}: scantui search number={number} --keys"
        )
    return max(keys)


async def _details_if_there(store: AsyncDataStore, keys: Sequence[str]) -> ScanDetails | None:
    try:
        return await store.load_details(keys[0]) if keys else None
    except StoreError:
        return None


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
