"""ULIDs, the identifiers of scans and streams: 48 bit of time, 80 random bits, 26 letters that sort by time.

Source: the ULID specification, as blissdata's library applies it (protocol, section 3).
"""

from __future__ import annotations

import secrets
import threading

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 26
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
_lock = threading.Lock()
_latest = 0


def new_ulid(seconds: float) -> str:
    """Make a ULID for a time in seconds since 1970; it sorts after every one that this process made before."""
    global _latest
    with _lock:
        _latest = max(_latest + 1, int(seconds * 1000) << 80 | secrets.randbits(80))
        number = _latest
    return "".join(ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def ulid_milliseconds(text: str) -> int:
    """The writer's clock when a ULID was made, in milliseconds since 1970; 0 when `text` is no ULID."""
    if len(text) != LENGTH or not _VALUES.keys() >= set(text):
        return 0
    milliseconds = 0
    for letter in text[:10]:
        milliseconds = milliseconds << 5 | _VALUES[letter]
    return milliseconds
