"""Operations that wait: for a scan to reach a state, and for points as they come.

Rule: Redis waits in slices, so that a connection that died unnoticed is noticed soon.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from scantui.exceptions import NoScanAvailable, ScanNotFoundError, StoreError, StreamError, UsageError
from scantui.models import Scan, ScanState, StreamInfo
from scantui.points import Points
from scantui.store.operations.arguments import state_named, waiting_seconds
from scantui.store.operations.load import LONGEST_BLOCK, load_scan
from scantui.store.operations.points import entries_at_once
from scantui.store.operations.requests import Command, Operation
from scantui.store.operations.streams import no_such_stream
from scantui.store.operations.write import key_of
from scantui.store.wire import payloads, replies, streams
from scantui.store.wire.replies import Entry


def wait_for_state(
    scan_or_key: Scan | str, state: ScanState | int, timeout: float, clock: Callable[[], float]
) -> Operation[Scan]:
    """Return the scan once it has reached or passed a state, at once if it is there.

    An aborted scan passes STOPPED on its way to CLOSED. `timeout` is in seconds, 0 waits for ever.
    Raises NoScanAvailable when the time is over, and ScanNotFoundError when the scan is deleted or expires.
    """
    key, wanted, timeout = key_of(scan_or_key), state_named(state), waiting_seconds(timeout)
    deadline = clock() + timeout if timeout else None
    scan = yield from load_scan(key)
    while scan.state < wanted:
        remaining = LONGEST_BLOCK if deadline is None else min(deadline - clock(), LONGEST_BLOCK)
        if remaining <= 0:
            raise NoScanAvailable(f"{key} is {scan.state.name}: it did not reach {wanted.name} within {timeout:g} s")
        yield _waiting(remaining, {scan.state_stream: scan.state_id}, 1)
        # Read anew whether its state moved or not: a deleted scan moves no more.
        scan = yield from load_scan(key)
    return scan


class PointsFollower:
    """The points of some streams of a scan as they come; call `next_points` until it returns None."""

    def __init__(self, scan_or_key: Scan | str, names: Sequence[str], since: int | Mapping[str, int] = 0) -> None:
        self._key = key_of(scan_or_key)
        if isinstance(names, str) or not all(isinstance(name, str) for name in names):
            raise UsageError(f"{names!r:.60} is not a list of stream names")
        given = since if isinstance(since, Mapping) else dict.fromkeys(names, since)
        self._next = {name: _index(given.get(name, 0)) for name in names}
        # Up to here all entries were read; the batch that holds the next point may begin before it.
        self._read_to = dict.fromkeys(names, 0)
        self._scan: Scan | None = None
        self._followed: dict[str, StreamInfo] = {}
        self._ended: set[str] = set()

    def next_points(self) -> Operation[list[Points | StoreError] | None]:
        """Wait up to two seconds for more; a list of what came, empty when nothing did, None when no more will come.

        A stream that cannot be read has its error in the list, once, and is followed no further.
        """
        if self._scan is None:
            self._scan = yield from load_scan(self._key)
        came = yield from self._begin_streams(self._scan)
        if came:
            return came
        if self._ended.issuperset(self._next):
            return None
        closed = self._scan.state is ScanState.CLOSED
        reply = yield _waiting(0 if closed else LONGEST_BLOCK, self._positions(self._scan), self._count())
        entries = replies.parse_xread(reply)
        moved = entries.pop(self._scan.state_stream, [])
        came = [each for name in list(self._followed) for each in self._take(name, entries)]
        if moved or not entries:
            if closed and not came:
                return None
            try:
                self._scan = yield from load_scan(self._key)
            except ScanNotFoundError:
                return came or None
        return came

    def _begin_streams(self, scan: Scan) -> Operation[list[Points | StoreError]]:
        """Follow those streams that the document names by now; the first points may lie within a batch."""
        came: list[Points | StoreError] = []
        for name in [each for each in self._next if each not in self._followed and each not in self._ended]:
            if name not in scan.streams:
                if scan.state >= ScanState.STARTED:
                    raise no_such_stream(self._key, name, scan.streams)
                continue
            stream, since = scan.streams[name], self._next[name]
            self._followed[name] = stream
            if since:
                reply = yield Command("XREVRANGE", stream.key, streams.point_id(since), "-", "COUNT", 1)
                came += self._decoded(name, replies.parse_entries(reply))
        return came

    def _positions(self, scan: Scan) -> dict[str, str]:
        followed = {stream.key: f"{self._read_to[name]}-0" for name, stream in self._followed.items()}
        return {**followed, scan.state_stream: scan.state_id}

    def _count(self) -> int:
        return min((entries_at_once(stream) for stream in self._followed.values()), default=1)

    def _take(self, name: str, entries: Mapping[str, list[Entry]]) -> list[Points | StoreError]:
        came = entries.get(self._followed[name].key)
        return self._decoded(name, came) if came else []

    def _decoded(self, name: str, entries: Sequence[Entry]) -> list[Points | StoreError]:
        try:
            points = payloads.decode_entries(self._followed[name], entries, self._next[name])
        except StoreError as error:
            self._end(name)
            return [StreamError(str(error), stream=name)]
        self._next[name] = points.stop
        if entries:
            self._read_to[name] = streams.length_after(entries[-1:])[0]
        if points.sealed:
            self._end(name)
        return [points] if len(points) else []

    def _end(self, name: str) -> None:
        self._ended.add(name)
        del self._followed[name]


def _waiting(seconds: float, positions: Mapping[str, str], count: int) -> Command:
    # BLOCK 0 would wait for ever.
    block = ("BLOCK", max(1, int(seconds * 1000))) if seconds > 0 else ()
    return Command("XREAD", *block, "COUNT", count, "STREAMS", *positions, *positions.values())


def _index(since: object) -> int:
    if not isinstance(since, int) or isinstance(since, bool) or since < 0:
        raise UsageError(f"since is {since!r:.60}: give the index of a point, 0 for the first")
    return since
