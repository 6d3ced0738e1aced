"""Whatever stands in Redis, an operation ends with a value or an error of ours, and a row says what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from scantui.board import Board
from scantui.columns import COLUMNS, TIME_FORMATS
from scantui.exceptions import (
    GarbledError,
    ScanNotFoundError,
    ScanValidationError,
    StoreError,
    StreamError,
)
from scantui.export import ExportedScan, to_csv, to_json, to_jsonl, to_markdown, to_plain
from scantui.matching import SearchCriteria
from scantui.models import ScanState, ScanSummary, StreamInfo
from scantui.store.operations import (
    append,
    details,
    ends,
    examine,
    follow,
    identity,
    listing,
    load,
    looks,
    memory,
    points,
    progress,
    rights,
    search,
    setup,
    streams,
    transitions,
    waiting,
    write,
)
from scantui.store.operations.ends import EndWanted, StreamEnd
from scantui.store.operations.index import SearchAbility
from scantui.store.operations.requests import Operation
from scantui.store.wire.replies import Entry
from scantui.store.wire.streams import SEAL, length_after
from scantui.tui.widgets.detail_info import info_lines
from scantui.tui.widgets.detail_lines import detail_lines
from tests.servers import command
from tests.store.conftest import AwaitedStore
from tests.store.conversation import ticking
from tests.store.hostile import KEYS, HostileServer, sound_document

NOW_MS = 1_795_000_364_000
IDENTITY = {"name": "ascan", "number": 1, "data_policy": "None"}
CASES = 150
X_STREAM = StreamInfo(name="x", key="esrf:stream:X", kind="numeric", dtype="<f8")
LOOKS = [looks.PointsWanted(stream=X_STREAM), looks.PointsWanted(stream=X_STREAM, until=9)]
LAST = [looks.PointsWanted(stream=X_STREAM, is_last=True)]


def named() -> SearchCriteria:
    return SearchCriteria.parse({"name": "a*", "number": 1})


OPERATIONS: dict[str, Callable[[str], Operation[Any]]] = {
    "load_scan": load.load_scan,
    "load_scans": lambda key: load.load_scans([key] * 5),
    "get_scans_state": lambda key: load.get_scans_state([key] * 3),
    "load_summaries": lambda key: load.load_summaries([key] * 3),
    "load_details": details.load_details,
    "get_last_scan": lambda _: load.get_last_scan(),
    "get_next_scan": lambda _: load.get_next_scan("0-0", True, 3, ticking(*range(500))),
    "wait_for_news": lambda _: follow.wait_for_news("1-0", {"esrf:stream:STATE": "1-0"}, 1.0),
    "poll_status": lambda key: follow.poll_status([key], [EndWanted("esrf:stream:X")], "1-0"),
    "find_progress_streams": lambda key: progress.find_progress_streams([key] * 3),
    "look_at_ends": lambda _: ends.look_at_ends([EndWanted("a"), EndWanted("b", StreamEnd(3, "2-1"))]),
    "get_stream_lengths": lambda _: progress.get_stream_lengths(["a", "b"]),
    "load_transitions": lambda _: transitions.load_transitions(["a", "b"]),
    "get_memory": lambda _: memory.get_memory(),
    "list_scans": lambda _: listing.list_scans(SearchAbility(), ticking(*range(500))),
    "list_newest": lambda _: listing.list_newest(100),
    "search": lambda _: search.search_existing_scans(named(), SearchAbility(), ticking(*range(500))),
    "delete_scan": lambda key: write.delete_scan(key, False),
    "delete_scan by force": lambda key: write.delete_scan(key, True),
    "advance_scan": lambda key: write.advance_scan(key, ScanState.CLOSED, {"a": 1}),
    "create_stream": lambda key: append.create_stream(key, "q", "float64", (), 1.7e9),
    "create_scans": lambda _: write.create_scans([(IDENTITY, {}), (IDENTITY, None)], 1.7e9),
    "append_json": lambda key: append.append_json(key, "y", {"key": KEYS[0]}),
    "count_scans": lambda _: listing.count_scans(SearchAbility()),
    "find_candidates": lambda _: search.find_candidates(named(), SearchAbility(), ticking(*range(500))),
    "list_noted": lambda _: listing.list_noted(SearchAbility()),
    "read_points": lambda key: points.read_points(key, "x", -5),
    "read_points, ragged": lambda key: points.read_points(key, "c", 0, 3),
    "read_points, json": lambda key: points.read_points(key, "y"),
    "look_at_points": lambda _: looks.look_at_points(LOOKS),
    "sample_points": lambda _: points.sample_points(X_STREAM, [0, 5, 9]),
    "look_at_last": lambda _: looks.look_at_points(LAST),
    "measure_streams": lambda _: looks.measure_streams([X_STREAM.key] * 2),
    "get_frame_status": lambda key: streams.get_frame_status(key, "z"),
    "wait_for_state": lambda key: waiting.wait_for_state(key, ScanState.CLOSED, 5, ticking(*range(500))),
    "may_write": lambda _: rights.may_write(),
    "get_server_identity": lambda _: identity.get_server_identity(),
    "examine": lambda _: examine.examine(ticking(*range(500)), ticking(*range(500))),
    "check_protocol": lambda _: setup.check_protocol(),
    "initialise": lambda _: setup.initialise(),
    "append": lambda key: append.append(key, "x", 1.0),
    "append to ragged": lambda key: append.append(key, "c", [[1.0]]),
}


@pytest.mark.parametrize("name", OPERATIONS)
@given(seed=st.integers(0, 2**32))
def test_an_operation_ends_with_a_value_or_an_error_of_ours(name: str, seed: int) -> None:
    server = HostileServer(seed)
    server.talk(OPERATIONS[name](server.chance.choice(KEYS)))


@pytest.mark.parametrize("garbled", [0.05, 0.5])
@pytest.mark.parametrize("name", OPERATIONS)
@given(seed=st.integers(0, 2**32))
def test_a_reply_of_another_shape_is_an_error_of_ours(name: str, garbled: float, seed: int) -> None:
    server = HostileServer(seed, garbled)
    found = server.talk(OPERATIONS[name](server.chance.choice(KEYS)))
    # One such reply casts doubt on all others, so it is never the error of one scan among many.
    assert not [each for each in (found if isinstance(found, list) else ()) if isinstance(each, GarbledError)]


@given(seed=st.integers(0, 2**32))
def test_every_row_can_be_shown_and_a_bad_one_says_why(seed: int) -> None:
    server = HostileServer(seed)
    key = server.chance.choice(KEYS)
    loaded = server.talk(load.load_summaries([key]))
    assert isinstance(loaded, list)
    (row,) = loaded
    if isinstance(row, StoreError):
        assert str(row).startswith(key)
        row = ScanSummary(key=key, problem=str(row))
    board = Board()
    board.tell_time(NOW_MS)
    board.put([row])
    assert (board.word_of(row) == "BAD") is bool(row.problem)
    for many in (0, server.chance.choice([5, 2**64, 7])):
        board.note_progress({key: many})
        board.tell_time(NOW_MS + server.chance.choice([0, 10**5, 10**9]))
        for column in (*COLUMNS, *TIME_FORMATS.values()):
            column.show(board, row)
    exported = [ExportedScan.of(board, row)]
    for write_out in (to_csv, to_json, to_jsonl, to_markdown, to_plain):
        write_out(exported)


@given(seed=st.integers(0, 2**32))
def test_all_about_a_scan_can_be_shown(seed: int) -> None:
    server = HostileServer(seed)
    found = server.talk(details.load_details(server.chance.choice(KEYS)))
    if isinstance(found, details.ScanDetails):
        for now_ms in (0, NOW_MS, 2**63):
            assert detail_lines(found, now_ms, "RUN")
        info_lines(found.scan.info, {})


FAR = b"9" * 400


@pytest.mark.parametrize(
    "time",
    [
        [FAR, b"0"],
        [b"9" * 5000, b"0"],
        [b"253402300800", b"0"],
        [b"-5", b"0"],
        [b"5", b"1000000"],
        [10**400, 0],
        [],
        7,
        None,
        [5],
        {b"5": b"0"},
    ],
)
def test_a_time_that_no_clock_shows_is_an_answer_without_sense(time: object) -> None:
    asking = follow.poll_status([], [])
    next(asking)
    with pytest.raises(GarbledError):
        asking.send([time, b"1", []])


@pytest.mark.parametrize("id_", [b"9" * 30 + b"-0", b"0-" + FAR, b"-5", b"5-", b"5-5-5", "5-\u0665".encode(), 5, None])
def test_an_entry_whose_id_no_server_gives_is_an_answer_without_sense(id_: object) -> None:
    asking = follow.wait_for_news("1-0", {}, 0)
    next(asking)
    with pytest.raises(GarbledError):
        asking.send([[b"_SCAN_HISTORY_", [[id_, [b"key", KEYS[0].encode()]]]]])


@pytest.mark.parametrize("length", [b"-1", b"18446744073709551616", b"9" * 4000])
def test_a_length_that_no_stream_can_have_is_none(length: bytes) -> None:
    with pytest.raises(StreamError):
        length_after([Entry(SEAL, {b"id": length})])
    with pytest.raises(StreamError):
        length_after([Entry("0-1", {b"len": length})])


# A real server, as far as it can hold such


async def test_a_scan_whose_streams_are_none_is_deleted_by_force(store: AwaitedStore, raw: redis.Redis) -> None:
    scan = await store.create_stream(await store.create_scan(IDENTITY), "x", "float64")
    raw.set(scan.streams["x"].key, "no stream")
    with pytest.raises(StreamError, match="cannot be sealed"):
        await store.advance_scan(scan, ScanState.CLOSED)
    await store.delete_scan(scan.key, force=True)
    stateless = await store.create_scan(IDENTITY)
    raw.delete(stateless.state_stream)
    raw.set(stateless.state_stream, "no stream")
    with pytest.raises(ScanValidationError, match="state stream"):
        await store.delete_scan(stateless.key)
    await store.delete_scan(stateless.key, force=True)
    for each in (scan, stateless):
        with pytest.raises(ScanNotFoundError):
            await store.load_scan(each.key)
        assert 0 < raw.ttl(each.state_stream) <= 10


async def test_documents_spoilt_at_random_lose_no_neighbour(store: AwaitedStore, raw: redis.Redis) -> None:
    spoiler = HostileServer(7)
    sound = [await store.create_scan({**IDENTITY, "number": number}) for number in range(20)]
    spoilt = []
    for number in range(CASES):
        key = f"esrf:scan:{number:026}"
        document = spoiler.spoilt(sound_document())
        try:
            command(raw, "JSON.SET", key, "$", json.dumps(document))
        except redis.ResponseError:
            continue  # RedisJSON does not hold it
        command(raw, "XADD", "_SCAN_HISTORY_", "*", "key", key)
        spoilt.append(key)
    others = [f"esrf:scan:{kind:0>26}" for kind in ("STRING", "LIST", "HASH", "STREAM", "SET")]
    raw.set(others[0], "x")
    raw.rpush(others[1], "x")
    raw.hset(others[2], "x", "y")
    command(raw, "XADD", others[3], "*", "a", "b")
    raw.sadd(others[4], "x")
    for key in others:
        command(raw, "XADD", "_SCAN_HISTORY_", "*", "key", key)
    for value in (b"\xff" * 26, b"esrf:scan:\xff", b"", b"esrf:scan:" + b"\xff" * 26):
        command(raw, "XADD", "_SCAN_HISTORY_", "*", "key", value)
    command(raw, "XADD", "_SCAN_HISTORY_", "*", "nokey", "x")
    command(raw, "XADD", "esrf:stream:STATE", "*", "state", 4)
    command(raw, "XADD", "esrf:stream:STATE", "*", "state", 2)
    assert len(spoilt) > CASES / 2

    keys = (await store.list_scans()).keys
    assert set(keys) == {*spoilt, *others, *(scan.key for scan in sound)}
    rows = dict(zip(keys, await store.load_summaries(keys), strict=True))
    whole = dict(zip(keys, await store.load_scans(keys), strict=True))
    for scan in sound:
        assert whole[scan.key] == scan
        assert rows[scan.key].identity == scan.identity
    for key in others:
        assert isinstance(rows[key], ScanValidationError)
    for key in (*spoilt, *others):
        assert not isinstance(rows[key], StoreError) or str(rows[key]).startswith(key)
        if not isinstance(whole[key], StoreError):
            assert (await store.load_details(key)).scan == whole[key]
    assert (await store.search_existing_scans(name="ascan", number=19)).keys == [sound[19].key]
    assert (await store.get_last_scan()).key in {*spoilt, *others}
    for key in (*spoilt, *others):
        await store.delete_scan(key, force=True)
    assert (await store.search_existing_scans()).keys == [scan.key for scan in sound]
    assert await store.load_scans([scan.key for scan in sound]) == sound
