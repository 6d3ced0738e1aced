"""The wire of blissdata's protocol 1: key names, timetags and entries, as values; pure functions.

Rule: nothing above this file and its neighbour `documents` knows what a reply of Redis looks like.
Source: blissdata 2.4.5, its keys, commands and life cycle; section numbers are those of our protocol notes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from scantui.exceptions import ScanNotFoundError, ScanValidationError, UsageError
from scantui.models import ScanState
from scantui.store.wire.ulid import LENGTH

PROTOCOL_VERSION = "1"
PROTOCOL_KEY = "_PROTOCOL_VERSION_"
SCAN_HISTORY = "_SCAN_HISTORY_"
HISTORY_LENGTH = 2048
SCAN_PREFIX = "esrf:scan:"
STREAM_PREFIX = "esrf:stream:"
INDEX = "esrf:scan:index"
NO_TIMETAG = "0-0"

# A deleted scan lives on for ten seconds, so that nobody who just found it loses it halfway.
DELETION_SECONDS = 10
# blissdata reads a TTL, which Redis rounds to whole seconds: 10 499 ms are still 10 s.
_DELETED_BELOW_MS = DELETION_SECONDS * 1000 + 500
ABSENT = -2
_NEVER_EXPIRES = -1

_STATES = {str(state.value).encode(): state for state in ScanState}
# A key is also written where no text from outside may go: it has no character that a terminal or a shell obeys.
_SCAN_KEY = re.compile(rf"{SCAN_PREFIX}[0-9A-Za-z]{{{LENGTH}}}")
_TIMETAG = re.compile(r"\d{1,20}(-\d{1,20})?", re.ASCII)
_LARGEST = 2**64 - 1
_MOST_DIGITS = len(str(_LARGEST))
# The end of the year 9999, the last that a calendar has.
_LATEST_SECONDS = 253_402_300_800


class Entry(NamedTuple):
    """One entry of a stream: its id, and its fields."""

    id: str
    fields: dict[bytes, bytes]


def is_scan_key(key: str) -> bool:
    """Whether a key can be that of a scan document; the index's own notes share its prefix, not its length."""
    return _SCAN_KEY.fullmatch(key) is not None


def require_scan_key(key: str) -> str:
    """Return `key`; ScanNotFoundError when no scan can have it."""
    if not isinstance(key, str) or not is_scan_key(key):
        raise ScanNotFoundError(f"{key!r} is no scan key: one looks like {SCAN_PREFIX}01JBXVGZM0G32HDSZJXS6MSESN")
    return key


def is_deleted(pttl: int) -> bool:
    """Whether a time to live in milliseconds means that the scan is gone or counts as deleted."""
    return pttl == ABSENT or (pttl != _NEVER_EXPIRES and pttl < _DELETED_BELOW_MS)


def no_such_scan(key: str) -> ScanNotFoundError:
    """The error to raise when the scan at `key` is gone or counts as deleted."""
    return ScanNotFoundError(f"{key}: there is no such scan, or it was deleted or has expired")


def require_timetag(timestamp: str) -> str:
    """Return `timestamp`; UsageError when it is no id of the creation history."""
    if not isinstance(timestamp, str) or not _TIMETAG.fullmatch(timestamp):
        raise UsageError(f"{timestamp!r} is no timestamp: give one that a search or get_next_scan returned")
    if any(int(part) > _LARGEST for part in timestamp.split("-")):
        raise UsageError(f"{timestamp!r} is no timestamp: a part of it needs more than 64 bit")
    return timestamp


def timetag_order(timetag: str) -> tuple[int, int]:
    """Timetags as numbers, to compare them: as texts they do not sort."""
    milliseconds, _, sequence = timetag.partition("-")
    return int(milliseconds), int(sequence or 0)


def timetag_before(timetag: str) -> str:
    """The id just before `timetag`, to walk a stream backwards."""
    milliseconds, sequence = timetag_order(timetag)
    return f"{milliseconds}-{sequence - 1}" if sequence else f"{milliseconds - 1}-{_LARGEST}"


def text_of(raw: bytes | str) -> str:
    """Decode a name from Redis; bytes that are no UTF-8 become visible stand-ins."""
    return raw if isinstance(raw, str) else raw.decode("utf-8", "backslashreplace")


def parse_entries(reply: Sequence[Any] | None) -> list[Entry]:
    """The reply of XRANGE or XREVRANGE."""
    return [Entry(_entry_id(id_), _fields(pairs)) for id_, pairs in reply or () if pairs is not None]


def parse_xread(reply: Any) -> dict[str, list[Entry]]:
    """The reply of XREAD: entries by stream; empty when nothing came."""
    if not reply:
        return {}
    streams = reply.items() if isinstance(reply, dict) else reply
    return {text_of(key): parse_entries(entries) for key, entries in streams}


def scan_key_in(entry: Entry) -> str | None:
    """The scan that an entry of the creation history names, or None when it names none."""
    key = text_of(entry.fields.get(b"key", b""))
    return key if is_scan_key(key) else None


def state_in(key: str, entries: Sequence[Entry]) -> tuple[str, ScanState]:
    """The id and the state of the last entry of a scan's state stream; ScanValidationError when there is none."""
    if not entries:
        raise ScanValidationError(f"{key}: its state stream is empty or gone, so its state cannot be known")
    written = entries[-1].fields.get(b"state", b"")
    if written in _STATES:
        return entries[-1].id, _STATES[written]
    raw = text_of(written)
    try:
        return entries[-1].id, ScanState(int(raw))
    except ValueError:
        raise ScanValidationError(f"{key}: state {raw!r} in its state stream is none of 0 to 4") from None


def milliseconds_in(reply: Any) -> int:
    """The reply of TIME in milliseconds since 1970; ValueError for one that no server's clock shows."""
    seconds, microseconds = map(int, reply)
    if not (0 <= seconds < _LATEST_SECONDS and 0 <= microseconds < 1_000_000):
        raise ValueError("that is no time")
    return seconds * 1000 + microseconds // 1000


def _entry_id(raw: bytes | str) -> str:
    """The id of an entry, which may be sent back to the server; ValueError when bytes got lost on its way."""
    text = text_of(raw)
    parts = text.split("-", 1)
    if not all(part.isdigit() and len(part) <= _MOST_DIGITS for part in parts):
        raise ValueError(f"{text!r:.60} is no id of an entry")
    return text


def _fields(pairs: Any) -> dict[bytes, bytes]:
    if isinstance(pairs, dict):
        return pairs
    return dict(zip(pairs[::2], pairs[1::2], strict=True))
