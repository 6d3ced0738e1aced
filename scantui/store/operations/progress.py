"""Which streams show the progress of a scan, and how long they are.

Rule: only streams whose last entry is small are read, since Redis gives no length without it.
Source: the acquisition chain in info (protocol, section 6), lengths by the last entry (section 5).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from scantui.exceptions import GarbledError, StoreError
from scantui.models import StreamInfo
from scantui.store.operations.arguments import listed_keys
from scantui.store.operations.requests import LARGEST_DOCUMENT, UNREAD, Batch, Command, Operation, bounded, last_entry
from scantui.store.operations.summaries import column
from scantui.store.wire import documents, streams
from scantui.store.wire.replies import parse_entries, raise_if_error

# The master's own stream may run ahead or come in one piece, so some of its counters are read too.
_MOST_STREAMS = 3
# Any of the top masters may be the slowest, so one stream of each is read.
_MOST_TOPS = 8
# Of a chain this many names are looked up, so that the cost does not grow with the number of streams.
_LOOKED_UP = 8
_CHAIN = "$.info.acquisition_chain"
_STREAMS = "$.data_streams"
_MASTERS = f"{_CHAIN}.*.master"
_FIRST_SCALARS = f"{_CHAIN}.*.scalars[0:{_MOST_STREAMS}]"
# In a path these stand for themselves on every server.
_CHANNELS, _NPOINTS = "$.info.channels", "$.info.npoints"
_PLAIN_NAME = re.compile(r"[\w:./ -]+")


class SlowestStreams(tuple[str, ...]):
    """A stream of each of several top masters: the shortest shows how far the scan is."""

    __slots__ = ()


class UncountedStreams(tuple[str, ...]):
    """The first streams of a scan without a cheap one: they show whether something comes, not how many points."""

    __slots__ = ()


class _Master(msgspec.Struct, gc=False):
    scalars: list[str] = []


_masters = msgspec.json.Decoder(list[_Master])
_all_masters = msgspec.json.Decoder(list[list[_Master] | None])
_names = msgspec.json.Decoder(list[str])
_all_names = msgspec.json.Decoder(list[list[str] | None])
_streams = msgspec.json.Decoder(list[Any])
_all_streams = msgspec.json.Decoder(list[list[Any] | None])


def find_progress_streams(keys: Sequence[str]) -> Operation[list[tuple[str, ...]]]:
    """Return for each scan the Redis keys of the streams that show its progress; () for a scan without streams."""
    keys = listed_keys(keys)
    found = (yield from _find_plain(keys)) if keys else {}
    odd = [key for key in keys if key not in found]
    if odd:
        found |= yield from find_odd(odd)
    return [found[key] for key in keys]


def _find_plain(keys: Sequence[str]) -> Operation[dict[str, tuple[str, ...]]]:
    """The streams of scans with one top master that begins with scalars, as BLISS writes most; the others are missing.

    Of a chain only the first names are read, and streams of the same names are asked for together.
    """
    replies = yield Batch([Command("JSON.MGET", *keys, path) for path in (_MASTERS, _FIRST_SCALARS)])
    masters = column(replies[0], len(keys), _all_masters, _masters)
    scalars = column(replies[1], len(keys), _all_names, _names)
    keys_by_names: dict[tuple[str, ...], list[str]] = {}
    for key, tops, others in zip(keys, masters, scalars, strict=True):
        if tops is not None and len(tops) == 1 and others is not None:
            names = tuple(dict.fromkeys([*tops[0].scalars, *others]))[:_MOST_STREAMS]
            if names and all(map(_PLAIN_NAME.fullmatch, names)):
                keys_by_names.setdefault(names, []).append(key)
    found: dict[str, tuple[str, ...]] = {}
    if keys_by_names:
        replies = yield Batch(
            [Command("JSON.MGET", *named, _path_of(*names)) for names, named in keys_by_names.items()]
        )
        for (names, named), reply in zip(keys_by_names.items(), replies, strict=True):
            for key, streams in zip(named, column(reply, len(named), _all_streams, _streams), strict=True):
                # The values come without their names: if one is missing, it is not clear which.
                if streams is not None and len(streams) == len(names):
                    cheap = _cheap_streams(key, dict(zip(names, streams, strict=True)), names)
                    found |= {key: cheap} if len(cheap) == len(names) else {}
    return found


def find_odd(keys: Sequence[str]) -> Operation[dict[str, tuple[str, ...]]]:
    """The same for scans that may be invalid, checked one by one."""
    # Two paths, since with one alone some servers answer otherwise.
    replies = yield Batch([Command("JSON.GET", key, _CHAIN, "$.pk") for key in keys])
    tops_by_key = {key: _tops_in_chain(key, reply) for key, reply in zip(keys, replies, strict=True)}
    several = {key: tops for key, tops in tops_by_key.items() if len(tops) > 1}
    found: dict[str, tuple[str, ...]] = {}
    if several:
        found |= yield from _find_slowest(several)
    names_by_key = {key: tops[0] if tops else [] for key, tops in tops_by_key.items() if not found.get(key)}
    first_names = {key: names[:_LOOKED_UP] for key, names in names_by_key.items()}
    by_name = [key for key, names in first_names.items() if names and all(map(_PLAIN_NAME.fullmatch, names))]
    if by_name:
        replies = yield Batch([Command("JSON.GET", key, *map(_path_of, first_names[key]), "$.pk") for key in by_name])
        for key, reply in zip(by_name, replies, strict=True):
            values = _values_at(key, reply)
            streams = {name: values[_path_of(name)] for name in first_names[key] if _path_of(name) in values}
            found[key] = _cheap_streams(key, streams, first_names[key])
    others = [key for key in names_by_key if not found.get(key)]
    if others:
        replies = []
        while len(replies) < len(others):
            asked = [Command("JSON.GET", key, _STREAMS, "$.pk") for key in others[len(replies) :]]
            replies += [reply for reply in (yield from bounded(asked, LARGEST_DOCUMENT)) if reply is not UNREAD]
        for key, reply in zip(others, replies, strict=True):
            described = _values_at(key, reply).get(_STREAMS)
            found[key] = _cheap_streams(key, described, names_by_key[key]) or _first_streams(key, described)
    return found


def get_stream_lengths(stream_keys: Sequence[str]) -> Operation[list[int | StoreError]]:
    """Return how many points each of these streams has, 0 for an empty or a missing one, or the error."""
    replies = yield Batch([last_entry(key) for key in listed_keys(stream_keys)])
    return [length_in(reply) for reply in replies]


def length_in(reply: Any) -> int | StoreError:
    """The length of a stream, from the reply to `last_entry`."""
    try:
        return streams.length_after(parse_entries(raise_if_error(reply)))[0]
    except GarbledError:
        raise
    except StoreError as error:
        return error


def _path_of(*names: str) -> str:
    quoted = ",".join([f'"{name}"' for name in names])
    return f"{_STREAMS}[{quoted}]"


def _values_at(key: str, reply: Any) -> dict[str, Any]:
    try:
        return documents.decode_paths(key, raise_if_error(reply))
    except GarbledError:
        raise
    except StoreError:
        return {}


def _cheap_streams(key: str, data_streams: Any, names: Sequence[str]) -> tuple[str, ...]:
    """Of the streams named, or of all when none is, the first few whose length is had for little."""
    try:
        known = documents.decode_streams(key, {"data_streams": data_streams})
    except StoreError:
        return ()
    cheap = [name for name in (names or known) if name in known and _is_cheap(known[name])]
    return tuple(known[name].key for name in cheap[:_MOST_STREAMS])


def _first_streams(key: str, data_streams: Any) -> UncountedStreams:
    try:
        known = documents.decode_streams(key, {"data_streams": data_streams})
    except StoreError:
        return UncountedStreams()
    return UncountedStreams(stream.key for stream in list(known.values())[:_MOST_STREAMS])


def _tops_in_chain(key: str, reply: Any) -> list[list[str]]:
    """For each top master its scalar streams, the master's own first."""
    chain = _values_at(key, reply).get(_CHAIN)
    return [_names_of(top) for top in chain.values() if isinstance(top, Mapping)] if isinstance(chain, Mapping) else []


