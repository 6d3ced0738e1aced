"""Running scans whose publishers died or take their time, as a server has them minutes later."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from scantui.models import Scan, ScanState
from scantui.store import DataStore
from tests.servers import command, plain_client

AGO = 11 * 60
SUBSCANS = "SUBSCANS"
IDENTITY = {"name": "ascan", "number": 7, "data_policy": "None"}
TOP = {"master": {"scalars": ["axis:samx"]}, "scalars": ["timer:elapsed_time", "timer:epoch"]}
INFO = {"title": "ascan samx 0 1 30 1", "npoints": 31, "acquisition_chain": {"axis": TOP}}


def publish(store: DataStore, url: str, epochs: list[float], started: float, **info: Any) -> Scan:
    """A running scan whose points came at these times, and which started so many seconds ago."""
    scan = store.create_scan(IDENTITY, {**INFO, **info})
    for name in ("axis:samx", "timer:elapsed_time", "timer:epoch"):
        scan = store.create_stream(scan, name, float)
    scan = advanced(store, url, scan, ScanState.STARTED, started)
    for each in epochs:
        for name in scan.streams:
            store.append(scan, name, each)
    return scan


def advanced(store: DataStore, url: str, scan: Scan, state: ScanState, seconds_ago: float) -> Scan:
    """Move a scan to a state, with all its states so many seconds ago."""
    for each in range(1, state + 1):
        scan = store.advance_scan(scan, ScanState(each))
    with plain_client(url) as client:
        # The server's own times cannot be made to lie in the past in another way.
        command(client, "DEL", scan.state_stream)
        for each in range(state + 1):
            ms = int((time.time() - seconds_ago) * 1000) + each
            command(client, "XADD", scan.state_stream, f"{ms}-0", "state", each)
    return scan


def stuck(
    store: DataStore,
    url: str,
    state: ScanState,
    shapes: Sequence[Sequence[int]] = (),
    seconds_ago: float = AGO + 10,
    **info: Any,
) -> Scan:
    """A scan that came to a state and no further, with a stream of each shape and without any points."""
    scan = store.create_scan(IDENTITY, info)
    for number, shape in enumerate(shapes):
        scan = store.create_stream(scan, f"stream:{number}", float, shape)
    return advanced(store, url, scan, state, seconds_ago)


def dead(store: DataStore, url: str, **info: Any) -> Scan:
    now = time.time()
    return publish(store, url, [now - AGO - 9 + point for point in range(9)], AGO + 10, **info)


def begun_sequence(store: DataStore, url: str, identity: Mapping[str, Any], seconds_ago: float, **info: Any) -> Scan:
    """A sequence of four scans that goes on, and lists none of them yet."""
    scan = store.create_scan(identity, {"is_scan_sequence": True, "sequence_info": {"scan_count": 4}, **info})
    scan = store.create_stream(scan, SUBSCANS, "json")
    scan = advanced(store, url, scan, ScanState.STARTED, seconds_ago)
    with plain_client(url) as client:
        command(client, "JSON.SET", scan.key, f"$.data_streams.{SUBSCANS}.info", '{"format": "subscan"}')
    return scan


def slow(store: DataStore, url: str) -> Scan:
    """Five minutes a point, the last one six minutes ago."""
    now = time.time()
    return publish(store, url, [now - 960, now - 660, now - 360], 1260)
