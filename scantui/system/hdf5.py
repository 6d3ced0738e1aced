"""Reads points from the HDF5 files of past scans, so that a program that writes into the same file never notices.

Rule 1: each call opens the file without locks, reads at most 1 MiB, and closes the file.
Rule 2: nothing outside the folder of the file is opened, whatever its links and datasets refer to.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from scantui.exceptions import MachineError, MissingExtraError
from scantui.models import StreamInfo
from scantui.points import Points
from scantui.store.wire.payloads import decode_entries
from scantui.store.wire.replies import Entry
from scantui.store.wire.streams import point_id
from scantui.system.files import reason_of
from scantui.text import printable

MOST_BYTES = 1 << 20
# HDF5 reads a chunk as a whole, even for a single point.
_LARGEST_CHUNK = 16 * MOST_BYTES
# While another program writes, the parts of a file may not fit together for a moment.
_TRIES = 3
_PAUSE = 0.1
_MOST_LINKS = 16


class DatasetPart(NamedTuple):
    """Points that were read at once, and how many the dataset has."""

    points: Points
    total: int


def read_dataset(
    file: str,
    places: Sequence[str],
    stream: str,
    start: int,
    stop: int | None = None,
    pause: Callable[[float], object] = time.sleep,
) -> DatasetPart:
    """Return the points of a dataset with indices from `start` to before `stop`, as many as 1 MiB holds.

    The dataset is the first of `places` that the file has; `stream` becomes the name of the points. The call may block
    for as long as the file server does.
    Raises MissingExtraError if h5py is not installed, MachineError if the points cannot be read; both name the file.
    """
    try:
        import h5py
    except ImportError as error:
        raise MissingExtraError(
            f"the points of {printable(stream)} are in {printable(file)}: to read it, pip install 'scantui[hdf5]'"
        ) from error
    path = Path(file)
    if not path.is_absolute() or not path.is_file():
        raise MachineError(f"the points of {printable(stream)} were in {printable(file)}, which this computer lacks")
    for attempt in range(_TRIES):
        try:
            return _read_part(h5py, path, places, stream, start, stop)
        except (OSError, RuntimeError) as error:
            if attempt + 1 == _TRIES:
                raise MachineError(f"cannot read {printable(file)}: {reason_of(error)}") from error
        pause(_PAUSE)
    raise AssertionError("the last try returns or raises")


def _read_part(h5py: Any, path: Path, places: Sequence[str], stream: str, start: int, stop: int | None) -> DatasetPart:
    with ExitStack() as opened:
        file = opened.enter_context(_opened(h5py, path))
        folder = path.parent.resolve()
        found = (_dataset(h5py, file, place, folder, opened) for place in places)
        dataset = next((each for each in found if each is not None), None)
        if dataset is None:
            # It may appear at the next try.
            raise RuntimeError(f"it has no dataset {' or '.join(places)}")
        _require_readable(dataset, path)
        total = dataset.shape[0]
        size = dataset.dtype.itemsize
        for length in dataset.shape[1:]:
            size *= length
        if not 0 < size <= MOST_BYTES:
            raise MachineError(f"{printable(str(path))}: a point of {printable(stream)} has {size} bytes")
        end = min(total if stop is None else stop, total, start + MOST_BYTES // size)
        numbers = dataset[start : max(start, end)]
    described = StreamInfo(name=stream, key="", kind="numeric", dtype=numbers.dtype.str, shape=numbers.shape[1:])
    batch = Entry(point_id(start), {b"payload": numbers.tobytes(), b"len": b"%d" % len(numbers)})
    return DatasetPart(decode_entries(described, [batch] if len(numbers) else [], start), total)


@contextmanager
def _opened(h5py: Any, path: Path) -> Iterator[Any]:
    # Without locks, a writer that opens the file meanwhile does not fail.
    with h5py.File(path, "r", locking=False) as file:
        yield file


def _dataset(h5py: Any, file: Any, place: str, folder: Path, opened: ExitStack) -> Any:
    """The dataset at a place, None if there is none; links are followed by hand, to see where they lead."""
    parts = place.split("/")
    here, links = file, 0
    while parts:
        part = parts.pop(0)
        if part in ("", "."):
            continue
        if not isinstance(here, h5py.Group):
            return None
        link = here.get(part, getlink=True)
        if not isinstance(link, (h5py.ExternalLink, h5py.SoftLink)):
            here = here.get(part)
            continue
        links += 1
        if links > _MOST_LINKS:
            return None
        if isinstance(link, h5py.ExternalLink):
            here = opened.enter_context(_opened(h5py, _inside(folder, Path(here.file.filename), link.filename)))
        elif link.path.startswith("/"):
            here = here.file
        parts = [*link.path.split("/"), *parts]
    return here if isinstance(here, h5py.Dataset) else None


def _require_readable(dataset: Any, path: Path) -> None:
    """Raise MachineError for a dataset without plain numbers, and for one with parts outside of the folder."""
    if not dataset.shape or dataset.dtype.kind not in "biufc":
        raise MachineError(f"{printable(str(path))}: {printable(dataset.name)} does not hold a list of numbers")
    if dataset.chunks:
        size = dataset.dtype.itemsize
        for length in dataset.chunks:
            size *= length
        if size > _LARGEST_CHUNK:
            raise MachineError(f"{printable(str(path))}: {printable(dataset.name)} has chunks of {size} bytes")
    sources = [source.file_name for source in dataset.virtual_sources()] if dataset.is_virtual else []
    sources += [name for name, *_ in dataset.external or ()]
    here = Path(dataset.file.filename)
    for source in sources:
        if source != ".":
            _inside(path.parent.resolve(), here, os.fsdecode(source))


def _inside(folder: Path, file: Path, named: str) -> Path:
    """The file that another one in the folder refers to. Raises MachineError unless it is in the folder too."""
    target = (file.parent / named).resolve()
    if not target.is_relative_to(folder) or not target.is_file():
        raise MachineError(f"{printable(str(file))} refers to {printable(named)}, which is not in its folder")
    return target
