"""What a monitor shows of a simulated world, held against the full truth; each rule returns what is wrong.

Rule: a rule knows the server and the publishers from inside, and of the monitor only what the screen knows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from scantui import words
from scantui.board import Board
from scantui.models import ScanState
from scantui.store.wire import protocol
from tests.simulation.publishers import Publishers
from tests.simulation.server import Document, SimServer
from tests.simulation.streams import SimStream

# A deletion shows within so many seconds; blissdata reads times to live in whole seconds, rounded.
NOTICED_SECONDS = 30
DELETED_BELOW_MS = 10_500
# A scan that has had no point for longer than this is silent, and one that has had one lately is not.
SURELY_SILENT_MS, SURELY_RUNNING_MS = 40_000, 25_000
LONGEST_INTERVALS = 5


def truth(server: SimServer) -> dict[str, ScanState | None]:
    """The scans that are there, and their states."""
    states: dict[str, ScanState | None] = {}
    for key, value in server.values.items():
        if not isinstance(value, Document) or not protocol.is_scan_key(key):
            continue
        left = server.expires.get(key)
        if left is not None and protocol.is_deleted(left - server.now_ms()):
            continue
        stream = server.stream(f"{protocol.STREAM_PREFIX}{value.value['state_stream']['pk']}")
        states[key] = _state_in(stream)
    return states


def deleted_lately(server: SimServer) -> set[str]:
    """The scans that count as deleted for less time than a monitor may take to notice."""
    ages = {key: DELETED_BELOW_MS - (at - server.now_ms()) for key, at in server.expires.items()}
    lately = {key for key, age in ages.items() if 0 <= age < NOTICED_SECONDS * 1000}
    return lately | server.removed_within(NOTICED_SECONDS - DELETED_BELOW_MS / 1000)


def _state_in(stream: SimStream | None) -> ScanState | None:
    return ScanState(int(stream.entries[-1][1][1])) if stream is not None and stream.entries else None


def wrong_rows(board: Board, server: SimServer, may_revive: bool = False) -> list[str]:
    """What the rows say otherwise than the server has it."""
    keys = [board.key_at(index) for index in range(len(board))]
    shown = {key for key in keys if not board.is_gone(key)}
    states = truth(server)
    wrong = [f"{key} is shown {count} times" for key, count in Counter(keys).items() if count > 1]
    # A clock that is set back revives scans that were deleted, and known to be; only an index shows that.
    revived = set(server.expires) if may_revive else set()
    wrong += [f"{key} is missing" for key in states.keys() - shown - revived]
    wrong += [f"{key} is not there" for key in shown - states.keys() - deleted_lately(server)]
    for key in shown & states.keys():
        row = board.row(key)
        state = row.state if row else None
        if state != states[key]:
            wrong.append(f"{key} is shown as {state!r}, and is {states[key]!r}")
    return wrong


def wrong_order(board: Board, server: SimServer) -> list[str]:
    """Whether the rows of scans in the history stand in its order, below all others that are there."""
    history = server.stream(protocol.SCAN_HISTORY)
    listed = {fields[1].decode(): place for place, (_, fields) in enumerate(history.entries)} if history else {}
    keys = [key for key in map(board.key_at, range(len(board))) if not board.is_gone(key)]
    places = [listed.get(key, -1) for key in keys]
    return [] if places == sorted(places) else ["the rows are not in the order of the history"]


def wrong_words(board: Board, server: SimServer, publishers: Publishers) -> Iterator[str]:
    """Scans that are said to be silent and are not, or the other way round."""
    now_ms = server.now_ms()
    for scan, life in publishers.lives.items():
        row = board.row(scan)
        if row is None or board.is_gone(scan) or row.state is not ScanState.STARTED or life.is_large:
            continue
        word, quiet = board.word_of(row), now_ms - max([*life.moments[-1:], life.started_ms])
        if word == "STALL" and quiet < SURELY_RUNNING_MS:
            yield f"{scan} is said to be silent for {board.progress_of(row)}, and had a point {quiet} ms ago"
        if word == "RUN" and quiet > max(SURELY_SILENT_MS, 2 * LONGEST_INTERVALS * life.longest_interval_ms):
            yield f"{scan} is said to run, and had no point for {quiet} ms"


def wrong_progress(board: Board, server: SimServer, publishers: Publishers) -> Iterator[str]:
    """Scans with another number of points than they have; of those that grow the screen may lag behind."""
    for scan, life in publishers.lives.items():
        row = board.row(scan)
        if row is None or board.is_gone(scan) or row.state is not ScanState.STARTED or life.is_large or life.grows:
            continue
        stream = server.stream(life.stream)
        points = stream.length if stream is not None else 0
        share = f"{min(100, 100 * points // row.planned)}%"
        if points and not board.progress_of(row).startswith(share):
            yield f"{scan} says {board.progress_of(row)!r}, and has {points} of {row.planned} points"


def wrong_durations(board: Board, lived_seconds: float) -> Iterator[str]:
    """Durations that are negative, or longer than the world is old."""
    for key in map(board.key_at, range(len(board))):
        row = board.row(key)
        took = words.duration(row, board.now_ms) if row is not None and row.state is not None else None
        if took is not None and not 0 <= took <= lived_seconds + 1:
            yield f"{key} is said to have taken {took:.0f} s"
