"""Looks at the data streams that a screen shows: what came since the last one, at a bounded cost.

Rule 1: a stream is measured before it is read, at each look. What is read was there when it was measured, and the
server's account of its memory leaves room for nothing larger than may be read.
Rule 2: each stream fails alone: an error stands in its place and spoils no neighbour.
Source: protocol, section 5. With SAMPLES 0, MEMORY USAGE counts all nodes of a stream: 0.4 ms for a million entries.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import msgspec

from scantui.exceptions import GarbledError, StoreError, StreamError, TooLargeError
from scantui.models import StreamInfo
from scantui.points import Points
from scantui.store.operations.arguments import listed_keys
from scantui.store.operations.requests import UNREAD, Batch, Command, Operation, bounded
from scantui.store.wire import payloads, protocol, replies, streams
from scantui.store.wire.replies import raise_if_error

# One look at what the screen draws: so many entries and bytes at most, over all streams.
MOST_ENTRIES = 2_000
MOST_BYTES = 256 * 1024
# What comes is more than was expected by the mean of what is there, never more than this.
_MOST_REPLIED = 1024 * 1024
DELETED = "deleted on the server: what was read stays"
TOO_LARGE = "its entries are too large to be read here"
_LARGEST_SPECTRUM = 64 * 1024
# What an entry with a single point takes beside its payload, at most.
_AROUND = 40
# Entries of this mean size are small even among many. Of more bytes than these, another one could be very large.
_SMALL = 1024
_MOST_MIXED = 32 * 1024 * 1024


class StreamSize(msgspec.Struct, frozen=True):
    """What a stream takes in the server's memory, in bytes, and how many entries it has; 0 if there is no stream."""

    memory: int = 0
    entries: int = 0

    def since(self, known: StreamSize) -> StreamSize:
        """What was added to a stream of a known size; all of it if entries were trimmed."""
        if self.entries < known.entries:
            return self
        return StreamSize(max(0, self.memory - known.memory), self.entries - known.entries)

    @property
    def mean(self) -> float:
        """The mean size of an entry."""
        return self.memory / max(1, self.entries)


class PointsWanted(msgspec.Struct, frozen=True, kw_only=True):
    """A look at one stream: the points from index `since` on, in `most` entries at most.

    `known` is the size of what was read before. With `until`, the last points before that index are wanted instead of
    the first after `since`. `is_last` is for the last point alone, such as a spectrum.
    """

    stream: StreamInfo
    since: int = 0
    most: int = MOST_ENTRIES
    known: StreamSize = StreamSize()
    until: int | None = None
    is_last: bool = False


class PointsRead(msgspec.Struct, frozen=True):
    """What a look brought: points, or the error of the stream, and the size of what has been read by now.

    `left` is the number of entries that were there and could not be read; it is a guess if `size` is None, because the
    server does not say.
    """

    points: Points | StoreError
    size: StreamSize | None
    left: int = 0


def look_at_points(wanted: Sequence[PointsWanted]) -> Operation[list[PointsRead]]:
    """Return for each stream the points since an index, in two round trips, or the error of the stream.

    What it brings is held to about 256 KiB and 2 000 entries for all streams together; ask again from `Points.stop` for
    the rest. A stream whose entries are too large, or that is deleted, has a StreamError.
    """
    sizes = yield from measure_streams([each.stream.key for each in wanted])
    share = MOST_ENTRIES // max(1, len(wanted)), MOST_BYTES // max(1, len(wanted))
    counts = [_entries_to_read(each, size, *share) for each, size in zip(wanted, sizes, strict=True)]
    commands = [
        _read(each, count) for each, count in zip(wanted, counts, strict=True) if isinstance(count, int) and count
    ]
    came = iter((yield from bounded(commands, _MOST_REPLIED)))
    return [
        PointsRead(count, size)
        if isinstance(count, StoreError)
        else _seen(each, size, count, next(came) if count else [])
        for each, size, count in zip(wanted, sizes, counts, strict=True)
    ]


