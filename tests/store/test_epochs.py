"""Which stream of a scan holds the times of its points, and what they are."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from scantui.demo.embedded import EmbeddedServer
from scantui.models import StreamInfo
from scantui.store import DataStore
from scantui.store.operations.epochs import epochs_in
from scantui.store.wire.replies import Entry
from scantui.store.wire.streams import SEAL

IDENTITY = {"name": "ascan", "number": 1, "data_policy": "None"}
STREAM = StreamInfo(name="timer:epoch", key="esrf:stream:E", kind="numeric", dtype="<f8")


def chain(*scalars: str) -> dict[str, Any]:
    return {"acquisition_chain": {"top": {"master": {"scalars": []}, "scalars": list(scalars)}}}


@pytest.mark.parametrize(
    ("name", "dtype", "shape", "found"),
    [
        ("timer:epoch", "<f8", (), True),
        ("musst:epoch", "<f8", (), True),
        ("epoch", "<f8", (), True),
        ("timer:epoch", "<f8", (4,), False),
        ("timer:epoch", "<i4", (), False),
        ("timer:epochs", "<f8", (), False),
        ('q":epoch', "<f8", (), False),
    ],
)
def test_epochs_are_found_by_their_name(
    store_url: str, name: str, dtype: str, shape: tuple[int, ...], found: bool
) -> None:
    with DataStore(store_url) as store:
        scan = store.create_stream(store.create_scan(IDENTITY, chain("axis:x", name)), name, dtype, shape)
        other = store.create_scan(IDENTITY)
        keys = [other.key, scan.key, "esrf:scan:01JBXVGZM0G32HDSZJXS6MSE00"]
        streams = store.monitoring.find_epoch_streams(keys)
    assert {key: stream.key for key, stream in streams.items()} == ({scan.key: scan.streams[name].key} if found else {})


async def test_the_demo_has_them_too() -> None:
    server = await EmbeddedServer.start()
    async with await server.open_store() as store:
        scan = await store.create_stream(await store.create_scan(IDENTITY), "timer:epoch", float)
        assert list(await store.monitoring.find_epoch_streams([scan.key])) == [scan.key]


def entry(index: int, *values: float) -> Entry:
    return Entry(f"{index}-1", {b"payload": struct.pack(f"<{len(values)}d", *values)})


@pytest.mark.parametrize(
    ("entries", "times"),
    [
        ([], []),
        ([entry(2, 30.0), entry(1, 20.0), entry(0, 10.0)], [20.0, 30.0]),
        ([entry(0, 10.0, 20.0, 30.0)], [20.0, 30.0]),
        ([Entry(SEAL, {b"id": b"3"}), entry(2, 30.0)], [30.0]),
        ([entry(0, float("nan"), 30.0)], [30.0]),
        ([entry(0, -1.0, 1e300)], []),
        ([Entry("0-1", {b"payload": b"123"})], []),
    ],
)
def test_the_last_times_are_read_oldest_first(entries: list[Entry], times: list[float]) -> None:
    assert epochs_in(STREAM, entries, 2) == times
