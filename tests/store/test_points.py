"""Points of data streams over both flavours of the store: slices, following, waiting, detectors; on the real server."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import numpy
import pytest
import redis

from scantui.exceptions import NoScanAvailable, ScanNotFoundError, StreamError, UsageError
from scantui.models import Scan, ScanState
from scantui.points import FrameStatus, Points
from scantui.store.operations.looks import PointsWanted
from scantui.store.operations.streams import no_such_stream
from tests.servers import command
from tests.store.conftest import AwaitedStore
from tests.test_text import is_harmless

IDENTITY = {"name": "ascan", "number": 1, "data_policy": "None"}
NOBODY = "esrf:scan:01JBXVGZM0G32HDSZJXS6MSESN"


async def scan_with(store: AwaitedStore, *batches: Any, dtype: str = "float64", shape: tuple[int, ...] = ()) -> Scan:
    """A started scan whose stream `diode` holds these batches."""
    scan = await store.create_scan(IDENTITY)
    scan = await store.create_stream(scan, "diode", dtype, shape)
    scan = await store.advance_scan(scan, ScanState.PREPARED)
    scan = await store.advance_scan(scan, ScanState.STARTED)
    for batch in batches:
        if dtype == "json":
            await store.append_json(scan, "diode", batch)
        else:
            await store.append(scan, "diode", batch)
    started: Scan = scan
    return started


async def closed(store: AwaitedStore, scan: Scan) -> Scan:
    end: Scan = await store.advance_scan(scan, ScanState.CLOSED)
    return end


async def test_a_slice_is_taken_as_from_a_list(store: AwaitedStore) -> None:
    scan = await scan_with(store, [0, 1, 2], 3, [4, 5])
    for start in (None, *range(8)):
        for stop in (None, *range(9)):
            points = await store.read_points(scan.key, "diode", start, stop)
            assert points.tolist() == list(range(6))[start:stop]
    with pytest.raises(StreamError, match="still grows"):
        await store.read_points(scan, "diode", -1)
    scan = await closed(store, scan)
    for start, stop in ((-1, None), (-3, -1), (0, -2), (-100, 2), (2, -100)):
        assert (await store.read_points(scan, "diode", start, stop)).tolist() == list(range(6))[start:stop]
    assert (await store.read_points(scan, "diode")).sealed


async def test_many_entries_come_in_pieces_and_lose_nothing(
    store: AwaitedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scantui.store.operations.points._PIECE_ENTRIES", 3)
    scan = await scan_with(store, *range(10))
    assert (await store.read_points(scan, "diode")).tolist() == list(range(10))
    assert (await store.read_points(scan, "diode", 2, 9)).tolist() == list(range(2, 9))
    scan = await closed(store, scan)
    points = await store.read_points(scan, "diode", 1)
    assert points.tolist() == list(range(1, 10)) and points.sealed
    # The seal may be the last entry of any piece.
    for count in range(1, 12):
        monkeypatch.setattr("scantui.store.operations.points._PIECE_ENTRIES", count)
        points = await store.read_points(scan, "diode")
        assert points.tolist() == list(range(10)) and points.sealed


async def test_a_trimmed_head_is_counted(store: AwaitedStore, raw: redis.Redis) -> None:
    scan = await scan_with(store, [0, 1], [2, 3], [4])
    command(raw, "XTRIM", scan.streams["diode"].key, "MINID", "2-1")
    points = await store.read_points(scan, "diode", 1)
    assert (points.start, points.lost, points.tolist()) == (2, 1, [2, 3, 4])
    command(raw, "XTRIM", (await closed(store, scan)).streams["diode"].key, "MAXLEN", 1)
    points = await store.read_points(scan, "diode")
    assert (len(points), points.sealed) == (0, True)


async def test_what_is_not_there_or_cannot_be_read_is_reported(store: AwaitedStore, raw: redis.Redis) -> None:
    scan = await scan_with(store, 1.0)
    with pytest.raises(StreamError, match=r"no stream 'it', it has diode"):
        await store.read_points(scan, "it")
    hostile = str(no_such_stream(scan.key, "it", [f"\x1b]0;{number}{'x' * 999}" for number in range(999)]))
    assert len(hostile) < 6_000 and is_harmless(hostile)
    with pytest.raises(ScanNotFoundError):
        await store.read_points(NOBODY, "diode")
    for index in ("1", 1.5, True, 2**64):
        with pytest.raises(UsageError, match="index"):
            await store.read_points(scan, "diode", index)
    with pytest.raises(StreamError, match="name of a stream"):
        await store.read_points(scan, None)
    command(raw, "XADD", scan.streams["diode"].key, "1-1", "payload", "short")
    with pytest.raises(StreamError, match="bytes"):
        await store.read_points(scan, "diode")
    assert (await store.read_points(scan, "diode", 0, 1)).tolist() == [1.0]


async def test_a_scan_read_before_its_streams_were_made_serves_too(store: AwaitedStore) -> None:
    early = await store.create_scan(IDENTITY)
    scan = await store.create_stream(early, "diode", "<i4", (2,))
    await store.append(scan, "diode", [1, 2])
    points = await store.read_points(early, "diode")
    assert numpy.asarray(points).tolist() == [[1, 2]] and points.dtype == "<i4"


async def test_json_streams_are_written_and_read(store: AwaitedStore) -> None:
    scan = await scan_with(store, {"a": 1}, [1, "µ"], None, dtype="json")
    points = await store.read_points(scan, "diode", 1)
    assert points.tolist() == [[1, "µ"], None] and points.kind == "json"
    with pytest.raises(StreamError, match="use append"):
        await store.append_json(await scan_with(store, 1), "diode", 1)
    with pytest.raises(StreamError, match="no shape"):
        await store.create_stream(await store.create_scan(IDENTITY), "x", "json", (2,))


async def followed(store: AwaitedStore, *arguments: Any, **named: Any) -> list[Any]:
    """All that a store of either flavour yields of a scan's points."""
    came = store.store.follow_points(*arguments, **named)
    if hasattr(came, "__aiter__"):
        return [points async for points in came]
    return await asyncio.to_thread(list, came)


