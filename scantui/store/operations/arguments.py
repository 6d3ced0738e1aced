"""What callers pass to operations, checked before anything is sent; pure functions that raise UsageError."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from contextlib import suppress

from scantui.exceptions import UsageError
from scantui.models import ScanState
from scantui.store.wire import protocol
from scantui.store.wire.json_text import is_utf8


def waiting_seconds(timeout: object) -> float:
    """A time to wait, in seconds."""
    seconds = -1.0
    if hasattr(type(timeout), "__float__"):
        with suppress(ValueError, OverflowError):
            seconds = float(timeout)  # type: ignore[arg-type]  # just looked up
    if not seconds >= 0:
        raise UsageError(f"timeout is {timeout!r:.60}: give a number of seconds, not below 0")
    return seconds


def listed(keys: object) -> list[str]:
    """Several scan keys as a list; each is checked where it is used, so that one wrong key spoils no other."""
    if isinstance(keys, (str, bytes)) or not isinstance(keys, Iterable):
        raise UsageError(f"{keys!r:.60} is not a list of keys")
    return list(keys)


def listed_keys(keys: object) -> list[str]:
    """Several Redis keys as a list, each of them a text that can be sent."""
    checked = listed(keys)
    for key in checked:
        if not isinstance(key, str) or not is_utf8(key):
            raise UsageError(f"{key!r:.60} is not a key")
    return checked


def last_ids(state_ids: object) -> dict[str, str]:
    """The last id seen of each state stream, by its Redis key."""
    if not isinstance(state_ids, Mapping):
        raise UsageError(f"{state_ids!r:.60} is not a dictionary of state streams and their last ids")
    return dict(zip(listed_keys(state_ids), map(protocol.require_timetag, state_ids.values()), strict=True))


def state_named(state: object) -> ScanState:
    """A state given as such or as its number."""
    number = operator.index(state) if hasattr(type(state), "__index__") else None  # type: ignore[arg-type]
    for known in ScanState:
        if number == known:
            return known
    raise UsageError(f"{state!r:.60} is not a scan state: give one of {', '.join(ScanState.__members__)}")


def count(number: object, what: str) -> int:
    """How many are wanted, 1 or more."""
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number < 2**31:
        raise UsageError(f"{what} is {number!r:.60}: give a whole number above 0")
    return int(number)
