"""Messages of workers and widgets to the monitor; a worker posts these and touches no widget itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.message import Message

if TYPE_CHECKING:
    from textual.worker import Worker
    from typing_extensions import dataclass_transform

    from scantui.alerts import Alert
    from scantui.feed import PlayedEvent
    from scantui.filters import ScanFilter
    from scantui.models import Scan, ScanSummary
    from scantui.report.spans import Span
    from scantui.store.operations.details import ScanDetails
    from scantui.system.notes import NoteBook
else:

    def dataclass_transform(**_: object) -> Callable[[type], type]:
        """Do nothing: this is for the type checker."""
        return lambda decorated: decorated


PostMessage = Callable[[Message], object]


@dataclass_transform(eq_default=False)
class ValueMessage(Message):
    """A message with the values that its class annotates; a dataclass would take ten times as long to define."""

    _fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._fields = tuple(cls.__annotations__)

    def __init__(self, *values: object, **named: object) -> None:
        super().__init__()
        for name, value in (*zip(self._fields, values, strict=False), *named.items()):
            setattr(self, name, value)


class FeedEvent(ValueMessage):
    """Something happened in the store of a server."""

    event: PlayedEvent
    server: str


class FoundOnServer(ValueMessage):
    """The search of a filter came back: how many keys it found, and the rows among them that were not loaded yet."""

    scan_filter: ScanFilter
    found: int
    rows: list[ScanSummary]


class DetailsLoaded(ValueMessage):
    """The details of a scan as they are now, or a sentence on why there are none."""

    key: str
    details: ScanDetails | str


class OpenScan(ValueMessage):
    """A link to another scan was chosen."""

    key: str


class PublishingBegan(ValueMessage):
    """A test scan was created; it runs as long as its worker, and is aborted when that is cancelled."""

    key: str
    worker: Worker[bool]


class Notice(ValueMessage):
    """A sentence for the message line; `is_error` when something went wrong."""

    text: str
    is_error: bool = False


class RightsFound(ValueMessage):
    """Whether a server lets this user write; None when it does not say."""

    server: str
    may_write: bool | None


class MemoryFound(ValueMessage):
    """Which part of its memory a server uses, from 0 to 1."""

    server: str
    share: float


class ServersChosen(ValueMessage):
    """The user wants to watch other servers, by their names."""

    names: Sequence[str]


class ReportWanted(ValueMessage):
    """The user wants the report of the digest's span in a file."""

    span: Span


class ScansCompared(ValueMessage):
    """Two scans were loaded to be compared, or a sentence on why they were not."""

    keys: tuple[str, str]
    scans: tuple[Scan, Scan] | str


class AlertsCame(ValueMessage):
    """Rules have alerts."""

    alerts: Sequence[Alert]


class NotesRead(ValueMessage):
    """The notes of users were read, or changed."""

    book: NoteBook


class FilterTyped(ValueMessage):
    """The text in the filter bar changed and was understood."""

    scan_filter: ScanFilter


class FilterEntered(ValueMessage):
    """Enter in the filter bar: the filter is kept, and the server is to be searched."""

    scan_filter: ScanFilter


class FilterRefused(ValueMessage):
    """The text in the filter bar cannot be read; the last valid result stays."""

    problem: str


class FilterLeft(ValueMessage):
    """Escape in the filter bar: the previous filter holds again."""

    scan_filter: ScanFilter


class SparklinesCame(ValueMessage):
    """The curves of running scans in a few cells, and their counters, by the keys of the scans; `server` is theirs."""

    texts: dict[str, str]
    counters: dict[str, str]
    server: str = ""


class ReasonsRead(ValueMessage):
    """Why scans ended early, as their streams and comments show it, by the keys of the scans."""

    texts: dict[str, str]


class SecondPassed(ValueMessage):
    """The status line's clock went on by a second."""
