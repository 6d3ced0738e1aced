"""Details of scans on a real server."""

from __future__ import annotations

import json
import struct

import msgspec
import pytest
import redis

from scantui.exceptions import ScanNotFoundError, TooLargeError
from scantui.models import ScanState
from scantui.store import DataStore
from scantui.store.operations import details, load, progress
from scantui.store.operations.details import ScanDetails, StreamTail
from scantui.store.operations.tails import TailNotes
from tests.readme import viewer_rules
from tests.servers import command
from tests.store.conftest import AwaitedStore
from tests.store.details_talk import IDENTITY, JSON, SCALAR, stream


async def details_of(store: AwaitedStore, key: str, known: ScanDetails | None = None) -> ScanDetails:
    found: ScanDetails = await store._run(details.load_details(key, known))
    return found


def told_by(found: ScanDetails) -> ScanDetails:
    """Details without what they leave for the next look."""
    return msgspec.structs.replace(found, notes=TailNotes())


@pytest.mark.parametrize("state", ScanState)
async def test_a_scan_is_shown_at_every_state(store: AwaitedStore, state: ScanState) -> None:
    scan = await store.create_scan(IDENTITY, {"title": "t"})
    scan = await store.create_stream(scan, "a", "float64")
    scan = await store.create_stream(scan, "image", "uint16", (1000, 1000))
    known = None
    for step in list(ScanState)[: state + 1]:
        scan = await store.advance_scan(scan, step) if step else scan
        if step is ScanState.STARTED:
            assert await store.append(scan, "a", [0.5, 1.5]) == 2
            assert await store.append(scan, "a", 2.5) == 3
        known = await details_of(store, scan.key, known)
    assert known is not None
    assert told_by(known) == told_by(await details_of(store, scan.key))
    assert known.scan == await store.load_scan(scan.key)
    assert [entered for entered, _ in known.transitions] == list(ScanState)[: state + 1]
    assert (known.summary.title, known.summary.state) == ("t", state)
    a, image = known.streams
    points = (0.5, 1.5, 2.5) if state >= ScanState.STARTED else ()
    assert (a.last, a.length, a.sealed) == (points, len(points), state >= ScanState.STOPPED)
    assert (image.length, image.shape) == (None, (1000, 1000))


async def test_values_are_followed_as_they_grow(store: AwaitedStore) -> None:
    scan = await store.create_stream(await store.create_scan(IDENTITY), "a", "int32")
    for step in (ScanState.PREPARED, ScanState.STARTED):
        scan = await store.advance_scan(scan, step)
    known, count = await details_of(store, scan.key), 0
    for size in (1, 3, 1, 1, 20, 1, 2, 5, 9):
        count = await store.append(scan, "a", list(range(count, count + size)))
        known = await details_of(store, scan.key, known)
        assert known.streams[0].last == tuple(range(max(0, count - 8), count))


async def test_a_sequence_and_its_scan_name_each_other(store: AwaitedStore, raw: redis.Redis) -> None:
    parent = await store.create_scan({**IDENTITY, "name": "sequence"}, {"is_scan_sequence": True})
    child = await store.create_scan(IDENTITY, {"group": parent.key})
    listing = json.dumps({"SUBSCANS": stream("SUBS", JSON, format="subscan", plugin="scan_sequence")})
    command(raw, "JSON.SET", parent.key, ".data_streams", listing)
    for index, key in enumerate((child.key, "nobody")):
        command(raw, "XADD", "esrf:stream:SUBS", f"{index}-1", "payload", json.dumps({"key": key, "scan_number": 1}))
    found = await details_of(store, parent.key)
    assert (found.sub_scans, found.sub_scan_count, found.parent) == ((child.key,), 2, None)
    assert (await details_of(store, child.key)).parent == parent.key


async def test_a_hundred_streams_some_of_them_lost_or_broken(store: AwaitedStore, raw: redis.Redis) -> None:
    scan = await store.create_scan(IDENTITY)
    streams = {f"s{index}": stream(f"S{index}", SCALAR) for index in range(103)}
    command(raw, "JSON.SET", scan.key, ".data_streams", json.dumps(streams))
    for index in range(2, 103):
        command(raw, "XADD", f"esrf:stream:S{index}", "0-1", "payload", struct.pack("<i", index))
    command(raw, "SET", "esrf:stream:S0", "no stream")
    command(raw, "XADD", "esrf:stream:S2", "*", "foreign", "entry")
    found = await details_of(store, scan.key)
    assert (len(found.streams), found.more_streams) == (100, 3)
    assert "WRONGTYPE" in found.streams[0].problem
    assert found.streams[1] == StreamTail(name="s1", kind="numeric", dtype="<i4", length=0)
    assert [tail.last for tail in found.streams[3:]] == [(index,) for index in range(3, 100)]


async def test_a_deleted_scan_is_not_found(store: AwaitedStore) -> None:
    scan = await store.create_scan(IDENTITY)
    found = await details_of(store, scan.key)
    await store.delete_scan(scan.key, force=True)
    with pytest.raises(ScanNotFoundError):
        await details_of(store, scan.key, found)


async def test_a_document_of_any_size_is_not_read_to_its_end(store: AwaitedStore, raw: redis.Redis) -> None:
    large = await store.create_stream(await store.create_scan(IDENTITY, {"title": "t"}), "a", "float64")
    (described,) = json.loads(command(raw, "JSON.GET", large.key, "$.data_streams.a"))
    others = {f"a{number}": {**described, "pk": "x" * 1000} for number in range(5000)}
    command(raw, "JSON.SET", large.key, "$.data_streams", json.dumps(others))
    small = await store.create_stream(await store.create_scan(IDENTITY, {"title": "t"}), "a", "float64")
    for operation in (details.load_details(large.key), load.load_scan(large.key)):
        with pytest.raises(TooLargeError, match="has more than 4194304 bytes, and is not read"):
            await store._run(operation)
    streams = await store._run(progress.find_odd([large.key, small.key]))
    assert streams == {large.key: (), small.key: (small.streams["a"].key,)}


async def test_a_stream_whose_read_was_broken_off_is_not_read_again_and_the_others_wait_a_little(
    store: AwaitedStore, raw: redis.Redis
) -> None:
    scan = await store.create_scan(IDENTITY, {"title": "t"})
    for name in ("large", "small"):
        scan = await store.create_stream(scan, name, "float64")
    for state in (ScanState.PREPARED, ScanState.STARTED):
        scan = await store.advance_scan(scan, state)
    command(raw, "XADD", scan.streams["large"].key, "0-1", "payload", b"\0" * (8 << 20))
    command(raw, "XADD", scan.streams["small"].key, "0-1", "payload", struct.pack("<d", 1.5))
    command(raw, *viewer_rules("s3cret"), "-memory|usage")
    url = raw.connection_pool.connection_kwargs
    known, seen = None, []
    with DataStore(f"redis://viewer:s3cret@{url['host']}:{url['port']}/{url.get('db', 0)}") as viewer:
        for _round in range(12):
            known = viewer.load_details(scan.key, known)
            large, small = known.streams
            seen.append(small.last)
            assert (large.length, large.held_back, large.may_be_larger) == (None, 128 * 1024, True)
    command(raw, "ACL", "DELUSER", "viewer")
    assert seen == [()] * 11 + [(1.5,)]
