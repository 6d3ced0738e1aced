"""blissdata and scantui find, follow and delete the scans of each other."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest
import redis

from scantui.exceptions import NoScanAvailable, ScanNotClosedError, ScanNotFoundError
from scantui.models import ScanState
from scantui.store import DataStore
from tests.interop.peer import BlissdataPeer, PeerError
from tests.interop.scans import (
    IDENTITY,
    STATES,
    agree,
    steps_of_ours,
    steps_of_theirs,
)
from tests.servers import command, empty_server, plain_client


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
