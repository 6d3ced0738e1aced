"""One look into the store: which scans pass a filter, as a monitor that was opened just now would show them.

Rule: the board decides; the server is asked for no more than the scans that it may decide on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scantui.board import Board
from scantui.export import ExportedScan
from scantui.feed import CHUNK, load_rows
from scantui.feed.session import count_ended_early, count_points
from scantui.feed.tracker import ScanTracker
from scantui.filters import ScanFilter, explain
from scantui.models import UNCOUNTED, ScanState, ScanSummary

if TYPE_CHECKING:
    from scantui.store import AsyncDataStore

_BEGINNING = "0-0"
# Of so many scans found it is looked how far those came that ended early.
_COUNTED_AT_MOST = 1000


async def find_scans(store: AsyncDataStore, scan_filter: ScanFilter, newest: int = 0) -> list[ExportedScan]:
    """The scans that pass, oldest first, of them the `newest` so many; 0 means all.

    Nobody has watched them, so none is known to be STALL or GONE.
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


async def look_at(store: AsyncDataStore, row: ScanSummary) -> ExportedScan:
    """A row that was loaded just now, as it is shown."""
    board = await _board_now(store)
    board.put([row])
    return (await _exported(store, board, [row]))[0]


def no_scans(scan_filter: ScanFilter) -> str:
    """The sentence for when nothing was found, with how the filter was read."""
    return f"no scans match: {explain(scan_filter.text)}" if scan_filter.terms else "there are no scans"


async def _board_now(store: AsyncDataStore) -> Board:
    board = Board()
    board.tell_time((await store.poll_status([])).server_ms)
    return board


async def _candidates(store: AsyncDataStore, scan_filter: ScanFilter) -> list[str]:
    """The keys of all scans that may pass, oldest first."""
    if not scan_filter.search_arguments:
        return (await store.list_scans()).keys
    _, found = await store.search_existing_scans(**scan_filter.search_arguments)
    # A document that the index refused stands in the history only.
    noted = (await store.wait_for_news(_BEGINNING, {}, 0)).created
    return sorted({*found, *(ref.key for ref in noted)})


async def _exported(store: AsyncDataStore, board: Board, rows: Sequence[ScanSummary]) -> list[ExportedScan]:
    running = ScanTracker.to_be_measured(rows)
    if running:
        streams = dict(zip(running, await store.find_progress_streams(running), strict=True))
        board.note_progress(
            {row.key: UNCOUNTED for row in rows if row.state is ScanState.STARTED and not streams[row.key]}
        )
        board.note_progress(await count_points(store, streams))
    board.note_progress(await count_ended_early(store, rows[-_COUNTED_AT_MOST:]))
    return [ExportedScan.of(board, row) for row in rows]
