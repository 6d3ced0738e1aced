"""The contract of both stores: scans come to life, move on and are loaded."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import redis

from scantui.exceptions import (
    ConflictError,
    ScanNotFoundError,
    ScanTuiError,
    ScanValidationError,
    StoreError,
    UnauthorizedStateTransition,
)
from scantui.models import Scan, ScanState
from tests.servers import command
from tests.store.conftest import AwaitedStore
from tests.store.scans import IDENTITY, NOBODY, STATES, scan_in, state_entries, stored


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


async def test_two_who_delete_the_same_running_scan_both_get_their_way(store: AwaitedStore) -> None:
    scan = await store.create_scan(IDENTITY)
    attempts = [store.in_parallel("delete_scan", scan.key, force=True) for _ in range(4)]
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert None in outcomes
    assert all(outcome is None or isinstance(outcome, (ScanNotFoundError, ConflictError)) for outcome in outcomes)
    with pytest.raises(ScanNotFoundError):
        await store.load_scan(scan.key)


async def test_streams_that_are_added_at_the_same_time_are_all_there(store: AwaitedStore) -> None:
    scan = await store.create_scan(IDENTITY)
    await asyncio.gather(*(store.in_parallel("create_stream", scan.key, name, float) for name in "abc"))
    assert set((await store.load_scan(scan.key)).streams) == set("abc")


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
