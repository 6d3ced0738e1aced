"""A feed shows what happens on a real server."""

from __future__ import annotations

import asyncio

from scantui.feed import (
    CHUNK,
    Changed,
    Connected,
    Created,
    Heartbeat,
    Loaded,
    Lost,
)
from scantui.models import ScanState
from scantui.store import DataStore
from scantui.store.wire import protocol
from tests.feed.scripted import IDENTITY
from tests.feed.watching import ended, watching
from tests.servers import command, plain_client


async def test_a_scan_is_seen_from_its_creation_to_its_end(store_url: str, publisher: DataStore) -> None:
    async with watching(store_url) as watcher:
        await watcher.until_settled()
        scan = publisher.create_scan(IDENTITY, {"title": "ascan samx 0 1"})
        await watcher.until(lambda: scan.key in watcher.rows)
        assert watcher.of_kind(Created)[0].rows[0].title == "ascan samx 0 1"
        for state in (ScanState.PREPARED, ScanState.STARTED, ScanState.STOPPED):
            publisher.advance_scan(scan, state)
            await watcher.until_state(scan, state)
        ended(publisher, scan)
        last = await watcher.until_state(scan, ScanState.CLOSED)
        assert (last.end_reason, last.identity) == ("SUCCESS", scan.identity)
        assert len(watcher.of_kind(Created)) == 1
        assert len(watcher.of_kind(Changed)) == 4
        assert watcher.present == publisher.search_existing_scans().keys


async def test_a_blocked_read_is_woken_by_a_new_scan_and_by_its_states(store_url: str, publisher: DataStore) -> None:
    async with watching(store_url, tick=0.0) as watcher:
        # Once a scan came the feed has caught up, and whatever comes next comes by the read.
        await watcher.until(lambda: bool(watcher.of_kind(Heartbeat)))
        await asyncio.to_thread(publisher.create_scan, IDENTITY)
        await watcher.until(lambda: len(watcher.rows) == 1)
        following = asyncio.create_task(watcher.until(lambda: len(watcher.rows) == 2))
        scan = await asyncio.to_thread(publisher.create_scan, IDENTITY)
        await following
        following = asyncio.create_task(watcher.until(lambda: bool(watcher.of_kind(Changed))))
        await asyncio.to_thread(publisher.advance_scan, scan, ScanState.PREPARED)
        await following
        assert watcher.rows[scan.key].state is ScanState.PREPARED


async def test_a_life_lived_between_two_reads_ends_in_the_final_state(store_url: str, publisher: DataStore) -> None:
    async with watching(store_url) as watcher:
        await watcher.until_settled()
        scans = [publisher.create_scan({**IDENTITY, "number": number}) for number in range(20)]
        for scan in scans:
            publisher.advance_scan(scan, ScanState.PREPARED)
            ended(publisher, scan, "FAILURE")
        await watcher.until(lambda: len(watcher.rows) == len(scans))
        await watcher.until_settled()
        assert {(each.state, each.end_reason) for each in watcher.rows.values()} == {(ScanState.CLOSED, "FAILURE")}
        assert watcher.present == publisher.search_existing_scans().keys


async def test_scans_from_before_are_known_newest_first_and_followed(store_url: str, publisher: DataStore) -> None:
    scans = [publisher.create_scan({**IDENTITY, "number": number}) for number in range(CHUNK + 5)]
    async with watching(store_url) as watcher:
        await watcher.until(lambda: len(watcher.rows) == len(scans))
        reported = [each.key for event in watcher.of_kind(Loaded) for each in event.rows]
        assert reported == [scan.key for scan in reversed(scans)]
        ended(publisher, scans[0], "USER_ABORT")
        assert (await watcher.until_state(scans[0], ScanState.CLOSED)).end_reason == "USER_ABORT"
        assert watcher.present == publisher.search_existing_scans().keys


async def test_a_scan_created_while_older_ones_are_loaded_comes_once(store_url: str, publisher: DataStore) -> None:
    for number in range(2 * CHUNK + 5):
        publisher.create_scan({**IDENTITY, "number": number})
    async with watching(store_url) as watcher:
        await watcher.until(lambda: bool(watcher.of_kind(Loaded)))
        scan = publisher.create_scan(IDENTITY)
        ended(publisher, scan)
        await watcher.until(lambda: len(watcher.rows) == 2 * CHUNK + 6)
        await watcher.until_settled()
        assert watcher.rows[scan.key].state is ScanState.CLOSED
        assert watcher.present == publisher.search_existing_scans().keys


async def test_a_deleted_scan_is_gone_when_it_is_watched(store_url: str, publisher: DataStore) -> None:
    kept, doomed = publisher.create_scan(IDENTITY), publisher.create_scan(IDENTITY)
    ended(publisher, doomed)
    async with watching(store_url) as watcher:
        await watcher.until(lambda: len(watcher.rows) == 2)
        publisher.delete_scan(doomed.key)
        await watcher.until(lambda: bool(watcher.gone))
        await watcher.until_settled()
        assert watcher.gone == {doomed.key}
        assert watcher.present == publisher.search_existing_scans().keys == [kept.key]


async def test_an_open_scan_deleted_by_force_is_gone_although_it_is_not_watched(
    store_url: str, publisher: DataStore
) -> None:
    scan = publisher.create_scan(IDENTITY)
    async with watching(store_url, watches=False) as watcher:
        await watcher.until(lambda: len(watcher.rows) == 1)
        publisher.delete_scan(scan.key, force=True)
        await watcher.until(lambda: bool(watcher.gone))
        assert watcher.present == publisher.search_existing_scans().keys == []


