"""Finds the scans that match a filter, just as a newly opened monitor would show them.

Rule: the board decides what matches; the server returns only the scans that may. What is independent is asked at the
same time, so that commands stay quick on a server far away.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from itertools import count
from typing import TYPE_CHECKING

from scantui.board import Board
from scantui.cli.output import notify
from scantui.cli.within import find_within, is_part_of_all
from scantui.exceptions import NoScanAvailable, StoreError
from scantui.export import ExportedScan
from scantui.feed import load_rows
from scantui.feed.meter import ProgressMeter
from scantui.feed.reading import count_ended_early, load_children, uncounted, with_timetags
from scantui.feed.stream_ends import BYTES_A_SECOND, MOST_AT_ONCE
from scantui.feed.tracker import ScanTracker
from scantui.filters import ScanFilter, why_none
from scantui.filters.tallies import CountableFilter
from scantui.models import NewestScans, Scan, ScanSummary
from scantui.system.config import Configuration
from scantui.system.notes import NoteBook
from scantui.words import counted

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore
    from scantui.store.operations.details import ScanDetails

# For the newest of the scans found, so many, the points of those that ended early are counted.
_COUNTED_AT_MOST = 1000
# How many of the newest scans are looked at first when only a few are wanted, and how many the history may name.
_AT_FIRST = 20
_HISTORY = 2500
# How many scans are loaded before a search for a few looks whether it has enough: this many, then twice as many, ...
_PIECE = 100
_LARGEST_PIECE = 6400


async def find_scans(
    store: AsyncDataStore,
    scan_filter: ScanFilter,
    newest: int = 0,
    server: str = "",
    ran_since_ms: float | None = None,
) -> list[ExportedScan]:
    """The matching scans, oldest first; only the `newest` ones if this is not 0.

    GONE needs a scan to be watched, so this word never appears here. `server` is what `server=` finds them by. Those
    that ended before `ran_since_ms`, in milliseconds since 1970, may be left out.
    """
    board = _board(server)
    board.set_filter(scan_filter)
    arguments = scan_filter.search_arguments
    if newest:
        await _find_newest(store, board, scan_filter, newest)
    elif (within := await find_within(store, scan_filter, ran_since_ms)) is not None:
        board.tell_time(within.now_ms)
        await _put(store, board, with_timetags(await load_rows(store, within.keys), within.timetags), is_part=True)
    else:
        status, found = await asyncio.gather(
            store.monitoring.poll_status([]), store.monitoring.find_candidates(**arguments)
        )
        board.tell_time(status.server_ms)
        await _put(store, board, await _load_all(store, found), is_part=bool(arguments))
    rows = [board.row_at(index) for index in range(len(board))][-newest:]
    board.note_progress(await count_ended_early(store, rows[-_COUNTED_AT_MOST:]))
    return [ExportedScan.of(board, row) for row in rows]


async def count_scans(store: AsyncDataStore, scan_filter: ScanFilter, server: str = "") -> int:
    """How many scans match. The server counts them where it can tell, those deleted in the last ten seconds too."""
    if not scan_filter.terms:
        indexed, noted = await asyncio.gather(store.monitoring.count_scans(), store.monitoring.list_noted())
        if indexed is not None:
            return indexed + len(noted.unindexed)
    elif (parts := CountableFilter.of(scan_filter)) is not None:
        number = await _count_by_index(store, scan_filter, parts, server)
        if number is not None:
            return number
    return len(await find_scans(store, scan_filter, server=server))


async def _count_by_index(
    store: AsyncDataStore, scan_filter: ScanFilter, parts: CountableFilter, server: str
) -> int | None:
    """How many scans match, those that the index lacks included; None if the server cannot tell."""
    tallies, noted, status = await asyncio.gather(
        store.monitoring.tally_scans(parts.fields, parts.numbers, by_key=parts.depends_on_creation),
        store.monitoring.list_noted(),
        store.monitoring.poll_status([]),
    )
    if tallies is None:
        return None
    alike = [
        (
            ScanSummary(
                key=each.key or str(place),
                identity=each.identity,
                created_ms=each.created_ms,
                timetag=noted.timetags.get(each.key, ""),
            ),
            each.scans,
        )
        for place, each in enumerate(tallies)
    ]
    board = _board(server)
    board.tell_time(status.server_ms)
    board.set_filter(scan_filter)
    rows = await load_rows(store, noted.unindexed) if noted.unindexed else []
    board.put(with_timetags(rows, noted.timetags))
    return parts.count(alike, status.server_ms) + len(board)


async def find_keys(store: AsyncDataStore, scan_filter: ScanFilter, server: str = "") -> set[str]:
    """The keys of the scans that match. Without a filter, those deleted in the last ten seconds may be among them."""
    if not scan_filter.terms:
        found, noted = await asyncio.gather(store.monitoring.find_candidates(), store.monitoring.list_noted())
        return {*found, *noted.unindexed}
    return {each.scan.key for each in await find_scans(store, scan_filter, server=server)}


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


async def load_named(store: AsyncDataStore, named: str) -> Scan:
    """Return all of the scan that a key or a number names. Raises NoScanAvailable and ScanNotFoundError."""
    return await store.load_scan(await key_of(store, named))


async def look_at(store: AsyncDataStore, row: ScanSummary, now_ms: int) -> ExportedScan:
    """A row that was just loaded, as the screen shows it at a time of the server's clock."""
    board = _board()
    board.tell_time(now_ms)
    await _put(store, board, [row], is_part=True)
    board.note_progress(await count_ended_early(store, [row]))
    return ExportedScan.of(board, row)