def joined(came: list[Points], name: str) -> list[Any]:
    return [value for points in came if points.name == name for value in points.tolist()]


async def test_points_are_followed_from_before_they_are_there_to_the_end(store: AwaitedStore) -> None:
    scan = await store.create_scan(IDENTITY)
    following = asyncio.create_task(followed(store, scan.key, ["diode", "mca"], {"diode": 1}))
    for name, shape in (("diode", ()), ("mca", (2,))):
        scan = await store.create_stream(scan, name, "<u4", shape)
    for state in (ScanState.PREPARED, ScanState.STARTED):
        scan = await store.advance_scan(scan, state)
    await store.append(scan, "diode", [10, 11])
    await store.append(scan, "mca", [[1, 2], [3, 4]])
    await store.append(scan, "diode", 12)
    await closed(store, scan)
    came = await following
    assert joined(came, "diode") == [11, 12] and joined(came, "mca") == [[1, 2], [3, 4]]
    assert len(await followed(store, scan, ["diode"])) >= 1


async def test_following_begins_within_a_batch_and_ends_with_the_seal(store: AwaitedStore) -> None:
    scan = await closed(store, await scan_with(store, [0, 1, 2], [3]))
    came = await followed(store, scan, ["diode"], since=1)
    assert joined(came, "diode") == [1, 2, 3]
    assert await followed(store, scan, ["diode"], since=4) == []


async def test_a_bad_stream_spoils_no_neighbour(store: AwaitedStore, raw: redis.Redis) -> None:
    scan = await store.create_scan(IDENTITY)
    for name in ("bad", "good"):
        scan = await store.create_stream(scan, name, "<f8")
        await store.append(scan, name, [1.0, 2.0])
    command(raw, "XADD", scan.streams["bad"].key, "2-1", "payload", "x")
    wanted = [PointsWanted(stream=scan.streams[name]) for name in ("bad", "good")]
    bad, good = (seen.points for seen in await store.look_at_points(wanted))
    assert isinstance(bad, StreamError) and good.tolist() == [1.0, 2.0]
    await closed(store, scan)
    came = await followed(store, scan, ["bad", "good"])
    assert [type(each) for each in came].count(StreamError) == 1
    assert joined([each for each in came if isinstance(each, Points)], "good") == [1.0, 2.0]


async def test_following_refuses_what_it_cannot_follow(store: AwaitedStore) -> None:
    scan = await scan_with(store, 1)
    with pytest.raises(StreamError, match="no stream"):
        await followed(store, scan, ["nothing"])
    for names, since in (("diode", 0), ([1], 0), (["diode"], -1), (["diode"], {"diode": "0"})):
        with pytest.raises(UsageError):
            await followed(store, scan, names, since)
    with pytest.raises(ScanNotFoundError):
        await followed(store, NOBODY, ["diode"])


async def test_single_points_of_a_long_stream_are_sampled(store: AwaitedStore, raw: redis.Redis) -> None:
    scan = await scan_with(store, [0, 1, 2], [3, 4], 5)
    found = await store.sample_points(scan.streams["diode"], [4, 1, 9, 4])
    assert [(index, points.tolist()) for index, points in found] == [(1, [1.0]), (4, [4.0])]
    assert await store.sample_points(scan.streams["diode"], []) == []


