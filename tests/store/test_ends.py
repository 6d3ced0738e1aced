"""The ends of streams: what is asked, what is read and what is not, and how long nobody used them."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import pytest

from scantui.exceptions import CommandError, NotAllowedError, TooLargeError
from scantui.feed.stream_ends import StreamEnds
from scantui.models import UNCOUNTED, Scan, ScanState
from scantui.store import AsyncDataStore, DataStore
from scantui.store.operations.ends import (
    MOST_READ,
    MOST_UNKNOWN,
    SMALL,
    EndSeen,
    EndWanted,
    KnownSize,
    StreamEnd,
    look_at_ends,
)
from scantui.store.operations.requests import Batch, Command
from scantui.store.wire.replies import Entry
from scantui.store.wire.streams import SEAL
from tests.readme import viewer_rules
from tests.servers import RealRedis, command, initialise, plain_client
from tests.store.conversation import converse

KEY = "esrf:stream:A"
USAGE = Command("MEMORY", "USAGE", KEY)
FIRST_LOOK = Batch([USAGE, Command("XLEN", KEY), Command("OBJECT", "IDLETIME", KEY)])
REFUSED = NotAllowedError("not allowed")
IDENTITY = {"name": "ascan", "number": 1, "data_policy": "None"}


def entry(index: int, payload: bytes, length: int = 1) -> list[Any]:
    fields = [b"payload", payload, *([b"len", str(length).encode()] if length > 1 else [])]
    return [f"{index}-1".encode(), fields]


def since(first: str, count: int = 1) -> Batch:
    return Batch([Command("XREVRANGE", KEY, "+", first, "COUNT", count)])


def looked(wanted: EndWanted, *script: Any, allowed: int = MOST_READ) -> Any:
    return converse(look_at_ends([wanted], allowed), *script)[KEY]


def test_a_first_look_reads_the_last_entry_and_how_long_it_was_idle() -> None:
    seen = looked(EndWanted(KEY), (FIRST_LOOK, [500, 9, 660]), (since("-"), [[entry(8, b"12345678")]]))
    assert seen.end == StreamEnd(9, "8-1", False, 500, 15, 9)
    assert seen.idle_seconds == 660
    assert seen.came == (Entry("8-1", {b"payload": b"12345678"}),)


def test_an_entry_that_was_read_is_not_read_again() -> None:
    known = StreamEnd(9, "8-1", False, 500, 15)
    seen = looked(EndWanted(KEY, known), (Batch([USAGE]), [500]), (since("(8-1"), [[]]))
    assert seen == EndSeen(known)


def test_a_missing_stream_is_not_read() -> None:
    assert looked(EndWanted(KEY), (FIRST_LOOK, [None, 0, None])) == EndSeen(StreamEnd())


def test_a_seal_shows_the_length() -> None:
    known = StreamEnd(9, "8-1", False, 500, 15)
    sealed = [SEAL.encode(), [b"id", b"12"]]
    seen = looked(EndWanted(KEY, known), (Batch([USAGE]), [500]), (since("(8-1"), [[sealed]]))
    assert (seen.end.length, seen.end.sealed) == (12, True)


@pytest.mark.parametrize(
    ("memory", "count", "is_read"),
    [(MOST_READ, 1, True), (50_000_000, 3, False), (50_000_000, 1_000_000, False), (MOST_READ + 1, 1, False)],
)
def test_what_may_be_large_is_not_read_at_first_sight(memory: int, count: int, is_read: bool) -> None:
    reading = [(since("-"), [[entry(0, b"x")]])] if is_read else []
    seen = looked(EndWanted(KEY), (FIRST_LOOK, [memory, count, 0]), *reading)
    assert (seen.end is not None) is is_read
    assert (seen.held_back > MOST_READ) is not is_read


@pytest.mark.parametrize(("grown", "last", "is_read"), [(0, 15, True), (MOST_READ, 15, False), (0, MOST_READ, False)])
def test_what_came_is_read_only_where_it_cannot_be_large(grown: int, last: int, is_read: bool) -> None:
    known = StreamEnd(9, "8-1", False, 500, last)
    reading: list[Any] = [(since("(8-1"), [[]])] if is_read else []
    seen = looked(EndWanted(KEY, known), (Batch([USAGE]), [500 + grown]), *reading)
    assert (seen.end is not None) is is_read


def test_nothing_is_read_when_nothing_is_left() -> None:
    known = StreamEnd(9, "8-1", False, 500, 15)
    seen = looked(EndWanted(KEY, known), (Batch([USAGE]), [600]), allowed=0)
    assert (seen.end, seen.held_back, seen.may_have_grown) == (None, 100 + 15 + SMALL, True)
    same = looked(EndWanted(KEY, known), (Batch([USAGE]), [500]), allowed=0)
    assert (same.end, same.may_have_grown) == (None, False)


def test_a_single_look_takes_the_last_of_many_small_entries_for_a_small_one() -> None:
    wanted = EndWanted(KEY, trusts=True)
    seen = looked(wanted, (FIRST_LOOK, [50_000_000, 1_000_000, 0]), (since("-"), [[entry(0, b"x")]]))
    assert seen.end is not None


def test_of_a_long_stream_what_came_since_the_last_look_is_read() -> None:
    exactly = Command("MEMORY", "USAGE", KEY, "SAMPLES", 0)
    asked = Batch([exactly, *FIRST_LOOK.commands[1:]])
    first = looked(EndWanted(KEY), (FIRST_LOOK, [50_000_000, 1_000_000, 3]))
    assert first.size == KnownSize(-1, 1_000_000)
    second = looked(EndWanted(KEY, before=first.size), (asked, [51_000_000, 1_000_000, 3]))
    assert second.size == KnownSize(51_000_000, 1_000_000)
    same = looked(EndWanted(KEY, before=second.size), (asked, [51_000_000, 1_000_000, 3]))
    assert same.end is None
    large = looked(EndWanted(KEY, before=second.size), (asked, [51_000_000 + MOST_READ, 1_000_001, 0]))
    assert (large.end, large.size.entries) == (None, 1_000_001)
    reading = (since("-"), [[entry(1_000_000, b"x")]])
    small = looked(EndWanted(KEY, before=second.size), (asked, [51_000_100, 1_000_001, 0]), reading)
    assert (small.end.length, small.end.memory) == (1_000_001, -1)


def test_who_may_not_ask_reads_once_and_takes_the_next_for_as_large() -> None:
    refused = [REFUSED, 3, REFUSED]
    seen = looked(EndWanted(KEY), (FIRST_LOOK, refused), (since("-"), [[entry(2, b"x" * MOST_READ)]]))
    assert seen.end.length == 3
    assert seen.idle_seconds is None
    asked = Batch(FIRST_LOOK.commands[:2])
    again = looked(EndWanted(KEY, seen.end), (asked, [REFUSED, 4]))
    assert (again.end, again.held_back) == (None, MOST_READ + len("payload") + SMALL)
    assert again.may_have_grown
    same = looked(EndWanted(KEY, seen.end), (asked, [REFUSED, 3]), (since("(2-1"), [[]]))
    assert same == EndSeen(seen.end)
    in_debt = looked(EndWanted(KEY), (FIRST_LOOK, refused), allowed=0)
    assert (in_debt.end, in_debt.entries) == (None, 3)


def test_who_may_not_ask_reads_one_stream_at_a_time() -> None:
    others = [Command(*("B" if word == KEY else word for word in each)) for each in FIRST_LOOK.commands]
    seen = converse(
        look_at_ends([EndWanted(KEY), EndWanted("B")]),
        (Batch([*FIRST_LOOK.commands, *others]), [REFUSED, 3, REFUSED] * 2),
        (since("-"), [[entry(2, b"x")]]),
    )
    first, second = seen[KEY], seen["B"]
    assert isinstance(first, EndSeen)
    assert isinstance(second, EndSeen)
    assert (first.end is None, second.end is None) == (False, True)


def test_a_read_that_brings_too_much_is_broken_off_and_what_came_before_counts() -> None:
    keys = ["A", "B", "C"]
    reads = [Command(*(key if word == KEY else word for word in since("-").commands[0])) for key in keys]
    first = [Command(*(key if word == KEY else word for word in each)) for key in keys for each in FIRST_LOOK.commands]
    too_large = TooLargeError("too large")
    too_large.came = ([entry(2, b"x")],)
    seen = converse(
        look_at_ends([EndWanted(key) for key in keys]),
        (Batch(first), [500, 3, 0] * 3),
        (lambda request: request.commands == reads and 0 < request.most <= MOST_READ, too_large),
    )
    looks = [look for look in seen.values() if isinstance(look, EndSeen)]
    assert [look.end is not None for look in looks] == [True, False, False]
    assert [look.is_too_large for look in looks] == [False, True, False]
    assert [look.read for look in looks[1:]] == [MOST_UNKNOWN, 0]


def test_an_error_stands_in_its_place() -> None:
    wrong = CommandError("WRONGTYPE")
    assert looked(EndWanted(KEY), (FIRST_LOOK, [500, wrong, 0]), (since("-"), [wrong])) is wrong


# On a real server


@pytest.fixture
def server(start_redis: Callable[..., RealRedis]) -> RealRedis:
    server = start_redis()
    initialise(server.url)
    return server


def running(store: DataStore, **info: Any) -> Scan:
    scan = store.create_stream(store.create_scan(IDENTITY, info), "axis:x", "float64")
    return store.advance_scan(store.advance_scan(scan, ScanState.PREPARED), ScanState.STARTED)


@pytest.mark.parametrize("size", [100, 1 << 20, 50 << 20])
@pytest.mark.parametrize("small_ones", [0, 30])
def test_batches_of_any_size_cost_what_is_allowed(server: RealRedis, size: int, small_ones: int) -> None:
    read, known = 0, None
    with DataStore(server.url) as store, plain_client(server.url) as raw:
        stream = running(store).streams["axis:x"].key
        for index in range(small_ones):
            command(raw, "XADD", stream, f"{index}-1", "payload", struct.pack("<d", 0))
        for batch in range(4):
            points = size // 8
            fields = ("payload", b"\0" * 8 * points, "len", points)
            command(raw, "XADD", stream, f"{small_ones + batch * points}-1", *fields)
            seen = store.monitoring.look_at_ends([EndWanted(stream, known)])[stream]
            assert isinstance(seen, EndSeen)
            read, known = read + seen.read, seen.end or known
    assert read <= MOST_READ
    assert (known is not None and known.length == small_ones + 4 * (size // 8)) is (size == 100)


@pytest.mark.parametrize("large", [1 << 20, 8 << 20])
def test_one_large_entry_behind_many_small_ones_is_not_read(server: RealRedis, large: int) -> None:
    """And what comes after it is."""
    ends, read = StreamEnds(), 0

    def look(second: float) -> int:
        nonlocal read
        seen = store.monitoring.look_at_ends(ends.wanted([stream]), ends.allowed(second))
        read += sum(each.read for each in seen.values() if isinstance(each, EndSeen))
        return ends.take_in(seen)[stream]

    with DataStore(server.url) as store, plain_client(server.url) as raw:
        stream = running(store).streams["axis:x"].key
        with raw.pipeline(transaction=False) as pipeline:
            for index in range(20_000):
                command(pipeline, "XADD", stream, f"{index}-1", "payload", struct.pack("<d", 0))
            command(pipeline, "XADD", stream, "20000-1", "payload", b"\0" * large, "len", large // 8)
            pipeline.execute()
        assert [look(float(second)) for second in range(3)] == [UNCOUNTED] * 3
        assert read == 0
        command(raw, "XADD", stream, f"{20_000 + large // 8}-1", "payload", struct.pack("<d", 0))
        assert look(4.0) == 20_001 + large // 8
    assert read < MOST_READ


@pytest.mark.parametrize("missing", ["", "-client|no-touch", "-object|idletime", "-memory|usage"])
async def test_who_lacks_a_right_sees_the_same(server: RealRedis, missing: str) -> None:
    with DataStore(server.url) as store, plain_client(server.url) as admin:
        scan = running(store)
        store.append(scan, "axis:x", [1.0, 2.0, 3.0])
        command(admin, *viewer_rules("s3cret"), *missing.split())
    stream = scan.streams["axis:x"].key
    async with AsyncDataStore.open(f"redis://viewer:s3cret@127.0.0.1:{server.port}") as viewer:
        seen = (await viewer.monitoring.look_at_ends([EndWanted(stream)]))[stream]
    assert isinstance(seen, EndSeen)
    assert seen.end is not None
    assert (seen.end.length, seen.idle_seconds) == (3, None if "idle" in missing else 0)


@pytest.mark.parametrize("is_blocking", [False, True])
@pytest.mark.parametrize("small_ones", [0, 120_000])
async def test_an_entry_of_any_size_is_not_read_to_its_end_without_the_right_to_ask_or_among_many_small_ones(
    server: RealRedis, small_ones: int, is_blocking: bool
) -> None:
    with DataStore(server.url) as store, plain_client(server.url) as admin:
        scan = running(store)
        stream, other = scan.streams["axis:x"].key, running(store).streams["axis:x"].key
        command(admin, "XADD", other, "0-1", "payload", struct.pack("<d", 0))
        with admin.pipeline(transaction=False) as pipeline:
            for index in range(small_ones):
                command(pipeline, "XADD", stream, f"{index}-1", "payload", struct.pack("<d", 0))
            command(pipeline, "XADD", stream, f"{small_ones}-1", "payload", b"\0" * (100 << 20))
            pipeline.execute()
        command(admin, *viewer_rules("s3cret"), *([] if small_ones else ["-memory|usage"]))
        before = written_by(admin)
        url = f"redis://viewer:s3cret@127.0.0.1:{server.port}"
        ends = StreamEnds(trusts=True)
        wanted = ends.wanted([stream])
        if is_blocking:
            with DataStore(url) as viewer:
                seen = viewer.monitoring.look_at_ends(wanted)
                assert ends.take_in(viewer.monitoring.look_at_ends([EndWanted(other)])) == {other: 1}
        else:
            async with AsyncDataStore.open(url) as viewer:
                seen = await viewer.monitoring.look_at_ends(wanted)
                assert ends.take_in(await viewer.monitoring.look_at_ends([EndWanted(other)])) == {other: 1}
        assert ends.take_in(seen) == {stream: UNCOUNTED}
        # What fits into the buffers of a local connection leaves the server.
        assert written_by(admin) - before < 10 << 20
    look = seen[stream]
    assert isinstance(look, EndSeen)
    assert (look.end, look.is_too_large) == (None, True)


def written_by(client: Any) -> int:
    """How many bytes a server has sent to its clients."""
    return int(command(client, "INFO", "stats")["total_net_output_bytes"])


def test_idle_times_are_not_reported_where_keys_may_be_evicted(server: RealRedis) -> None:
    with DataStore(server.url) as store, plain_client(server.url) as admin:
        scan = running(store)
        store.append(scan, "axis:x", 1.0)
        command(admin, "CONFIG", "SET", "maxmemory-policy", "allkeys-lfu")
        seen = store.monitoring.look_at_ends([EndWanted(scan.streams["axis:x"].key)])
    (look,) = seen.values()
    assert isinstance(look, EndSeen)
    assert (look.end and look.end.length, look.idle_seconds) == (1, None)
