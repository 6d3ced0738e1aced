"""The tails of a scan's data streams: how many points each has, and its last values.

Rule: for a scan that is already known only what came since is read, of some streams at a time, so that many streams
cost no more than a few. Source: protocol, section 5.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from scantui.exceptions import GarbledError, StoreError, StreamError
from scantui.models import StreamInfo
from scantui.store.operations.ends import SMALL, EndSeen, EndWanted, KnownSize, StreamEnd, look_at_ends
from scantui.store.operations.requests import Operation
from scantui.store.wire import protocol, streams
from scantui.store.wire.replies import Entry

MOST_VALUES = 8
MOST_SUB_SCANS = 50
LARGEST_POINT = 4096
# Streams read again in one round; the others have their turn in the next rounds.
MOST_LOOKS = 40
# What may be read at first, and by how much that grows from one round to the next, which is a second later.
_MOST_READ, _GAINED = 512 * 1024, 10 * 1024
# Rounds without a risk after a read that was broken off, which leaves more on its way than was read.
_WAITED, _ANY_SIZE = 10, 1 << 40
_decode_object = msgspec.json.Decoder(dict[str, Any]).decode


class StreamTail(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a data stream: how many points (or frames of a detector) it has, and its last values.

    `length` is None when it was not read: it would cost a large point, of as many bytes as were `held_back` if the
    server knew, or of more if it `may_be_larger`. `problem` is what is wrong with a stream. `last` holds values of
    scalar streams only, oldest first.
    """

    name: str
    kind: str = ""
    dtype: str = ""
    shape: tuple[int, ...] = ()
    length: int | None = None
    sealed: bool = False
    last: tuple[complex, ...] = ()
    problem: str = ""
    held_back: int = 0
    may_be_larger: bool = False


class TailNotes(msgspec.Struct, frozen=True):
    """What one round leaves for the next: how streams ended, how many bytes it may read, whose turn it is.

    `too_large` are streams whose read was broken off; for `wait` rounds no other is read of which nothing is known.
    """

    ends: Mapping[str, StreamEnd] = {}
    sizes: Mapping[str, KnownSize] = {}
    allowed: int = _MOST_READ
    turn: int = 0
    too_large: frozenset[str] = frozenset()
    wait: int = 0


class Tails(NamedTuple):
    """The tails of streams in their order, the scans that came in those which list scans, oldest first, and notes."""

    tails: list[StreamTail]
    sub_scans: list[str]
    notes: TailNotes


def read_tails(shown: Sequence[StreamInfo], before: Mapping[str, StreamTail], notes: TailNotes) -> Operation[Tails]:
    """Return the tails of streams, given those that were read `before`, in two round trips."""
    cheap = [stream for stream in shown if _is_cheap(stream) and stream.name not in notes.too_large]
    growing = [stream for stream in cheap if not _is_sealed(notes.ends.get(stream.name))]
    looked, turn = _in_turn(growing, notes)
    allowed = min(_MOST_READ, notes.allowed + (_GAINED if before else 0))
    # Where the server gives no account of its memory, the streams of a scan are taken to be like the first of them.
    are_small = bool(notes.ends) and all(end.size <= SMALL for end in notes.ends.values())
    wanted = [
        EndWanted(
            stream.key,
            notes.ends.get(stream.name),
            _most(stream),
            notes.sizes.get(stream.name),
            largest=SMALL if are_small and not stream.shape else _ANY_SIZE if notes.wait else 0,
        )
        for stream in looked
    ]
    seen = yield from look_at_ends(wanted, allowed)
    ends, sizes, sub_scans = dict(notes.ends), dict(notes.sizes), []
    tails, broken_off = {**before}, set()
    for stream in looked:
        look = seen[stream.key]
        tails[stream.name] = _tail(stream, look, before.get(stream.name))
        if isinstance(look, EndSeen):
            allowed -= look.read
            if look.is_too_large:
                broken_off.add(stream.name)
            sizes.pop(stream.name, None)
            if look.size is not None:
                sizes[stream.name] = look.size
            if look.end is not None:
                ends[stream.name] = look.end
            if streams.lists_scans(stream):
                sub_scans += _scan_keys(look.came)
    return Tails(
        [tails.get(stream.name) or _unread(stream) for stream in shown],
        sub_scans,
        TailNotes(
            *(ends, sizes, allowed, turn, notes.too_large | broken_off),
            wait=_WAITED if broken_off else max(0, notes.wait - 1),
        ),
    )


