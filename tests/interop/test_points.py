"""Points as real blissdata writes and reads them: the same values both ways, for all types, shapes and batches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from scantui.exceptions import StreamError
from scantui.models import Scan, ScanState
from scantui.points import Points
from scantui.store import DataStore
from tests.interop.peer import BlissdataPeer, PeerError


@pytest.fixture(scope="module")
def peer(peer_python: Path) -> Iterator[BlissdataPeer]:
    """One process with blissdata in it for all of these tests, since many small cases go through it."""
    with BlissdataPeer(peer_python) as process:
        yield process


IDENTITY = {"name": "ascan", "number": 1, "data_policy": "None"}
# Both write in the byte order of the stream, so the other order is part of the types.
TYPES = ["<i2", ">i4", "<i8", "<u2", ">u8", "<f2", "<f4", ">f8", "<f8", "<c8", ">c16", "|b1", "|u1", "|i1"]
SHAPES = [(), (3,), (2, 2)]


def batches_of(dtype: str, shape: tuple[int, ...]) -> st.SearchStrategy[list[numpy.ndarray[Any, Any]]]:
    """Some batches of finite points: NaN has no JSON, by which they go to blissdata's process."""
    finite: Any = {"allow_nan": False, "allow_infinity": False} if dtype[1] in "fc" else {}
    elements = arrays.from_dtype(numpy.dtype(dtype), **finite)
    one = arrays.arrays(dtype, st.integers(1, 3).map(lambda count: (count, *shape)), elements=elements)
    return st.lists(one, min_size=1, max_size=4)


@pytest.mark.parametrize("dtype", TYPES)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much])
@given(data=st.data())
def test_blissdata_reads_what_we_append(peer: BlissdataPeer, store_url: str, dtype: str, data: st.DataObject) -> None:
    shape = data.draw(st.sampled_from(SHAPES))
    batches = data.draw(batches_of(dtype, shape))
    peer.call("open", url=store_url)
    with DataStore(store_url) as store:
        scan = prepared(store, "diode", dtype, shape)
        for batch in batches:
            store.append(scan, "diode", batch)
        whole = numpy.concatenate(batches)
        start, stop = sorted((data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, len(whole) + 2))))
        theirs = peer.call("points", key=scan.key, stream="diode", start=start, stop=stop)
        read = numpy.frombuffer(bytes.fromhex(theirs["bytes"]), theirs["dtype"]).reshape(theirs["shape"])
        ours = numpy.asarray(store.read_points(scan, "diode", start, stop))
        assert read.shape == ours.shape and ours.tobytes() == read.astype(ours.dtype).tobytes()
        assert numpy.array_equal(ours, whole[start:stop])


def prepared(store: DataStore, name: str, dtype: str, shape: tuple[int, ...]) -> Scan:
    """A scan of ours with one stream, which blissdata sees from PREPARED on."""
    return store.advance_scan(store.create_stream(store.create_scan(IDENTITY), name, dtype, shape), ScanState.PREPARED)


def publish(peer: BlissdataPeer, streams: list[dict[str, Any]], sent: dict[str, list[Any]]) -> str:
    """A started scan of blissdata with these streams, into which batches of points were sent."""
    key: str = peer.call("create", identity=IDENTITY)
    peer.call("prepare", key=key, streams=streams)
    peer.call("start", key=key)
    for name, batches in sent.items():
        for batch in batches:
            peer.call("send", key=key, stream=name, points=batch)
    return key


