"""Which stream of a scan shows when its points came; operations.

Source: BLISS publishes the writer's time of each point as `timer:epoch`, in seconds since 1970.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from scantui.exceptions import StoreError
from scantui.models import StreamInfo
from scantui.store.operations.arguments import listed_keys
from scantui.store.operations.requests import Batch, Command, Operation
from scantui.store.operations.summaries import column
from scantui.store.wire import documents, streams
from scantui.store.wire.replies import Entry

_USUAL = "timer:epoch"
_NAME = "epoch"
# The end of the year 9999, the last that a calendar has.
_LATEST = 253_402_300_800.0
_CHANNELS = "$.info.acquisition_chain.*.scalars"
# The demo's server answers with the value itself in place of a list of one.
_streams = msgspec.json.Decoder(list[Any] | dict[str, Any])
_all_streams = msgspec.json.Decoder(list[list[Any] | dict[str, Any] | None])
_names = msgspec.json.Decoder(list[list[str]])
_all_names = msgspec.json.Decoder(list[list[list[str]] | None])


def find_epoch_streams(keys: Sequence[str]) -> Operation[dict[str, StreamInfo]]:
    """Return the epoch stream of each scan that has one, in one round trip for those of BLISS, else in three."""
    keys = listed_keys(keys)
    if not keys:
        return {}
    found = yield from _streams_named(dict.fromkeys(keys, _USUAL))
    others = [key for key in keys if key not in found]
    if others:
        (reply,) = yield Batch([Command("JSON.MGET", *others, _CHANNELS)])
        listed = column(reply, len(others), _all_names, _names)
        named = {key: name for key, tops in zip(others, listed, strict=True) if (name := _epoch_among(tops or ()))}
        if named:
            found |= yield from _streams_named(named)
    return found


def epochs_in(stream: StreamInfo, newest_first: Sequence[Entry], most: int) -> list[float]:
    """The last times in some entries of an epoch stream, oldest first; none where they cannot be read."""
    values: list[float] = []
    for entry in newest_first:
        if entry.id != streams.SEAL and len(values) < most:
            payload = entry.fields.get(b"payload", b"")
            size = int(stream.dtype[2:])
            try:
                batch = streams.decode_points(payload[-(most * size + len(payload) % size) :], stream.dtype, ())
            except StoreError:
                return []
            values = [*batch, *values]
    return [value for value in values[-most:] if 0 < value < _LATEST]


def _epoch_among(tops: Sequence[Sequence[str]]) -> str:
    names = (name for top in tops for name in top)
    return next((name for name in names if name.rpartition(":")[2] == _NAME and '"' not in name), "")


def _streams_named(names: dict[str, str]) -> Operation[dict[str, StreamInfo]]:
    """Those streams that are scalars of 64 bits, by the keys of their scans."""
    keys_by_name: dict[str, list[str]] = {}
    for key, name in names.items():
        keys_by_name.setdefault(name, []).append(key)
    replies = yield Batch(
        [Command("JSON.MGET", *keys, f'$.data_streams["{name}"]') for name, keys in keys_by_name.items()]
    )
    found: dict[str, StreamInfo] = {}
    for (name, keys), reply in zip(keys_by_name.items(), replies, strict=True):
        for key, values in zip(keys, column(reply, len(keys), _all_streams, _streams), strict=True):
            if values:
                found |= _decoded(key, name, values[0] if isinstance(values, list) else values)
    return found


def _decoded(key: str, name: str, stream: Any) -> dict[str, StreamInfo]:
    try:
        known = documents.decode_streams(key, {"data_streams": {name: stream}})[name]
    except StoreError:
        return {}
    return {key: known} if known.dtype in ("<f8", ">f8") and known.shape == () else {}
