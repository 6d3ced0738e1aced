"""The numbers and times of a scan in few bytes, for tables with very many scans; pure.

Rule: what comes out is what was put in, to the letter. Unusual values are kept as they are.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import cache, lru_cache

import msgspec

# Of ULIDs: base 32 without the letters that are mistaken for others.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# The digits that Python itself reads to the base 32.
AS_DIGITS = str.maketrans(LETTERS, "0123456789abcdefghijklmnopqrstuv")
# Two letters, ten bit, at a time.
PAIRS = [first + second for first in LETTERS for second in LETTERS]
_STREAM_PREFIX = "esrf:stream:"
_is_ulid = re.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}").fullmatch
_is_id = re.compile("(?:0|[1-9][0-9]{0,15})-(?:0|[1-9][0-9]{0,5})", re.ASCII).fullmatch

_is_usual = re.compile(r"(.{14})([0-5]\d):([0-5]\d)(?:\.(\d{6}))?((?:[+-]\d\d:\d\d)?)", re.ASCII).fullmatch
_WITHOUT_REST = len("00:00")

# The number of the scan; when it was created (two parts), and from then on the time of its state (and the sequence),
# of its start, and both as the writer noted them (milliseconds, and the rest); how those are written; its stream.
_PLAIN = struct.Struct("<iIHiBiiHiHHh10s")
# Behind it, its place in the history (and the sequence), and among several servers.
_PLACE = struct.Struct("<iHi")
_PLAIN_SIZE = _PLAIN.size
_NEVER = -(2**31)
_LATEST_MS, _MOST, _MOST_IN_STATE, _MOST_BORN = 2**47, 2**31, 2**8, 2**16

# How the noted times are written: which of them there are, the length of their seconds, and their zone, in quarters of
# an hour from the westernmost.
_HAS_START, _HAS_END, _IN_MS, _HAS_NO_ZONE, _HAS_STREAM = 1, 2, 4, 8, 16
_HAS_BOTH = _HAS_START | _HAS_END
_ZONE_SHIFT, _WESTERNMOST = 8, 96
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_NO_TIME, _MICROSECOND, _QUARTER = timedelta(), timedelta(microseconds=1), timedelta(minutes=15)


class Details(msgspec.Struct, frozen=True, gc=False):
    """What each scan has of its own, and what is seldom asked for; the fields are those of a ScanSummary."""

    number: int = 0
    state_stream: str = ""
    state_id: str = "0-0"
    started_ms: int = 0
    created_ms: int = 0
    start_time: str | None = None
    end_time: str | None = None
    timetag: str = ""
    placed_ms: int = 0


Packed = bytes | Details


def packed(details: Details) -> Packed:
    """The details in 45 or 55 bytes, or as they are if some of them are unusual."""
    created_ms = details.created_ms
    if not (0 <= created_ms < _LATEST_MS and -_MOST <= details.number < _MOST):
        return details
    state = _from_id(details.state_id, created_ms, "0-0", _MOST_IN_STATE)
    times = _from_texts(details.start_time, details.end_time, created_ms)
    stream = _from_stream(details.state_stream, created_ms)
    started = _since(details.started_ms, created_ms)
    if state is None or times is None or stream is None or started is None:
        return details
    *moments, form = times
    form |= _HAS_STREAM * bool(details.state_stream)
    values = details.number, created_ms & 0xFFFFFFFF, created_ms >> 32, *state, started, *moments, form, *stream
    if not (details.timetag or details.placed_ms):
        return _PLAIN.pack(*values)
    born = _from_id(details.timetag, created_ms, "", _MOST_BORN)
    placed = _since(details.placed_ms, created_ms)
    return details if born is None or placed is None else _PLAIN.pack(*values) + _PLACE.pack(*born, placed)


def unpacked(kept: Packed) -> Details:
    """The details that were packed."""
    if isinstance(kept, Details):
        return kept
    born, sequence, placed = _NEVER, 0, _NEVER
    if len(kept) > _PLAIN_SIZE:
        born, sequence, placed = _PLACE.unpack_from(kept, _PLAIN_SIZE)
    values = _PLAIN.unpack_from(kept)
    number, low, high, state, state_sequence, started, *moments, form, stream_ms, stream = values
    created_ms = low | high << 32
    start = 1000 * (created_ms + moments[0]) + moments[1]
    end = start + 1000 * moments[2] + moments[3]
    return Details(
        number=number,
        state_stream=_stream_at(created_ms + stream_ms, stream) if form & _HAS_STREAM else "",
        state_id="0-0" if state == _NEVER else f"{created_ms + state}-{state_sequence}",
        started_ms=0 if started == _NEVER else created_ms + started,
        created_ms=created_ms,
        start_time=_text_at(start, form) if form & _HAS_START else None,
        end_time=_text_at(end, form) if form & _HAS_END else None,
        timetag="" if born == _NEVER else f"{created_ms + born}-{sequence}",
        placed_ms=0 if placed == _NEVER else created_ms + placed,
    )


def number_in(kept: Packed) -> int:
    """The number of a scan."""
    return kept.number if isinstance(kept, Details) else _read_number(kept)[0]


def created_ms_in(kept: Packed) -> int:
    """When a scan was created by its writer's clock, in milliseconds since 1970."""
    if isinstance(kept, Details):
        return kept.created_ms
    return _read_created(kept)[0] & _48_BIT


