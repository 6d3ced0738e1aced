"""What the store hands out: frozen values, made once at the edge from what Redis replied.

Rule: a value here is a snapshot. What changes a scan is an operation of the store, which returns a new snapshot.
What rows are made of holds texts and numbers only, so the garbage collector need not look at thousands of them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from scantui.identities import Origin as Origin
from scantui.identities import ScanIdentity as ScanIdentity
from scantui.identities import ScanState as ScanState
from scantui.summaries import ScanSummary as ScanSummary

# In place of a number of points that cannot be had for little.
UNCOUNTED = -1


DETECTORS = frozenset(("lima", "lima_v1", "lima2", "lima_v2", "mosca"))
"""The plugins (in older documents: formats) of streams that hold how many frames a detector has."""


# Large documents have dozens, which the garbage collector would look at again and again.
class StreamInfo(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a scan's document says about one of its data streams.

    `key` is the Redis key, `kind` the encoding ("numeric", "json", or "" when the document does not say), `dtype` a
    numpy type string such as "<f8", `shape` the shape of one point, () for a scalar and with -1 for a free length.
    """

    name: str
    key: str
    kind: str = ""
    dtype: str = ""
    shape: tuple[int, ...] = ()
    info: dict[str, Any] = {}

    @property
    def detector(self) -> str:
        """The kind of detector that reports its frames in this stream, such as "lima2"; "" for a stream of points."""
        plugin = self.info.get("plugin") or self.info.get("format")
        return plugin if isinstance(plugin, str) and plugin in DETECTORS else ""

    @property
    def is_scalar(self) -> bool:
        """Whether each point is one number of a counter, and not how far a detector is."""
        return self.kind == "numeric" and self.shape == () and not self.detector


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """All of one scan, as it stood when it was read.

    The fields of its identity are attributes too: `scan.name`, `scan.number`, ...
    `state_id` is the id of the last entry of the state stream; its first part is the server's time in milliseconds.
    """

    key: str
    state: ScanState
    identity: ScanIdentity
    info: dict[str, Any] = {}
    streams: dict[str, StreamInfo] = {}
    state_stream: str = ""
    state_id: str = "0-0"

    @property
    def name(self) -> str:
        return self.identity.name

    @property
    def number(self) -> int:
        return self.identity.number

    @property
    def data_policy(self) -> str | None:
        return self.identity.data_policy

    @property
    def session(self) -> str | None:
        return self.identity.session

    @property
    def proposal(self) -> str | None:
        return self.identity.proposal

    @property
    def collection(self) -> str | None:
        return self.identity.collection

    @property
    def dataset(self) -> str | None:
        return self.identity.dataset

    @property
    def path(self) -> str | None:
        return self.identity.path


VERDICTS = ("good", "bad", "repeat", "none")


class Note(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a user wrote about a scan: a verdict (good, bad, repeat, or "" for none), a text, or both.

    It names the scan so that it can be read when the scan has expired. `created_ms` is when the scan was created,
    `at_ms` when the note was written, both in milliseconds since 1970.
    """

    server: str
    key: str
    number: int | None = None
    title: str = ""
    dataset: str = ""
    created_ms: int = 0
    user: str = ""
    at_ms: int = 0
    verdict: str = ""
    text: str = ""

    @property
    def shown(self) -> str:
        """As it stands in a row: the verdict in capital letters, then the text."""
        return f"{self.verdict.upper()} {self.text}".strip()


class PointsSeen(msgspec.Struct, frozen=True, gc=False):
    """When the points of a scan came, as far as a look at its streams shows.

    `last_epoch` is the writer's time of the last point in seconds since 1970, `interval` the usual number of seconds
    from one point to the next; both are 0 if no stream shows it. The last point came `idle_seconds` before the look or
    earlier, None if the server does not say when the streams were used last. `may_have_grown` is whether points may
    have come that are too large to be read. `entries` is how many entries streams have whose points were not counted.
    """

    last_epoch: float = 0.0
    interval: float = 0.0
    idle_seconds: int | None = None
    may_have_grown: bool = False
    entries: int | None = None


class ScanRef(NamedTuple):
    """One scan of the creation history: its timestamp (an id of the history stream) and its key."""

    timestamp: str
    key: str


class ListedScans(NamedTuple):
    """All scans, oldest first, the timestamp from which to wait for others, and the timetags of the newer ones.

    Older ones may be left out, this many, because the server has more scans than it returns.
    """

    timestamp: str
    keys: list[str]
    timetags: dict[str, str]
    left_out: int = 0


class FoundScans(NamedTuple):
    """What a search found, oldest first, and the timestamp from which to wait for what it cannot have seen."""

    timestamp: str
    keys: list[str]


class NewestScans(NamedTuple):
    """The scans created last, newest first, and their timetags."""

    keys: list[str]
    timetags: dict[str, str] = {}


class SpanWanted(NamedTuple):
    """The scans that are wanted: created at a time or later, open, or not ended before a time; all where it is empty.

    The times are in milliseconds since 1970.
    """

    created_ms: float | None = None
    is_open: bool = False
    ended_ms: float | None = None


class NotedScans(NamedTuple):
    """The timetags of the scans that the history names, oldest first, and those of them that the index lacks."""

    timetags: dict[str, str]
    unindexed: list[str]
