"""The format of a recording: the events of a feed with their times, as lines of JSON in a gzip file.

The first line is the header: {"event":"recording","version":1,"program":…,"started":…,"server":…,"anonymised":…}. Each
other line is an event: its kind, the fields of that class in `scantui.feed`, and `at`, the seconds since the recording
began: {"event":"gone","at":3.021,"keys":["esrf:scan:…"]}. Two kinds differ: "connected" has only `total`, since a store
cannot be recorded, and "lost" has the `kind` and `text` of its error. Rows are `scantui.models.ScanSummary`, with the
state as a number.

Rule: you may add a field with a default; any other change needs a new VERSION.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from inspect import signature
from itertools import islice
from typing import Any, NamedTuple, get_type_hints

import msgspec

from scantui import __version__, exceptions, feed
from scantui.exceptions import RecordingError, StoreError
from scantui.models import ScanSummary
from scantui.recording.stand_in import recorded_store
from scantui.system.recordings import DAMAGED, TRUNCATED, read_lines
from scantui.text import printable

VERSION = 1


class Header(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="recording"):
    """The header: the program that wrote the recording, the time it began (ISO 8601), and the server."""

    version: int = VERSION
    program: str = f"scantui {__version__}"
    started: str = ""
    server: str = ""
    anonymised: bool = False


class _Connecting(feed.Connecting, frozen=True, kw_only=True, tag_field="event", tag="connecting"):
    at: float


class _Connected(msgspec.Struct, frozen=True, tag_field="event", tag="connected"):
    total: int
    at: float


class _Known(feed.Loaded, frozen=True, kw_only=True, tag_field="event", tag="known"):
    at: float


class _Created(feed.Created, frozen=True, kw_only=True, tag_field="event", tag="created"):
    at: float


class _Changed(feed.Changed, frozen=True, kw_only=True, tag_field="event", tag="changed"):
    at: float


class _Gone(feed.Gone, frozen=True, kw_only=True, tag_field="event", tag="gone"):
    at: float


class _Beat(feed.Heartbeat, frozen=True, kw_only=True, tag_field="event", tag="beat"):
    at: float


class _Progress(feed.Progress, frozen=True, kw_only=True, tag_field="event", tag="progress"):
    at: float


class _Lost(msgspec.Struct, frozen=True, tag_field="event", tag="lost"):
    kind: str
    text: str
    attempt: int
    retry_in: float
    at: float


_Line = _Connecting | _Connected | _Known | _Created | _Changed | _Gone | _Beat | _Progress | _Lost
# The events whose lines have exactly their fields.
_PLAIN: dict[type[Any], type[Any]] = {
    feed.Connecting: _Connecting,
    feed.Loaded: _Known,
    feed.Created: _Created,
    feed.Changed: _Changed,
    feed.Gone: _Gone,
    feed.Heartbeat: _Beat,
    feed.Progress: _Progress,
}
_EVENTS = {line: event for event, line in _PLAIN.items()}


# The fields of a row as one is made, to check the types of those that were recorded.
_hints = get_type_hints(ScanSummary.__init__)
_RecordedRow = msgspec.defstruct(
    "_RecordedRow",
    [
        (name, _hints[name]) if each.default is each.empty else (name, _hints[name], each.default)
        for name, each in signature(ScanSummary).parameters.items()
    ],
    kw_only=True,
)


def _plain(value: ScanSummary) -> dict[str, Any]:
    return value.fields()


def _row_of(kind: type[Any], value: Any) -> ScanSummary:
    return ScanSummary(**msgspec.structs.asdict(msgspec.convert(value, _RecordedRow)))


_encode = msgspec.json.Encoder(enc_hook=_plain).encode
_decode_header = msgspec.json.Decoder(Header).decode
_decode_line = msgspec.json.Decoder(_Line, dec_hook=_row_of).decode


class Moment(NamedTuple):
    """An event, and its time in seconds since the recording began."""

    at: float
    event: feed.Event


class _At(msgspec.Struct):
    """Of a line only its time."""

    at: float = 0.0


_decode_time = msgspec.json.Decoder(_At).decode


def length_of(path: str) -> float:
    """The seconds from the start of a recording to its last event; a truncated one is read as far as it goes."""
    length = 0.0
    try:
        for line in read_lines(path):
            length = max(length, _decode_time(line).at)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    return length


class Recording:
    """A recording to read. After the last of its `moments`, `ending` describes why it ends early, or is empty."""

    def __init__(self, path: str) -> None:
        """Read the header. Raises RecordingError if the file is not a recording, or one of a newer scantui."""
        self.path = path
        self._lines = read_lines(path)
        self.header = self._read_header()
        self.ending = ""

    def moments(self, skipped: int = 0) -> Iterator[Moment]:
        """The recorded events after the first `skipped`, up to the end of the file or to where it is truncated."""
        self.ending = yield from self._read_moments(skipped)

    def _read_header(self) -> Header:
        try:
            header = _decode_header(next(self._lines))
        except StopIteration as nothing:
            reason = f" ({TRUNCATED})" if nothing.value == TRUNCATED else ""
            raise RecordingError(
                printable(f"{self.path} is not a recording{reason}: choose a file made by `scantui record`")
            ) from nothing
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise RecordingError(
                printable(f"{self.path} is not a recording: choose a file made by `scantui record`")
            ) from error
        if header.version > VERSION:
            raise RecordingError(
                printable(
                    f"{self.path} was written by {header.program} in version {header.version} of the format; "
                    f"scantui {__version__} reads version {VERSION}: use a newer scantui"
                )
            )
        return header

    def _read_moments(self, skipped: int) -> Generator[Moment, None, str]:
        deque(islice(self._lines, skipped), maxlen=0)
        while True:
            try:
                moment = decode_moment(next(self._lines))
            except StopIteration as end:
                return str(end.value or "")
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                self._lines.close()
                return DAMAGED
            yield moment


def encode_header(header: Header) -> bytes:
    """The first line of a recording."""
    return _encode(header)


def encode_moment(moment: Moment) -> bytes:
    """The line of an event."""
    at, event = round(moment.at, 3), moment.event
    line: msgspec.Struct
    if isinstance(event, feed.Connected):
        line = _Connected(event.total, at)
    elif isinstance(event, feed.Lost):
        line = _Lost(type(event.error).__name__, str(event.error), event.attempt, event.retry_in, at)
    else:
        line = _PLAIN[type(event)](*_fields(event, event), at=at)
    return _encode(line)


def decode_moment(line: bytes) -> Moment:
    """The event of a line. Raises msgspec.MsgspecError if the line is not an event."""
    read = _decode_line(line)
    event: feed.Event
    if isinstance(read, _Connected):
        event = feed.Connected(recorded_store(), read.total)
    elif isinstance(read, _Lost):
        event = feed.Lost(_error(read.kind, read.text), read.attempt, read.retry_in)
    else:
        kind = _EVENTS[type(read)]
        event = kind(*_fields(read, kind))
    return Moment(read.at, event)


def _fields(values: msgspec.Struct, of: Any) -> list[Any]:
    return [getattr(values, name) for name in of.__struct_fields__]


def _error(kind: str, text: str) -> StoreError:
    """The error of this class; for a class that no longer exists, a StoreError with the same text."""
    found = getattr(exceptions, kind, None)
    is_known = isinstance(found, type) and issubclass(found, StoreError)
    return found(text) if is_known and found is not None else StoreError(text)
