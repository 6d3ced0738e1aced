"""Operations for whoever follows the store: what is new since, and how the server and some scans are doing.

Rule: creation and states come by one blocked read over the history and the state streams of all open scans; what no
stream tells is asked for in one small batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from scantui.exceptions import NotInitialisedError, UsageError
from scantui.models import ScanRef
from scantui.store import protocol
from scantui.store.progress import last_entry, length_in
from scantui.store.reading import LONGEST_BLOCK, listed, raise_if_error, seconds_of
from scantui.store.requests import Batch, Command, Operation


class News(msgspec.Struct, frozen=True):
    """What came after a point in time: scans created, and the last id of each state stream that moved.

    `since` is the timestamp to go on from.
    """

    since: str
    created: list[ScanRef] = []
    moved: dict[str, str] = {}


class Pulse(msgspec.Struct, frozen=True):
    """The server's clock in milliseconds since 1970, which of the scans asked about are deleted or expired, and how
    many points each of the streams asked about has, if it could be read.
    """

    server_ms: int
    gone: list[str] = []
    lengths: dict[str, int] = {}


def wait_for_news(since: str, state_ids: Mapping[str, str], timeout: float) -> Operation[News]:
    """Wait up to `timeout` seconds (2 at most) for scans created after `since` or for open scans that change state.

    `state_ids` has, for the state stream of each scan to follow, the last id that was seen. Answers with empty News
    when nothing came; with a timeout of 0 it answers at once.
    """
    timeout = seconds_of(timeout)
    if timeout > LONGEST_BLOCK:
        raise UsageError(f"timeout is {timeout}: give seconds, {LONGEST_BLOCK:g} at most, 0 not to wait")
    # A server may take a tenth of a second to notice that the shortest wait is over.
    waiting = ("BLOCK", max(1, int(timeout * 1000))) if timeout else ()
    reply = yield Command(
        *("XREAD", *waiting, "STREAMS"),
        *(protocol.SCAN_HISTORY, *state_ids),
        *(protocol.require_timetag(since), *state_ids.values()),
    )
    entries = protocol.parse_xread(reply)
    history = entries.pop(protocol.SCAN_HISTORY, [])
    created = [ScanRef(entry.id, key) for entry in history if (key := protocol.scan_key_in(entry))]
    moved = {stream: came[-1].id for stream, came in entries.items() if came}
    return News(history[-1].id if history else since, created, moved)


def feel_pulse(keys: Sequence[str], streams: Sequence[str]) -> Operation[Pulse]:
    """Ask for the server's time, which of these scans are gone, and how long these streams are, in one round trip.

    Raises NotInitialisedError when the database lost its protocol version: it was flushed or the server restarted.
    """
    keys, streams = listed(keys), listed(streams)
    commands = [Command("TIME"), Command("GET", protocol.PROTOCOL_KEY), *(Command("PTTL", key) for key in keys)]
    replies = yield Batch([*commands, *map(last_entry, streams)])
    (seconds, microseconds), version, *lifetimes = map(raise_if_error, replies[: len(commands)])
    if version is None or protocol.text_of(version) != protocol.PROTOCOL_VERSION:
        raise NotInitialisedError("the database lost its blissdata protocol version: it was emptied or started anew")
    gone = [key for key, pttl in zip(keys, lifetimes, strict=True) if protocol.is_deleted(pttl)]
    lengths = zip(streams, map(length_in, replies[len(commands) :]), strict=True)
    return Pulse(
        int(seconds) * 1000 + int(microseconds) // 1000,
        gone,
        {stream: length for stream, length in lengths if isinstance(length, int)},
    )
