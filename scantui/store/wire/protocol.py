"""blissdata's protocol 1: its keys, timetags and states, as values; pure functions.

Rule: nothing above `wire` knows what a reply of Redis looks like.
Source: blissdata 2.4.5; "protocol, section N" is a section of store/PROTOCOL.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from scantui.exceptions import ScanNotFoundError, ScanValidationError, UsageError
from scantui.models import ScanState
from scantui.store.wire.replies import Entry, integer, is_id, text_of
from scantui.store.wire.ulid import LENGTH

PROTOCOL_VERSION = "1"
PROTOCOL_KEY = "_PROTOCOL_VERSION_"
SCAN_HISTORY = "_SCAN_HISTORY_"
HISTORY_LENGTH = 2048
SCAN_PREFIX = "esrf:scan:"
STREAM_PREFIX = "esrf:stream:"
INDEX = "esrf:scan:index"
NO_TIMETAG = "0-0"

# A deleted scan lives on for ten seconds, so that a reader who just found it can finish.
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


def is_scan_key(key: str) -> bool:
    """Whether a key can be that of a scan document; the index's own notes share its prefix, not its length."""
    return _SCAN_KEY.fullmatch(key) is not None


def require_scan_key(key: str) -> str:
    """Return `key`; ScanNotFoundError when no scan can have it."""
    if not isinstance(key, str) or not is_scan_key(key):
        raise ScanNotFoundError(
            f"{key!r:.60} is not a scan key: one looks like {SCAN_PREFIX}01JBXVGZM0G32HDSZJXS6MSESN"
        )
    return key


def is_deleted(reply: Any) -> bool:
    """Whether the reply of PTTL means that the scan is gone or counts as deleted."""
    pttl = integer(reply)
    return pttl == ABSENT or (pttl != _NEVER_EXPIRES and pttl < _DELETED_BELOW_MS)


def no_such_scan(key: str) -> ScanNotFoundError:
    """The error to raise when the scan at `key` is gone or counts as deleted."""
    return ScanNotFoundError(f"{key}: not found, it was deleted or has expired")


def require_timetag(timestamp: str | int) -> str:
    """Return a timestamp as an id of the creation history, 0 as its beginning; UsageError if it is not one."""
    if type(timestamp) is int and timestamp == 0:
        return NO_TIMETAG
    if not isinstance(timestamp, str) or not _TIMETAG.fullmatch(timestamp):
        raise UsageError(
            f"{timestamp!r:.60} is not a timestamp: give one that a search or get_next_scan returned, or 0"
        )
    if any(int(part) > _LARGEST for part in timestamp.split("-")):
        raise UsageError(f"{timestamp!r} is not a timestamp: a part of it needs more than 64 bits")
    return timestamp


def timetag_order(timetag: str) -> tuple[int, int]:
    """Timetags as numbers, to compare them: as texts they do not sort."""
    milliseconds, _, sequence = timetag.partition("-")
    return int(milliseconds), int(sequence or 0)


def timetag_before(timetag: str) -> str:
    """The id just before `timetag`, to walk a stream backwards."""
    milliseconds, sequence = timetag_order(timetag)
    return f"{milliseconds}-{sequence - 1}" if sequence else f"{milliseconds - 1}-{_LARGEST}"


def scan_key_in(entry: Entry) -> str | None:
    """The scan that an entry of the creation history names, or None when it names none."""
    key = text_of(entry.fields.get(b"key", b""))
    return key if is_scan_key(key) else None


def plain_state(reply: Any) -> tuple[str, ScanState] | None:
    """What state_in makes of the reply for one entry, if that is exactly as blissdata writes it; else None."""
    # Thousands are read at once, so that each call counts.
    if type(reply) is list and len(reply) == 1 and type(reply[0]) is list and len(reply[0]) == 2:
        id_, fields = reply[0]
        if type(fields) is list and len(fields) == 2 and fields[0] == b"state" and type(fields[1]) is bytes:
            state = _STATES.get(fields[1])
            if state is not None and type(id_) is bytes and is_id(id_):
                return id_.decode("ascii"), state
    return None


def state_in(key: str, entries: Sequence[Entry]) -> tuple[str, ScanState]:
    """The id and the state of the last entry of a scan's state stream; ScanValidationError when there is none."""
    if not entries:
        raise ScanValidationError(f"{key}: its state stream is empty or gone, so its state cannot be known")
    written = entries[-1].fields.get(b"state", b"")
    if written not in _STATES:
        raise ScanValidationError(f"{key}: state {text_of(written)!r:.60} in its state stream is none of 0 to 4")
    return entries[-1].id, _STATES[written]
