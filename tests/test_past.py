"""Points that Redis has dropped: values, plot and peak read them from the scan's file, if there is one to read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from scantui.curves.figure import Size
from scantui.curves.lines import text_of
from scantui.models import Scan, ScanIdentity, ScanState, StreamInfo
from scantui.past import PATIENCE, find_points, place_in_file
from scantui.store import AsyncDataStore, DataStore
from scantui.system.hdf5 import DatasetPart, read_dataset
from scantui.tui.curves.sight import CurveSight
from scantui.tui.curves.worker import follow_curves
from tests.cli.processes import run
from tests.cli.test_plot import CURVE, GAUSSIAN
from tests.programs import Done
from tests.servers import command, plain_client

h5py: Any = pytest.importorskip("h5py")

POSITIONS = [place / 10 for place in range(11)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    with h5py.File(tmp_path / "sample.h5", "w") as root:
        root["7.1/measurement/samx"] = POSITIONS
        root["7.1/measurement/diode"] = [float(value) for value in GAUSSIAN]
        root["7.1/measurement/spectrum"] = [[1.0, 2.0, 3.0], [4.0, 9.0, 4.0]]
    return tmp_path / "sample.h5"


@pytest.fixture
def scan(store_url: str, file: Path) -> Scan:
    return measured(store_url, file)


def measured(url: str, file: Path, *, is_closed: bool = True) -> Scan:
    """A scan that was saved into a file, and has the same points in Redis."""
    with DataStore(url) as store:
        scan = store.create_scan({"name": "ascan", "number": 7, "data_policy": "None", "path": str(file)}, CURVE)
        for name, shape in (("axis:samx", ()), ("p201:diode", ()), ("mca:spectrum", (3,))):
            scan = store.create_stream(scan, name, "float64", shape)
        for state in (ScanState.PREPARED, ScanState.STARTED):
            scan = store.advance_scan(scan, state)
        store.append(scan, "axis:samx", POSITIONS[:6])
        store.append(scan, "axis:samx", POSITIONS[6:])
        for value in GAUSSIAN:
            store.append(scan, "p201:diode", [value])
        store.append(scan, "mca:spectrum", [[1.0, 2.0, 3.0], [4.0, 9.0, 4.0]])
        return store.advance_scan(scan, ScanState.CLOSED, {"end_reason": "SUCCESS"}) if is_closed else scan


def drop(url: str, scan: Scan, *names: str) -> None:
    """Remove streams, as an expiry does."""
    with plain_client(url) as client:
        command(client, "DEL", *(scan.streams[name].key for name in names))


def trim(url: str, scan: Scan, name: str, length: int) -> None:
    """Leave so many entries of a stream, the seal among them, as blissdata's memory tracker does."""
    with plain_client(url) as client:
        command(client, "XTRIM", scan.streams[name].key, "MAXLEN", length)


def from_file(done: Done, file: Path) -> str:
    assert (done.returncode, done.stderr) == (0, f"scantui: points from {file}\n")
    return done.stdout


@pytest.mark.parametrize("left", [0, 1, 3])
def test_values_are_those_of_the_file(scan: Scan, store_url: str, file: Path, left: int) -> None:
    whole = run("values", "-s", store_url, "7", "--csv").stdout
    for name in scan.streams:
        trim(store_url, scan, name, left) if left else drop(store_url, scan, name)
    assert from_file(run("values", "-s", store_url, "7", "--csv"), file) == whole
    last = run("values", "-s", store_url, "7", "--json", "--last", "2", "diode")
    assert json.loads(last.stdout)["streams"] == {"p201:diode": [float(value) for value in GAUSSIAN[-2:]]}


def test_plot_and_peak_are_those_of_the_file(scan: Scan, store_url: str, file: Path) -> None:
    commands = (("plot", "7"), ("plot", "7", "spectrum"), ("peak", "7", "--json"))
    before = [run(*words, "-s", store_url).stdout for words in commands]
    drop(store_url, scan, *scan.streams)
    after = [from_file(run(*words, "-s", store_url), file) for words in commands]
    assert after == before
    assert "max 9  at 1  sum 17  2 of 2 spectra" in before[1]


@pytest.mark.parametrize("left", [0, 1, 3])
@pytest.mark.parametrize("counters", [(), ("spectrum",)])
async def test_the_pane_shows_what_is_in_the_file(
    scan: Scan, store_url: str, file: Path, left: int, counters: tuple[str, ...]
) -> None:
    before = await pane_of(store_url, scan, counters)
    for name in scan.streams:
        trim(store_url, scan, name, left) if left else drop(store_url, scan, name)
    assert await pane_of(store_url, scan, counters) == (
        before if counters and left == 3 else [before[0], " points from sample.h5", *before[1:-1]]
    )


def test_the_pane_names_a_file_that_is_not_there(scan: Scan, store_url: str, file: Path) -> None:
    drop(store_url, scan, *scan.streams)
    file.unlink()
    shown = "".join(asyncio.run(pane_of(store_url, scan, ()))).replace(" ", "")
    assert f"in{file},whichthiscomputerlacks" in shown