@pytest.mark.parametrize(
    ("info", "status", "wanted"),
    [
        ({"plugin": "lima"}, {"last_index": 4, "last_index_saved": 1}, FrameStatus(count=5, saved=2)),
        ({"format": "lima_v1"}, {"last_index": -1}, FrameStatus(count=0)),
        (
            {
                "plugin": "lima",
                "lima_info": {
                    "file_path": "/data/frelon_%04d.h5",
                    "file_offset": 7,
                    "frame_per_file": 3,
                    "frame_per_acquisition": 7,
                },
            },
            {"last_index": 12, "last_index_saved": 10},
            FrameStatus(
                count=13,
                saved=11,
                files=tuple(f"/data/frelon_{number:04d}.h5" for number in (7, 8, 9, 10, 11)),
            ),
        ),
        ({"plugin": "mosca"}, {"last_read_index": 2, "last_saved_index": -1}, FrameStatus(count=3, saved=0)),
        (
            {"plugin": "mosca", "mosca_info": {"file_path": "/data/fx", "file_prefix": "fx_", "points_per_file": 4}},
            {"last_read_index": 9, "last_saved_index": 4},
            FrameStatus(count=10, saved=5, files=("/data/fx/fx_spectra_0000.h5", "/data/fx/fx_spectra_0001.h5")),
        ),
        ({"format": "lima_v2"}, {"last_index": 4, "last_index_saved": 1}, FrameStatus(count=5, saved=2)),
        ({"plugin": "lima", "lima_info": {"file_path": "%s"}}, {"last_index": 0}, FrameStatus(count=1)),
    ],
)
async def test_detectors_say_how_many_frames_they_have(
    store: AwaitedStore, raw: redis.Redis, info: dict[str, Any], status: dict[str, Any], wanted: FrameStatus
) -> None:
    scan = await scan_with(store, dtype="json")
    described(raw, scan, info)
    assert await store.get_frame_status(scan.key, "diode") == FrameStatus(count=0, saved=0)
    await store.append_json(scan, "diode", status)
    assert await store.get_frame_status(scan.key, "diode") == wanted
    assert await store.get_frame_status(await closed(store, scan), "diode") == wanted


async def test_lima2_counts_in_numbers(store: AwaitedStore, raw: redis.Redis) -> None:
    scan = await scan_with(store, [3, 17], dtype="<u4")
    with pytest.raises(StreamError, match="not that of a detector"):
        await store.get_frame_status(scan.key, "diode")
    described(raw, scan, {"plugin": "lima2", "shape": [4, 4], "master_file": ["/data/master.h5", "/entry"]})
    wanted = FrameStatus(count=17, files=("/data/master.h5",))
    assert await store.get_frame_status(scan.key, "diode") == wanted


@pytest.mark.parametrize("status", [{}, {"last_index": "7"}, {"last_index": -9}, [1], None])
async def test_a_detector_that_reports_nothing_of_use_is_an_error(
    store: AwaitedStore, raw: redis.Redis, status: object
) -> None:
    scan = await scan_with(store, status, dtype="json")
    described(raw, scan, {"plugin": "lima"})
    with pytest.raises(StreamError, match="'diode'"):
        await store.get_frame_status(scan.key, "diode")


def described(raw: redis.Redis, scan: Scan, info: dict[str, Any]) -> None:
    """Write what a publisher says of the stream into the scan's document."""
    command(raw, "JSON.SET", scan.key, "$.data_streams.diode.info", json.dumps(info))


async def test_a_state_is_waited_for_until_it_is_reached_or_passed(store: AwaitedStore) -> None:
    scan = await store.create_scan(IDENTITY)
    waiting = store.in_parallel("wait_for_state", scan.key, ScanState.STOPPED)
    await store.advance_scan(scan, ScanState.PREPARED)
    await closed(store, scan)
    assert (await waiting).state is ScanState.CLOSED
    assert (await store.wait_for_state(scan, 0)).state is ScanState.CLOSED
    scan = await store.create_scan(IDENTITY)
    with pytest.raises(NoScanAvailable, match="is CREATED: it did not reach STARTED"):
        await store.wait_for_state(scan, ScanState.STARTED, timeout=0.01)
    for state, timeout in ((9, 0), ("x", 0), (1, -1), (1, None)):
        with pytest.raises(UsageError):
            await store.wait_for_state(scan, state, timeout)
    await store.delete_scan(scan.key, force=True)
    with pytest.raises(ScanNotFoundError):
        await store.wait_for_state(scan.key, ScanState.STARTED)


async def test_the_last_timetag_is_where_the_history_ends(store: AwaitedStore) -> None:
    assert await store.get_last_scan_timetag() == "0-0"
    scan = await store.create_scan(IDENTITY)
    assert (await store.get_last_scan()) == (await store.get_last_scan_timetag(), scan.key)
