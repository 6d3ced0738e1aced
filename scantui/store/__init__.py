"""The data store: blissdata's protocol, sync and async, on redis and msgspec alone.

The two flavours are imported when they are first asked for, since the client library takes longer to import than all
the rest.
"""

from typing import TYPE_CHECKING, Any

from scantui.matching import SearchCriteria, exact
from scantui.models import FoundScans, Scan, ScanIdentity, ScanRef, ScanState, ScanSummary, StreamInfo

if TYPE_CHECKING:
    from scantui.store.aio import AsyncDataStore
    from scantui.store.blocking import DataStore

__all__ = [
    "AsyncDataStore",
    "DataStore",
    "FoundScans",
    "Scan",
    "ScanIdentity",
    "ScanRef",
    "ScanState",
    "ScanSummary",
    "SearchCriteria",
    "StreamInfo",
    "exact",
]


def __getattr__(name: str) -> Any:
    if name == "DataStore":
        from scantui.store.blocking import DataStore

        return DataStore
    if name == "AsyncDataStore":
        from scantui.store.aio import AsyncDataStore

        return AsyncDataStore
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
