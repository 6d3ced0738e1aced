"""Operations that follow the store: what is new, and how the server and some scans are doing.

Rule: creation and states come by one blocked read over the history and the state streams of all open scans; what is in
no stream is requested in one small batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from scantui.exceptions import NotInitialisedError, StoreError, UsageError
from scantui.models import ScanRef
from scantui.store.operations.arguments import last_ids, listed_keys, waiting_seconds
from scantui.store.operations.ends import MOST_READ, EndSeen, EndWanted, ends_wanted, measuring, read_ends
from scantui.store.operations.identity import ServerIdentity, identity_commands, identity_of
from scantui.store.operations.load import LONGEST_BLOCK
from scantui.store.operations.requests import Batch, Command, Operation
from scantui.store.wire import protocol
from scantui.store.wire.replies import milliseconds_in, parse_entries, parse_xread, raise_if_error, text_of


class News(msgspec.Struct, frozen=True):
    """What happened after a timestamp: scans created, and the last id of each state stream that moved.

    `since` is the timestamp to go on from. `is_whole` is False if scans may be missing: the history was trimmed past
    the timestamp or begun anew, and only listing all scans finds the others.
    """

    since: str
    created: list[ScanRef] = []
    moved: dict[str, str] = {}
    is_whole: bool = True


class ServerStatus(msgspec.Struct, frozen=True):
    """The server's clock in milliseconds since 1970, which of these scans are deleted or expired, and how
    these streams end, each with its error where it could not be read.

    `identity` is which server answered, if that was asked. `is_whole` is whether the history still goes on from the
    given timestamp, as in News.
    """

    server_ms: int
    gone: list[str] = []
    ends: dict[str, EndSeen | StoreError] = {}
    is_whole: bool = True
    identity: ServerIdentity | None = None


def wait_for_news(since: str | int, state_ids: Mapping[str, str], timeout: float) -> Operation[News]:
    """Wait up to `timeout` seconds for scans created after `since` or for open scans that change state."""
    since, state_ids, timeout = protocol.require_timetag(since), last_ids(state_ids), waiting_seconds(timeout)
    if timeout > LONGEST_BLOCK:
        raise UsageError(f"timeout is {timeout}: give seconds, {LONGEST_BLOCK:g} at most, 0 not to wait")
    # Even the shortest wait may take the server a tenth of a second.
    waiting = ("BLOCK", max(1, int(timeout * 1000))) if timeout else ()
    reply = yield Command(
        *("XREAD", *waiting, "STREAMS"),
        *(protocol.SCAN_HISTORY, *state_ids),
        *(since, *state_ids.values()),
    )
    entries = parse_xread(reply)
    history = entries.pop(protocol.SCAN_HISTORY, [])
    created = [ScanRef(entry.id, key) for entry in history if (key := protocol.scan_key_in(entry))]
    moved = {stream: came[-1].id for stream, came in entries.items() if came}
    if not history:
        return News(since, created, moved)
    # Asked last: as long as the entry at `since` is there, nothing after it can have been trimmed.
    return News(history[-1].id, created, moved, _goes_on(since, (yield _entry_at(since))))


def poll_status(
    keys: Sequence[str],
    wanted: Sequence[EndWanted] = (),
    since: str | int = protocol.NO_TIMETAG,
    allowed: int = MOST_READ,
    asks_identity: bool = False,
) -> Operation[ServerStatus]:
    """Return how the server, these scans, and the history after `since` are doing, in one round trip.

    A second one reads the ends of streams that are `wanted`, `allowed` bytes of them in all. `asks_identity` is whether
    the server is asked which one it is.
    """
    keys, since = listed_keys(keys), protocol.require_timetag(since)
    wanted = ends_wanted(wanted, allowed)
    commands = [Command("TIME"), Command("GET", protocol.PROTOCOL_KEY), _entry_at(since)]
    commands += [Command("PTTL", key) for key in keys]
    asked = identity_commands() if asks_identity else []
    replies = yield Batch([*commands, *asked, *measuring(wanted)])
    time, version, entry, *lifetimes = map(raise_if_error, replies[: len(commands)])
    if version is None or text_of(version) != protocol.PROTOCOL_VERSION:
        raise NotInitialisedError(
            "the database lost its blissdata protocol version: it was flushed, or the server restarted"
        )
    gone = [key for key, pttl in zip(keys, lifetimes, strict=True) if protocol.is_deleted(pttl)]
    identity = identity_of(replies[len(commands) : len(commands) + len(asked)]) if asked else None
    ends = yield from read_ends(wanted, replies[len(commands) + len(asked) :], allowed)
    return ServerStatus(milliseconds_in(time), gone, ends, _goes_on(since, entry), identity)


def _entry_at(since: str) -> Command:
    return Command("XRANGE", protocol.SCAN_HISTORY, since, since)


def _goes_on(since: str, entry_at: Any) -> bool:
    """Whether the entry that we came to is still there; an empty history has none to begin with."""
    return bool(parse_entries(entry_at)) or since == protocol.NO_TIMETAG
