"""Messages of workers and widgets to the monitor; a worker posts these and touches no widget itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from textual.message import Message

if TYPE_CHECKING:
    from textual.worker import Worker
    from typing_extensions import dataclass_transform

    from scantui.alerts import Alert
    from scantui.feed import Event
    from scantui.filters import ScanFilter
    from scantui.models import Scan, ScanSummary
    from scantui.report.spans import Span
    from scantui.store.operations.details import ScanDetails
    from scantui.system.notes import NoteBook

else:

    def dataclass_transform(**_):
        return lambda decorated: decorated


PostMessage = Callable[[Message], object]


@dataclass_transform(eq_default=False)
class ValuesMessage(Message):
    """A message whose annotations are its arguments, as of a dataclass: twenty of those delay the start."""

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__()
        vars(self).update(zip(type(self).__annotations__, values, strict=False), **named)


class FeedEvent(ValuesMessage):
    """Something happened in the store."""

    event: Event


class FoundOnServer(ValuesMessage):
    """The search of a filter came back: how many keys it found, and the rows among them that were not loaded yet."""

    scan_filter: ScanFilter
    found: int
    rows: list[ScanSummary]


class DetailsLoaded(ValuesMessage):
    """The details of a scan as they are now, or a sentence on why there are none."""

    key: str
    details: ScanDetails | str


class OpenScan(ValuesMessage):
    """A link to another scan was chosen."""

    key: str


class PublishingBegan(ValuesMessage):
    """A test scan was created; it runs as long as its worker, and is aborted when that is cancelled."""

    key: str
    worker: Worker[bool]


class Notice(ValuesMessage):
    """A sentence for the message line; `is_error` when something went wrong."""

    text: str
    is_error: bool = False


class RightsFound(ValuesMessage):
    """Whether the server lets this user write; None when it does not say."""

    may_write: bool | None


class MemoryFound(ValuesMessage):
    """Which part of its memory the server uses, from 0 to 1."""

    share: float


class ServerChosen(ValuesMessage):
    """The user wants to watch another server, by its name."""

    name: str


class ReportWanted(ValuesMessage):
    """The user wants the report of the digest's span in a file."""

    span: Span


class ScansCompared(ValuesMessage):
    """Two scans were loaded to be compared, or a sentence on why they were not."""

    keys: tuple[str, str]
    scans: tuple[Scan, Scan] | str


class AlertsCame(ValuesMessage):
    """Rules call."""

    alerts: Sequence[Alert]


class NotesRead(ValuesMessage):
    """The notes of users were read, or changed."""

    book: NoteBook


class FilterTyped(ValuesMessage):
    """The text in the filter bar changed and was understood."""

    scan_filter: ScanFilter


class FilterEntered(ValuesMessage):
    """Enter in the filter bar: the filter is kept, and the server is to be searched."""

    scan_filter: ScanFilter


class FilterRefused(ValuesMessage):
    """The text in the filter bar cannot be read; the last valid result stays."""

    problem: str


class FilterLeft(ValuesMessage):
    """Escape in the filter bar: the previous filter holds again."""

    scan_filter: ScanFilter


class SparklinesCame(ValuesMessage):
    """The curves of running scans in a few cells, by the keys of the scans."""

    texts: dict[str, str]


class ReasonsRead(ValuesMessage):
    """Why scans ended early, as their streams and comments show it, by the keys of the scans."""

    texts: dict[str, str]


class SecondPassed(ValuesMessage):
    """The status line's clock went on by a second."""
