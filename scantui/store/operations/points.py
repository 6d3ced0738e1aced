"""Operations that read points of data streams: by slice, the newest of several, samples of a long history.

Rule 1: what one round trip returns is bounded, unless the caller requested exactly that.
Rule 2: each stream fails alone: an error stands in its place and spoils no neighbour.
Source: protocol, section 5. The id of an entry is `<index of its first point>-1`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from scantui.exceptions import GarbledError, StoreError, StreamError, UsageError
from scantui.models import Scan, StreamInfo
from scantui.points import Points
from scantui.store.operations.arguments import listed_keys
from scantui.store.operations.requests import Batch, Command, Operation, last_entry
from scantui.store.operations.streams import find_stream
from scantui.store.wire import payloads, protocol, replies, streams
from scantui.store.wire.replies import Entry, raise_if_error

# One read of what the screen draws: so many entries and bytes at most, over all streams.
MOST_ENTRIES = 2_000
MOST_BYTES = 256 * 1024
# A slice that the caller asked for comes in pieces of about this size.
_PIECE_BYTES = 4 * 1024 * 1024
_PIECE_ENTRIES = 10_000
_LARGEST_INDEX = 2**64 - 2
_LARGEST_SPECTRUM = 64 * 1024


class StreamSize(msgspec.Struct, frozen=True):
    """What a stream takes in the server's memory, in bytes, and how many entries it has; 0 if there is no stream."""

    memory: int
    entries: int


class PointsWanted(msgspec.Struct, frozen=True):
    """A look at one stream: the points from index `since` on, in `most` entries at most."""

    stream: StreamInfo
    since: int = 0
    most: int = MOST_ENTRIES


def read_points(scan_or_key: Scan | str, name: str, start: int = 0, stop: int | None = None) -> Operation[Points]:
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
    while len(piece) == count:
        first, second = protocol.timetag_order(piece[-1].id)
        reply = yield Command("XRANGE", stream.key, f"{first}-{second + 1}", end, "COUNT", count)
        piece = replies.parse_entries(reply)
        entries += piece
        if piece and piece[-1].id == streams.SEAL:
            break
    return entries


def look_at_points(wanted: Sequence[PointsWanted]) -> Operation[list[Points | StoreError]]:
    """Return for each stream the points since an index, in one round trip; the error in its place where it has one.

    It is the monitor's own look: what it brings is held to about 256 KiB and 2 000 entries for all streams together,
    by the size of a point; ask again from `Points.stop` for the rest.
    """
    if not wanted:
        return []
    share = MOST_ENTRIES // len(wanted), MOST_BYTES // len(wanted)
    commands = [
        Command(
            *("XRANGE", each.stream.key, f"{each.since}-0", "+"),
            *("COUNT", max(1, min(each.most, share[0], _entries_in(each.stream, share[1], share[0])))),
        )
        for each in wanted
    ]
    return [_points_in(each, reply) for each, reply in zip(wanted, (yield Batch(commands)), strict=True)]


def _points_in(wanted: PointsWanted, reply: object) -> Points | StoreError:
    try:
        entries = replies.parse_entries(raise_if_error(reply))
        return payloads.decode_entries(wanted.stream, entries, wanted.since)
    except GarbledError:
        raise
    except StoreError as error:
        return error


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


def read_last_point(stream: StreamInfo) -> Operation[Points]:
    """Return the last point of a stream, a spectrum say, and how it stands: `start` is its index.

    Only a point of at most 64 KiB is read. Raises StreamError for a larger one, and for an entry that cannot be read.
    """
    size = point_bytes(stream)
    if size is not None and size > _LARGEST_SPECTRUM:
        raise StreamError(f"stream {stream.name!r}: a point has {size} bytes, which is more than is read to show it")
    entries = replies.parse_entries((yield Command("XREVRANGE", stream.key, "+", "-", "COUNT", 2)))
    entries.reverse()
    length, sealed = streams.length_after(entries[-1:])
    # Of a sealed stream two entries are read for its last point, of another one too many.
    points = payloads.decode_entries(stream, entries if sealed else entries[-1:], max(0, length - 1))
    return points if len(points) else payloads.decode_entries(stream, (), length)


def measure_streams(keys: Sequence[str]) -> Operation[list[StreamSize | None]]:
    """Return how large each stream is, without reading it; None if the server does not say, as to a restricted user."""
    asked = [(Command("MEMORY", "USAGE", key), Command("XLEN", key)) for key in listed_keys(keys)]
    commands = [command for pair in asked for command in pair]
    came = (yield Batch(commands)) if keys else []
    return [_size(*pair) for pair in zip(came[::2], came[1::2], strict=True)]


def _size(memory: object, entries: object) -> StreamSize | None:
    if not isinstance(entries, int) or not isinstance(memory, int | None):
        return None
    return StreamSize(memory or 0, entries)


def point_bytes(stream: StreamInfo) -> int | None:
    """How many bytes a point of a numeric stream takes; None where its length is free, and for json."""
    if stream.kind != "numeric" or -1 in stream.shape or not stream.dtype[2:].isdigit():
        return None
    return int(stream.dtype[2:]) * math.prod(stream.shape)


def entries_at_once(stream: StreamInfo) -> int:
    """How many entries are read in one piece, where all that there is was asked for."""
    return _entries_in(stream, _PIECE_BYTES, _PIECE_ENTRIES)


def _entries_in(stream: StreamInfo, most_bytes: int, most_entries: int) -> int:
    """How many entries of a stream are about so many bytes, as far as its document shows."""
    size = point_bytes(stream) or 1024
    return max(1, min(most_entries, most_bytes // (size + 64)))
