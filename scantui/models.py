"""What the store hands out: frozen values, made once at the edge from what Redis replied.

Rule: a value here is a snapshot. What changes a scan is an operation of the store, which returns a new snapshot.
What rows are made of holds texts and numbers only, so the garbage collector need not look at thousands of them.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple

import msgspec

# In the place of a number of points that cannot be had for little.
UNCOUNTED = -1


class ScanState(IntEnum):
    """How far a scan has come; a scan only ever moves to a higher state (protocol, section 4)."""

    CREATED = 0
    PREPARED = 1
    STARTED = 2
    STOPPED = 3
    CLOSED = 4

    def __str__(self) -> str:
        return repr(self)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


class ScanIdentity(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Who a scan is: written once when it is created, never changed, and all that a search can ask for.

    `number` is not unique: saved and unsaved scans are counted apart, and a new file starts anew. `others` holds the
    fields that blissdata does not define, as pairs: the table has thousands of identities, which mostly have none.
    """

    name: str
    number: int
    data_policy: str | None = None
    session: str | None = None
    proposal: str | None = None
    collection: str | None = None
    dataset: str | None = None
    path: str | None = None
    others: tuple[tuple[str, Any], ...] = ()

    @property
    def extra(self) -> dict[str, Any]:
        """The fields that the program which created the scan added to its identity, such as beamline; a new dict."""
        return dict(self.others)


DETECTORS = frozenset(("lima", "lima_v1", "lima2", "lima_v2", "mosca"))
"""The plugins (in older documents: formats) of streams that hold how many frames a detector has."""


class StreamInfo(msgspec.Struct, frozen=True, kw_only=True):
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


class Origin(msgspec.Struct, frozen=True, gc=False):
    """The server of a scan in a list of several servers; its clock is `ahead_ms` milliseconds ahead of the list's."""

    server: str
    ahead_ms: int = 0


class ScanSummary(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a row of the monitor needs of a scan; small, and read without the rest of the document.

    `problem` says what is wrong with a scan that could not be read: such a row has a key and nothing else.
    `timetag` is its id in the history of creations, "" if the history did not list it. `state_ms` is the server's time
    of the last transition, `started_ms` that of the start (or of the first state, without one) where it was read, else
    0, `created_ms` the writer's clock at creation, all in milliseconds since 1970. `planned_scans` is how many scans a
    sequence is to have, `is_saved` whether its data go to a file. Keys of info are optional and of any type at the
    source, so each is None unless it fits.
    Only in a list of several servers a row has an `origin`. Its times are then by the clock of the list, all but
    `created_ms`, and `placed_ms` is where it stands in it.
    """

    key: str
    state: ScanState | None = None
    identity: ScanIdentity | None = None
    problem: str = ""
    state_stream: str = ""
    state_id: str = "0-0"
    started_ms: int = 0
    created_ms: int = 0
    title: str | None = None
    npoints: int | None = None
    count_time: float | None = None
    start_time: str | None = None
    end_time: str | None = None
    end_reason: str | None = None
    exit_status: str | None = None
    user_name: str | None = None
    publisher: str | None = None
    parent: str | None = None
    is_sequence: bool | None = None
    planned_scans: int | None = None
    is_saved: bool | None = None
    timetag: str = ""
    origin: Origin | None = None
    placed_ms: int = 0

    @property
    def server(self) -> str | None:
        """The name of its server in a list of several, None in the list of one."""
        return self.origin.server if self.origin else None

    @property
    def rank(self) -> str:
        """A text by which scans sort as they were created: those in the history by it, older ones by their keys."""
        if self.origin:
            return f"~{self.placed_ms:>020}-{self.timetag.partition('-')[2] or 0:>020}{self.key}"
        if not self.timetag:
            return self.key
        milliseconds, _, sequence = self.timetag.partition("-")
        return f"~{milliseconds:>020}-{sequence:>020}{self.key}"

    @property
    def born_ms(self) -> int:
        """When it was created, in milliseconds since 1970: by the server's clock where the history has it."""
        born_ms = int(self.timetag.partition("-")[0]) if self.timetag else self.created_ms
        return born_ms - self.origin.ahead_ms if self.origin and born_ms else born_ms

    @property
    def state_ms(self) -> int:
        state_ms = int(self.state_id.partition("-")[0])
        return state_ms - self.origin.ahead_ms if self.origin and state_ms else state_ms

    @property
    def is_open(self) -> bool:
        """Whether more is to come of this scan."""
        return self.state is not None and self.state < ScanState.CLOSED

    @property
    def planned(self) -> int:
        """How many points, or scans of a sequence, there are to be; 0 for an endless scan and where it is not known."""
        return max(0, (self.planned_scans if self.is_sequence else self.npoints) or 0)


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


class NotedScans(NamedTuple):
    """The timetags of the scans that the history names, oldest first, and those of them that the index lacks."""

    timetags: dict[str, str]
    unindexed: list[str]
