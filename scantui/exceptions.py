"""Every error that scantui raises, one family in one file; errors of libraries are translated at the border.

Rule: each docstring starts with "Raised when"; each message names what happened and what to do.
"""

from __future__ import annotations


class ScanTuiError(Exception):
    """Raised when scantui cannot do what it was asked to do; the base of the whole family."""


class UsageError(ScanTuiError, ValueError):
    """Raised when an argument, an option or a URL cannot be used as it was given."""


class ConfigurationError(UsageError):
    """Raised when the configuration file cannot be used as it is written; the message names file, line and key."""


class MissingExtraError(ScanTuiError):
    """Raised when a part is asked for whose optional packages are not installed."""


class MonitorFault(ScanTuiError):  # noqa: N818 - its name fits
    """Raised when an internal error ended the monitor; that error is its cause."""


class MachineError(ScanTuiError):
    """Raised when a file or the terminal of this computer cannot be used as asked."""


class FileExistsAlready(MachineError):  # noqa: N818 - its name fits
    """Raised when a file to be written exists already and may not be overwritten."""


class FilterSyntaxError(ScanTuiError, ValueError):
    """Raised when the text of the filter bar cannot be read; `column` counts its characters from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


class RecordingError(ScanTuiError):
    """Raised when a file is not a recording, or one that only a newer scantui can read."""


class StoreError(ScanTuiError):
    """Raised when the data store cannot do what it was asked for."""


class NoScanAvailable(StoreError):  # noqa: N818 - the name that blissdata's users know
    """Raised when there are no scans, or none came in time."""


class ScanNotFoundError(StoreError):
    """Raised when a key is not that of a scan, or the scan was deleted or has expired."""


class ScanValidationError(StoreError, ValueError):
    """Raised when a scan document, or what should become one, does not conform to blissdata's protocol."""


class UnauthorizedStateTransition(StoreError):  # noqa: N818 - blissdata's term
    """Raised when a scan is asked to take a step that its state does not allow."""


class ScanNotClosedError(StoreError):
    """Raised when a scan that still runs is to be deleted without force."""


class StreamError(StoreError):
    """Raised when a data stream cannot be created, written or read as asked: unknown, sealed or of another type.

    `stream` is the full name of a stream that is followed no further, else "".
    """

    def __init__(self, *arguments: object, stream: str = "") -> None:
        super().__init__(*arguments)
        self.stream = stream


class SearchFieldError(StoreError, ValueError):
    """Raised when a search names a field that scans do not have, or gives one a value of the wrong type."""


class IncompleteSearchError(StoreError):
    """Raised when the server gave up a search before its end, so that scans would be missing from the answer."""


class TooManyScansError(IncompleteSearchError):
    """Raised when more scans match than the server can return; `total` is how many."""

    def __init__(self, message: str, total: int) -> None:
        super().__init__(message)
        self.total = total


class ConnectionFailed(StoreError):  # noqa: N818 - its name fits
    """Raised when the server cannot be reached, does not answer in time, or closed the connection.

    The message is `sentence`, which says what happened, and `remedy`, what to do about it, if anything.
    """

    def __init__(self, sentence: str, remedy: str = "") -> None:
        super().__init__(f"{sentence}: {remedy}" if remedy else sentence)
        self.sentence, self.remedy = sentence, remedy


class UnreachableError(ConnectionFailed):
    """Raised when no connection to the server can be made; nothing was sent to it."""


class WrongServerError(UnreachableError):
    """Raised when what answers is not a Redis that can hold scans: a Sentinel, a Cluster, or no Redis at all."""


class NoAnswerError(ConnectionFailed):
    """Raised when the server did not answer in time; it may still do what it was asked."""


class GarbledError(ConnectionFailed):
    """Raised when a reply of the server is invalid, for instance because bytes got lost."""


class OutcomeUnknown(ConnectionFailed):
    """Raised when the reply to a write was lost, and it is not known whether the change was made."""


class ServerBusyError(ConnectionFailed):
    """Raised when the server runs but cannot answer yet: it is loading its data or runs a script."""


class ServerChangedError(ConnectionFailed):
    """Raised when the server at an address may hold other data than before: a restart, a failover or a new master."""


class LoginError(ConnectionFailed):
    """Raised when the server refuses the user or the password, or requires one."""


class NotAllowedError(StoreError):
    """Raised when the server's access rules do not allow this user to run a command."""


class TooLargeError(StoreError):
    """Raised when replies are larger than may be read; `came` are those before the one that was too large.

    The connection was given up for another one.
    """

    came: tuple[object, ...] = ()


class OutOfMemory(StoreError):  # noqa: N818 - the server's own words
    """Raised when the memory of the server is full, so that it accepts no writes."""


class CommandError(StoreError):
    """Raised when the server refuses a command for any other reason; the message is the server's."""


class NotInitialisedError(StoreError):
    """Raised when a database has no blissdata protocol version, or one that scantui does not support."""


class DatabaseNotEmptyError(StoreError):
    """Raised when a database that already holds keys is to be initialised."""


class MissingModuleError(StoreError):
    """Raised when the server lacks a module that the task needs: JSON always, search to initialise."""


class NotRecordedError(StoreError):
    """Raised when a recording is asked for what only the server can answer or do."""


class ConflictError(StoreError):
    """Raised when other programs keep changing a scan that is to be changed."""