def _names_of(top: Mapping[str, Any]) -> list[str]:
    master = top.get("master")
    own = master.get("scalars") if isinstance(master, Mapping) else None
    listed = [names for names in (own, top.get("scalars")) if isinstance(names, list)]
    return list(dict.fromkeys(name for names in listed for name in names if isinstance(name, str)))


def _find_slowest(tops_by_key: Mapping[str, Sequence[list[str]]]) -> Operation[dict[str, tuple[str, ...]]]:
    """One stream of each top master, of scans with several."""
    replies = yield Batch([Command("JSON.GET", key, _STREAMS, _CHANNELS, _NPOINTS) for key in tops_by_key])
    found: dict[str, tuple[str, ...]] = {}
    for (key, tops), reply in zip(tops_by_key.items(), replies, strict=True):
        values = _values_at(key, reply)
        firsts = [
            _cheap_streams(key, values.get(_STREAMS), names)[:1]
            for names in planned_tops(tops, values.get(_CHANNELS), values.get(_NPOINTS))
            if names
        ]
        found[key] = SlowestStreams(stream for first in firsts for stream in first)
    return found


def planned_tops(tops: Sequence[list[str]], channels: Any, npoints: Any) -> list[list[str]]:
    """Those top masters that are to have as many points as the scan; all of them when no channel has this number.

    One that only monitors something, more slowly and without an end, does not show how far the scan is.
    """
    described = channels if isinstance(channels, Mapping) and type(npoints) is int else {}
    sure = {
        name for name, channel in described.items() if isinstance(channel, Mapping) and channel.get("points") == npoints
    }
    return ([names for names in tops if sure.intersection(names)] or list(tops))[:_MOST_TOPS]


def _is_cheap(stream: StreamInfo) -> bool:
    return stream.is_scalar or streams.lists_scans(stream)
