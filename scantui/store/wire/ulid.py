"""ULIDs, the identifiers of scans and streams: 48 bit of time, 80 random bits, 26 letters that sort by time.

Source: the ULID specification, as blissdata's library applies it (protocol, section 3).
"""

from __future__ import annotations

import secrets
import threading

from scantui.packing import AS_DIGITS, LETTERS, PAIRS

ALPHABET = LETTERS
LENGTH = 26
_lock = threading.Lock()
_latest = 0


def new_ulid(seconds: float) -> str:
    """Make a ULID for a time in seconds since 1970; it sorts after every one that this process made before."""
    global _latest
    with _lock:
        _latest = max(_latest + 1, int(seconds * 1000) << 80 | secrets.randbits(80))
        number = _latest
    return "".join([PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])


def ulid_milliseconds(text: str) -> int:
    """The writer's clock when a ULID was made, in milliseconds since 1970; 0 if `text` is not a ULID."""
    if len(text) != LENGTH or text.strip(ALPHABET):
        return 0
    return int(text[:10].translate(AS_DIGITS), 32)