async def pane_of(url: str, scan: Scan, counters: tuple[str, ...]) -> list[str]:
    """The legend of the curves pane, once all was read."""
    sight = CurveSight(counters=counters)
    sight.show(scan.key)
    async with AsyncDataStore.open(url) as store:
        await follow_curves(store, sight.wanted(), 1, sight.take_in, pause=lambda _: asyncio.sleep(0))
    return [text_of(line).rstrip() for line in sight.draw(lambda _: "DONE", Size(80, 12), 0.0)][:4]


def test_a_stream_that_is_whole_is_not_looked_for_in_a_file(scan: Scan, store_url: str, file: Path) -> None:
    file.unlink()
    done = run("values", "-s", store_url, "7", "--csv")
    assert (done.returncode, done.stderr) == (0, "") and len(done.stdout.splitlines()) == 12


def test_the_file_of_a_scan_that_runs_is_left_alone(store_url: str, file: Path) -> None:
    running = measured(store_url, file, is_closed=False)
    drop(store_url, running, "p201:diode")
    done = run("values", "-s", store_url, "7", "diode", "--csv")
    assert (done.returncode, done.stdout, done.stderr) == (0, "index,p201:diode\n", "")


def test_a_file_that_cannot_be_read_is_a_sentence(scan: Scan, store_url: str, file: Path) -> None:
    drop(store_url, scan, "p201:diode")
    file.unlink()
    for words in (("values", "--csv"), ("plot",), ("peak",)):
        done = run(*words, "-s", store_url, "7")
        assert done.returncode == 0 and done.stdout
        assert done.stderr == f"scantui: the points of p201:diode were in {file}, which this computer lacks\n"


async def test_a_long_dataset_comes_part_by_part(store_url: str, scan: Scan, file: Path) -> None:
    drop(store_url, scan, "p201:diode")
    reads: list[tuple[int, int | None]] = []

    def read(file: str, places: Sequence[str], stream: str, start: int, stop: int | None) -> DatasetPart:
        reads.append((start, stop))
        # Four points at a time.
        found = read_dataset(file, places, stream, start, min(start + 4, 11 if stop is None else stop))
        return DatasetPart(found.points, 11)

    async with AsyncDataStore.open(store_url) as store:
        found = await find_points(store, scan, "p201:diode", read_part=read)
        part = await find_points(store, scan, "p201:diode", 2, 7, read_part=read)
    assert found.points.tolist() == GAUSSIAN and found.points.stop == 11 and found.points.sealed
    assert (part.points.tolist(), part.points.start) == (GAUSSIAN[2:7], 2)
    assert reads == [(0, None), (4, None), (8, None), (2, 7), (6, 7)]


async def test_a_file_server_that_hangs_is_not_waited_for(store_url: str, scan: Scan, file: Path) -> None:
    drop(store_url, scan, "p201:diode")
    recovered = Event()

    def hang(*_: object) -> DatasetPart:
        recovered.wait(PATIENCE)
        raise AssertionError("the caller gave up waiting")

    async with AsyncDataStore.open(store_url) as store:
        found = await find_points(store, scan, "p201:diode", read_part=hang, patience=0.01)
    recovered.set()
    assert (len(found.points), found.problem) == (0, f"{file} could not be read within 0.01 s")


def scan_with(info: dict[str, Any], stream_info: dict[str, Any], path: str | None = "/data/a.h5") -> Scan:
    identity = ScanIdentity(name="ascan", number=3, path=path)
    stream = StreamInfo(name="p201:diode", key="k", kind="numeric", dtype="<f8", info=stream_info)
    return Scan(key="k", state=ScanState.CLOSED, identity=identity, info=info, streams={"p201:diode": stream})


def test_the_document_names_the_file_and_the_place() -> None:
    saved = {"file_path": "/data/b.h5", "data_path": "3.1/instrument/diode/data"}
    displayed = {"channels": {"p201:diode": {"display_name": "D"}}}
    usual = ("/3.1/measurement/diode", "/3.1/measurement/p201:diode")
    cases: list[tuple[Scan, tuple[str, tuple[str, ...]]]] = [
        (scan_with({}, saved), ("/data/b.h5", ("3.1/instrument/diode/data",))),
        (scan_with({}, {}), ("/data/a.h5", usual)),
        (scan_with({}, {"file_path": 5, "data_path": []}), ("/data/a.h5", usual)),
        (scan_with(displayed, {}), ("/data/a.h5", ("/3.1/measurement/D", *usual))),
        (scan_with({"channels": 5, "filename": "/data/c.h5"}, {}, None), ("/data/c.h5", usual)),
        (scan_with({"filename": 5}, {}, None), ("", ())),
    ]
    for scan, wanted in cases:
        assert place_in_file(scan, "p201:diode") == wanted
