"""What a recording holds: the events of a feed with their times, as lines of JSON in a gzip file.

The first line is the header, {"event":"recording","version":1,"program":…,"started":…,"server":…,"anonymised":…};
each line after it an event, under the name of its kind, with the fields of that class of `scantui.feed` and `at`, the
seconds since the recording began: {"event":"gone","at":3.021,"keys":["esrf:scan:…"]}. Two kinds differ: "connected"
has only the `total`, since no store can be kept, and "lost" has the `kind` and the `text` of its error. Rows are
`scantui.models.ScanSummary`, with the state as its number.

Rule: a field may be added when it has a default; whatever else changes needs another VERSION.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any, NamedTuple

import msgspec

from scantui import __version__, exceptions, feed
from scantui.exceptions import RecordingError, StoreError
from scantui.recording.stand_in import recorded_store
from scantui.system.recordings import CUT_OFF, DAMAGED, read_lines
from scantui.text import printable

VERSION = 1


class Header(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag="recording"):
    """What a recording says of itself: who wrote it, when it began (ISO 8601), and whose events it holds."""

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
# Those whose lines have the fields of the event and no others.
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
_encode = msgspec.json.Encoder().encode
_decode_header = msgspec.json.Decoder(Header).decode
_decode_line = msgspec.json.Decoder(_Line).decode


class Moment(NamedTuple):
    """An event, and the seconds from the beginning of the recording to it."""

    at: float
    event: feed.Event


class Recording:
    """A recording that is being read; `ending` says, once `moments` are at their end, whether it is whole."""

    def __init__(self, path: str) -> None:
        """Read the header; RecordingError when the file is no recording, or one that a newer scantui wrote."""
        self._path = path
        self._lines = read_lines(path)
        self.header = self._read_header()
        self.ending = ""

    def moments(self) -> Iterator[Moment]:
        """What was recorded, up to the end or to where the file was cut off."""
        self.ending = yield from self._read_moments()

    def _read_header(self) -> Header:
        try:
            header = _decode_header(next(self._lines))
        except StopIteration as nothing:
            reason = f" ({CUT_OFF})" if nothing.value == CUT_OFF else ""
            raise RecordingError(
                printable(f"{self._path} is no recording{reason}: give a file that `scantui record` wrote")
            ) from nothing
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise RecordingError(
                printable(f"{self._path} is no recording: give a file that `scantui record` wrote")
            ) from error
        if header.version > VERSION:
            raise RecordingError(
                printable(
                    f"{self._path} was written by {header.program}, in version {header.version} of the format, and "
                    f"this is scantui {__version__}, which knows version {VERSION}: use a newer one"
                )
            )
        return header

    def _read_moments(self) -> Generator[Moment, None, str]:
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
    """The event of a line; msgspec.MsgspecError when it is none."""
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
    """The error of this name; of one that we do not have (any more), its words."""
    found = getattr(exceptions, kind, None)
    is_ours = isinstance(found, type) and issubclass(found, StoreError)
    return found(text) if is_ours and found is not None else StoreError(text)
