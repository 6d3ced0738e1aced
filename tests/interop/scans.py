"""The same scan with streams as scantui publishes it and as blissdata does, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scantui.matching import FIELDS
from scantui.models import Scan, ScanState
from scantui.store import DataStore
from tests.interop.peer import BlissdataPeer

IDENTITY = {"name": "ascan", "number": 7, "data_policy": "None", "session": "demo", "path": "/data/a b|c.h5"}
STREAMS: list[dict[str, Any]] = [
    {"name": "diode", "dtype": "float64", "shape": []},
    {"name": "count", "dtype": "int32", "shape": []},
    {"name": "ragged", "dtype": "uint16", "shape": [-1]},
    {"name": "image", "dtype": "float32", "shape": [2, 3]},
    {"name": "flag", "dtype": "bool", "shape": []},
    {"name": "phase", "dtype": "complex128", "shape": []},
]
POINTS: dict[str, list[Any]] = {
    "diode": [0.5, -1.5, 2.25],
    "count": [1, -2, 3, 2**31 - 1],
    "ragged": [[1, 2, 3], [4, 5, 6]],
    "image": [[[0.5, 1, 2], [3, 4, 5]]],
    "flag": [True, False],
}
STATES = list(ScanState)
INFO: dict[ScanState, dict[str, Any]] = {
    ScanState.CREATED: {"title": "ascan x 0 1", "nothing": float("nan"), "ø": [1, 2.5, None, True]},
    ScanState.PREPARED: {"npoints": 4},
    ScanState.CLOSED: {"end_reason": "SUCCESS"},
}


def identity_of(scan: Scan) -> dict[str, Any]:
    return {field: getattr(scan, field) for field in FIELDS}


def steps_of_ours(store: DataStore) -> Iterator[Scan]:
    """A scan with streams that scantui publishes, after each step."""
    scan = store.create_scan(IDENTITY, INFO[ScanState.CREATED])
    yield scan
    for stream in STREAMS:
        scan = store.create_stream(scan, stream["name"], stream["dtype"], stream["shape"])
    for state in STATES[1:]:
        scan = store.advance_scan(scan, state, INFO.get(state))
        yield scan


def steps_of_theirs(peer: BlissdataPeer) -> Iterator[tuple[str, ScanState]]:
    """A scan with streams that blissdata publishes, after each step."""
    info = dict(INFO[ScanState.CREATED])
    key = peer.call("create", identity=IDENTITY, info=info)
    yield key, ScanState.CREATED
    info |= INFO[ScanState.PREPARED]
    peer.call("prepare", key=key, info=info, streams=STREAMS)
    yield key, ScanState.PREPARED
    for state, step in ((ScanState.STARTED, "start"), (ScanState.STOPPED, "stop")):
        peer.call(step, key=key)
        yield key, state
    peer.call("close", key=key, info=info | INFO[ScanState.CLOSED])
    yield key, ScanState.CLOSED


def agree(ours: Scan, theirs: dict[str, Any]) -> None:
    assert (theirs["key"], theirs["state"]) == (ours.key, ours.state.name)
    assert (theirs["identity"], theirs["info"]) == (identity_of(ours), ours.info)
    assert {
        name: (each["key"], each["dtype"], tuple(each["shape"]), each["info"])
        for name, each in theirs["streams"].items()
    } == {name: (each.key, each.dtype, each.shape, each.info) for name, each in ours.streams.items()}