def test_we_read_what_blissdata_sends(peer: BlissdataPeer, store_url: str) -> None:
    peer.call("open", url=store_url)
    sent: dict[str, list[Any]] = {
        "scalar": [[1.5, -2.0], [3.0]],
        "spectrum": [[[1, 2], [3, 4]], [[5, 6]]],
        "flags": [[True, False]],
        "samples": [[[1.0, 2.0]], [[3.0]]],
        "status": [[{"last_index": 1}, [None]]],
    }
    streams: list[dict[str, Any]] = [
        {"name": "scalar", "dtype": "float64"},
        {"name": "spectrum", "dtype": "uint32", "shape": [2]},
        {"name": "flags", "dtype": "bool"},
        {"name": "samples", "dtype": "float64", "shape": [-1]},
        {"name": "status", "dtype": "json"},
    ]
    key = publish(peer, streams, sent)
    with DataStore(store_url) as store:
        for name, batches in sent.items():
            assert store.read_points(key, name).tolist() == [point for batch in batches for point in batch]
        assert numpy.asarray(store.read_points(key, "spectrum", 1)).tolist() == [[3, 4], [5, 6]]
        peer.call("stop", key=key)
        assert store.read_points(key, "samples", 1, 2).tolist() == [[3.0]]
        followed = [each for each in store.follow_points(key, ["scalar"]) if isinstance(each, Points)]
        assert [value for each in followed for value in each.tolist()] == [1.5, -2.0, 3.0]
        assert store.wait_for_state(key, ScanState.STOPPED, timeout=5).state is ScanState.STOPPED


def test_slices_end_as_blissdata_has_them(peer: BlissdataPeer, store_url: str) -> None:
    peer.call("open", url=store_url)
    key = publish(peer, [{"name": "diode", "dtype": "<i4"}], {"diode": [[0, 1, 2], [3]]})
    slices = [(0, None), (1, 1), (3, 1), (2, 9), (7, 9), (-2, None), (0, -1), (-9, 2)]
    with DataStore(store_url) as store:
        for start, stop in slices[5:]:
            with pytest.raises(PeerError):
                peer.call("points", key=key, stream="diode", start=start, stop=stop)
            with pytest.raises(StreamError):
                store.read_points(key, "diode", start, stop)
        peer.call("stop", key=key)
        for start, stop in slices:
            theirs = peer.call("points", key=key, stream="diode", start=start, stop=stop)
            ours = store.read_points(key, "diode", start, stop)
            assert numpy.asarray(ours).tobytes().hex() == theirs["bytes"], (start, stop)


def test_blissdata_reads_the_json_that_we_append(peer: BlissdataPeer, store_url: str) -> None:
    peer.call("open", url=store_url)
    with DataStore(store_url) as store:
        scan = prepared(store, "status", "json", ())
        for value in ({"last_index": 4}, ["µ", None]):
            store.append_json(scan, "status", value)
        described = peer.call("load", key=scan.key)["streams"]["status"]
    assert (described["kind"], described["points"]) == ("json", [{"last_index": 4}, ["µ", None]])


@pytest.mark.parametrize("saved", [0, 7, 11])
@pytest.mark.parametrize("frames_per_acquisition", [0, 7])
def test_a_detector_of_lima_has_the_frames_and_the_files_that_blissdata_finds(
    peer: BlissdataPeer, store_url: str, saved: int, frames_per_acquisition: int
) -> None:
    saving = {"file_path": "/data/frelon_%04d.h5", "data_path": "/entry", "file_format": "hdf5"}
    lima = {
        "server_url": "id00/limaccds/frelon",
        "buffer_max_number": 8,
        "frames_per_acquisition": frames_per_acquisition,
        "acquisition_offset": 0,
        "saving": {**saving, "file_offset": 7, "frames_per_file": 3},
    }
    peer.call("open", url=store_url)
    stream = {"name": "frelon:image", "dtype": "uint16", "shape": [2048, 2048], "lima": lima}
    statuses = [{"last_index": 3, "last_index_saved": -1}, {"last_index": 12, "last_index_saved": saved - 1}]
    key = publish(peer, [stream], {"frelon:image": [statuses]})
    with DataStore(store_url) as store:
        status = store.get_frame_status(key, "frelon:image")
    theirs = peer.call("frames", key=key, stream="frelon:image", count=saved)
    assert (status.count, status.saved, list(status.files)) == (theirs["count"], saved, theirs["files"])
