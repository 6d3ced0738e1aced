"""Points from HDF5 files: what is read, what is refused, and that a program that writes into them never notices."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pytest

from scantui.exceptions import MachineError, MissingExtraError
from scantui.system.hdf5 import MOST_BYTES, DatasetPart, read_dataset

h5py: Any = pytest.importorskip("h5py")

PLACE = "1.1/measurement/diode"


def no_pause(_: float) -> None:
    pass


def read(file: Path, place: str = PLACE, start: int = 0, stop: int | None = None) -> DatasetPart:
    return read_dataset(str(file), [place], "diode", start, stop, no_pause)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file as BLISS writes it: the measurement links to the data of an instrument."""
    folder = tmp_path / "sample_0001"
    folder.mkdir()
    with h5py.File(folder / "sample_0001.h5", "w") as root:
        data = root.create_dataset(
            "1.1/instrument/diode/data", data=numpy.arange(10) / 4, maxshape=(None,), chunks=(4,)
        )
        root["1.1/measurement/diode"] = h5py.SoftLink("/1.1/instrument/diode/data")
        root["1.1/short"] = h5py.SoftLink("instrument/./diode/data")
        root["1.1/measurement/itself"] = h5py.SoftLink("/1.1/measurement/itself")
        assert data.shape == (10,)
    return folder / "sample_0001.h5"


@pytest.mark.parametrize(
    ("start", "stop", "wanted"), [(0, None, range(10)), (3, 5, (3, 4)), (8, 99, (8, 9)), (10, None, ()), (99, None, ())]
)
def test_a_part_is_a_slice(file: Path, start: int, stop: int | None, wanted: range) -> None:
    found = read(file, start=start, stop=stop)
    assert found.points.tolist() == [index / 4 for index in wanted]
    assert (found.points.start, found.total, found.points.name) == (start, 10, "diode")


def test_the_first_place_that_the_file_has_is_read(file: Path) -> None:
    found = read_dataset(str(file), ["1.1/measurement/samx", PLACE], "diode", 0, 1, no_pause)
    assert found.points.tolist() == [0.0]


@pytest.mark.parametrize("dtype", ["<i2", ">i4", "<i8", ">u8", "<f2", ">f4", "<f8", "<c8", ">c16", "|b1", "|u1"])
@pytest.mark.parametrize("shape", [(3,), (3, 2)])
def test_every_type_is_read(tmp_path: Path, dtype: str, shape: tuple[int, ...]) -> None:
    written = numpy.arange(numpy.prod(shape)).reshape(shape).astype(dtype)
    with h5py.File(tmp_path / "a.h5", "w") as root:
        root["data"] = written
    points = read(tmp_path / "a.h5", "data").points
    assert numpy.array_equal(numpy.asarray(points), written)


