"""A planned scan runs like a publisher's on a real server."""

from __future__ import annotations

import asyncio

import pytest
import redis

from scantui.exceptions import (
    StreamError,
)
from scantui.models import ScanState
from scantui.store import AsyncDataStore
from tests.publishing.runs import (
    END_TIME,
    SEAL,
    Pauses,
    listed,
    plan,
    points_and_seal,
    run,
    states_of,
    within_reason,
)
from tests.servers import command


async def test_a_success_passes_all_states_and_seals_its_streams(store: AsyncDataStore, raw: redis.Redis) -> None:
    pauses = Pauses()
    planned = plan(info={"title": "t"}, info_prepared={"npoints": 3}, info_closed={"comments": []})
    scan = await run(store, planned, pauses)
    assert scan == await store.load_scan(scan.key)
    assert states_of(raw, scan) == [0, 1, 2, 3, 4]
    assert scan.info == {
        "title": "t",
        "npoints": 3,
        "comments": [],
        "end_time": END_TIME,
        "end_reason": "SUCCESS",
    }
    assert pauses.made == [0.25] * 3
    assert {name: points_and_seal(raw, scan, name) for name in scan.streams} == {
        "axis:samx": (3, True),
        "diode:image": (3, True),
    }
    with pytest.raises(StreamError):
        await store.append(scan, "axis:samx", 1.0)


async def test_the_points_are_those_of_the_plan(store: AsyncDataStore, raw: redis.Redis) -> None:
    scan = await run(store, plan(end_reason=None), Pauses())
    assert (scan.streams["axis:samx"].dtype, scan.streams["diode:image"].dtype) == ("<f8", "<i4")
    entries = listed(command(raw, "XRANGE", scan.streams["diode:image"].key, "-", "+"))
    payloads = [dict(zip(fields[::2], fields[1::2], strict=True))[b"payload"] for _, fields in entries]
    assert [int.from_bytes(payload, "little") for payload in payloads] == [0, 1, 4]


@pytest.mark.parametrize("end_reason", ["FAILURE", "USER_ABORT"])
async def test_any_other_end_skips_stopped(store: AsyncDataStore, raw: redis.Redis, end_reason: str) -> None:
    scan = await run(store, plan(end_reason=end_reason, info_closed={"end_time": "now"}), Pauses())
    assert states_of(raw, scan) == [0, 1, 2, 4]
    assert scan.info == {"end_time": "now", "end_reason": end_reason}, "what the plan says goes before the clock"
    assert all(points_and_seal(raw, scan, name) == (3, True) for name in scan.streams)


async def test_a_silent_end_leaves_the_scan_as_a_killed_publisher_does(store: AsyncDataStore, raw: redis.Redis) -> None:
    scan = await run(store, plan(end_reason=None, info_closed={"end_time": "now"}), Pauses())
    assert scan.state is ScanState.STARTED
    assert scan == await store.load_scan(scan.key)
    assert "end_time" not in scan.info
    assert all(points_and_seal(raw, scan, name) == (3, False) for name in scan.streams)


async def test_points_at_once_take_one_pause_and_one_entry(store: AsyncDataStore, raw: redis.Redis) -> None:
    pauses = Pauses()
    scan = await run(store, plan(points=5, points_at_once=2), pauses)
    assert pauses.made == [0.5, 0.5, 0.25]
    assert [id_ for id_, _ in listed(command(raw, "XRANGE", scan.streams["axis:samx"].key, "-", "+"))] == [
        *(b"0-1", b"2-1", b"4-1"),
        SEAL,
    ]
    assert points_and_seal(raw, scan, "diode:image") == (5, True)


async def test_a_scan_stays_in_its_states_as_long_as_planned(store: AsyncDataStore, raw: redis.Redis) -> None:
    pauses = Pauses()
    scan = await run(store, plan(points=1, preparing=7.0, arming=8.0, finishing=9.0), pauses)
    assert pauses.made == [7.0, 8.0, 0.25, 9.0]
    assert states_of(raw, scan) == [0, 1, 2, 3, 4]


async def test_a_scan_without_points_and_streams_ends_at_once(store: AsyncDataStore, raw: redis.Redis) -> None:
    pauses = Pauses()
    scan = await run(store, plan(streams=(), points=0), pauses)
    assert states_of(raw, scan) == [0, 1, 2, 3, 4]
    assert pauses.made == []


async def test_many_scans_run_side_by_side(store: AsyncDataStore, raw: redis.Redis) -> None:
    scans = await within_reason(asyncio.gather(*(run(store, plan(), Pauses()) for _ in range(10))))
    assert {tuple(states_of(raw, scan)) for scan in scans} == {(0, 1, 2, 3, 4)}
    assert {points_and_seal(raw, scan, name) for scan in scans for name in scan.streams} == {(3, True)}