def born_ms_in(kept: Packed) -> int:
    """When a scan was created, in milliseconds since 1970: by the history where that names it."""
    if isinstance(kept, Details):
        return int(kept.timetag.partition("-")[0]) if kept.timetag else kept.created_ms
    created_ms = _read_created(kept)[0] & _48_BIT
    if len(kept) == _PLAIN_SIZE:
        return created_ms
    born: int = _PLACE.unpack_from(kept, _PLAIN_SIZE)[0]
    return created_ms if born == _NEVER else created_ms + born


def state_ms_in(kept: Packed) -> int:
    """When a scan came into its state, in milliseconds since 1970; 0 without any."""
    if isinstance(kept, Details):
        return int(kept.state_id.partition("-")[0])
    low, high, state = _read_state(kept)
    return 0 if state == _NEVER else (low | high << 32) + state


def started_ms_in(kept: Packed) -> int:
    """When a scan started by the server's clock, in milliseconds since 1970; 0 where it was not read."""
    if isinstance(kept, Details):
        return kept.started_ms
    low, high, started = _read_started(kept)
    return 0 if started == _NEVER else (low | high << 32) + started


def timetag_in(kept: Packed) -> tuple[int, int] | None:
    """The milliseconds and the sequence of a scan in the history; None if that does not name it."""
    if isinstance(kept, Details):
        milliseconds, _, sequence = kept.timetag.partition("-")
        return (int(milliseconds), int(sequence or 0)) if milliseconds else None
    if len(kept) == _PLAIN_SIZE:
        return None
    born, sequence, _ = _PLACE.unpack_from(kept, _PLAIN_SIZE)
    return None if born == _NEVER else (created_ms_in(kept) + born, sequence)


def noted_span(kept: Packed) -> tuple[int, int] | None:
    """How long after its creation a scan started and how long it ran as its writer noted it, in microseconds.

    Without a zone, or the time of the creation, it started at once. None if the noted times do not fit together.
    """
    if not isinstance(kept, Details):
        low, high, start_ms, start_rest, end_ms, end_rest, form = _read_noted(kept)
        if form & _HAS_BOTH != _HAS_BOTH:
            return None
        is_comparable = (low or high) and not form & _HAS_NO_ZONE
        return 1000 * start_ms + start_rest if is_comparable else 0, 1000 * end_ms + end_rest
    start, end = _time_in(kept.start_time), _time_in(kept.end_time)
    if start is None or end is None or (start.tzinfo is None) is not (end.tzinfo is None):
        return None
    is_comparable = kept.created_ms and start.tzinfo is not None
    late = _microseconds_at(start) - 1000 * kept.created_ms if is_comparable else 0
    return late, (end - start) // _MICROSECOND