def test_a_part_has_at_most_a_mebibyte(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as root:
        root.create_dataset("data", shape=(MOST_BYTES,), dtype="<f8", chunks=(1024,))
        root.create_dataset("images", shape=(2, 1024, 1024), dtype="<u2", chunks=(1, 64, 64))
        root.create_dataset("lump", shape=(8 * MOST_BYTES,), dtype="<f8", chunks=(8 * MOST_BYTES,))
    found = read(tmp_path / "a.h5", "data", start=7)
    assert (len(found.points), found.total) == (MOST_BYTES // 8, MOST_BYTES)
    with pytest.raises(MachineError, match="a point of diode has 2097152 bytes"):
        read(tmp_path / "a.h5", "images")
    with pytest.raises(MachineError, match="chunks of 67108864 bytes"):
        read(tmp_path / "a.h5", "lump")


def test_links_are_followed_inside_the_file(file: Path) -> None:
    assert read(file, "1.1/short").total == 10
    for place in ("1.1/measurement/itself", "1.1/measurement/nothing", "1.1/measurement", f"{PLACE}/deeper"):
        with pytest.raises(MachineError, match=r"cannot read .*sample_0001.h5: it has no dataset"):
            read(file, place)


def test_nothing_outside_of_the_folder_is_opened(file: Path, tmp_path: Path) -> None:
    for target in (tmp_path / "secret.h5", file.parent / "scan0001" / "part.h5"):
        target.parent.mkdir(exist_ok=True)
        with h5py.File(target, "w") as root:
            root["data"] = [1.0, 2.0]
    (tmp_path / "raw").write_bytes(b"\0" * 16)
    (file.parent / "link.h5").symlink_to(tmp_path / "secret.h5")
    with h5py.File(file, "r+") as root:
        for name, named in {"in": "scan0001/part.h5", "out": "../secret.h5", "link": "link.h5"}.items():
            root[f"external_{name}"] = h5py.ExternalLink(named, "/data")
            layout = h5py.VirtualLayout(shape=(2,), dtype="<f8")
            layout[:] = h5py.VirtualSource(named, "data", shape=(2,))
            root.create_virtual_dataset(f"virtual_{name}", layout)
        root.create_dataset("raw_out", (2,), "<f8", external=[(str(tmp_path / "raw"), 0, 16)])
    assert read(file, "external_in").points.tolist() == read(file, "virtual_in").points.tolist() == [1.0, 2.0]
    for place in ("external_out", "external_link", "virtual_out", "virtual_link", "raw_out"):
        with pytest.raises(MachineError, match="is not in its folder"):
            read(file, place)


def test_what_is_not_a_list_of_numbers_is_refused(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as root:
        root["text"] = ["one", "two"]
        root["single"] = 1.0
        root["fields"] = numpy.zeros(2, [("a", "<f8"), ("b", "<i4")])
    for place in ("text", "single", "fields"):
        with pytest.raises(MachineError, match="does not hold a list of numbers"):
            read(tmp_path / "a.h5", place)


def test_a_file_that_this_computer_lacks_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "pipe.h5").mkdir()
    for name in (str(tmp_path / "nothing.h5"), "relative.h5", str(tmp_path / "pipe.h5"), "/dev/zero"):
        with pytest.raises(MachineError, match=f"the points of diode were in {name}, which this computer lacks"):
            read_dataset(name, [PLACE], "diode", 0, None, no_pause)


def test_without_the_extra_there_is_a_sentence_with_the_path(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(MissingExtraError, match=r"sample_0001.h5: to read it, pip install 'scantui\[hdf5\]'"):
        read(file)


def test_a_file_that_is_being_written_is_tried_three_times(tmp_path: Path) -> None:
    file = tmp_path / "a.h5"
    file.write_bytes(b"not yet")
    pauses: list[float] = []

    def write_at(attempt: int) -> Callable[[float], None]:
        def pause(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == attempt:
                with h5py.File(file, "w") as root:
                    root["data"] = [5.0]

        return pause

    with pytest.raises(MachineError, match=r"cannot read .*a.h5"):
        read_dataset(str(file), ["data"], "diode", 0, None, write_at(3))
    assert len(pauses) == 2
    pauses.clear()
    assert read_dataset(str(file), ["data"], "diode", 0, None, write_at(2)).points.tolist() == [5.0]


WRITER = """
import sys, h5py
file, failures = sys.argv[1], 0
for index in range(int(sys.argv[2])):
    try:
        with h5py.File(file, "r+") as root:
            data = root["1.1/instrument/diode/data"]
            data.resize((data.shape[0] + 1,))
            data[-1] = index
    except OSError:
        failures += 1
    print(index, flush=True)
print("failures", failures)
"""


def test_a_writer_never_notices_the_reader(file: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(file), "1000"], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    tries = reads = 0
    lines = []
    with writer.stdout as output:
        for line in output:
            lines.append(line)
            if len(lines) % 3 == 0:
                tries += 1
                try:
                    reads += read(file).total >= 10
                except MachineError:
                    # The reader may fail; the writer may not.
                    continue
    assert writer.wait() == 0
    assert lines[-1] == "failures 0\n" and tries >= 300 and reads > 0
