"""Which streams tell how far a scan is, and how long they are; operations and what they read.

Rule: only streams whose last entry is small are looked at, since Redis gives no length without it.
Source: the acquisition chain in info (protocol, section 6), lengths by the last entry (section 5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scantui.exceptions import StoreError
from scantui.models import StreamInfo
from scantui.store import documents, protocol, streams
from scantui.store.reading import raise_if_error
from scantui.store.requests import Batch, Command, Operation

# The master's own stream may run ahead or come in one piece, so some of its counters are looked at too.
_MOST_STREAMS = 3
_PATHS = ("$.info.acquisition_chain", "$.data_streams")


def find_progress_streams(keys: Sequence[str]) -> Operation[list[tuple[str, ...]]]:
    """Return for each scan the Redis keys of the streams that tell how far it is; none when it has none to look at."""
    replies = yield Batch([Command("JSON.GET", key, *_PATHS) for key in keys])
    return [_progress_streams(key, reply) for key, reply in zip(keys, replies, strict=True)]


def get_stream_lengths(stream_keys: Sequence[str]) -> Operation[list[int | StoreError]]:
    """Return how many points each of these streams has, 0 for one that is empty or not there, or the error."""
    replies = yield Batch([last_entry(key) for key in stream_keys])
    return [length_in(reply) for reply in replies]


def last_entry(stream_key: str) -> Command:
    """The request that tells a stream's length."""
    return Command("XREVRANGE", stream_key, "+", "-", "COUNT", 1)


def length_in(reply: Any) -> int | StoreError:
    """The length of a stream, from the reply to `last_entry`."""
    try:
        return streams.length_after(protocol.parse_entries(raise_if_error(reply)))[0]
    except StoreError as error:
        return error


def _progress_streams(key: str, reply: Any) -> tuple[str, ...]:
    try:
        found = documents.decode_paths(key, raise_if_error(reply))
        known = documents.decode_streams(key, {"data_streams": found.get("$.data_streams")})
    except StoreError:
        return ()
    names = _names_in_chain(found.get("$.info.acquisition_chain"))
    cheap = [name for name in (names or known) if name in known and _is_cheap(known[name])]
    return tuple(known[name].key for name in cheap[:_MOST_STREAMS])


def _names_in_chain(chain: Any) -> list[str]:
    """The scalar streams of the first top master, its own first."""
    top = next(iter(chain.values()), None) if isinstance(chain, Mapping) else None
    if not isinstance(top, Mapping):
        return []
    master = top.get("master")
    own = master.get("scalars") if isinstance(master, Mapping) else None
    return [
        name
        for names in (own, top.get("scalars"))
        if isinstance(names, list)
        for name in names
        if isinstance(name, str)
    ]


def _is_cheap(stream: StreamInfo) -> bool:
    is_scalar = stream.kind == "numeric" and stream.shape == ()
    lists_scans = stream.kind == "json" and "subscan" in (stream.info.get("format"), stream.info.get("plugin"))
    return is_scalar or lists_scans or stream.info.get("plugin") == "scan_sequence"