def measure_streams(keys: Sequence[str]) -> Operation[list[StreamSize | None]]:
    """Return how large each stream is, without reading it; None if the server does not say, as to a restricted user."""
    asked = [(Command("MEMORY", "USAGE", key, "SAMPLES", 0), Command("XLEN", key)) for key in listed_keys(keys)]
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


def is_regular(stream: StreamInfo, size: StreamSize) -> bool:
    """Whether the entries are small ones: of a point each, or of so little in the mean that none is very large."""
    point = point_bytes(stream)
    return size.mean <= _SMALL or (point is not None and point <= MOST_BYTES and size.mean <= point + _AROUND)


def _entries_to_read(
    wanted: PointsWanted, size: StreamSize | None, most_entries: int, most_bytes: int
) -> int | StreamError:
    """How many entries a look may read; 0 if there is nothing, an error if none may be read."""
    stream, point = wanted.stream, point_bytes(wanted.stream)
    if wanted.is_last and point is not None and point > _LARGEST_SPECTRUM:
        return StreamError(f"a point has {point} bytes, which is more than is read to show it")
    most = max(1, min(wanted.most, most_entries))
    if size is None:
        # Only a read can find out, this once.
        return max(1, min(most, most_bytes // ((point or 1024) + _AROUND)))
    if not size.entries:
        return StreamError(DELETED) if wanted.since else 0
    came = size.since(wanted.known)
    if not came.entries and not came.memory:
        return 0
    if came.memory <= most_bytes:
        return min(most, max(1, came.entries))
    if came.mean > MOST_BYTES:
        return StreamError(TOO_LARGE)
    is_first = not wanted.known.entries
    if came.memory > _MOST_MIXED and not is_regular(stream, came) and not (wanted.is_last and is_first):
        return StreamError(TOO_LARGE)
    return max(1, min(most, came.entries, int(most_bytes // came.mean)))


def _read(wanted: PointsWanted, count: int) -> Command:
    key = wanted.stream.key
    if wanted.is_last:
        # In a sealed stream the last entry is the seal.
        return Command("XREVRANGE", key, "+", "-", "COUNT", 2)
    if wanted.until is not None:
        last = streams.point_id(wanted.until - 1) if wanted.until else "0-0"
        return Command("XREVRANGE", key, last, f"{wanted.since}-0", "COUNT", count)
    return Command("XRANGE", key, f"{wanted.since}-0", "+", "COUNT", count)


def _seen(wanted: PointsWanted, size: StreamSize | None, count: int, reply: Any) -> PointsRead:
    stream, since = wanted.stream, wanted.since
    if isinstance(reply, TooLargeError):
        return PointsRead(StreamError(TOO_LARGE), size)
    if reply is UNREAD:
        # A stream before it was too large.
        return PointsRead(payloads.decode_entries(stream, (), since), size and wanted.known, 1)
    try:
        entries = replies.parse_entries(raise_if_error(reply))
        if wanted.is_last or wanted.until is not None:
            entries.reverse()
        if wanted.is_last:
            return PointsRead(_last_point(stream, entries, since), size)
        if wanted.until is not None and entries:
            since = max(since, protocol.timetag_order(entries[0].id)[0])
        points = payloads.decode_entries(stream, entries, since)
    except GarbledError:
        raise
    except StoreError as error:
        return PointsRead(error, size)
    if size is None:
        return PointsRead(points, None, int(len(entries) >= count > 0))
    came = size.since(wanted.known)
    if len(entries) >= came.entries or len(entries) < count:
        return PointsRead(points, size)
    part = came.memory * len(entries) // max(1, came.entries)
    trimmed = size.entries < wanted.known.entries
    known = StreamSize() if trimmed else wanted.known
    return PointsRead(
        points, StreamSize(known.memory + part, known.entries + len(entries)), came.entries - len(entries)
    )


def _last_point(stream: StreamInfo, entries: Sequence[replies.Entry], since: int) -> Points:
    if not entries:
        return payloads.decode_entries(stream, (), since)
    length, sealed = streams.length_after(entries[-1:])
    # Of a sealed stream two entries are read for its last point, of another one too many.
    points = payloads.decode_entries(stream, entries if sealed else entries[-1:], max(0, length - 1))
    return points if len(points) else payloads.decode_entries(stream, (), length)