def no_scans(scan_filter: ScanFilter) -> str:
    """The sentence for when nothing was found, with how the filter was read."""
    return f"no scans match: {why_none(scan_filter)}" if scan_filter.terms else "there are no scans"


def _board(server: str = "") -> Board:
    board = Board(server)
    board.put_notes(NoteBook.open(os.environ, Configuration.read(os.environ)).notes)
    return board


async def _find_newest(store: AsyncDataStore, board: Board, scan_filter: ScanFilter, newest: int) -> None:
    """Load scans from the newest to the oldest until the board shows enough of them."""
    is_part = is_part_of_all(scan_filter)
    async with aclosing(_newest_first(store, scan_filter, newest)) as pieces:
        status, piece = await asyncio.gather(store.monitoring.poll_status([]), anext(pieces, None))
        board.tell_time(status.server_ms)
        while piece is not None:
            rows = with_timetags(await load_rows(store, piece.keys), piece.timetags)
            # Otherwise the scans of a sequence are among those that came after it.
            await _put(store, board, rows, is_part=is_part)
            piece = None if newest <= len(board) else await anext(pieces, None)


async def _load_all(store: AsyncDataStore, found: Sequence[str]) -> list[ScanSummary]:
    """The rows of scans that the index found, and of those that it lacks."""
    rows, noted = await asyncio.gather(load_rows(store, found), store.monitoring.list_noted())
    return with_timetags([*rows, *await load_rows(store, noted.unindexed)], noted.timetags)


async def _newest_first(
    store: AsyncDataStore, scan_filter: ScanFilter, newest: int
) -> AsyncGenerator[NewestScans, None]:
    """All scans that may match, in pieces from the newest to the oldest."""
    seen: set[str] = set()
    # What is wanted is mostly among the last that were created; the index mostly finds the others sooner.
    for most in (max(_AT_FIRST, newest), *(() if is_part_of_all(scan_filter) else (_HISTORY,))):
        recent, timetags = await store.monitoring.list_newest(most)
        for piece in _pieces([key for key in recent if key not in seen]):
            yield NewestScans(piece, timetags)
        seen.update(recent)
    within = await find_within(store, scan_filter)
    if within is not None:
        wanted, timetags = {*within.keys}, dict(within.timetags)
    else:
        arguments = scan_filter.search_arguments
        found, noted = await asyncio.gather(
            store.monitoring.find_candidates(**arguments), store.monitoring.list_noted()
        )
        wanted, timetags = {*found, *noted.unindexed}, noted.timetags
    wanted -= seen
    older = sorted(wanted.difference(timetags), reverse=True)
    for piece in _pieces([*(key for key in reversed(timetags) if key in wanted), *older]):
        yield NewestScans(piece, timetags)


def _pieces(keys: list[str]) -> list[list[str]]:
    pieces: list[list[str]] = []
    start, size = 0, _PIECE
    while start < len(keys):
        pieces.append(keys[start : start + size])
        start, size = start + size, min(2 * size, _LARGEST_PIECE)
    return pieces


def _is_number(named: str) -> bool:
    return named.isascii() and named.isdigit()


async def _newest_numbered(store: AsyncDataStore, number: str, found: Sequence[str]) -> str:
    """The newest scan with a number, of those that the index found or lacks; a message counts the others."""
    board = _board()
    board.put(await _load_all(store, found))
    board.set_filter(ScanFilter.parse(f"number={number}"))
    if not len(board):
        raise NoScanAvailable(f"no scan has the number {number}")
    if others := len(board) - 1:
        have = "has" if others == 1 else "have"
        older = counted(others, "older scan")
        notify(f"{older} also {have} the number {number}: scantui search number={number} --keys")
    return board.key_at(len(board) - 1)


async def _details_if_there(store: AsyncDataStore, keys: Sequence[str]) -> ScanDetails | None:
    try:
        return await store.load_details(keys[0]) if keys else None
    except StoreError:
        return None


async def _put(store: AsyncDataStore, board: Board, rows: Sequence[ScanSummary], is_part: bool) -> None:
    """Put these scans into the board, and how far the open ones are.

    `is_part` is whether those that sequences consist of may be missing, and are to be loaded.
    """
    board.put(rows)
    children = await load_children(store, rows, lambda key: board.row(key) is not None) if is_part else []
    board.put(children)
    rows = [*rows, *children]
    tracker = ScanTracker()
    tracker.remember(rows)
    meter = ProgressMeter(store, tracker, looks_once=True)
    streams = await meter.find_streams(rows)
    tracker.measure_by(streams)
    board.note_progress(uncounted(rows, streams))
    # A command looks once, so it need not spread what it reads over time.
    moments = count(0.0, MOST_AT_ONCE / BYTES_A_SECOND)
    while tracker.has_unmeasured:
        for progress in await meter.measure_new(next(moments)):
            board.note_progress(progress.points, progress.seen)
