"""Real blissdata and the store on one database: each understands what the other wrote."""

from __future__ import annotations

import re
from itertools import islice

import redis

from scantui.models import ScanState, ScanSummary
from scantui.store import DataStore
from tests.interop.peer import BlissdataPeer
from tests.interop.scans import (
    IDENTITY,
    POINTS,
    STATES,
    agree,
    steps_of_ours,
    steps_of_theirs,
)
from tests.servers import command, plain_client


def test_blissdata_reads_our_scan_at_every_state(store: DataStore, peer: BlissdataPeer) -> None:
    seen = []
    for scan in steps_of_ours(store):
        agree(scan, peer.call("load", key=scan.key))
        assert peer.call("states", keys=[scan.key]) == {scan.key: scan.state.name}
        seen.append(scan.state)
    assert seen == STATES


def test_we_read_blissdatas_scan_at_every_state(store: DataStore, peer: BlissdataPeer) -> None:
    seen = []
    for key, state in steps_of_theirs(peer):
        scan = store.load_scan(key)
        agree(scan, peer.call("load", key=key))
        (summary,) = store.load_summaries([key])
        assert isinstance(summary, ScanSummary)
        assert (summary.state, summary.identity, summary.state_id) == (state, scan.identity, scan.state_id)
        assert (summary.title, summary.npoints) == ("ascan x 0 1", 4 if state else None)
        assert summary.end_reason == ("SUCCESS" if state is ScanState.CLOSED else None)
        assert store.get_scans_state([key]) == [scan.state] == [state]
        seen.append(scan.state)
    assert seen == STATES


def test_the_documents_differ_in_their_random_keys_only(store: DataStore, peer: BlissdataPeer, url: str) -> None:
    with plain_client(url) as raw:
        theirs_by_state = [shape_of(raw, key) for key, _ in steps_of_theirs(peer)]
        ours_by_state = [shape_of(raw, scan.key) for scan in steps_of_ours(store)]
    assert ours_by_state == theirs_by_state


def shape_of(raw: redis.Redis, key: str) -> str:
    """A document as it is stored, its field order included, without the random part of its keys."""
    return re.sub(rb'"[0-9A-Z]{26}"', b'"ULID"', command(raw, "JSON.GET", key)).decode()


def test_blissdata_reads_the_points_that_we_append(store: DataStore, peer: BlissdataPeer) -> None:
    *_, scan = islice(steps_of_ours(store), 3)
    for name, points in POINTS.items():
        assert store.append(scan, name, points[0]) == 1
        if points[1:]:
            assert store.append(scan, name, points[1:]) == len(points)
    streams = peer.call("load", key=scan.key)["streams"]
    assert not any(stream["sealed"] for stream in streams.values())
    store.advance_scan(scan, ScanState.STOPPED)
    streams = peer.call("load", key=scan.key)["streams"]
    assert {name: streams[name]["points"] for name in POINTS} == POINTS
    assert {name: streams[name]["length"] for name in streams} == {name: len(POINTS.get(name, "")) for name in streams}
    assert all(stream["sealed"] for stream in streams.values())


def test_we_count_and_continue_the_points_that_blissdata_sends(store: DataStore, peer: BlissdataPeer) -> None:
    theirs = steps_of_theirs(peer)
    *_, (key, _) = islice(theirs, 3)
    for name, points in POINTS.items():
        peer.call("send", key=key, stream=name, points=points)
    scan = store.load_scan(key)
    assert {name: store.append(scan, name, points[0]) for name, points in POINTS.items()} == {
        name: len(points) + 1 for name, points in POINTS.items()
    }
    store.advance_scan(key, ScanState.STOPPED)
    streams = peer.call("load", key=key)["streams"]
    assert {name: streams[name]["points"] for name in POINTS} == {
        name: [*points, points[0]] for name, points in POINTS.items()
    }


def test_a_stream_that_blissdata_sealed_is_no_obstacle(store: DataStore, peer: BlissdataPeer) -> None:
    theirs = steps_of_theirs(peer)
    *_, (key, _) = islice(theirs, 3)
    peer.call("send", key=key, stream="diode", points=[1.0])
    assert peer.call("seal", key=key, stream="diode") == 1
    assert store.advance_scan(key, ScanState.STOPPED).state is ScanState.STOPPED
    assert peer.call("load", key=key)["streams"]["diode"]["length"] == 1


def test_a_stream_of_sub_scans_is_known_and_not_written(store: DataStore, peer: BlissdataPeer) -> None:
    key = peer.call("create", identity=IDENTITY)
    plugin = {"format": "subscan", "plugin": "scan_sequence"}
    peer.call("prepare", key=key, streams=[{"name": "SUBSCANS", "dtype": "json", "info": plugin}])
    stream = store.load_scan(key).streams["SUBSCANS"]
    assert (stream.kind, stream.dtype, stream.shape, stream.info["format"]) == ("json", "", (), "subscan")
