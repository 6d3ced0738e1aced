"""Operations that read points of data streams: by slice, and samples of a long history.

Source: protocol, section 5. The id of an entry is `<index of its first point>-1`.
"""

from __future__ import annotations

from collections.abc import Sequence

from scantui.exceptions import StreamError, UsageError
from scantui.models import Scan, StreamInfo
from scantui.points import Points
from scantui.store.operations.looks import point_bytes
from scantui.store.operations.requests import Batch, Command, Operation, last_entry
from scantui.store.operations.streams import find_stream
from scantui.store.wire import payloads, protocol, replies, streams
from scantui.store.wire.replies import Entry, raise_if_error

# A slice that the caller asked for comes in pieces of about this size.
_PIECE_BYTES = 4 * 1024 * 1024
_PIECE_ENTRIES = 10_000
_LARGEST_INDEX = 2**64 - 2


def read_points(
    scan_or_key: Scan | str, name: str, start: int | None = 0, stop: int | None = None
) -> Operation[Points]:
    """Return the points of a data stream with indices from `start` to before `stop`, as a slice takes them.

    `name` is the stream's full name. A stop beyond the end gives what is there; a stop at or before `start` gives none.
    Where the first points were trimmed, the answer begins with the first that is left (`Points.start`) and counts the
    others (`Points.lost`). Negative indices count from the end, once the stream is sealed.
    Raises ScanNotFoundError, and StreamError when there is no such stream or it cannot be read.
    """
    stream = yield from find_stream(scan_or_key, name)
    for index in (start, stop):
        if index is not None and (not isinstance(index, int) or isinstance(index, bool) or abs(index) > _LARGEST_INDEX):
            raise UsageError(f"{index!r:.60} is not an index of a point: give a whole number")
    start = start or 0
    if start < 0 or (stop is not None and stop < 0):
        length, sealed = streams.length_after(replies.parse_entries((yield last_entry(stream.key))))
        if not sealed:
            raise StreamError(f"stream {name!r} still grows: an index can count from its end once it is sealed")
        start = max(0, start + length) if start < 0 else start
        stop = max(0, stop + length) if stop is not None and stop < 0 else stop
    if stop is not None and stop <= start:
        return payloads.decode_entries(stream, (), start)
    entries = yield from _entries_between(stream, start, stop)
    return payloads.decode_entries(stream, entries, start, stop)


def _entries_between(stream: StreamInfo, start: int, stop: int | None) -> Operation[list[Entry]]:
    """The entries that hold these points, and the seal where it comes next."""
    end = "+" if stop is None else streams.point_id(stop - 1)
    count = entries_at_once(stream)
    # A batch may begin before the first point wanted.
    straddling = Command("XREVRANGE", stream.key, streams.point_id(start), "-", "COUNT", 1)
    after = Command("XRANGE", stream.key, f"{start}-2", end, "COUNT", count)
    before, piece = map(replies.parse_entries, map(raise_if_error, (yield Batch([straddling, after]))))
    entries = [entry for entry in before if entry.id != streams.SEAL] + piece
    # A full piece may end in the seal, whose id is the largest there is.
    while len(piece) == count and piece[-1].id != streams.SEAL:
        first, second = protocol.timetag_order(piece[-1].id)
        reply = yield Command("XRANGE", stream.key, f"{first}-{second + 1}", end, "COUNT", count)
        piece = replies.parse_entries(reply)
        entries += piece
    return entries


def sample_points(stream: StreamInfo, indices: Sequence[int]) -> Operation[list[tuple[int, Points]]]:
    """Return single points of a long stream, each with its index, in one round trip; those that are gone are missing.

    It costs the server a fraction of reading all: one small look for each index. Raises StreamError.
    """
    commands = [
        Command("XREVRANGE", stream.key, streams.point_id(index), "-", "COUNT", 1) for index in sorted(set(indices))
    ]
    came = (yield Batch(commands)) if commands else []
    found = []
    for index, reply in zip(sorted(set(indices)), came, strict=True):
        point = payloads.decode_entries(stream, replies.parse_entries(raise_if_error(reply)), index, index + 1)
        if len(point) == 1:
            found.append((index, point))
    return found


def entries_at_once(stream: StreamInfo) -> int:
    """How many entries are read in one piece, where all that there is was asked for."""
    size = point_bytes(stream) or 1024
    return max(1, min(_PIECE_ENTRIES, _PIECE_BYTES // (size + 64)))