def _is_cheap(stream: StreamInfo) -> bool:
    """Whether the last entry may be small enough to be read; Redis gives no length without it."""
    if stream.kind == "numeric":
        return len(stream.shape) <= 1 and math.prod(stream.shape) <= LARGEST_POINT
    return stream.kind == "json"


def _is_sealed(end: StreamEnd | None) -> bool:
    return end is not None and end.sealed


def _in_turn(growing: Sequence[StreamInfo], notes: TailNotes) -> tuple[list[StreamInfo], int]:
    """The streams whose turn it is, and with which the next round begins; at first all of them."""
    if not notes.ends or len(growing) <= MOST_LOOKS:
        return list(growing), 0
    start = notes.turn % len(growing)
    return [*growing[start:], *growing[:start]][:MOST_LOOKS], start + MOST_LOOKS


def _most(stream: StreamInfo) -> int:
    """How many of the last entries are of use: the seal, and values or scans before it."""
    if streams.lists_scans(stream):
        return MOST_SUB_SCANS + 1
    return 1 if stream.shape else MOST_VALUES + 1 if stream.kind == "numeric" else 2


def _unread(stream: StreamInfo) -> StreamTail:
    return StreamTail(name=stream.name, kind=stream.kind, dtype=stream.dtype, shape=stream.shape)


def _tail(stream: StreamInfo, look: EndSeen | StoreError, before: StreamTail | None) -> StreamTail:
    """The tail after a read."""
    tail = before or _unread(stream)
    if isinstance(look, StoreError):
        return msgspec.structs.replace(tail, problem=str(look))
    if look.end is None:
        held_back = look.held_back if look.held_back < _ANY_SIZE else 1
        return msgspec.structs.replace(tail, held_back=held_back, may_be_larger=look.is_too_large)
    length: int | None = look.end.length
    tail = msgspec.structs.replace(tail, problem="", held_back=0, sealed=look.end.sealed)
    points = [entry for entry in look.came if entry.id != streams.SEAL]
    try:
        if stream.detector:
            length = _frames(stream, points[0]) if points else tail.length if length else 0
        elif stream.kind == "numeric" and not stream.shape and points:
            tail = msgspec.structs.replace(tail, last=_last_values(stream, look, points, tail.last))
    except GarbledError:
        raise
    except StoreError as error:
        tail = msgspec.structs.replace(tail, problem=str(error))
    return msgspec.structs.replace(tail, length=length)


def _last_values(
    stream: StreamInfo, look: EndSeen, points: Sequence[Entry], before: tuple[complex, ...]
) -> tuple[complex, ...]:
    came = [value for entry in reversed(points[:MOST_VALUES]) for value in _values_in(stream, entry)]
    # As many entries as were requested came, so that there may be others between these and those before.
    follows_on = len(look.came) < _most(stream)
    return (*(before if follows_on else ()), *came)[-MOST_VALUES:]


def _values_in(stream: StreamInfo, entry: Entry) -> tuple[complex, ...]:
    """The last values in an entry of a scalar stream, without unpacking a long batch."""
    payload = entry.fields.get(b"payload", b"")
    dtype = streams.dtype_text(stream.dtype)
    size = int(dtype[2:])
    return tuple(streams.decode_points(payload[-(MOST_VALUES * size + len(payload) % size) :], dtype, ()))


def _frames(stream: StreamInfo, status: Entry) -> int:
    """How many frames a detector has."""
    is_count = stream.kind == "numeric"
    key = "last_read_index" if stream.detector == "mosca" else "last_index"
    last: Any = (_values_in(stream, status) or (None,))[-1] if is_count else _json_object(status).get(key)
    if isinstance(last, int):
        return last if is_count else last + 1
    raise StreamError(f"the last status of the {stream.detector} detector cannot be read")


def _scan_keys(newest_first: Sequence[Entry]) -> list[str]:
    """The scans that entries name, oldest first; those that name none are passed over."""
    named = [_json_object(entry).get("key") for entry in reversed(newest_first)]
    return [key for key in named if isinstance(key, str) and protocol.is_scan_key(key)]


def _json_object(entry: Entry) -> Mapping[str, Any]:
    try:
        return _decode_object(entry.fields.get(b"payload", b""))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
