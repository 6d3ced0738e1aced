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
# The last so many bits count up; the letters before them are those of the last one, mostly.
_COUNTED = 20
_start = 0, "0" * 22


def new_ulid(seconds: float) -> str:
    """Make a ULID for a time in seconds since 1970; it sorts after every one that this process made before."""
    global _latest, _start
    milliseconds = int(seconds * 1000)
    with _lock:
        # Within a millisecond they are counted up from a random one, as the specification has it.
        _latest = _latest + 1 if milliseconds <= _latest >> 80 else milliseconds << 80 | secrets.randbits(80)
        number, known, start = _latest, *_start
        if number >> _COUNTED != known:
            start = "".join([PAIRS[number >> shift & 1023] for shift in range(120, _COUNTED - 1, -10)])
            _start = number >> _COUNTED, start
    return start + PAIRS[number >> 10 & 1023] + PAIRS[number & 1023]


def first_ulid(milliseconds: float) -> str:
    """The ULID before all others that are made from a time on, in milliseconds since 1970."""
    number = min(max(0, int(milliseconds)), 2**48 - 1)
    return "".join([ALPHABET[number >> shift & 31] for shift in range(45, -1, -5)]) + ALPHABET[0] * 16


def ulid_milliseconds(text: str) -> int:
    """The writer's clock when a ULID was made, in milliseconds since 1970; 0 if `text` is not a ULID."""
    if len(text) != LENGTH or text.strip(ALPHABET):
        return 0
    return int(text[:10].translate(AS_DIGITS), 32)
