"""Real blissdata and our store at the two ends of one database: each understands what the other wrote."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import pytest
import redis

from scantui.exceptions import NoScanAvailable, ScanNotClosedError, ScanNotFoundError
from scantui.matching import FIELDS
from scantui.models import Scan, ScanState, ScanSummary
from scantui.store import DataStore
from tests.interop.peer import BlissdataPeer, PeerError
from tests.servers import command, empty_server, plain_client

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


@pytest.fixture
def peer_url(empty_url: str, peer: BlissdataPeer) -> str:
    """A database that blissdata set up, with blissdata connected to it."""
    peer.call("init", url=empty_url)
    return empty_url


@pytest.fixture
def our_url(store_url: str, peer: BlissdataPeer) -> str:
    """A database that we set up, with blissdata connected to it."""
    peer.call("open", url=store_url)
    return store_url


@pytest.fixture(params=["peer_url", "our_url"])
def url(request: pytest.FixtureRequest) -> str:
    made: str = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def store(url: str) -> Iterator[DataStore]:
    with DataStore(url) as opened:
        yield opened


def identity_of(scan: Scan) -> dict[str, Any]:
    return {field: getattr(scan, field) for field in FIELDS}


def steps_of_ours(store: DataStore) -> Iterator[Scan]:
    """A scan of ours with streams, as it stands after each step."""
    scan = store.create_scan(IDENTITY, INFO[ScanState.CREATED])
    yield scan
    for stream in STREAMS:
        scan = store.create_stream(scan, stream["name"], stream["dtype"], stream["shape"])
    for state in STATES[1:]:
        scan = store.advance_scan(scan, state, INFO.get(state))
        yield scan


def steps_of_theirs(peer: BlissdataPeer) -> Iterator[tuple[str, ScanState]]:
    """A scan of blissdata with streams, after each step."""
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


def test_each_finds_the_scans_of_the_other(store: DataStore, peer: BlissdataPeer) -> None:
    timetag = peer.call("last_timetag")
    assert (timetag, []) == store.search_existing_scans()
    ours = store.create_scan(IDENTITY).key
    theirs = peer.call("create", identity={**IDENTITY, "name": "Loopscan", "number": 8})
    newest, keys = store.search_existing_scans()
    assert [newest, keys] == [peer.call("last_timetag"), sorted([ours, theirs])]
    for fields, found in (
        ({"name": "ASC*"}, [ours]),
        ({"name": "*scan", "number": 8}, [theirs]),
        ({"session": "demo"}, sorted([ours, theirs])),
        ({"number": 9}, []),
    ):
        assert store.search_existing_scans(**fields) == (newest, found)
        timestamp, keys = peer.call("search", **fields)
        assert (timestamp, sorted(keys)) == (newest, found)
    # Timestamps are the same on both sides.
    first = store.get_next_scan(timetag, block=False)
    assert [*first] == peer.call("next_scan", since=timetag, block=False) == [first.timestamp, ours]
    assert [*store.get_next_scan(first.timestamp)] == peer.call("next_scan", since=first.timestamp) == [newest, theirs]
    assert [*store.get_last_scan()] == peer.call("last_scan") == [newest, theirs]
    with pytest.raises(NoScanAvailable):
        store.get_next_scan(peer.call("search")[0], block=False)


def test_blissdata_wakes_on_our_steps(store: DataStore, peer: BlissdataPeer) -> None:
    peer.ask("next_scan", since="0-0", timeout=20)
    ours = steps_of_ours(store)
    scan = next(ours)
    assert peer.answer()[1] == scan.key
    peer.call("load", key=scan.key)
    for _ in STATES[1:]:
        peer.ask("update", key=scan.key, timeout=20)
        scan = next(ours)
        update = peer.answer()
        assert update["changed"]
        agree(scan, update["scan"])


def test_we_wake_on_blissdatas_steps(store: DataStore, peer: BlissdataPeer) -> None:
    key = peer.call("create", identity=IDENTITY)
    news = store.wait_for_news("0-0", {}, 2)
    assert [ref.key for ref in news.created] == [key]
    scan = store.load_scan(key)
    peer.ask("prepare", key=key)
    moved: dict[str, str] = {}
    while not moved:
        moved = store.wait_for_news(news.since, {scan.state_stream: scan.state_id}, 2).moved
    peer.answer()
    scan = store.load_scan(key)
    assert (scan.state, {scan.state_stream: scan.state_id}) == (ScanState.PREPARED, moved)


def test_a_scan_that_we_delete_is_gone_for_blissdata(store: DataStore, peer: BlissdataPeer, url: str) -> None:
    *_, scan = islice(steps_of_ours(store), 3)
    peer.call("load", key=scan.key)
    peer.ask("update", key=scan.key, timeout=20)
    # Deleted before it began to wait, the scan would be refused to blissdata.
    with plain_client(url) as raw:
        for _ in range(100_000):
            if raw.info("clients")["blocked_clients"]:
                break
    store.delete_scan(scan.key, force=True)
    update = peer.answer()["scan"]
    assert (update["state"], update["info"]["end_reason"]) == ("CLOSED", "DELETION")
    with pytest.raises(PeerError) as refused:
        peer.call("load", key=scan.key)
    assert refused.value.kind == "ScanNotFoundError"
    with plain_client(url) as raw:
        assert all(0 < raw.ttl(key) <= 10 for key in raw.keys("esrf:s*:0*"))


def test_a_scan_that_blissdata_deletes_is_gone_for_us(store: DataStore, peer: BlissdataPeer) -> None:
    theirs = steps_of_theirs(peer)
    *_, (key, _) = islice(theirs, 3)
    with pytest.raises(ScanNotClosedError):
        store.delete_scan(key)
    peer.call("delete", key=key, force=True)
    call: Callable[[], object]
    for call in (lambda: store.load_scan(key), lambda: store.delete_scan(key)):
        with pytest.raises(ScanNotFoundError):
            call()
    assert store.search_existing_scans().keys == []
    with pytest.raises(NoScanAvailable):
        store.get_last_scan()


def test_blissdata_sees_a_deletion_of_its_own_scan_by_us(store: DataStore, peer: BlissdataPeer) -> None:
    *_, (key, _) = steps_of_theirs(peer)
    store.delete_scan(key)
    with pytest.raises(PeerError) as refused:
        peer.call("last_scan")
    assert refused.value.kind == "NoScanAvailable"


def test_both_set_up_the_same_database(empty_url: str, peer: BlissdataPeer) -> None:
    def state_of(raw: redis.Redis) -> Any:
        index = command(raw, "FT.INFO", "esrf:scan:index")
        parts = dict(zip(index[::2], index[1::2], strict=True)) if isinstance(index, list) else index
        return (
            {key: raw.get(key) for key in raw.keys("*")},
            [repr(parts.get(name, parts.get(name.encode()))) for name in ("attributes", "index_definition")],
            command(raw, "FT.CONFIG", "GET", "MAXPREFIXEXPANSIONS"),
            [library[1] for library in command(raw, "FUNCTION LIST")],
        )

    with plain_client(empty_url) as raw:
        peer.call("init", url=empty_url)
        theirs = state_of(raw)
        empty_server(empty_url)
        DataStore(empty_url, init_db=True).close()
        assert state_of(raw) == theirs
    with pytest.raises(PeerError):
        peer.call("init", url=empty_url)
