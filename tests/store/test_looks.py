"""Looks at streams over both flavours of the store, on the real server: what came, and never what is too large."""

from __future__ import annotations

from typing import Any

import pytest
import redis

from scantui.exceptions import StreamError
from scantui.models import Scan
from scantui.points import Points
from scantui.store.operations import looks
from scantui.store.operations.looks import DELETED, TOO_LARGE, PointsRead, PointsWanted, StreamSize, is_regular
from tests.servers import command
from tests.store.conftest import AwaitedStore
from tests.store.test_points import closed, scan_with


async def look(store: AwaitedStore, scan: Scan, **wanted: Any) -> PointsRead:
    (seen,) = await store.look_at_points([PointsWanted(stream=scan.streams["diode"], **wanted)])
    assert isinstance(seen, PointsRead)
    return seen


def values_of(seen: PointsRead) -> list[Any]:
    assert isinstance(seen.points, Points)
    return seen.points.tolist()


async def test_the_size_of_a_stream_is_known_without_reading_it(store: AwaitedStore) -> None:
    scan = await scan_with(store, [float(number) for number in range(1000)], 2.0)
    large, none = await store.measure_streams([scan.streams["diode"].key, "esrf:stream:NOTHING"])
    assert large.memory > 8000
    assert large.entries == 2
    assert none == StreamSize(0, 0)
    assert await store.measure_streams([]) == []


async def test_a_look_goes_on_where_the_last_one_ended(store: AwaitedStore) -> None:
    scan = await scan_with(store, 0.0, 1.0, [2.0, 3.0])
    first = await look(store, scan, most=2)
    assert (values_of(first), first.left) == ([0.0, 1.0], 1)
    second = await look(store, scan, since=2, known=first.size)
    assert (values_of(second), second.left) == ([2.0, 3.0], 0)
    assert values_of(await look(store, scan, since=4, known=second.size)) == []
    await closed(store, scan)
    last = await look(store, scan, since=4, known=second.size)
    assert isinstance(last.points, Points) and last.points.sealed


async def test_the_newest_points_can_be_read_before_the_older_ones(store: AwaitedStore) -> None:
    scan = await closed(store, await scan_with(store, 0.0, 1.0, 2.0, 3.0))
    newest = await look(store, scan, most=2, until=2**64 - 1)
    assert isinstance(newest.points, Points)
    assert (newest.points.start, newest.points.lost, values_of(newest)) == (2, 0, [2.0, 3.0])
    assert values_of(await look(store, scan, most=9, until=2)) == [0.0, 1.0]
    assert values_of(await look(store, scan, until=0)) == []


async def test_what_is_too_large_is_never_read(
    store: AwaitedStore, raw: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks, "_MOST_MIXED", 1_000_000)
    scan = await scan_with(store, 0.0, 1.0)
    seen = await look(store, scan)
    await store.append(scan, "diode", [1.0] * 200_000)
    assert str((await look(store, scan, since=2, known=seen.size)).points) == TOO_LARGE
    # Small entries that come after it hide nothing.
    for value in range(9):
        await store.append(scan, "diode", float(value))
    assert str((await look(store, scan, since=2, known=seen.size)).points) == TOO_LARGE
    command(raw, "DEL", scan.streams["diode"].key)
    gone = (await look(store, scan, since=2, known=seen.size)).points
    assert isinstance(gone, StreamError) and str(gone) == DELETED


async def test_the_last_spectrum_is_read_also_from_a_sealed_stream(store: AwaitedStore) -> None:
    scan = await scan_with(store, [[1, 2], [3, 4]], [[5, 6], [7, 8]], dtype="<u4", shape=(2,))
    for state in (None, await closed(store, scan)):
        seen = await look(store, state or scan, is_last=True)
        assert isinstance(seen.points, Points)
        assert (seen.points.start, values_of(seen)) == (3, [[7, 8]])
        assert values_of(await look(store, scan, is_last=True, since=4, known=seen.size)) == []
    assert values_of(await look(store, await scan_with(store), is_last=True)) == []
    large = await look(store, await scan_with(store, dtype="<f8", shape=(100_000,)), is_last=True)
    assert "800000 bytes" in str(large.points)


async def test_entries_of_one_point_are_known_to_be_small(store: AwaitedStore) -> None:
    scan = await scan_with(store, *map(float, range(300)))
    stream = scan.streams["diode"]
    (size,) = await store.measure_streams([stream.key])
    assert is_regular(stream, size) and not is_regular(stream, StreamSize(100_000_000, 300))