def _time_in(text: str | None) -> datetime | None:
    """A time as publishers mostly write it, which is read quickly, or as Python learnt to read it later."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00") if text.endswith("Z") else text)
    except ValueError:
        return None


def _microseconds_at(when: datetime) -> int:
    return ((when if when.tzinfo else when.replace(tzinfo=timezone.utc)) - _EPOCH) // _MICROSECOND


_read_number: Callable[[bytes], tuple[int]] = struct.Struct("<i").unpack_from

_read_created: Callable[[bytes], tuple[int]] = struct.Struct("<4xQ").unpack_from
_48_BIT = 2**48 - 1
_read_state: Callable[[bytes], tuple[int, int, int]] = struct.Struct("<4xIHi").unpack_from
_read_noted: Callable[[bytes], tuple[int, ...]] = struct.Struct("<4xIH9xiHiHH").unpack_from
_read_started: Callable[[bytes], tuple[int, int, int]] = struct.Struct("<4xIH5xi").unpack_from


def _since(at_ms: int, created_ms: int) -> int | None:
    """The time from the creation to a moment, where 0 is none; None if it is too long."""
    if not at_ms:
        return _NEVER
    since = at_ms - created_ms
    return since if -_MOST < since < _MOST else None


def _from_id(text: str, created_ms: int, none: str, most: int) -> tuple[int, int] | None:
    """The time from the creation to that of an id of a stream, and its sequence; None if it is unusual."""
    if text == none:
        return _NEVER, 0
    if not _is_id(text):
        return None
    milliseconds, _, sequence = text.partition("-")
    since, count = int(milliseconds) - created_ms, int(sequence)
    return (since, count) if -_MOST < since < _MOST and count < most else None


def _from_stream(key: str, created_ms: int) -> tuple[int, bytes] | None:
    if not key:
        return 0, b""
    if not key.startswith(_STREAM_PREFIX) or not _is_ulid(ulid := key[len(_STREAM_PREFIX) :]):
        return None
    made_ms, rest = divmod(int(ulid.translate(AS_DIGITS), 32), 2**80)
    since = made_ms - created_ms
    return (since, rest.to_bytes(10, "big")) if -(2**15) <= since < 2**15 else None


def _stream_at(made_ms: int, rest: bytes) -> str:
    number = made_ms << 80 | int.from_bytes(rest, "big")
    return _STREAM_PREFIX + "".join([PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])


def _from_texts(start: str | None, end: str | None, created_ms: int) -> tuple[int, int, int, int, int] | None:
    """Start and end from the creation, and from the start, each in two parts, and how they are written."""
    form, start_ms, start_rest, end_ms, end_rest, before = 0, 0, 0, 0, 0, 1000 * created_ms
    if start is not None:
        read = _read_time(start)
        if read is None:
            return None
        start_ms, start_rest = divmod(read[0] - before, 1000)
        before, form = read[0], read[1] | _HAS_START
    if end is not None:
        read = _read_time(end)
        if read is None or (form and read[1] != form ^ _HAS_START):
            return None
        end_ms, end_rest = divmod(read[0] - before, 1000)
        form |= read[1] | _HAS_END
    is_near = -_MOST < start_ms < _MOST and -_MOST < end_ms < _MOST
    return (start_ms, start_rest, end_ms, end_rest, form) if is_near else None


def _read_time(text: str) -> tuple[int, int] | None:
    """A time in microseconds since 1970, and how it is written; None if it would be written in another way."""
    usual = _is_usual(text)
    if usual is None:
        return _read_odd_time(text)
    # Most times are of an hour that was read before.
    hour, minutes, seconds, rest, zone = usual.groups("000000")
    begin = _read_hour(hour, zone)
    if begin is None or (rest == "000000") is not (len(text) == len(hour) + len(zone) + _WITHOUT_REST):
        return _read_odd_time(text)
    return begin[0] + (60 * int(minutes) + int(seconds)) * 10**6 + int(rest), begin[1]


@lru_cache(64)
def _read_hour(hour: str, zone: str) -> tuple[int, int] | None:
    return _read_odd_time(f"{hour}00:00{zone}")


def _read_odd_time(text: str) -> tuple[int, int] | None:
    when = _time_in(text)
    if when is None:
        return None
    if when.isoformat() == text:
        form = 0
    elif when.isoformat(timespec="milliseconds") == text:
        form = _IN_MS
    else:
        return None
    offset = when.utcoffset()
    if offset is None:
        form, offset = _HAS_NO_ZONE | form, _NO_TIME
    quarters, rest = divmod(offset, _QUARTER)
    return None if rest else (_microseconds_at(when), form | _WESTERNMOST + quarters << _ZONE_SHIFT)


def _text_at(microseconds: int, form: int) -> str:
    zone = _zone(form >> _ZONE_SHIFT)
    when = (_EPOCH + timedelta(microseconds=microseconds)).astimezone(zone)
    if form & _HAS_NO_ZONE:
        when = when.replace(tzinfo=None)
    return when.isoformat(timespec="milliseconds" if form & _IN_MS else "auto")


@cache
def _zone(quarters: int) -> timezone:
    return timezone((quarters - _WESTERNMOST) * _QUARTER)