async def test_a_scan_that_was_deleted_before_is_not_reported(store_url: str, publisher: DataStore) -> None:
    doomed, kept = publisher.create_scan(IDENTITY), publisher.create_scan(IDENTITY)
    publisher.delete_scan(doomed.key, force=True)
    async with watching(store_url) as watcher:
        await watcher.until_settled()
        assert watcher.present == publisher.search_existing_scans().keys == [kept.key]
        assert not watcher.gone


async def test_a_foreign_document_is_a_row_with_a_problem(store_url: str, publisher: DataStore) -> None:
    before = publisher.create_scan(IDENTITY)
    with plain_client(store_url) as raw:
        command(raw, "JSON.SET", before.key, "$.id", '{"name": "ascan"}')
        async with watching(store_url) as watcher:
            await watcher.until(lambda: len(watcher.rows) == 1)
            assert "number" in watcher.rows[before.key].problem
            foreign, sound = publisher.create_scan(IDENTITY), publisher.create_scan(IDENTITY)
            command(raw, "JSON.SET", foreign.key, "$", "[]")
            await watcher.until(lambda: len(watcher.rows) == 3)
            assert watcher.rows[foreign.key].problem
            assert not watcher.rows[sound.key].problem
            await watcher.until_settled()
            assert watcher.present == publisher.search_existing_scans().keys


async def test_connected_counts_the_scans_that_there_are(store_url: str, publisher: DataStore) -> None:
    kept, expired = publisher.create_scan(IDENTITY), publisher.create_scan(IDENTITY)
    with plain_client(store_url) as raw:
        command(raw, "DEL", expired.key, expired.state_stream)
    async with watching(store_url) as watcher:
        await watcher.until_settled()
        (connected,) = watcher.of_kind(Connected)
        assert connected.total == len(publisher.search_existing_scans().keys)
        assert watcher.present == [kept.key]


async def test_one_state_stream_that_is_no_stream_spoils_nothing_else(store_url: str, publisher: DataStore) -> None:
    spoilt, other = publisher.create_scan(IDENTITY), publisher.create_scan(IDENTITY)
    async with watching(store_url) as watcher:
        await watcher.until(lambda: len(watcher.rows) == 2)
        with plain_client(store_url) as raw:
            command(raw, "DEL", spoilt.state_stream)
            command(raw, "SET", spoilt.state_stream, "x")
        await watcher.until(lambda: watcher.rows[spoilt.key].problem != "")
        ended(publisher, other)
        await watcher.until(lambda: watcher.rows[other.key].state is ScanState.CLOSED)
        assert not watcher.of_kind(Lost)


async def test_a_history_begun_anew_makes_the_scans_of_before_gone(store_url: str, publisher: DataStore) -> None:
    kept_open, finished = publisher.create_scan(IDENTITY), ended(publisher, publisher.create_scan(IDENTITY))
    with plain_client(store_url) as raw:
        # Ids ahead of the server's clock: those of the new history are smaller.
        command(raw, "XADD", "_SCAN_HISTORY_", "9999999999999-0", "key", kept_open.key)
        async with watching(store_url, watches=False) as watcher:
            await watcher.until(lambda: len(watcher.rows) == 2)
            raw.delete(kept_open.key, kept_open.state_stream, finished.key, finished.state_stream, "_SCAN_HISTORY_")
            await watcher.until(lambda: watcher.gone == {kept_open.key, finished.key})
            scan = publisher.create_scan(IDENTITY)
            await watcher.until(lambda: scan.key in watcher.rows)
            assert not watcher.of_kind(Lost)


async def test_a_history_trimmed_between_two_reads_loses_no_scan(store_url: str, publisher: DataStore) -> None:
    first = publisher.create_scan(IDENTITY)
    async with watching(store_url, watches=False) as watcher:
        await watcher.until(lambda: first.key in watcher.rows)
        new = [publisher.create_scan(IDENTITY) for _ in range(5)]
        with plain_client(store_url) as raw:
            command(raw, "XTRIM", "_SCAN_HISTORY_", "MAXLEN", 1)
        await watcher.until(lambda: len(watcher.rows) == 6)
        assert watcher.present == sorted(scan.key for scan in (first, *new))
        assert not watcher.of_kind(Lost)


async def test_a_server_with_more_scans_than_it_lists_shows_the_newest(store_url: str, publisher: DataStore) -> None:
    keys = [scan.key for scan in publisher.create_scans(({**IDENTITY, "number": n}, None) for n in range(60))]
    with plain_client(store_url) as raw:
        command(raw, "XTRIM", protocol.SCAN_HISTORY, "MAXLEN", 15)
        command(raw, "FT.CONFIG", "SET", "MAXSEARCHRESULTS", 20)
        try:
            async with watching(store_url) as watcher:
                await watcher.until_settled()
                assert watcher.present == keys[-15:]
                assert max(event.left_out for event in watcher.of_kind(Loaded)) == 45
                new = publisher.create_scan(IDENTITY)
                await watcher.until(lambda: new.key in watcher.rows)
                assert watcher.of_kind(Lost) == []
        finally:
            command(raw, "FT.CONFIG", "SET", "MAXSEARCHRESULTS", 1_000_000)
