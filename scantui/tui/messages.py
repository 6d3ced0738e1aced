"""Messages of workers and widgets to the monitor; a worker posts these and touches no widget itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from textual.worker import Worker

    from scantui.alerts import Alert
    from scantui.feed import PlayedEvent
    from scantui.filters import ScanFilter
    from scantui.models import Scan, ScanSummary
    from scantui.report.spans import Span
    from scantui.store.operations.details import ScanDetails
    from scantui.system.notes import NoteBook


PostMessage = Callable[[Message], object]


@dataclass(eq=False, repr=False)
class FeedEvent(Message):
    """Something happened in the store of a server."""

    event: PlayedEvent
    server: str


@dataclass(eq=False, repr=False)
class FoundOnServer(Message):
    """The search of a filter came back: how many keys it found, and the rows among them that were not loaded yet."""

    scan_filter: ScanFilter
    found: int
    rows: list[ScanSummary]


@dataclass(eq=False, repr=False)
class DetailsLoaded(Message):
    """The details of a scan as they are now, or a sentence on why there are none."""

    key: str
    details: ScanDetails | str


@dataclass(eq=False, repr=False)
class OpenScan(Message):
    """A link to another scan was chosen."""

    key: str


@dataclass(eq=False, repr=False)
class PublishingBegan(Message):
    """A test scan was created; it runs as long as its worker, and is aborted when that is cancelled."""

    key: str
    worker: Worker[bool]


@dataclass(eq=False, repr=False)
class Notice(Message):
    """A sentence for the message line; `is_error` when something went wrong."""

    text: str
    is_error: bool = False


@dataclass(eq=False, repr=False)
class RightsFound(Message):
    """Whether a server lets this user write; None when it does not say."""

    server: str
    may_write: bool | None


@dataclass(eq=False, repr=False)
class MemoryFound(Message):
    """Which part of its memory a server uses, from 0 to 1."""

    server: str
    share: float


@dataclass(eq=False, repr=False)
class ServersChosen(Message):
    """The user wants to watch other servers, by their names."""

    names: Sequence[str]


@dataclass(eq=False, repr=False)
class ReportWanted(Message):
    """The user wants the report of the digest's span in a file."""

    span: Span


@dataclass(eq=False, repr=False)
class ScansCompared(Message):
    """Two scans were loaded to be compared, or a sentence on why they were not."""

    keys: tuple[str, str]
    scans: tuple[Scan, Scan] | str


@dataclass(eq=False, repr=False)
class AlertsCame(Message):
    """Rules call."""

    alerts: Sequence[Alert]


@dataclass(eq=False, repr=False)
class NotesRead(Message):
    """The notes of users were read, or changed."""

    book: NoteBook


@dataclass(eq=False, repr=False)
class FilterTyped(Message):
    """The text in the filter bar changed and was understood."""

    scan_filter: ScanFilter


@dataclass(eq=False, repr=False)
class FilterEntered(Message):
    """Enter in the filter bar: the filter is kept, and the server is to be searched."""

    scan_filter: ScanFilter


@dataclass(eq=False, repr=False)
class FilterRefused(Message):
    """The text in the filter bar cannot be read; the last valid result stays."""

    problem: str


@dataclass(eq=False, repr=False)
class FilterLeft(Message):
    """Escape in the filter bar: the previous filter holds again."""

    scan_filter: ScanFilter


@dataclass(eq=False, repr=False)
class SparklinesCame(Message):
    """The curves of running scans in a few cells, and their counters, by the keys of the scans; `server` is theirs."""

    texts: dict[str, str]
    counters: dict[str, str]
    server: str = ""


@dataclass(eq=False, repr=False)
class ReasonsRead(Message):
    """Why scans ended early, as their streams and comments show it, by the keys of the scans."""

    texts: dict[str, str]


@dataclass(eq=False, repr=False)
class SecondPassed(Message):
    """The status line's clock went on by a second."""
