"""Every error that scantui raises, one family in one file; errors of libraries are translated at the border.

Rule for whoever adds one: say when it is raised, and let its message say what happened and what to do.
"""

from __future__ import annotations


class ScanTuiError(Exception):
    """Raised when something that scantui was asked for cannot be done; the base of the whole family."""


class UsageError(ScanTuiError, ValueError):
    """Raised when an argument, an option or a URL cannot be used as it was given."""


class ConfigurationError(UsageError):
    """Raised when the configuration file cannot be used as it is written; the message names file, line and key."""


class MissingExtraError(ScanTuiError):
    """Raised when a part is asked for whose optional packages are not installed."""


class MonitorFault(ScanTuiError):  # noqa: N818 - what it says
    """Raised when the monitor was ended by an error that nobody foresaw, whatever its kind: its cause."""


class MachineError(ScanTuiError):
    """Raised when a file or the terminal of this computer cannot be used as asked."""


class FileExistsAlready(MachineError):  # noqa: N818 - what it says
    """Raised when a file is to be written whose name is taken, and nobody said that it may be overwritten."""


class FilterSyntaxError(ScanTuiError, ValueError):
    """Raised when the text of the filter bar cannot be read; `column` counts its characters from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


class RecordingError(ScanTuiError):
    """Raised when a file is no recording, or one that only a newer scantui can read."""


class StoreError(ScanTuiError):
    """Raised when the data store cannot do what it was asked for."""


class NoScanAvailable(StoreError):  # noqa: N818 - the name that blissdata's users know
    """Raised when there is no scan at all, or none came within the time that the caller would wait."""


class ScanNotFoundError(StoreError):
    """Raised when a key names no scan, or one that was deleted or has expired."""


class ScanValidationError(StoreError, ValueError):
    """Raised when a scan document, or what should become one, is not as blissdata's protocol has it."""


class UnauthorizedStateTransition(StoreError):  # noqa: N818 - blissdata's term
    """Raised when a scan is asked to take a step that its state does not allow."""


class ScanNotClosedError(StoreError):
    """Raised when a scan that still runs is to be deleted without force."""


class StreamError(StoreError):
    """Raised when a data stream cannot be created, written or read as asked: unknown, sealed or of another type."""


class SearchFieldError(StoreError, ValueError):
    """Raised when a search names a field that scans do not have, or gives one a value of the wrong type."""


class IncompleteSearchError(StoreError):
    """Raised when the server gave up a search before its end, so that scans would be missing from the answer."""


class ConnectionFailed(StoreError):  # noqa: N818 - it says what happened
    """Raised when the server cannot be reached, does not answer in time, or closed the connection.

    The message is `sentence`, which says what happened, and `remedy`, what to do about it, if anything.
    """

    def __init__(self, sentence: str, remedy: str = "") -> None:
        super().__init__(f"{sentence}: {remedy}" if remedy else sentence)
        self.sentence, self.remedy = sentence, remedy


class UnreachableError(ConnectionFailed):
    """Raised when no connection to the server can be made; nothing was asked of it."""


class WrongServerError(UnreachableError):
    """Raised when what answers is not a Redis that can hold scans: a Sentinel, a Cluster, or no Redis at all."""


class NoAnswerError(ConnectionFailed):
    """Raised when the server kept silent for too long; what it was asked for may still be done."""


class GarbledError(ConnectionFailed):
    """Raised when an answer of the server makes no sense, as when bytes got lost on their way."""


class OutcomeUnknown(ConnectionFailed):
    """Raised when the answer to a write was lost, and looking for the change did not tell whether it was made."""


class ServerBusyError(ConnectionFailed):
    """Raised when the server is there and cannot answer yet: it is loading its data or runs a script."""


class ServerChangedError(ConnectionFailed):
    """Raised when the server at an address may hold other data than before: a restart, a failover or a new master."""


class LoginError(ConnectionFailed):
    """Raised when the server refuses the user or the password, or wants one."""


class NotAllowedError(StoreError):
    """Raised when the server's access rules do not let this user run a command."""


class OutOfMemory(StoreError):  # noqa: N818 - the server's own words
    """Raised when the server holds as much as it may, and takes no more writes."""


class CommandError(StoreError):
    """Raised when the server refuses a command for any other reason; the message is the server's."""


class NotInitialisedError(StoreError):
    """Raised when a database bears no blissdata protocol version, or one that scantui does not speak."""


class DatabaseNotEmptyError(StoreError):
    """Raised when a database that already holds keys is to be initialised."""


class MissingModuleError(StoreError):
    """Raised when the server lacks a module that the task needs: JSON always, search to initialise."""


class NotRecordedError(StoreError):
    """Raised when a recording is asked for what only the server itself can tell or do."""


class ConflictError(StoreError):
    """Raised when somebody else keeps changing a scan while we are to change it."""
