"""How an operation finds a data stream by its name, and how far a detector is; operations.

Rule: a Scan that was read before its streams were settled does not know them, so its document is read again.
"""

from __future__ import annotations

import math
import posixpath
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from scantui.exceptions import StreamError
from scantui.models import Scan, StreamInfo
from scantui.points import FrameStatus
from scantui.store.operations.requests import Batch, Command, Operation
from scantui.store.operations.write import key_of
from scantui.store.wire import documents, payloads, protocol, replies, streams
from scantui.store.wire.replies import raise_if_error
from scantui.text import printable

# The index of the last frame, and of the last frame saved, in a status (protocol, section 5).
_LIMA_FIELDS, _MOSCA_FIELDS = ("last_index", "last_index_saved"), ("last_read_index", "last_saved_index")
_MOST_FILES = 100_000
# How many of a scan's streams an error names, and how many letters of each name.
_MOST_NAMES, _LONGEST_NAME = 50, 100
_NUMBERED = re.compile(r"(?:[^%]|%%)*%0?\d{0,2}d(?:[^%]|%%)*", re.ASCII)


def find_stream(scan_or_key: Scan | str, name: str) -> Operation[StreamInfo]:
    """Return how the document describes a scan's data stream.

    Raises ScanNotFoundError, and StreamError, which names the streams of the scan.
    """
    key = key_of(scan_or_key)
    if not isinstance(name, str):
        raise StreamError(f"{name!r:.60} is not the name of a stream: give a text")
    known = scan_or_key.streams if isinstance(scan_or_key, Scan) else {}
    if name not in known:
        known = yield from read_streams(key)
    if name not in known:
        raise no_such_stream(key, name, known)
    return known[name]


def no_such_stream(key: str, name: str, known: Iterable[str]) -> StreamError:
    """The error to raise for a name that none of a scan's streams has."""
    names = list(known)
    there = [*(printable(each, _LONGEST_NAME) for each in names[:_MOST_NAMES]), *["…"] * (len(names) > _MOST_NAMES)]
    return StreamError(f"{key}: there is no stream {name!r:.100}, it has {', '.join(there) or 'none'}")


def read_streams(key: str) -> Operation[dict[str, StreamInfo]]:
    """Return all data streams of a scan by name, as its document has them now. Raises ScanNotFoundError."""
    pttl, raw = yield Batch([Command("PTTL", key), Command("JSON.GET", key, documents.DOCUMENT_PATH)])
    if protocol.is_deleted(raise_if_error(pttl)):
        raise protocol.no_such_scan(key)
    return documents.decode_streams(key, documents.decode_document(key, raise_if_error(raw)))


def get_frame_status(scan_or_key: Scan | str, name: str) -> Operation[FrameStatus]:
    """Return how many frames a detector has taken and saved, and the files they are in, without reading an image.

    It knows the status streams of lima, lima2 and mosca. Raises ScanNotFoundError, and StreamError when the stream is
    not one of a detector or its status cannot be read.
    """
    stream = yield from find_stream(scan_or_key, name)
    if not stream.detector:
        raise StreamError(f"stream {name!r} is not that of a detector: read its points")
    reply = yield Command("XREVRANGE", stream.key, "+", "-", "COUNT", 2)
    entries = [entry for entry in replies.parse_entries(reply) if entry.id != streams.SEAL]
    is_count = stream.kind == "numeric"
    if not entries:
        return FrameStatus(count=0, saved=None if is_count else 0)
    last = protocol.timetag_order(entries[0].id)[0]
    status = payloads.decode_entries(stream, entries[:1], last)
    if is_count:
        return _counted(stream, status.tolist())
    fields = _MOSCA_FIELDS if stream.detector == "mosca" else _LIMA_FIELDS
    count, saved = (_after(stream, status.values[-1], field) for field in fields)
    if count is None:
        raise StreamError(f"stream {name!r}: its last status has no number of frames")
    return FrameStatus(count=count, saved=saved, files=_files(stream, saved or 0))


def _counted(stream: StreamInfo, counts: list[Any]) -> FrameStatus:
    if not counts or not isinstance(counts[-1], int):
        raise StreamError(f"stream {stream.name!r}: its last status has no number of frames")
    master = stream.info.get("master_file")
    path = master[0] if isinstance(master, list) and master else master
    return FrameStatus(count=counts[-1], files=(path,) if isinstance(path, str) and path else ())


def _after(stream: StreamInfo, status: Any, field: str) -> int | None:
    """The number of frames up to the last index in a status, None where it has none."""
    index = status.get(field) if isinstance(status, dict) else None
    if index is None:
        return None
    if not isinstance(index, int) or isinstance(index, bool) or index < -1:
        raise StreamError(f"stream {stream.name!r}: {field} of its last status is {index!r:.60}")
    return index + 1


class _LimaFiles(msgspec.Struct):
    """How lima names its files: a pattern with %d for the number, which starts again with no acquisition."""

    file_path: str
    file_offset: int = 0
    frame_per_file: int = 1
    frame_per_acquisition: int = 0


class _MoscaFiles(msgspec.Struct):
    """How mosca names its files: in a directory, with a prefix and a number."""

    file_path: str
    file_prefix: str
    points_per_file: int
    saving_enabled: bool = True


def _files(stream: StreamInfo, saved: int) -> tuple[str, ...]:
    """The files that hold the frames saved so far; none where the document names none."""
    return _mosca_files(stream, saved) if stream.detector == "mosca" else _lima_files(stream, saved)


def _mosca_files(stream: StreamInfo, saved: int) -> tuple[str, ...]:
    try:
        mosca = msgspec.convert(stream.info.get("mosca_info"), _MoscaFiles)
    except msgspec.ValidationError:
        return ()
    if saved <= 0 or mosca.points_per_file < 1 or not mosca.saving_enabled:
        return ()
    number = min(_MOST_FILES, math.ceil(saved / mosca.points_per_file))
    base = posixpath.join(mosca.file_path, f"{mosca.file_prefix}spectra_")
    return tuple(f"{base}{index:04d}.h5" for index in range(number))


def _lima_files(stream: StreamInfo, saved: int) -> tuple[str, ...]:
    try:
        lima = msgspec.convert(stream.info.get("lima_info"), _LimaFiles)
    except msgspec.ValidationError:
        return ()
    if saved <= 0 or lima.frame_per_file < 1 or not _NUMBERED.fullmatch(lima.file_path):
        return ()
    acquired = lima.frame_per_acquisition if lima.frame_per_acquisition > 0 else saved
    files_each = math.ceil(acquired / lima.frame_per_file)
    whole, rest = divmod(saved, acquired)
    number = min(_MOST_FILES, whole * files_each + math.ceil(rest / lima.frame_per_file))
    return tuple(lima.file_path % (lima.file_offset + index) for index in range(number))
