"""The contract of both flavours of the store, against the real server; each test is written once."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
import redis

from scantui.exceptions import (
    ConflictError,
    ConnectionFailed,
    DatabaseNotEmptyError,
    LoginError,
    MissingModuleError,
    NoScanAvailable,
    NotInitialisedError,
    ScanNotClosedError,
    ScanNotFoundError,
    ScanTuiError,
    ScanValidationError,
    StoreError,
    StreamError,
    UnauthorizedStateTransition,
    UsageError,
)
from scantui.models import Scan, ScanRef, ScanState
from tests.servers import RealRedis, command, initialise, plain_client
from tests.store.conftest import AwaitedStore, Opener

IDENTITY = {"name": "ascan", "number": 1, "data_policy": "None"}
NOBODY = "esrf:scan:01JBXVGZM0G32HDSZJXS6MSESN"
STATES = list(ScanState)


async def scan_in(store: AwaitedStore, state: ScanState, **identity: Any) -> Scan:
    """A scan that was taken to a state, step by step."""
    scan: Scan = await store.create_scan({**IDENTITY, **identity})
    for step in STATES[1 : state + 1]:
        scan = await store.advance_scan(scan, step)
    return scan


def stored(raw: redis.Redis, key: str) -> Any:
    return json.loads(command(raw, "JSON.GET", key))


def state_entries(raw: redis.Redis, scan: Scan) -> Any:
    return command(raw, "XRANGE", scan.state_stream, "-", "+")


# A scan's life


async def test_a_new_scan_is_created_and_can_be_loaded(store: AwaitedStore) -> None:
    scan = await store.create_scan({**IDENTITY, "session": "demo"}, {"title": "t", "nothing": float("nan")})
    assert str(scan.state) == f"{scan.state}" == "<ScanState.CREATED: 0>"
    assert (scan.name, scan.number, scan.data_policy, scan.session, scan.path) == ("ascan", 1, "None", "demo", None)
    assert scan.info == {"title": "t", "nothing": None}
    assert await store.load_scan(scan.key) == scan


async def test_a_scan_goes_through_its_states_and_takes_info_on_the_way(store: AwaitedStore) -> None:
    scan = await store.create_scan(IDENTITY, {"title": "t", "npoints": 0})
    scan = await store.advance_scan(scan, ScanState.PREPARED, {"npoints": 5})
    assert scan.info == {"title": "t", "npoints": 5}
    for state in (ScanState.STARTED, 3):
        scan = await store.advance_scan(scan.key, state)
        assert (scan.state, await store.load_scan(scan.key)) == (state, scan)
    scan = await store.advance_scan(scan, ScanState.CLOSED, {"end_reason": "SUCCESS"})
    assert scan.info == {"title": "t", "npoints": 5, "end_reason": "SUCCESS"}
    assert await store.load_scan(scan.key) == scan
    assert await store.get_scans_state([scan.key]) == [ScanState.CLOSED]


@pytest.mark.parametrize("start", STATES)
async def test_a_step_that_is_not_allowed_writes_nothing(
    store: AwaitedStore, raw: redis.Redis, start: ScanState
) -> None:
    scan = await scan_in(store, start)
    before = stored(raw, scan.key), state_entries(raw, scan)
    refused = [state for state in STATES if state != start + 1 and not start < state == ScanState.CLOSED]
    for state in refused:
        with pytest.raises(UnauthorizedStateTransition, match=f"{scan.key}.*{start.name} to {state.name}"):
            await store.advance_scan(scan, state, {"end_reason": "x"})
    assert (stored(raw, scan.key), state_entries(raw, scan)) == before


@pytest.mark.parametrize("start", STATES[:-1])
async def test_a_scan_can_be_closed_from_every_state(store: AwaitedStore, start: ScanState) -> None:
    scan = await scan_in(store, start)
    assert (await store.advance_scan(scan, ScanState.CLOSED)).state is ScanState.CLOSED


async def test_info_changes_on_the_way_to_prepared_and_closed_only(store: AwaitedStore) -> None:
    scan = await scan_in(store, ScanState.PREPARED)
    with pytest.raises(UnauthorizedStateTransition, match="info"):
        await store.advance_scan(scan, ScanState.STARTED, {"title": "late"})
    assert (await store.load_scan(scan.key)).state is ScanState.PREPARED


async def test_fields_that_we_do_not_know_survive_every_step(store: AwaitedStore, raw: redis.Redis) -> None:
    scan = await store.create_scan(IDENTITY, {"a": 1})
    foreign = stored(raw, scan.key)
    foreign |= {"beamline": {"ø": [1.0, 2**60, None]}, "info": {"a": 1, "kept": {"deep": [1]}}}
    foreign["id"]["sample"] = "s"
    foreign["state_stream"]["note"] = 1
    command(raw, "JSON.SET", scan.key, ".", json.dumps(foreign))
    scan = await store.create_stream(scan, "diode", float)
    for state in STATES[1:]:
        scan = await store.advance_scan(scan, state)
    after = stored(raw, scan.key)
    assert list(after.pop("data_streams")) == ["diode"]
    assert after == {field: value for field, value in foreign.items() if field != "data_streams"}


async def test_of_many_who_take_the_same_step_one_does(store: AwaitedStore, raw: redis.Redis) -> None:
    scan = await store.create_scan(IDENTITY)
    attempts = [store.in_parallel("advance_scan", scan.key, 1, {f"k{i}": i}) for i in range(8)]
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert sum(isinstance(outcome, Scan) for outcome in outcomes) == 1
    assert all(isinstance(outcome, (Scan, UnauthorizedStateTransition, ConflictError)) for outcome in outcomes)
    assert [fields[b"state"] for _, fields in state_entries(raw, scan)] == [b"0", b"1"]


async def test_streams_that_are_added_at_the_same_time_are_all_there(store: AwaitedStore) -> None:
    scan = await store.create_scan(IDENTITY)
    await asyncio.gather(*(store.in_parallel("create_stream", scan.key, name, float) for name in "abc"))
    assert set((await store.load_scan(scan.key)).streams) == set("abc")


# What cannot become a scan


@pytest.mark.parametrize(
    ("identity", "field"),
    [
        ({}, "name is required"),
        ({"name": "x", "number": 1}, "data_policy is required"),
        ({**IDENTITY, "number": "one"}, "number"),
        ({**IDENTITY, "number": 1.5}, "number"),
        ({**IDENTITY, "number": True}, "number"),
        ({**IDENTITY, "number": 2**63}, "number"),
        ({**IDENTITY, "name": 5}, "name"),
        ({**IDENTITY, "session": b"demo"}, "session"),
        ({**IDENTITY, "dataset": "\ud800"}, "dataset"),
        ({**IDENTITY, "sesion": "demo"}, "did you mean session"),
    ],
)
async def test_an_identity_that_will_not_do_is_refused_by_field(
    store: AwaitedStore, raw: redis.Redis, identity: dict[str, Any], field: str
) -> None:
    keys = command(raw, "DBSIZE")
    with pytest.raises(ScanValidationError, match=field):
        await store.create_scan(identity)
    assert command(raw, "DBSIZE") == keys


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(([1],), id="identity is a list"),
        pytest.param(({1: 2},), id="identity has a number as key"),
        pytest.param((IDENTITY, {"a": 10**5000}), id="a number that Python does not write"),
        pytest.param((IDENTITY, {"a": {1, 2}}), id="info holds a set"),
        pytest.param((IDENTITY, [1]), id="info is a list"),
    ],
)
async def test_nonsense_is_refused_with_an_error_of_ours(store: AwaitedStore, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(ScanTuiError):
        await store.create_scan(*arguments)


# Loading


async def test_bad_neighbours_do_not_spoil_the_others(store: AwaitedStore, raw: redis.Redis) -> None:
    first, last = await scan_in(store, ScanState.STARTED), await scan_in(store, ScanState.CLOSED)
    lost, mangled, nameless = [await store.create_scan(IDENTITY) for _ in range(3)]
    raw.delete(lost.state_stream)
    command(raw, "XADD", mangled.state_stream, "*", "state", "7")
    command(raw, "JSON.DEL", nameless.key, "$.id")
    text = f"esrf:scan:{'0' * 26}"
    raw.set(text, "no document")
    keys = [first.key, NOBODY, lost.key, "", mangled.key, text, nameless.key, last.key, first.key]
    one, *bad, other, again = await store.load_scans(keys)
    assert (one, other, again) == (first, last, first)
    assert [type(error) for error in bad] == [
        *(ScanNotFoundError, ScanValidationError, ScanNotFoundError),
        *(ScanValidationError, ScanValidationError, ScanValidationError),
    ]
    assert all(key in str(error) for key, error in zip(keys[1:-2], bad, strict=True))
    assert "id" in str(bad[-1])
    states = await store.get_scans_state(keys)
    assert [states[0], states[-2], states[-1]] == [ScanState.STARTED, ScanState.CLOSED, ScanState.STARTED]
    assert [isinstance(state, StoreError) for state in states[1:-2]] == [True, True, True, True, True, False]
    summaries = await store.load_summaries(keys)
    assert [summaries[0].state, summaries[-2].key] == [ScanState.STARTED, last.key]
    assert all(isinstance(summary, StoreError) for summary in summaries[1:-2])


@pytest.mark.parametrize("key", [NOBODY, "esrf:scan:index:hash", "", "esrf:scan:", None, 5])
async def test_a_key_that_names_no_scan_is_not_found(store: AwaitedStore, key: Any) -> None:
    for call in (store.load_scan, store.delete_scan):
        with pytest.raises(ScanNotFoundError):
            await call(key)
    with pytest.raises(ScanNotFoundError):
        await store.advance_scan(key, ScanState.CLOSED)


# Waiting and searching


async def test_without_scans_there_is_none(store: AwaitedStore) -> None:
    with pytest.raises(NoScanAvailable):
        await store.get_last_scan()
    with pytest.raises(NoScanAvailable):
        await store.get_next_scan(block=False)
    with pytest.raises(NoScanAvailable):
        await store.get_next_scan(timeout=0.0005)
    assert await store.search_existing_scans() == ("0-0", [])


async def test_no_scan_is_missed_from_one_timestamp_to_the_next(store: AwaitedStore) -> None:
    timestamp, keys = await store.search_existing_scans()
    scans = [await store.create_scan({**IDENTITY, "number": number}) for number in range(40)]
    for scan in scans:
        timestamp, key = await store.get_next_scan(since=timestamp, timeout=10)
        keys.append(key)
        assert key == scan.key
    assert await store.get_last_scan() == ScanRef(timestamp, keys[-1])
    assert await store.search_existing_scans() == (timestamp, keys)
    with pytest.raises(NoScanAvailable):
        await store.get_next_scan(since=timestamp, block=False)


async def test_who_waits_gets_the_scan_that_somebody_else_creates(
    store: AwaitedStore, open_store: Opener, store_url: str, raw: redis.Redis
) -> None:
    other = await open_store(store_url)
    waiting = store.in_parallel("get_next_scan")
    while not any(client["cmd"] == "xread" for client in await asyncio.to_thread(raw.client_list)):
        pass
    scan = await other.create_scan(IDENTITY)
    assert (await waiting).key == scan.key


async def test_news_tell_what_was_created_and_what_moved(store: AwaitedStore) -> None:
    old = await store.create_scan(IDENTITY)
    since = (await store.get_last_scan()).timestamp
    assert (await store.wait_for_news(since, {old.state_stream: old.state_id}, 0.001)).since == since
    new = await store.create_scan(IDENTITY)
    moved = await store.advance_scan(old, ScanState.PREPARED)
    news = await store.wait_for_news(since, {old.state_stream: old.state_id}, 1)
    assert [ref.key for ref in news.created] == [new.key]
    assert (news.since, news.moved) == (news.created[0].timestamp, {old.state_stream: moved.state_id})


async def test_the_pulse_tells_which_scans_are_gone_and_when_the_database_is(
    store: AwaitedStore, raw: redis.Redis
) -> None:
    kept, gone = await scan_in(store, ScanState.CREATED), await scan_in(store, ScanState.CLOSED)
    await store.delete_scan(gone.key)
    pulse = await store.poll_status([kept.key, gone.key, NOBODY])
    assert (pulse.gone, abs(pulse.server_ms - int(kept.state_id.split("-")[0])) < 60_000) == ([gone.key, NOBODY], True)
    raw.flushall()
    with pytest.raises(NotInitialisedError):
        await store.poll_status([])


# Streams


async def test_points_are_counted_and_sealed(store: AwaitedStore, raw: redis.Redis) -> None:
    scan = await store.create_scan(IDENTITY)
    scan = await store.create_stream(scan, "diode", "float64")
    scan = await store.advance_scan(scan, ScanState.PREPARED)
    scan = await store.create_stream(scan.key, "ragged", "int32", [-1])
    scan = await store.create_stream(scan, "image", "<u2", (2, 2))
    scan = await store.advance_scan(scan, ScanState.STARTED)
    assert [await store.append(scan, "diode", points) for points in (1.5, [2, 3], [4])] == [1, 3, 4]
    assert [await store.append(scan.key, "ragged", points) for points in ([1, 2, 3], [[1], [2]])] == [1, 3]
    assert await store.append(scan, "image", [[[1, 2], [3, 4]]] * 5) == 5
    ids = [entry[0] for entry in command(raw, "XRANGE", scan.streams["diode"].key, "-", "+")]
    assert ids == [b"0-1", b"1-1", b"3-1"]
    with pytest.raises(StreamError, match="settled"):
        await store.create_stream(scan, "late", float)
    scan = await store.advance_scan(scan, ScanState.STOPPED)
    last = {name: command(raw, "XREVRANGE", scan.streams[name].key, "+", "-")[0][1] for name in scan.streams}
    assert last == {"diode": {b"id": b"4"}, "ragged": {b"id": b"3"}, "image": {b"id": b"5"}}
    with pytest.raises(StreamError, match="sealed"):
        await store.append(scan, "diode", 1)
    assert (await store.advance_scan(scan, ScanState.CLOSED)).streams == scan.streams


@pytest.mark.parametrize("points", [[], "text", None, [[1.0]], {"a": 1}, [1.0, [2.0]]])
async def test_points_that_do_not_fit_are_refused(store: AwaitedStore, points: Any) -> None:
    scan = await store.create_stream(await store.create_scan(IDENTITY), "diode", float)
    with pytest.raises(StreamError):
        await store.append(scan, "diode", points)
    assert await store.append(scan, "diode", 0) == 1


@pytest.mark.parametrize(
    ("name", "dtype", "shape"),
    [("taken", float, ()), ("", float, ()), ("x", str, ()), ("x", "object", ()), ("x", int, (0,)), ("x", int, (-2,))],
)
async def test_a_stream_that_will_not_do_is_refused(store: AwaitedStore, name: str, dtype: Any, shape: Any) -> None:
    scan = await store.create_stream(await store.create_scan(IDENTITY), "taken", float)
    with pytest.raises(StreamError):
        await store.create_stream(scan, name, dtype, shape)
    with pytest.raises(StreamError, match="no stream 'unknown', it has taken"):
        await store.append(scan, "unknown", 1)


# Deleting


async def test_a_deleted_scan_is_gone_at_once_and_its_keys_expire(store: AwaitedStore, raw: redis.Redis) -> None:
    scan = await store.create_stream(await store.create_scan(IDENTITY), "diode", float)
    await store.append(scan, "diode", 1)
    other = await scan_in(store, ScanState.CLOSED, number=2)
    with pytest.raises(ScanNotClosedError):
        await store.delete_scan(scan.key)
    assert (await store.load_scan(scan.key)).state is ScanState.CREATED
    await store.delete_scan(scan.key, force=True)
    assert stored(raw, scan.key)["info"]["end_reason"] == "DELETION"
    keys = [scan.key, scan.state_stream, scan.streams["diode"].key]
    assert [0 < raw.ttl(key) <= 10 for key in keys] == [True] * 3
    for call in (store.load_scan, store.delete_scan):
        with pytest.raises(ScanNotFoundError):
            await call(scan.key)
    assert isinstance((await store.get_scans_state([scan.key]))[0], ScanNotFoundError)
    assert (await store.search_existing_scans()).keys == [other.key]
    assert (await store.search_existing_scans(number=1)).keys == []
    assert (await store.get_next_scan(since="0-0", block=False)).key == other.key
    await store.delete_scan(other.key)
    with pytest.raises(NoScanAvailable):
        await store.get_last_scan()


@pytest.mark.parametrize(("left", "is_there"), [(10_400, False), (10_900, True), (None, True)])
async def test_a_scan_that_expires_within_ten_seconds_counts_as_deleted(
    store: AwaitedStore, raw: redis.Redis, left: int | None, is_there: bool
) -> None:
    scan = await scan_in(store, ScanState.CLOSED)
    if left is not None:
        raw.pexpire(scan.key, left)
    assert (await store.search_existing_scans()).keys == [scan.key] * is_there
    assert isinstance((await store.load_scans([scan.key]))[0], Scan) is is_there


async def test_only_force_deletes_a_document_that_makes_no_sense(store: AwaitedStore, raw: redis.Redis) -> None:
    scan = await scan_in(store, ScanState.CLOSED)
    command(raw, "JSON.SET", scan.key, "$.data_streams", "[1]")
    with pytest.raises(ScanValidationError, match=r"data_streams"):
        await store.delete_scan(scan.key)
    await store.delete_scan(scan.key, force=True)
    assert 0 < raw.ttl(scan.key) <= 10


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda store, scan: store.create_stream(scan, "x", float, 5), id="shape is a number"),
        pytest.param(lambda store, scan: store.advance_scan(scan, 1, [1]), id="info is a list"),
        pytest.param(lambda store, _: store.load_scan("esrf:scan:" + "\ud800" * 26), id="key is no text for Redis"),
        pytest.param(lambda store, _: store.search_existing_scans(number=Fraction(10**400, 3)), id="a huge fraction"),
        pytest.param(lambda store, _: store.search_existing_scans(number=Decimal("sNaN")), id="a signalling NaN"),
        pytest.param(lambda store, _: store.get_next_scan(timeout=None), id="no timeout"),
        pytest.param(lambda store, _: store.get_next_scan(timeout="1"), id="a text for a timeout"),
        pytest.param(lambda store, scan: store.load_scans(scan.key), id="a key for keys"),
        pytest.param(lambda store, _: store.load_summaries(None), id="no keys"),
        pytest.param(lambda store, _: store.get_scans_state(5), id="a number for keys"),
        pytest.param(lambda store, _: store.poll_status(5), id="a number for keys to be checked"),
        pytest.param(lambda store, _: store.wait_for_news("0-0", {}, None), id="no timeout for news"),
        pytest.param(lambda store, scan: store.append(scan, [], 1), id="a list for a stream"),
    ],
)
async def test_wrong_arguments_raise_errors_of_ours(store: AwaitedStore, call: Callable[..., Any]) -> None:
    scan = await store.create_scan(IDENTITY)
    with pytest.raises(ScanTuiError):
        await call(store, scan)


# Opening and closing


async def test_init_refuses_a_database_with_keys(open_store: Opener, store_url: str) -> None:
    with pytest.raises(DatabaseNotEmptyError, match="3 keys"):
        await open_store(store_url, init_db=True)


async def test_an_empty_database_is_not_opened_but_set_up(open_store: Opener, empty_url: str) -> None:
    with pytest.raises(NotInitialisedError, match="initialise"):
        await open_store(empty_url)
    store = await open_store(empty_url, init_db=True)
    assert await store.search_existing_scans() == ("0-0", [])


async def test_another_protocol_is_refused(open_store: Opener, store_url: str, raw: redis.Redis) -> None:
    raw.set("_PROTOCOL_VERSION_", 2)
    with pytest.raises(NotInitialisedError, match="protocol '2'"):
        await open_store(store_url)


async def test_a_password_opens_and_a_wrong_one_is_never_shown(
    open_store: Opener, start_redis: Callable[..., RealRedis]
) -> None:
    server = start_redis(config={"requirepass": "s3cret/@"})
    for url in (f"redis://:wr0ng@127.0.0.1:{server.port}", f"redis://wh0:wr0ng@127.0.0.1:{server.port}?protocol=3"):
        with pytest.raises(LoginError) as refused:
            await open_store(url)
        assert "wr0ng" not in f"{refused.value!r} {refused.value.__cause__!r}"
    with pytest.raises(LoginError):
        await open_store(f"redis://127.0.0.1:{server.port}")
    store = await open_store(f"{server.url}?protocol=3&decode_responses=true&socket_timeout=1", init_db=True)
    scan = await store.create_scan(IDENTITY)
    by_socket = await open_store(f"unix://{server.socket_path}?password=s3cret/%40")
    assert await by_socket.load_scan(scan.key) == scan
    assert "s3cret" not in f"{store.store.label} {by_socket.store.label}"


@pytest.mark.parametrize(("modules", "missing"), [((), "JSON"), (("json",), "search")])
async def test_a_server_without_modules_is_refused(
    open_store: Opener, start_redis: Callable[..., RealRedis], modules: tuple[str, ...], missing: str
) -> None:
    server = start_redis(modules=modules)
    with pytest.raises(MissingModuleError, match=f"no {missing} module"):
        await open_store(server.url, init_db=True)
    with plain_client(server.url) as client:
        assert command(client, "DBSIZE") == 0
    if not modules:
        with pytest.raises(MissingModuleError, match="URL of BLISS's data Redis"):
            await open_store(server.url)


async def test_a_server_without_search_serves_all_the_same(
    open_store: Opener, start_redis: Callable[..., RealRedis]
) -> None:
    server = start_redis(modules=("json",))
    with plain_client(server.url) as client:
        client.set("_PROTOCOL_VERSION_", 1)
    store = await open_store(server.url)
    scan = await store.create_scan(IDENTITY)
    assert (await store.search_existing_scans(name="*SCAN", number=1)).keys == [scan.key]
    assert (await store.search_existing_scans(name="b*")).keys == []
    assert "no search module" in store.store.cannot_search


async def test_databases_of_one_server_do_not_mix(open_store: Opener, store_url: str, raw: redis.Redis) -> None:
    with plain_client(f"{store_url}/1") as client:
        client.set("_PROTOCOL_VERSION_", 1)
    zero, one, same = [await open_store(f"{store_url}{end}") for end in ("", "/1", "?db=1")]
    here, there = await zero.create_scan(IDENTITY), await one.create_scan(IDENTITY)
    assert (await zero.search_existing_scans()).keys == [here.key]
    assert (await one.search_existing_scans(number=1)).keys == [there.key]
    assert await same.load_scan(there.key) == there
    with pytest.raises(ScanNotFoundError):
        await one.load_scan(here.key)


async def test_only_database_zero_can_be_set_up_and_we_say_so(open_store: Opener, empty_url: str) -> None:
    with pytest.raises(UsageError, match="only database 0"):
        await open_store(f"{empty_url}/1", init_db=True)
    with plain_client(f"{empty_url}/1") as client:
        assert command(client, "DBSIZE") == 0


async def test_a_dead_server_is_said_to_be_unreachable(
    open_store: Opener, start_redis: Callable[..., RealRedis]
) -> None:
    server = start_redis()
    initialise(server.url)
    store = await open_store(server.url)
    server.stop()
    for call in (store.get_last_scan, store.search_existing_scans, lambda: open_store(server.url)):
        with pytest.raises(ConnectionFailed):
            await call()
    with pytest.raises(ConnectionFailed):
        await store.create_scan(IDENTITY)


async def test_a_store_outlives_a_restart_of_its_server(
    open_store: Opener, start_redis: Callable[..., RealRedis]
) -> None:
    server = start_redis()
    initialise(server.url)
    store = await open_store(server.url)
    await store.create_scan(IDENTITY)
    server.restart()
    with pytest.raises(NoScanAvailable):
        await store.get_last_scan()
    assert (await store.search_existing_scans()).keys == []


@pytest.mark.parametrize(
    "url", ["", "http://localhost", "redis://h:x", "redis://h/x", "redis://h?nonsense=1", "unix://"]
)
async def test_a_url_that_will_not_do_is_refused(open_store: Opener, url: str) -> None:
    with pytest.raises(UsageError):
        await open_store(url)


async def test_closing_closes_every_socket(open_store: Opener, store_url: str, raw: redis.Redis) -> None:
    def connected() -> set[str]:
        return {client["id"] for client in raw.client_list()}

    before = connected()
    store = await open_store(store_url)
    scan = await store.create_scan(IDENTITY)
    await asyncio.gather(*(store.in_parallel("load_scan", scan.key) for _ in range(5)))
    opened = connected() - before
    assert opened
    await store.close()
    # The server notices a closed socket in its own time.
    while opened & await asyncio.to_thread(connected):
        pass
    await store.close()


async def test_a_closed_store_cannot_be_used(open_store: Opener, store_url: str) -> None:
    store = await open_store(store_url)
    await store.close()
    try:
        with pytest.raises(StoreError):
            await store.search_existing_scans()
    finally:
        # What was opened again is closed behind the store's back, so that this test leaves nothing open.
        closed = store.store._driver._client.connection_pool.disconnect()
        if inspect.isawaitable(closed):
            await closed
